"""Max pooling over windows that do not overlap, with a gradient of plain elementwise operations."""

import tensorflow as tf


def max_pool(features, pool):
    """The largest value of each window.

    The gradient goes to the largest value of a window, in equal parts to several equal ones; TensorFlow's goes to the
    first, and XLA scatters it, value by value, with atomic additions.

    Args:
        features: tensor `(batch, height, width, channels)`; height and width are multiples of the window's.
        pool: `(height, width)` of a window.

    Returns:
        A tensor `(batch, height / pool[0], width / pool[1], channels)`.

    Example:
        >>> max_pool(tf.reshape(tf.range(8.0), (1, 2, 4, 1)), (2, 2))[0, ..., 0].numpy()
        array([[5., 7.]], dtype=float32)
    """

    @tf.custom_gradient
    def run(features):
        largest = tf.nn.max_pool2d(features, pool, pool, "VALID")

        def gradient(upstream):
            batch, height, width, channels = tf.unstack(tf.shape(upstream))
            windows = tf.reshape(features, [batch, height, pool[0], width, pool[1], channels])
            is_largest = tf.equal(windows, largest[:, :, None, :, None])
            equal = tf.reduce_sum(tf.cast(is_largest, upstream.dtype), axis=[2, 4])
            shares = tf.where(is_largest, (upstream / equal)[:, :, None, :, None], 0)
            return tf.reshape(shares, tf.shape(features))

        return largest, gradient

    return run(features)
