"""A rule as TeX placed it."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """A filled rectangle on a page: a fraction bar, the bar of a root.

    Args:
        x: float. Its left edge, in TeX points (72.27 an inch) from the left.
        y: float. Its lower edge, in TeX points from the top.
        width: float. In TeX points.
        height: float. In TeX points.
    """

    x: float
    y: float
    width: float
    height: float
