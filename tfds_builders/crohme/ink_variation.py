"""Other ways in which the same formula could have been written."""

import dataclasses
import math

import numpy as np

from tfds_builders.crohme.stroke_pictures import usual_stroke_size


@dataclasses.dataclass(frozen=True)
class InkVariation:
    """How far a formula's ink is varied: each symbol by itself, then the whole.

    Every figure is a standard deviation, of a normal distribution that ends at twice that.

    Attributes:
        symbol_size: of the logarithm of each symbol's size.
        symbol_stretch: of the logarithm of each symbol's width over its height.
        symbol_turn: of each symbol's rotation, in degrees.
        symbol_place: of each symbol's shift, as a share of the usual length of a stroke.
        size: of the logarithm of the whole formula's size.
        stretch: of the logarithm of its width over its height.
        slant: of the slope of its uprights, sideways over upwards.
        line_turn: of the rotation of its line, in degrees.
        pen_width: of the logarithm of the pen's width.

    Reference:
        Deng et al., ICML 2017, section 6: "random resize and rotation of symbols".

    Example:
        >>> strokes = InkVariation(symbol_turn=10.0).vary(ink, random.Random(0))
    """

    symbol_size: float = 0.1
    symbol_stretch: float = 0.06
    symbol_turn: float = 5.0
    symbol_place: float = 0.05
    size: float = 0.12
    stretch: float = 0.08
    slant: float = 0.12
    line_turn: float = 1.5
    pen_width: float = 0.15

    def vary(self, ink, chance) -> list[np.ndarray]:
        """Resizes and rotates each symbol about its middle, then slants, stretches and rotates the whole.

        A symbol longer than a usual stroke is varied by as much less: a fraction bar stays over its denominator, and a
        root over its radicand. A stroke that nobody marked is a symbol by itself. The size of the whole and the pen
        are left to `draw`, because pictures are brought to one size: see `vary_size`.

        Args:
            ink: `Ink`.
            chance: `random.Random`.

        Returns:
            The strokes in their order, float64 arrays `(points, 2)`.
        """
        usual = usual_stroke_size(ink.strokes) or 1.0
        strokes = [np.asarray(stroke, np.float64) for stroke in ink.strokes]
        groups = [symbol.strokes for symbol in ink.symbols]
        marked = {place for group in groups for place in group}
        groups += [(place,) for place in range(len(strokes)) if place not in marked]
        for group in groups:
            points = np.concatenate([strokes[place] for place in group])
            low, high = points.min(axis=0), points.max(axis=0)
            share = min(1.0, usual / max(*(high - low), 1e-9))
            matrix = _matrix(
                size=math.exp(share * self._normal(chance, self.symbol_size)),
                stretch=math.exp(share * self._normal(chance, self.symbol_stretch)),
                turn=math.radians(share * self._normal(chance, self.symbol_turn)),
            )
            middle = (low + high) / 2
            shift = [self._normal(chance, self.symbol_place) * usual for _ in range(2)]
            for place in group:
                strokes[place] = (strokes[place] - middle) @ matrix + middle + shift
        whole = _matrix(
            stretch=math.exp(self._normal(chance, self.stretch)),
            turn=math.radians(self._normal(chance, self.line_turn)),
            slant=self._normal(chance, self.slant),
        )
        return [stroke @ whole for stroke in strokes]

    def vary_size(self, chance) -> tuple[float, float]:
        """Factors of the whole formula's size and of the pen's width."""
        return math.exp(self._normal(chance, self.size)), math.exp(self._normal(chance, self.pen_width))

    @staticmethod
    def _normal(chance, deviation):
        return min(max(chance.gauss(0, 1), -2.0), 2.0) * deviation


def _matrix(*, size=1.0, stretch=1.0, turn=0.0, slant=0.0):
    """A matrix that rows of x and y are multiplied by: slant and stretch first, rotation last."""
    root = math.sqrt(stretch)
    slanted = np.array([[1.0, 0.0], [-slant, 1.0]]) * [size * root, size / root]
    return slanted @ np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
