"""The canvas of each picture against the paper's list, searched in its own order."""

import numpy as np
import tensorflow as tf

from keras_im2latex.images import BUCKETS, canvas_size

# (width, height) in the order of the ICML paper.
PAPER = [
    *[(128, 32), (128, 64), (160, 32), (160, 64), (192, 32), (192, 64), (224, 32), (224, 64), (256, 32)],
    *[(256, 64), (320, 32), (320, 64), (384, 32), (384, 64), (384, 96), (480, 32), (480, 64), (480, 128)],
    (480, 160),
]


def first_fit(height, width):
    for bucket_width, bucket_height in PAPER:
        if width <= bucket_width and height <= bucket_height:
            return bucket_height, bucket_width
    return -(-height // 32) * 32, -(-width // 32) * 32


def test_buckets_are_the_papers():
    assert sorted(BUCKETS) == sorted((height, width) for width, height in PAPER)


def test_every_size_gets_the_first_bucket_that_fits():
    heights = [1, *range(31, 194, 32), *range(32, 194, 32), *range(33, 194, 32)]
    widths = [1, *range(127, 546, 32), *range(128, 546, 32), *range(129, 546, 32)]
    sizes = [(height, width) for height in heights for width in widths]
    expected = [first_fit(*size) for size in sizes]
    np.testing.assert_array_equal(canvas_size(tf.constant(sizes)), expected)


def test_size_alone_as_among_others():
    sizes = tf.constant([[[40, 130], [200, 10]], [[160, 480], [1, 1]]])
    together = canvas_size(sizes)
    assert together.shape == (2, 2, 2)
    for row in range(2):
        for column in range(2):
            np.testing.assert_array_equal(canvas_size(sizes[row, column]), together[row, column])


def test_own_buckets():
    sizes = tf.constant([[10, 10], [10, 100], [70, 10], [10, 300]])
    expected = [[96, 96], [64, 256], [96, 96], [32, 320]]
    np.testing.assert_array_equal(canvas_size(sizes, [(64, 256), (96, 96)]), expected)
