"""The paper's picture sizes: few, and multiples of 32, so that a grid of fine cells divides into coarse ones."""

import tensorflow as tf

BUCKETS = (
    (32, 128),
    (32, 160),
    (32, 192),
    (32, 224),
    (32, 256),
    (32, 320),
    (32, 384),
    (32, 480),
    (64, 128),
    (64, 160),
    (64, 192),
    (64, 224),
    (64, 256),
    (64, 320),
    (64, 384),
    (64, 480),
    (96, 384),
    (128, 480),
    (160, 480),
)
"""The 19 sizes of the ICML paper, (height, width) in pixels after halving, smallest area that fits first by row."""

CELL = 8
"""Pixels of a picture's side that become one cell of the encoder's grid."""

GRANULARITY = 32
"""Every canvas side is a multiple of this: four cells, one coarse cell."""


def canvas_size(size, buckets=BUCKETS):
    """Height and width of the smallest bucket that holds a picture.

    A picture larger than every bucket gets its own size, rounded up to multiples of 32.

    Args:
        size: int32 tensor `(..., 2)`, heights and widths in pixels.
        buckets: `(height, width)` pairs.

    Returns:
        An int32 tensor `(..., 2)`.

    Example:
        >>> canvas_size(tf.constant([40, 130])).numpy()
        array([ 64, 160], dtype=int32)

    Reference:
        Deng et al., ICML 2017, section 6.
    """
    size = tf.convert_to_tensor(size, tf.int32)
    table = tf.constant(sorted(buckets, key=lambda bucket: (bucket[0] * bucket[1], bucket)), tf.int32)
    holds = tf.reduce_all(size[..., None, :] <= table, axis=-1)
    first = tf.argmax(tf.cast(holds, tf.int32), axis=-1)
    rounded = (size + GRANULARITY - 1) // GRANULARITY * GRANULARITY
    return tf.where(tf.reduce_any(holds, axis=-1, keepdims=True), tf.gather(table, first), rounded)
