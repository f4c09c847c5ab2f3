"""Each effect against NumPy, SciPy-free arithmetic, or Pillow's own JPEG."""

import numpy as np
import pytest
import tensorflow as tf

from keras_im2latex.images.ink_effects import (
    binarize,
    blur,
    coarsen,
    darken_paper,
    quantize_frequencies,
)


@pytest.fixture(scope="module")
def ink():
    """Four pictures of soft strokes on a canvas of 32 x 48."""
    generator = np.random.default_rng(0)
    coarse = (generator.random((4, 8, 12)) < 0.3).astype(np.float32)
    return np.kron(coarse, np.ones((1, 4, 4), np.float32)) * generator.uniform(0.5, 1, (4, 1, 1)).astype(np.float32)


def test_blur_is_a_gaussian_of_each_pictures_width():
    point = np.zeros((2, 9, 9), np.float32)
    point[:, 4, 4] = 1.0
    found = blur(tf.constant(point), tf.constant([0.0, 0.8])).numpy()
    np.testing.assert_allclose(found[0], point[0], atol=1e-6)
    taps = np.exp(-0.5 * (np.arange(-2, 3) / 0.8) ** 2)
    taps /= taps.sum()
    np.testing.assert_allclose(found[1, 2:7, 2:7], np.outer(taps, taps), atol=1e-6)


def test_coarsening_keeps_each_second_pixel_and_draws_lines_between(ink):
    found = coarsen(tf.constant(ink), tf.constant([1.0, 2.0, 2.0, 2.0]), tf.zeros([4, 2])).numpy()
    np.testing.assert_allclose(found[0], ink[0], atol=1e-6)
    np.testing.assert_allclose(found[1:, ::2, ::2], ink[1:, ::2, ::2], atol=1e-6)
    np.testing.assert_allclose(found[1:, 1:-1:2], (found[1:, :-2:2] + found[1:, 2::2]) / 2, atol=1e-6)


def test_frequencies_are_rounded_in_blocks_of_eight(ink):
    step = np.array([0.0, 0.05, 0.2, 0.2], np.float32)
    found = quantize_frequencies(tf.constant(ink), tf.constant(step)).numpy()
    np.testing.assert_allclose(found[0], ink[0], atol=1e-6)
    assert 0 < abs(found[1] - ink[1]).mean() < abs(found[2] - ink[2]).mean()
    # The mean of a block is an eighth of its lowest frequency, which is a multiple of the step.
    means = found[1:].reshape(3, 4, 8, 6, 8).mean(axis=(2, 4)) * 8 / step[1:, None, None]
    np.testing.assert_allclose(means, np.round(means), atol=1e-3)
    np.testing.assert_allclose(means, np.round(means), atol=1e-3)
    # What lies in one block changes no other one.
    moved = ink.copy()
    moved[:, :8, :8] = 0
    other = quantize_frequencies(tf.constant(moved), tf.constant(step)).numpy()
    np.testing.assert_allclose(other[:, 8:], found[:, 8:], atol=1e-6)
    np.testing.assert_allclose(other[:, :, 8:], found[:, :, 8:], atol=1e-6)


def test_paper_darkens_evenly_inside_a_picture_only(ink):
    size = np.array([[20, 30]] * 4, np.int32)
    amounts = np.array([[0.1, 0.1, 0.1], [0.0, 0.2, 0.0], [0.0, 0.0, 0.2], [0.0, 0.0, 0.0]], np.float32)
    found = darken_paper(tf.zeros_like(ink), tf.constant(size), tf.constant(amounts)).numpy()
    assert (found[:, 20:] == 0).all()
    assert (found[:, :, 30:] == 0).all()
    np.testing.assert_allclose(found[0, :20, :30], 0.1, atol=1e-6)
    np.testing.assert_allclose(found[1, :20, :30], np.tile(0.2 * np.arange(30) / 30, (20, 1)), atol=1e-6)
    np.testing.assert_allclose(found[2, :20, :30], np.tile(0.2 * np.arange(20)[:, None] / 20, (1, 30)), atol=1e-6)
    full = darken_paper(tf.ones_like(ink), tf.constant(size), tf.constant(amounts)).numpy()
    np.testing.assert_allclose(full, 1.0, atol=1e-6)


def test_binarizing_goes_by_the_darkness_of_the_strokes(ink):
    faint = ink * np.array([1.0, 0.5, 0.25, 0.1], np.float32)[:, None, None]
    found = binarize(tf.constant(faint), tf.fill([4], 0.6)).numpy()
    assert (found[:2][ink[:2] > 0] > 0.9).all()
    assert (found[0][ink[0] == 0] == 0).all()
    assert all(picture.max() > 0.5 for picture in found), "no picture vanishes"


def test_a_blank_picture_stays_blank_where_paper_does():
    blank = tf.zeros([2, 16, 16])
    np.testing.assert_array_equal(quantize_frequencies(blank, tf.constant([0.1, 0.2])), 0.0)
    np.testing.assert_array_equal(coarsen(blank, tf.constant([1.5, 2.0]), tf.fill([2, 2], 0.3)), 0.0)
