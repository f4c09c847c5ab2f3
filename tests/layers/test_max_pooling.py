"""Pooling against the windows taken one by one."""

import numpy as np
import pytest
import tensorflow as tf

from keras_im2latex.layers.max_pooling import max_pool


def window_by_window(features, upstream, pool):
    """Largest values and gradient, by the definition: a window's gradient in equal parts to its largest values."""
    batch, height, width, channels = upstream.shape
    largest, gradient = np.zeros_like(upstream), np.zeros_like(features)
    for example, row, column, channel in np.ndindex(batch, height, width, channels):
        window = (
            example,
            slice(row * pool[0], (row + 1) * pool[0]),
            slice(column * pool[1], (column + 1) * pool[1]),
            channel,
        )
        values = features[window]
        largest[example, row, column, channel] = values.max()
        is_largest = values == values.max()
        gradient[window] = is_largest * upstream[example, row, column, channel] / is_largest.sum()
    return largest, gradient


@pytest.mark.parametrize("pool", [(2, 2), (2, 1), (1, 2), (4, 4)])
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("jit_compile", [False, True])
def test_values_and_gradient_are_those_of_each_window(pool, ties, jit_compile):
    generator = np.random.default_rng(0)
    features = generator.normal(size=(2, 8, 12, 3)).astype("float32")
    if ties:
        features = np.round(features)
    upstream = generator.normal(size=(2, 8 // pool[0], 12 // pool[1], 3)).astype("float32")

    @tf.function(jit_compile=jit_compile)
    def run(features):
        with tf.GradientTape() as tape:
            tape.watch(features)
            pooled = max_pool(features, pool)
        return pooled, tape.gradient(pooled, features, upstream)

    for ours, theirs in zip(run(tf.constant(features)), window_by_window(features, upstream, pool), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6)
