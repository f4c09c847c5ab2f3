"""Stretching a handwritten root over what is under it."""

import numpy as np

_TOP = 0.3  # the bar begins where the pen, on its way up, comes into this share of the sign's height
_HOOK = (0.04, 0.7)  # share of the width that the hook takes


def split_root(sample) -> float | None:
    """Where the bar of a handwritten root begins.

    Args:
        sample: `SymbolShape` of a root.

    Returns:
        Its x, or `None` where the sample does not look like a hook that ends in a bar.
    """
    points = sample.points
    width, height = sample.size
    if not width or not height:
        return None
    lowest = int(np.argmax(points[:, 1]))
    up = np.flatnonzero(points[lowest:, 1] < _TOP * height)
    if not len(up):
        return None
    corner = points[lowest + up[0], 0]
    beyond = points[points[:, 0] > corner + 0.1 * width]
    if not _HOOK[0] * width < corner < _HOOK[1] * width or not len(beyond) or beyond[:, 1].max() > 0.5 * height:
        return None
    return float(corner)


def stretch_root(sample, corner, edges, heights):
    """Puts a handwritten root over a radicand.

    Args:
        sample: `SymbolShape` of a root.
        corner: what `split_root` said.
        edges: left edge of the sign, left and right edge of the bar.
        heights: upper and lower edge.

    Returns:
        Its points in their places, a float64 array `(points, 2)`.
    """
    width, height = sample.size
    known = [0.0, corner, width]
    scale = (heights[1] - heights[0]) / height
    x = np.interp(sample.points[:, 0], known, edges)
    return np.column_stack([x, heights[0] + sample.points[:, 1] * scale])
