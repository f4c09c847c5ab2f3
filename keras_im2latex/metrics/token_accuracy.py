"""Share of tokens predicted right during training."""

import keras
from keras import ops

from keras_im2latex.metrics.token_weights import token_weights


@keras.saving.register_keras_serializable(package="keras_im2latex")
class TokenAccuracy(keras.metrics.Mean):
    """Share of target tokens to which the model, given the gold tokens before, gives the highest score.

    Args:
        mask_token_id: int or `None`. Targets with this id (padding) do not count. Defaults to `None`.
        name: string. Defaults to `"token_accuracy"`.
        dtype: dtype of the running sums. Defaults to `"float32"`.

    Call arguments:
        y_true: int tensor `[batch, time]`.
        y_pred: float tensor `[batch, time, vocabulary]`, logits or probabilities.
        sample_weight: float tensor `[batch, time]` or `[batch]`, or `None`. Weight 0 leaves a token out.

    Example:
        >>> metric = TokenAccuracy(mask_token_id=0)
        >>> metric.update_state([[1, 2, 0]], [[[0.0, 9.0, 0.0], [0.0, 9.0, 0.0], [0.0, 9.0, 0.0]]])
        >>> float(metric.result())
        0.5
    """

    def __init__(self, mask_token_id=None, name="token_accuracy", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.mask_token_id = mask_token_id
        self._direction = "up"  # what Keras' callbacks read for mode="auto"

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Adds a batch."""
        y_true = ops.cast(y_true, "int32")
        right = ops.cast(ops.equal(y_true, ops.cast(ops.argmax(y_pred, axis=-1), "int32")), self.dtype)
        weights = token_weights(y_true, self.mask_token_id, sample_weight, self.dtype)
        # Flat, because `Mean` would average over time first and weigh short batches like long ones.
        super().update_state(ops.reshape(right, (-1,)), ops.reshape(weights, (-1,)))

    def get_config(self):
        """Gives the constructor's arguments."""
        return {**super().get_config(), "mask_token_id": self.mask_token_id}
