"""What a system scores on a group of formulas, and how sure that is."""

import dataclasses

from keras_im2latex.metrics import Scores


@dataclasses.dataclass(frozen=True)
class GroupScores:
    """Scores and their 95 % bootstrap intervals.

    Attributes:
        scores: `Scores`, in percent.
        intervals: dict from a score's name to `(low, high)`, in percent.
    """

    scores: Scores
    intervals: dict[str, tuple[float, float]]

    def to_dict(self):
        """Gives the scores as a plain dict with the intervals under `"intervals"`, ready for JSON."""
        intervals = {name: [round(edge, 4) for edge in edges] for name, edges in self.intervals.items()}
        return {**self.scores.to_dict(), "intervals": intervals}
