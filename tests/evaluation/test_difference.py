"""Marked differences of pictures that differ in a known way."""

import numpy as np
import pytest

from keras_im2latex.evaluation.report.difference import BOTH, GOLD_ONLY, PAPER, PREDICTED_ONLY, mark_difference


@pytest.fixture
def picture():
    picture = np.where(np.random.default_rng(3).random((20, 60)) < 0.5, 0, 255).astype(np.uint8)
    picture[0, ::2] = picture[-1, ::2] = 0
    return picture


def test_equal_pictures_have_no_difference(picture):
    np.testing.assert_array_equal(mark_difference(picture, picture), np.where(picture == 0, BOTH, PAPER))


def test_what_one_side_alone_has_is_marked(picture):
    cut = np.delete(picture, slice(20, 30), axis=1)
    for sides, mark in (((picture, cut), GOLD_ONLY), ((cut, picture), PREDICTED_ONLY)):
        marked = mark_difference(*sides)
        expected = np.where(picture == 0, BOTH, PAPER)
        expected[:, 20:30] = np.where(picture[:, 20:30] == 0, mark, PAPER)
        np.testing.assert_array_equal(marked, expected)


def test_replaced_columns_show_both_inks(picture):
    changed = picture.copy()
    changed[5:9, 12] = 0, 0, 255, 255
    marked = mark_difference(picture, changed)
    gold, predicted = picture == 0, changed == 0
    np.testing.assert_array_equal(marked == BOTH, gold & predicted)
    np.testing.assert_array_equal(marked == GOLD_ONLY, gold & ~predicted)
    np.testing.assert_array_equal(marked == PREDICTED_ONLY, predicted & ~gold)


def test_a_picture_that_stands_lower_is_moved(picture):
    taller = np.pad(picture, ((7, 0), (0, 0)), constant_values=255)
    taller[0, 30] = 0
    marked = mark_difference(picture, taller)
    assert (marked == GOLD_ONLY).sum() == 0
    assert np.argwhere(marked == PREDICTED_ONLY).tolist() == [[0, 30]]
    marked = mark_difference(taller, picture)
    assert np.argwhere(marked == GOLD_ONLY).tolist() == [[0, 30]]
    assert (marked == PREDICTED_ONLY).sum() == 0
