"""The systems that `train` knows: a model class, its loss, and what tells the best weights."""

from collections.abc import Callable
from dataclasses import dataclass

import keras

from keras_im2latex.metrics import Perplexity, TokenAccuracy
from keras_im2latex.models import CtcReader, Im2Latex, LanguageModel
from keras_im2latex.training.ctc_loss import CtcLoss
from keras_im2latex.training.token_cross_entropy import TokenCrossEntropy


@dataclass(frozen=True)
class System:
    """A kind of model and how it is trained.

    Attributes:
        model: the class, built from a vocabulary and a config's `model`.
        loss: makes the loss from a `TrainingConfig`.
        metrics: makes the metrics beside the loss.
        monitor: the logged figure that is lowest for the best weights.
        compiled_validation: whether XLA compiles validation, too.
    """

    model: type[keras.Model]
    loss: Callable
    metrics: Callable
    monitor: str
    compiled_validation: bool = False


def _cross_entropy(config):
    return TokenCrossEntropy(config.loss_per, config.label_smoothing)


def _token_metrics():
    return [Perplexity(mask_token_id=0), TokenAccuracy(mask_token_id=0)]


SYSTEMS = {
    "im2latex": System(Im2Latex, _cross_entropy, _token_metrics, "val_perplexity"),
    # On an H200 two runs ended after their first epoch with an illegal memory access in an uncompiled reduction
    # (TensorFlow 2.21): in validation, which was all that was not compiled.
    "ctc": System(CtcReader, lambda config: CtcLoss(), list, "val_loss", compiled_validation=True),
    "language_model": System(LanguageModel, _cross_entropy, _token_metrics, "val_perplexity"),
}
"""The systems by the name that a config gives them."""
