"""Brings a handwritten symbol to the size that a printed one has."""

import math

_LONG = frozenset(["-", r"\rightarrow"])
_TALL = frozenset(["(", ")", "[", "]", r"\{", r"\}", "|", "/", r"\int"])
_DOT = "."
_THIN = 0.25  # a box is taken to be at least so thick for its length
_STRETCH = 1.5  # how much more one side of a symbol may be stretched than the other
_LEAN = 0.3  # a long symbol is at most so high for its length


def fitting_scales(label, size, width, height) -> tuple[float, float]:
    """How to scale a sample so that it fills the place of a printed symbol without losing its look.

    Arrows, minus signs and fraction bars get the print's length, brackets, bars and integrals its height; any other
    symbol keeps its own proportions, halfway to those of the print.

    Args:
        label: CROHME's label; `None` for other shapes.
        size: width and height of the sample, in any unit.
        width: width of the place.
        height: height of the place.

    Returns:
        Factors for x and y.
    """
    own_width, own_height = size
    longer = max(own_width, own_height)
    if longer == 0:
        return 1.0, 1.0
    if label == _DOT:
        scale = max(width, height) / longer
        return scale, scale
    if label in _LONG and own_width > 0:
        x = width / own_width
        return x, min(x, _LEAN * max(width, height) / max(own_height, 1e-9))
    if label in _TALL and own_height > 0:
        y = height / own_height
        x = max(width, _THIN * height * 0.4) / max(own_width, _THIN * own_height * 0.4)
        return min(max(x, y / 4), y * 1.2), y
    thick = _THIN * max(width, height), _THIN * longer
    ratios = max(width, thick[0]) / max(own_width, thick[1]), max(height, thick[0]) / max(own_height, thick[1])
    mean = math.sqrt(ratios[0] * ratios[1])
    uneven = min(max(ratios[0] / ratios[1], 1 / _STRETCH**2), _STRETCH**2) ** 0.25
    return mean * uneven, mean / uneven
