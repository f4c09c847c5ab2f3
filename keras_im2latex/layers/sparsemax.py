"""Sparsemax: the Euclidean projection onto the probability simplex."""

import tensorflow as tf

_OUTSIDE = -1e9


def sparsemax(scores, mask=None):
    """Probabilities of which many are exactly zero.

    `sparsemax(z)` is the point of the probability simplex nearest to `z`. Computed in float32 whatever the dtype of
    the scores, with the largest score taken off first. Its gradient is the exact one: that of the cells in the
    support, less its mean there.

    Args:
        scores: tensor `(..., cells)`.
        mask: bool tensor that broadcasts to `scores`; cells where it is False get probability 0. At least one of a
            row must be True.

    Returns:
        A float32 tensor of the shape of `scores`.

    Example:
        >>> sparsemax(tf.constant([1.0, 0.5, -1.0])).numpy()
        array([0.75, 0.25, 0.  ], dtype=float32)

    Reference:
        Martins & Astudillo: From Softmax to Sparsemax, ICML 2016, Algorithm 1 and equation 9.
    """
    scores = tf.cast(scores, tf.float32)
    if mask is not None:
        scores = tf.where(mask, scores, _OUTSIDE)
    return _project(scores - tf.stop_gradient(tf.reduce_max(scores, axis=-1, keepdims=True)))


@tf.custom_gradient
def _project(scores):
    ordered = tf.sort(scores, axis=-1, direction="DESCENDING")
    sums = tf.cumsum(ordered, axis=-1)
    ranks = tf.range(1, tf.shape(scores)[-1] + 1, dtype=tf.float32)
    # The ranks for which this holds are the first ones, down to the size of the support.
    size = tf.reduce_sum(tf.cast(1.0 + ranks * ordered > sums, tf.int32), axis=-1, keepdims=True)
    total = tf.gather(sums, size - 1, batch_dims=len(scores.shape) - 1)
    threshold = (total - 1.0) / tf.cast(size, tf.float32)
    probabilities = tf.maximum(scores - threshold, 0.0)

    def gradient(upstream):
        support = tf.cast(probabilities > 0.0, tf.float32)
        mean = tf.reduce_sum(upstream * support, axis=-1, keepdims=True) / tf.reduce_sum(
            support, axis=-1, keepdims=True
        )
        return support * (upstream - mean)

    return probabilities, gradient
