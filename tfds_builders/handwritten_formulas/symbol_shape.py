"""A symbol's strokes, by themselves."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class SymbolShape:
    """The strokes of a symbol, in any unit.

    Attributes:
        points: float array `(points, 2)`, the strokes one after the other, y downwards; the box around them begins at
            0, 0.
        lengths: the number of points of each stroke.
        size: width and height of that box.
    """

    points: np.ndarray
    lengths: tuple[int, ...]
    size: tuple[float, float]

    @classmethod
    def of_strokes(cls, strokes) -> "SymbolShape":
        """Moves strokes, arrays `(points, 2)`, to the origin."""
        points = np.concatenate(strokes).astype(np.float64)
        points -= points.min(axis=0)
        width, height = points.max(axis=0)
        return cls(points.astype(np.float32), tuple(map(len, strokes)), (float(width), float(height)))
