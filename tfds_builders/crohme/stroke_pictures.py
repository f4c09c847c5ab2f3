"""Strokes of a pen to pictures."""

import numpy as np

from keras_im2latex.images.preparation import INK_TOLERANCE

SYMBOL_SIZE = 20.0
"""Usual longer side of a stroke in pixels, where digits are as high as on IM2LATEX-100K's page: 21 pixels."""

STROKE_WIDTH = 3.0
"""Width of a pen in pixels that is as dark as the strokes of IM2LATEX-100K's page."""

PREPARED_SYMBOL_SIZE = 30.0
"""The same in the pictures that models of handwriting take: half as large again as print, because handwritten scripts
lose their shape at print's size once they are halved."""

PREPARED_STROKE_WIDTH = 4.0
"""Width of the pen there."""

_QUANTILE = 0.6
_LEAST_WIDTH = 2.0
_DOT = 1e-3  # length of the line that stands for a single point: none at all would not be drawn


def usual_stroke_size(strokes) -> float:
    """How large somebody writes, told by the strokes alone: the longer side that 60 % of the strokes do not exceed.

    In CROHME a digit is 1.06 times as high, give or take a seventh.

    Args:
        strokes: arrays `(points, 2)`, at least one.

    Returns:
        The size in the strokes' own unit; 0 where most are single points.
    """
    return float(np.quantile([np.ptp(stroke, axis=0).max() for stroke in strokes], _QUANTILE))


def scale_strokes(strokes, *, symbol_size=SYMBOL_SIZE, max_height=None, max_width=None):
    """Brings strokes to the size of a picture.

    Args:
        strokes: arrays `(points, 2)`, at least one, in any unit.
        symbol_size: what `usual_stroke_size` becomes, in pixels.
        max_height: largest height of the whole, in pixels; a higher formula is made smaller.
        max_width: largest width of the whole, in pixels.

    Returns:
        The strokes in pixels, float64 arrays, and the factor by which they are smaller than `symbol_size` says.
    """
    points = np.concatenate(strokes).astype(np.float64)
    corner, extent = points.min(axis=0), np.ptp(points, axis=0)
    size = usual_stroke_size(strokes) or extent.max() or 1.0
    width, height = extent * symbol_size / size
    smaller = min(1.0, (max_height or np.inf) / max(height, _DOT), (max_width or np.inf) / max(width, _DOT))
    factor = symbol_size / size * smaller
    return [(np.asarray(stroke, np.float64) - corner) * factor for stroke in strokes], smaller


def draw_strokes(strokes, widths=STROKE_WIDTH):
    """Draws strokes with round ends and round joins, antialiased, and crops the picture to its ink.

    Args:
        strokes: arrays `(points, 2)` in pixels, at least one: x to the right, y downwards, anywhere.
        widths: width of the pen in pixels, or one for each stroke.

    Returns:
        A uint8 array `(height, width)`, 255 is paper.
    """
    # Only a build needs matplotlib; reading a finished dataset does not.
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.path import Path
    from matplotlib.transforms import IdentityTransform

    widths = np.broadcast_to(np.asarray(widths, np.float64), len(strokes))
    margin = widths.max() / 2 + 1
    points = np.concatenate(strokes)
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    width, height = np.ceil(high - low).astype(int)
    renderer = RendererAgg(int(width), int(height), 72)  # at 72 dots an inch a point is a pixel
    context = renderer.new_gc()
    context.set_capstyle("round")
    context.set_joinstyle("round")
    context.set_snap(False)
    for pen in np.unique(widths):
        vertices, codes = [], []
        for stroke in (stroke for stroke, own in zip(strokes, widths) if own == pen):
            stroke = np.asarray(stroke, np.float64)
            if not np.ptp(stroke, axis=0).any():
                stroke = np.stack([stroke[0], stroke[0] + [_DOT, 0]])
            vertices.append((stroke - low) * [1, -1] + [0, height])  # Agg's y axis points upwards
            codes.append(np.full(len(stroke), Path.LINETO, Path.code_type))
            codes[-1][0] = Path.MOVETO
        context.set_linewidth(float(pen))
        renderer.draw_path(context, Path(np.concatenate(vertices), np.concatenate(codes)), IdentityTransform())
    image = 255 - np.asarray(renderer.buffer_rgba())[..., 3]
    ink = image < 255 - INK_TOLERANCE
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return np.ascontiguousarray(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def pen_width(width, smaller):
    """Width of the pen for a formula that was made smaller: thinner, but never a hair.

    Args:
        width: width for a formula of the usual size, in pixels.
        smaller: the factor that `scale_strokes` gave.
    """
    return max(width * smaller, min(width, _LEAST_WIDTH))
