"""Negative log-likelihood of a formula's tokens."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="keras_im2latex")
class TokenCrossEntropy(keras.losses.Loss):
    """Cross-entropy between targets and logits, padding left out.

    Args:
        per: "token" gives the mean over the batch's tokens; "formula" the sum over tokens divided by the number of
            formulas, as in the authors' code, for which their learning rate of 0.1 is meant.
        label_smoothing: probability that is spread evenly over the vocabulary.
        padding_id: target that does not count.

    Call arguments:
        y_true: int tensor `(batch, steps)`.
        y_pred: logits `(batch, steps, vocabulary)`.

    Returns:
        A float32 scalar.

    Example:
        >>> round(float(TokenCrossEntropy()(tf.constant([[1, 0]]), tf.zeros((1, 2, 8)))), 4)  # log 8
        2.0794

    Reference:
        Deng et al., ICML 2017; label smoothing of Szegedy et al., CVPR 2016.
    """

    def __init__(self, per="token", label_smoothing=0.0, padding_id=0, name="token_cross_entropy", **kwargs):
        if per not in ("token", "formula"):
            raise ValueError(f"`per` must be 'token' or 'formula'. Received: per={per!r}")
        super().__init__(name=name, **kwargs)
        self.per = per
        self.label_smoothing = label_smoothing
        self.padding_id = padding_id

    def call(self, y_true, y_pred):
        """The loss of each formula, whose mean is the batch's."""
        counts = tf.cast(y_true != self.padding_id, tf.float32)
        log_probabilities = tf.nn.log_softmax(tf.cast(y_pred, tf.float32), axis=-1)
        gold = tf.gather(log_probabilities, tf.cast(y_true, tf.int32), batch_dims=2)
        spread = tf.reduce_mean(log_probabilities, axis=-1)
        loss = -(1.0 - self.label_smoothing) * gold - self.label_smoothing * spread
        formulas = tf.reduce_sum(loss * counts, axis=-1)
        if self.per == "formula":
            return formulas
        return formulas / tf.maximum(tf.reduce_mean(tf.reduce_sum(counts, axis=-1)), 1.0)

    def get_config(self):
        """The constructor's arguments."""
        return {
            "name": self.name,
            "reduction": self.reduction,
            "per": self.per,
            "label_smoothing": self.label_smoothing,
            "padding_id": self.padding_id,
        }
