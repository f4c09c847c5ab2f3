"""Multiplication of the last axis with a matrix, as one matrix product whatever the other axes are."""

import tensorflow as tf


def project(inputs, kernel):
    """Multiplies the last axis of a tensor with a matrix.

    Unlike `tf.tensordot` it leaves no transposition in a loop's gradient, which XLA could not compile.

    Args:
        inputs: tensor `(..., channels)` with at least two axes.
        kernel: tensor `(channels, units)`, cast to the dtype of `inputs`.

    Returns:
        A tensor `(..., units)`.
    """
    channels, units = kernel.shape
    product = tf.matmul(tf.reshape(inputs, [-1, channels]), tf.cast(kernel, inputs.dtype))
    leading = tf.unstack(tf.shape(inputs))[:-1]
    product = tf.reshape(product, [*leading, units])
    return tf.ensure_shape(product, [*inputs.shape[:-1], units])
