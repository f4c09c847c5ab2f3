"""Perplexity per token during training."""

import keras
from keras import ops

from keras_im2latex.metrics.token_weights import token_weights


@keras.saving.register_keras_serializable(package="keras_im2latex")
class Perplexity(keras.metrics.Mean):
    """Exponential of the mean cross-entropy per target token.

    The mean is over all tokens seen since the last reset, not over batches, and it is without label smoothing
    whatever the loss is. It adds up rightly over the replicas of a distribution strategy.

    Args:
        from_logits: bool. Whether predictions are logits rather than probabilities. Defaults to `True`.
        mask_token_id: int or `None`. Targets with this id (padding) do not count. Defaults to `None`.
        name: string. Defaults to `"perplexity"`.
        dtype: dtype of the running sums. Defaults to `"float32"`.

    Call arguments:
        y_true: int tensor `[batch, time]`.
        y_pred: float tensor `[batch, time, vocabulary]`.
        sample_weight: float tensor `[batch, time]` or `[batch]`, or `None`. Weight 0 leaves a token out.

    Example:
        >>> metric = Perplexity(mask_token_id=0)
        >>> metric.update_state([[1, 2, 0]], keras.ops.zeros((1, 3, 8)))
        >>> round(float(metric.result()), 4)
        8.0
    """

    def __init__(self, from_logits=True, mask_token_id=None, name="perplexity", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.from_logits = from_logits
        self.mask_token_id = mask_token_id
        self._direction = "down"  # what Keras' callbacks read for mode="auto"

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds a batch."""
        y_true = ops.cast(y_true, "int32")
        # A padding id outside the vocabulary (-1, say) has no logit to look up.
        target = y_true
        if self.mask_token_id is not None:
            target = ops.where(ops.equal(y_true, self.mask_token_id), 0, y_true)
        cross_entropy = ops.sparse_categorical_crossentropy(
            target, ops.cast(y_pred, self.dtype), from_logits=self.from_logits
        )
        weights = token_weights(y_true, self.mask_token_id, sample_weight, self.dtype)
        # Flat, because `Mean` would average over time first and weigh short batches like long ones.
        super().update_state(ops.reshape(cross_entropy, (-1,)), ops.reshape(weights, (-1,)))

    def result(self):
        """Gives the perplexity so far; 1 before any token."""
        return ops.exp(super().result())

    def get_config(self):
        """Gives the constructor's arguments."""
        return {
            **super().get_config(),
            "from_logits": self.from_logits,
            "mask_token_id": self.mask_token_id,
        }
