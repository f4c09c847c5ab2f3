"""The loss of connectionist temporal classification."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="keras_im2latex")
class CtcLoss(keras.losses.Loss):
    """Negative log-likelihood of formulas under CTC, as the mean over the batch's tokens.

    Formulas that have more tokens than the picture has columns can't be written, and count nothing.

    Args:
        padding_id: class of the blank, and target that does not count.
        end_id: target that ends a formula and is no class of its own here.

    Call arguments:
        y_true: int tensor `(batch, steps)`.
        y_pred: logits `(batch, columns, classes)`, blank beyond each picture's end.

    Returns:
        A float32 scalar.

    Example:
        >>> round(float(CtcLoss()(tf.constant([[4, 2]]), tf.zeros((1, 1, 8)))), 4)  # log 8
        2.0794

    Reference:
        Graves et al., ICML 2006.
    """

    def __init__(self, padding_id=0, end_id=2, name="ctc_loss", **kwargs):
        super().__init__(name=name, **kwargs)
        self.padding_id = padding_id
        self.end_id = end_id

    def call(self, y_true, y_pred):
        """The loss of each formula, whose mean is the batch's."""
        labels = tf.where(y_true == self.end_id, self.padding_id, tf.cast(y_true, tf.int32))
        lengths = tf.reduce_sum(tf.cast(labels != self.padding_id, tf.int32), axis=1)
        logits = tf.cast(y_pred, tf.float32)
        columns = tf.shape(logits)[1]
        # Between two like tokens a blank is needed.
        repeats = tf.reduce_sum(
            tf.cast((labels[:, 1:] == labels[:, :-1]) & (labels[:, 1:] != self.padding_id), tf.int32), axis=1
        )
        possible = lengths + repeats <= self._own_columns(logits)
        loss = tf.nn.ctc_loss(
            labels,
            logits,
            tf.where(possible, lengths, 0),
            tf.fill(tf.shape(lengths), columns),
            logits_time_major=False,
            blank_index=self.padding_id,
        )
        counts = tf.where(possible, lengths, 0)
        return tf.where(possible, loss, 0.0) / tf.maximum(tf.reduce_mean(tf.cast(counts, tf.float32)), 1.0)

    def _own_columns(self, logits):
        """Columns of each picture: those before its blank becomes certain."""
        classes = tf.shape(logits)[-1]
        others = tf.where(tf.range(classes) == self.padding_id, -float("inf"), logits)
        return tf.reduce_sum(tf.cast(tf.reduce_max(others, axis=-1) > -1e8, tf.int32), axis=1)

    def get_config(self):
        """The constructor's arguments."""
        return {
            "name": self.name,
            "reduction": self.reduction,
            "padding_id": self.padding_id,
            "end_id": self.end_id,
        }
