"""A character as TeX placed it."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Glyph:
    """A character on a page.

    Args:
        font: str. TeX's name of the font, such as `"cmmi12"`.
        size: float. The size it is set at, in TeX points.
        code: int. Its place in the font.
        x: float. Its reference point from the left, in TeX points (72.27 an inch).
        y: float. The same from the top: the baseline.
    """

    font: str
    size: float
    code: int
    x: float
    y: float
