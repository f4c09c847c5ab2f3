"""Lengths in a picture that grow with the size at which its formula is set, in NumPy."""

import numpy as np

INK_THRESHOLD = np.float32(0.4)
"""Share of full ink from which a pixel belongs to a stroke."""

QUANTILES = np.array([0.1, 0.25, 0.5, 0.75, 0.9], np.float32)
"""Shares of the strokes, gaps and blocks at which their lengths are taken."""

LENGTHS = 4 + 2 * (1 + 2 * len(QUANTILES)) + 2 * len(QUANTILES)
"""How many of the measures are lengths."""
"""How many of the measures are lengths."""

MEASURES = LENGTHS + 4
"""How many measures there are."""

_SHORTEST = 0.1  # pixels; keeps logarithms finite


def relative_measures(image):
    """The measures of a picture, as `scale_measures`', with all lengths but the first as multiples of the first."""
    measures = scale_measures(image)
    measures[1:LENGTHS] -= measures[0]
    return measures


def scale_measures(image):
    """Measures a picture cut to its ink, as `keras_im2latex.images.scale_measures.scale_measures` does.

    Args:
        image: uint8 array `(height, width)`, 255 is paper, with ink in it.

    Returns:
        A float32 array. The first `LENGTHS` are natural logarithms of lengths in pixels; the others say how soft the
        edges are and how much there is to go by.
    """
    ink = np.float32(1.0) - image.astype(np.float32) / np.float32(255.0)
    stroke = ink >= min(INK_THRESHOLD, ink.max())
    height, width = ink.shape
    total = ink.sum()
    around = np.pad(ink, 1)
    down = around[1:, :-1] - around[:-1, :-1]
    right = around[:-1, 1:] - around[:-1, :-1]
    variation = np.sqrt(down**2 + right**2).sum()
    thickness = 2.0 * total / max(variation, 1e-3)

    lengths = [thickness, height, width, np.sqrt(total)]
    for mask, grey, across in ((stroke, ink, width), (stroke.T, ink.T, height)):
        starts, ends, lines = _runs(mask)
        strokes = _masses(grey, starts, ends, lines)
        gaps = (starts[1:] - ends[:-1])[lines[1:] == lines[:-1]]
        lengths += [strokes.mean(), *_quantiles(strokes, across), *_quantiles(gaps, across)]
    heights, widths = _blocks(stroke)
    lengths += _quantiles(heights[heights > 2.0 * thickness], height)
    lengths += _quantiles(widths[widths > 1.5 * thickness], width)

    soft = (ink * (1.0 - ink)).sum() / total
    sharp_down, sharp_right = ((edges**2).sum() / max(np.abs(edges).sum(), 1e-3) for edges in (down, right))
    others = [soft, sharp_down, sharp_right, np.log1p(len(heights))]
    return np.concatenate([np.log(np.maximum(np.float32(lengths), _SHORTEST)), np.float32(others)]).astype(np.float32)


def _runs(mask):
    """First and past-the-last place of each run of true values in its line, and the line."""
    padded = np.pad(mask, ((0, 0), (1, 1)))
    lines, places = np.nonzero(padded[:, 1:] != padded[:, :-1])
    return places[0::2], places[1::2], lines[0::2]


def _masses(grey, starts, ends, lines):
    """The ink of each run and of the pixel on each side of it."""
    sums = np.pad(np.cumsum(grey, axis=1, dtype=np.float32), ((0, 0), (1, 0)))
    return sums[lines, np.minimum(ends + 1, grey.shape[1])] - sums[lines, np.maximum(starts - 1, 0)]


def _blocks(stroke):
    """Heights of blocks and widths of the columns' pieces."""
    starts, ends, _ = _runs(stroke.any(axis=0)[None, :])
    rows = np.logical_or.reduceat(stroke[:, stroke.any(axis=0)], np.cumsum([0, *(ends - starts)[:-1]]), axis=1)
    above, below, _ = _runs(rows.T)
    return below - above, ends - starts


def _quantiles(lengths, missing):
    """The lengths' quantiles; where there are none, a length that stands for them."""
    ordered = np.sort(lengths) if len(lengths) else np.array([missing])
    return list(ordered[np.rint(np.float32(len(ordered) - 1) * QUANTILES).astype(np.int64)])
