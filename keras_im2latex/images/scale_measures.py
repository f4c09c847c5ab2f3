"""Lengths in a picture that grow with the size at which its formula is set."""

import tensorflow as tf

from keras_im2latex.pixels.scale_measures import INK_THRESHOLD, QUANTILES

_SHORTEST = 0.1  # pixels; keeps logarithms finite


def scale_measures(image):
    """Measures a picture cut to its ink, in graph operations.

    Strokes and gaps are the dark and light runs along rows and columns. A stroke's length is the ink in it, so that
    grey edges count as the part of a pixel that they cover. Blocks are what remains when a picture is cut at its blank
    columns and each piece at its blank rows: mostly single letters.

    Args:
        image: uint8 tensor `(height, width, 1)`, 255 is paper, with ink in it.

    Returns:
        A float32 tensor `(MEASURES,)`. The first `LENGTHS` are natural logarithms of lengths in pixels; the others
        say how soft the edges are and how much there is to go by.
    """
    ink = 1.0 - tf.cast(image[..., 0], tf.float32) / 255.0
    stroke = ink >= tf.minimum(INK_THRESHOLD, tf.reduce_max(ink))
    height, width = tf.unstack(tf.cast(tf.shape(ink), tf.float32))
    total = tf.reduce_sum(ink)
    # Central differences by parts: the total variation of a step is its height wherever the step lies.
    around = tf.pad(ink, [[1, 1], [1, 1]])
    down = around[1:, :-1] - around[:-1, :-1]
    right = around[:-1, 1:] - around[:-1, :-1]
    variation = tf.reduce_sum(tf.sqrt(down**2 + right**2))
    thickness = 2.0 * total / tf.maximum(variation, 1e-3)

    lengths = [thickness, height, width, tf.sqrt(total)]
    for mask, grey, across in ((stroke, ink, width), (tf.transpose(stroke), tf.transpose(ink), height)):
        starts, ends, lines = _runs(mask)
        strokes = _masses(grey, starts, ends, lines)
        gaps = _gaps(starts, ends, lines)
        lengths += [tf.reduce_mean(strokes), *_quantiles(strokes, across), *_quantiles(gaps, across)]
    heights, widths = _blocks(stroke)
    tall = tf.boolean_mask(heights, heights > 2.0 * thickness)
    wide = tf.boolean_mask(widths, widths > 1.5 * thickness)
    lengths += [*_quantiles(tall, height), *_quantiles(wide, width)]

    soft = tf.reduce_sum(ink * (1.0 - ink)) / total
    sharp_down = tf.reduce_sum(down**2) / tf.maximum(tf.reduce_sum(tf.abs(down)), 1e-3)
    sharp_right = tf.reduce_sum(right**2) / tf.maximum(tf.reduce_sum(tf.abs(right)), 1e-3)
    count = tf.math.log1p(tf.cast(tf.size(heights), tf.float32))
    others = [soft, sharp_down, sharp_right, count]
    return tf.concat([tf.math.log(tf.maximum(tf.stack(lengths), _SHORTEST)), tf.stack(others)], axis=0)


def _runs(mask):
    """First and past-the-last place of each run of true values in its line, and the line."""
    padded = tf.pad(mask, [[0, 0], [1, 1]])
    edges = tf.where(padded[:, 1:] != padded[:, :-1])
    pairs = tf.reshape(edges, [-1, 2, 2])
    return pairs[:, 0, 1], pairs[:, 1, 1], pairs[:, 0, 0]


def _masses(grey, starts, ends, lines):
    """The ink of each run and of the pixel on each side of it."""
    sums = tf.pad(tf.cumsum(grey, axis=1), [[0, 0], [1, 0]])
    last = tf.shape(grey, tf.int64)[1]
    before = tf.gather_nd(sums, tf.stack([lines, tf.maximum(starts - 1, 0)], axis=1))
    after = tf.gather_nd(sums, tf.stack([lines, tf.minimum(ends + 1, last)], axis=1))
    return after - before


def _gaps(starts, ends, lines):
    """Lengths of what lies between two runs of a line."""
    same = lines[1:] == lines[:-1]
    return tf.cast(tf.boolean_mask(starts[1:] - ends[:-1], same), tf.float32)


def _blocks(stroke):
    """Heights of blocks and widths of the columns' pieces."""
    columns = tf.transpose(stroke)
    inked = tf.reduce_any(columns, axis=1)
    starts, ends, _ = _runs(inked[None, :])
    pieces = tf.cumsum(tf.cast(inked & ~tf.pad(inked, [[1, 0]])[:-1], tf.int32)) - 1
    rows = tf.math.segment_max(tf.cast(tf.boolean_mask(columns, inked), tf.int32), tf.boolean_mask(pieces, inked))
    above, below, _ = _runs(rows > 0)
    return tf.cast(below - above, tf.float32), tf.cast(ends - starts, tf.float32)


def _quantiles(lengths, missing):
    """The lengths' quantiles; where there are none, a length that stands for them."""
    ordered = tf.sort(tf.concat([lengths, tf.fill([tf.cast(tf.size(lengths) == 0, tf.int32)], missing)], axis=0))
    last = tf.cast(tf.size(ordered) - 1, tf.float32)
    return tf.unstack(tf.gather(ordered, tf.cast(tf.round(last * QUANTILES), tf.int32)))
