"""How far hands differ."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Habits:
    """How far hands differ; every figure is a standard deviation unless it says otherwise.

    Attributes:
        size: of the logarithm of the whole formula's size.
        symbol_size: of the logarithm of each symbol's size.
        symbol_turn: of each symbol's rotation, in degrees.
        symbol_place: of each symbol's shift, as a share of an em.
        slant: of the slope that uprights have, sideways over upwards.
        line_turn: of the rotation of the line, in degrees.
        wave: of the height of a slow wave that the line follows, as a share of an em.
        spread: the most that symbols are set apart sideways, as a factor; at least 1.
        rise: the most that they are set apart upwards, as a factor; at least 1.
        pen: usual width of the pen in pixels before halving.
        pen_width: of the logarithm of the pen's width.
        loyalty: share of the symbols for which the writer's own samples are taken where there are any.
    """

    size: float = 0.1
    symbol_size: float = 0.08
    symbol_turn: float = 3.0
    symbol_place: float = 0.04
    slant: float = 0.1
    line_turn: float = 0.8
    wave: float = 0.08
    spread: float = 1.35
    rise: float = 1.2
    pen: float = 3.0
    pen_width: float = 0.2
    loyalty: float = 0.85
