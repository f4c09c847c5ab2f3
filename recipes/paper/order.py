"""Whether the systems come in the order that is expected of them, and how sure that is."""

import dataclasses
import math

from paper.systems import ORDER, STRICT, SYSTEMS


@dataclasses.dataclass(frozen=True)
class Step:
    """One relation of the order.

    Attributes:
        worse: name of the system that is expected to be worse.
        better: name of the one that is expected to be better, or as good.
        strict: whether it must be better.
        difference: points between them, or None where a figure is missing.
        chance: half the 95 % interval of that difference, or None where it is not known.
    """

    worse: str
    better: str
    strict: bool
    difference: float | None
    chance: float | None = None

    @property
    def holds(self):
        """Whether the relation holds; None where a figure is missing."""
        if self.difference is None:
            return None
        return self.difference > 0 if self.strict else self.difference >= 0

    @property
    def is_chance(self):
        """Whether other formulas could well turn the difference round."""
        return self.chance is not None and abs(self.difference) < self.chance


def published_steps(measure):
    """The relations in the paper's own figures: a list of `Step`."""
    figures = {name: SYSTEMS[name].published for name in ORDER}
    return _steps(figures, measure)


def measured_steps(measurements, measure):
    """The relations in ours.

    Args:
        measurements: dict of `Measurement` by name.
        measure: name of a figure.

    Returns:
        List of `Step`. The chance is that of shares of formulas, as if each system had been given formulas of its
        own, so it is rather too wide; a score that is no such share has none.
    """
    figures = {name: measurements[name].figures for name in ORDER}
    return _steps(figures, measure)


def _steps(figures, measure):
    steps = []
    for worse, better, strict in zip(ORDER, ORDER[1:], STRICT):
        pair = figures[worse], figures[better]
        difference, chance = None, None
        if all(measure in one for one in pair):
            difference = round(pair[1][measure] - pair[0][measure], 6)
            if measure != "bleu" and all("image_formulas" in one for one in pair):
                variances = [one[measure] * (100 - one[measure]) / one["image_formulas"] for one in pair]
                chance = 1.96 * math.sqrt(sum(variances))
        steps.append(Step(worse, better, strict, difference, chance))
    return steps
