"""Where the ink of prepared pictures lies on their canvas: scale, margins, stray ink beside it, a tilt."""

import tensorflow as tf

from keras_im2latex.images.preparation import PADDING

MARGIN = PADDING // 2
"""White pixels on each side of a prepared picture's ink."""


def place(ink, size, factor, margins, stretch=None):
    """Scales each picture and moves it by its top and left margin, in two products with sparse matrices.

    Args:
        ink: float32 tensor `(batch, height, width)`, 0 is paper.
        size: int32 tensor `(batch, 2)`, each picture's own height and width.
        factor: float32 tensor `(batch,)` that sides are multiplied by, as far as the canvas allows.
        margins: int32 tensor `(batch, 2, 2)`: white pixels before and after, above and left or below and right, as
            far as the canvas allows.
        stretch: float32 tensor `(batch, 2)`, factors of height and width besides, or None.

    Returns:
        The ink, sizes with margins, and the margins that were given.
    """
    canvas = tf.shape(ink)[1:]
    room = tf.cast(canvas, tf.float32) / tf.cast(size, tf.float32)
    if stretch is None:
        tall = wide = tf.minimum(factor, tf.reduce_min(room, axis=1))
    else:
        factor = tf.minimum(factor, tf.reduce_min(room / stretch, axis=1))
        tall, wide = factor * stretch[:, 0], factor * stretch[:, 1]
    sides = tf.cast(size, tf.float32) * tf.stack([tall, wide], axis=1)
    scaled = tf.cast(tf.math.ceil(sides - 1e-3), tf.int32)
    before = tf.minimum(margins[:, 0], canvas - scaled)
    after = tf.minimum(margins[:, 1], canvas - scaled - before)
    rows = _resampling(canvas[0], tall, before[:, 0])
    columns = _resampling(canvas[1], wide, before[:, 1])
    placed = tf.matmul(tf.matmul(rows, ink), columns, transpose_b=True)
    return placed, scaled + before + after, tf.stack([before, after], axis=1)


def add_stray_ink(ink, size, margins, other, other_size, side, gap, reach):
    """Moves each picture away from one of its sides, where the near edge of another one then reaches in.

    Args:
        ink: float32 tensor `(batch, height, width)`.
        size: int32 tensor `(batch, 2)`.
        margins: int32 tensor `(batch, 2, 2)`, white pixels of each picture beside its four of padding, as `place`
            gives them.
        other: float32 tensor `(batch, height, width)`, prepared pictures whose ink reaches in.
        other_size: int32 tensor `(batch, 2)`, their sizes.
        side: int32 tensor `(batch,)`: 0 top, 1 left, 2 bottom, 3 right, anything else none.
        gap: int32 tensor `(batch,)`, white pixels between.
        reach: int32 tensor `(batch,)`, pixels of the other picture that are seen.

    Returns:
        The ink and its sizes; a picture without room on its canvas is left as it is.
    """
    canvas = tf.shape(ink)[1:]
    for axis in (0, 1):
        here = (side % 2 == axis) & (side >= 0) & (side < 4)
        here &= size[:, axis] + gap + reach <= canvas[axis]
        first = here & (side < 2)
        moved = tf.where(first, gap + reach, 0)
        grown = size[:, axis] + tf.where(here, gap + reach, 0)
        start = tf.where(first, margins[:, 0, axis] + MARGIN, grown - margins[:, 1, axis] - MARGIN - reach)
        source = tf.where(first, other_size[:, axis] - MARGIN - reach, MARGIN)
        place_of = tf.range(canvas[axis])[None, :]
        inside = here[:, None] & (place_of >= start[:, None]) & (place_of < (start + reach)[:, None])
        strip = _take(other, place_of + (source - start)[:, None], axis)
        strip *= tf.cast(inside, ink.dtype)[:, :, None] if axis == 0 else tf.cast(inside, ink.dtype)[:, None, :]
        across = tf.range(canvas[1 - axis])[None, :] < (size[:, 1 - axis] - MARGIN)[:, None]
        strip *= tf.cast(across, ink.dtype)[:, None, :] if axis == 0 else tf.cast(across, ink.dtype)[:, :, None]
        kept = place_of >= moved[:, None]
        shifted = _take(ink, place_of - moved[:, None], axis)
        shifted *= tf.cast(kept, ink.dtype)[:, :, None] if axis == 0 else tf.cast(kept, ink.dtype)[:, None, :]
        ink = tf.maximum(shifted, strip)
        size = tf.stack([grown, size[:, 1]] if axis == 0 else [size[:, 0], grown], axis=1)
    return ink, size


def tilt(ink, size, degrees):
    """Lets each picture's baseline rise or fall, as far as its canvas has room.

    Args:
        ink: float32 tensor `(batch, height, width)`.
        size: int32 tensor `(batch, 2)`.
        degrees: float32 tensor `(batch,)`, from the horizontal, clockwise.

    Returns:
        The ink and its sizes.
    """
    height = tf.shape(ink)[1]
    width = tf.cast(size[:, 1], tf.float32)
    steepest = tf.cast(height - size[:, 0], tf.float32) / width
    slope = tf.clip_by_value(tf.tan(degrees * (3.14159265 / 180.0)), -steepest, steepest)[:, None]
    column = tf.range(tf.cast(tf.shape(ink)[2], tf.float32))[None, :]
    fall = tf.maximum(tf.where(slope > 0, slope * column, slope * (column - width[:, None])), 0.0)
    whole = tf.floor(fall)
    part = (fall - whole)[:, :, None]
    # Columns become lines, and one gather serves both neighbours of a place between two pixels.
    lines = tf.transpose(ink, [0, 2, 1])
    source = tf.range(height)[None, None, :] - tf.cast(whole, tf.int32)[:, :, None]
    moved = tf.gather(lines, tf.maximum(source, 0), axis=2, batch_dims=2)
    moved = tf.where(source >= 0, moved, 0.0)
    next_ones = tf.pad(moved, [[0, 0], [0, 0], [1, 0]])[:, :, :-1]
    tilted = tf.transpose((1.0 - part) * moved + part * next_ones, [0, 2, 1])
    taller = tf.cast(tf.math.ceil(tf.abs(slope[:, 0]) * width - 1e-3), tf.int32)
    return tilted, size + tf.stack([taller, tf.zeros_like(taller)], axis=1)


def _resampling(length, factor, offset):
    """Matrices `(batch, length, length)` of a triangle filter that scales by a factor, then moves by an offset."""
    position = tf.range(tf.cast(length, tf.float32))
    source = (position[None, :] - tf.cast(offset, tf.float32)[:, None] + 0.5) / factor[:, None] - 0.5
    support = tf.maximum(1.0 / factor, 1.0)[:, None, None]
    distance = tf.abs(source[:, :, None] - position[None, None, :])
    return tf.maximum(1.0 - distance / support, 0.0) / support


def _take(ink, index, axis):
    """Rows or columns of each picture by their numbers `(batch, number)`; outside, the nearest."""
    index = tf.clip_by_value(index, 0, tf.shape(ink)[1 + axis] - 1)
    return tf.gather(ink, index, axis=1 + axis, batch_dims=1)
