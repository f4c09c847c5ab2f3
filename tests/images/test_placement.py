"""Where ink goes: by hand-made pictures whose every pixel is known."""

import numpy as np
import pytest
import tensorflow as tf

from keras_im2latex.images.placement import MARGIN, add_stray_ink, place, tilt

CANVAS = (48, 64)


def framed(height, width, level=1.0):
    """One picture of solid ink inside four white pixels, and its size."""
    ink = np.zeros((1, *CANVAS), np.float32)
    ink[0, MARGIN : height - MARGIN, MARGIN : width - MARGIN] = level
    return tf.constant(ink), tf.constant([[height, width]])


def test_stretch_changes_both_sides_by_their_own_factor():
    ink, size = framed(24, 40)
    placed, new_size, _ = place(ink, size, tf.ones([1]), tf.zeros([1, 2, 2], tf.int32), tf.constant([[1.25, 0.8]]))
    np.testing.assert_array_equal(new_size, [[30, 32]])
    rows, columns = (placed[0].numpy().sum(axis=axis) for axis in (1, 0))
    assert rows.max() == pytest.approx(32 * 0.8, rel=0.03)
    assert columns.max() == pytest.approx(16 * 1.25, rel=0.05)


def test_a_stretch_that_does_not_fit_is_shrunk_on_both_sides():
    ink, size = framed(24, 64)
    _, new_size, _ = place(ink, size, tf.ones([1]), tf.zeros([1, 2, 2], tf.int32), tf.constant([[1.0, 1.25]]))
    np.testing.assert_array_equal(new_size, [[20, 64]])


@pytest.mark.parametrize("side", range(4))
def test_stray_ink_reaches_in_at_one_side(side):
    ink, size = framed(20, 30)
    other, other_size = framed(26, 34, 0.5)
    margins, gap, reach = np.zeros((1, 2, 2), np.int32), 5, 3
    found, new_size = add_stray_ink(
        ink, size, margins, other, other_size, tf.constant([side]), tf.constant([gap]), tf.constant([reach])
    )
    axis = side % 2
    np.testing.assert_array_equal(new_size[0] - size[0], np.eye(2, dtype=int)[axis] * (gap + reach))
    picture = found[0].numpy()[: new_size[0, 0], : new_size[0, 1]]
    turned = picture if axis == 0 else picture.T
    turned = turned if side < 2 else turned[::-1]
    levels = turned.max(axis=1)
    expected = [0] * 4 + [0.5] * reach + [0] * gap + [1] * (len(levels) - 8 - gap - reach) + [0] * 4
    np.testing.assert_allclose(levels, expected)
    np.testing.assert_allclose(turned[:, :4], 0)
    np.testing.assert_allclose(turned[:, -4:], 0)
    assert picture[picture == 1].sum() == ink.numpy().sum()


@pytest.mark.parametrize(("height", "side"), [(44, 0), (20, -1)])
def test_no_stray_ink_without_room_or_wish(height, side):
    ink, size = framed(height, 30)
    margins = np.zeros((1, 2, 2), np.int32)
    number = [tf.constant([value]) for value in (side, 5, 3)]
    found, new_size = add_stray_ink(ink, size, margins, ink, size, *number)
    np.testing.assert_array_equal(found, ink)
    np.testing.assert_array_equal(new_size, size)


@pytest.mark.parametrize("degrees", [5.0, -5.0])
def test_a_tilted_line_falls_by_its_slope(degrees):
    ink = np.zeros((1, *CANVAS), np.float32)
    ink[0, 10] = 1.0
    tilted, size = tilt(tf.constant(ink), tf.constant([[20, 60]]), tf.constant([degrees]))
    slope = np.tan(np.radians(degrees))
    assert size.numpy().tolist() == [[20 + int(np.ceil(abs(slope) * 60)), 60]]
    columns = tilted[0].numpy()[:, :60]
    centres = (columns * np.arange(48)[:, None]).sum(axis=0) / columns.sum(axis=0)
    start = 10 if degrees > 0 else 10 - slope * 60
    np.testing.assert_allclose(centres, start + slope * np.arange(60), atol=1e-3)
    np.testing.assert_allclose(columns.sum(axis=0), 1.0, atol=1e-5)


def test_tilt_stays_on_the_canvas():
    ink, size = framed(47, 60)
    _, new_size = tilt(ink, size, tf.constant([10.0]))
    assert new_size.numpy().tolist() == [[48, 60]]
