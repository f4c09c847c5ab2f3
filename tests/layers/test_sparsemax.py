import numpy as np
import pytest
import tensorflow as tf
from plain_numpy import sparsemax as nearest_point

from keras_im2latex.layers import sparsemax


@pytest.fixture
def scores():
    return np.random.default_rng(0).normal(size=(40, 7)).astype("float32") * np.geomspace(0.05, 5, 40)[:, None]


def test_nearest_point_of_the_simplex(scores):
    expected = np.array([nearest_point(row) for row in scores])
    sizes = (expected > 0).sum(axis=1)
    assert sizes.min() == 1
    assert sizes.max() == 7
    np.testing.assert_allclose(sparsemax(tf.constant(scores)), expected, rtol=0, atol=1e-5)


def test_the_case_that_tells_sums_over_the_support_apart():
    np.testing.assert_allclose(sparsemax([1.0, 0.5, -1.0]), [0.75, 0.25, 0.0], rtol=0, atol=1e-7)


def test_gradient_is_the_exact_jacobian(scores):
    scores = tf.constant(scores, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(scores)
        probabilities = sparsemax(scores)
    jacobian = tape.batch_jacobian(probabilities, scores).numpy()
    for row, ours in zip(probabilities.numpy(), jacobian, strict=True):
        support = (row > 0).astype(float)
        np.testing.assert_allclose(
            ours, np.diag(support) - np.outer(support, support) / support.sum(), rtol=0, atol=1e-6
        )
    step = 1e-2
    for cell in range(scores.shape[1]):
        moved = [sparsemax(scores + sign * step * tf.one_hot(cell, scores.shape[1])).numpy() for sign in (1, -1)]
        differences = (moved[0] - moved[1]) / (2 * step)
        same_support = ((moved[0] > 0) == (moved[1] > 0)).all(axis=1)
        assert same_support.sum() > 20
        np.testing.assert_allclose(differences[same_support], jacobian[same_support, :, cell], rtol=0, atol=1e-3)


def test_masked_cells_are_as_if_absent(scores):
    mask = np.array([True, False, True, True, False, True, False])
    masked = sparsemax(tf.constant(scores), tf.constant(mask)).numpy()
    np.testing.assert_array_equal(masked[:, ~mask], 0)
    np.testing.assert_allclose(masked[:, mask], sparsemax(tf.constant(scores[:, mask])), rtol=0, atol=1e-6)


@pytest.mark.parametrize("dtype", [tf.bfloat16, tf.float16, tf.float32])
def test_stable_in_mixed_precision(dtype):
    scores = tf.cast([[6e4, 5e4, -6e4], [-6e4, -6e4, -6e4], [1000.5, 1000.0, 999.5]], dtype)
    probabilities = sparsemax(scores)
    assert probabilities.dtype == tf.float32
    np.testing.assert_allclose(tf.reduce_sum(probabilities, axis=-1), 1.0, rtol=0, atol=1e-6)
    np.testing.assert_allclose(probabilities[1], [1 / 3] * 3, rtol=0, atol=1e-6)
    expected = nearest_point(tf.cast(scores[2], tf.float64).numpy())
    np.testing.assert_allclose(probabilities[2], expected, rtol=0, atol=1e-6)
