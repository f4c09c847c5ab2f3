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
        monitor: the logged figure that tells the best weights: lowest, or, of an accuracy, highest.
        validation_batches: training batches in one of validation. Nothing is kept for a gradient there: larger ones
            fit, and need fewer steps of a decoder.
    """

    model: type[keras.Model]
    loss: Callable
    metrics: Callable
    monitor: str
    validation_batches: int = 2


def _cross_entropy(config):
    return TokenCrossEntropy(config.loss_per, config.label_smoothing)


def _token_metrics():
    return [Perplexity(mask_token_id=0), TokenAccuracy(mask_token_id=0)]


SYSTEMS = {
    "im2latex": System(Im2Latex, _cross_entropy, _token_metrics, "val_perplexity"),
    # The loss has a value for each column, formula, token and class: 120 x 256 x 151 x 558 are more than 32-bit indices
    # reach, on a GPU an illegal memory access.
    "ctc": System(CtcReader, lambda config: CtcLoss(), list, "val_loss", validation_batches=1),
    "language_model": System(LanguageModel, _cross_entropy, _token_metrics, "val_perplexity"),
}
"""The systems by the name that a config gives them."""
