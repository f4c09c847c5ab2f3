"""Which tokens of a batch count in a metric, and how much."""

from keras import ops


def token_weights(y_true, mask_token_id, sample_weight, dtype):
    """Combines a padding id and sample weights into one weight per token.

    Args:
        y_true: int tensor `[batch, time]`.
        mask_token_id: int or `None`. Tokens with this id get weight 0.
        sample_weight: tensor `[batch, time]`, `[batch, 1]` or `[batch]`, or `None`.
        dtype: dtype of the result.

    Returns:
        Tensor `[batch, time]` of `dtype`.
    """
    weights = ops.ones_like(y_true, dtype=dtype)
    if mask_token_id is not None:
        weights = weights * ops.cast(ops.not_equal(y_true, mask_token_id), dtype)
    if sample_weight is not None:
        sample_weight = ops.cast(sample_weight, dtype)
        if len(sample_weight.shape) < len(y_true.shape):
            sample_weight = ops.expand_dims(sample_weight, axis=-1)
        weights = weights * sample_weight
    return weights
