"""What an evaluation found."""

import dataclasses

from keras_im2latex.evaluation.group_scores import GroupScores
from keras_im2latex.evaluation.scored_formula import ScoredFormula


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """Scores of a system on a set of formulas: over all, by length, by construct, and formula by formula.

    Attributes:
        overall: `GroupScores` over all formulas.
        by_length: dict of `GroupScores` by range of gold tokens; ranges without a formula are left out.
        by_construct: dict of `GroupScores` by construct. A formula may be in several, or in none.
        formulas: list of `ScoredFormula`, in the order of the dataset.

    Example:
        >>> evaluation = evaluate_predictions(["x ^ { 2 }", "y"], ["x ^ { 2 }", "z"], progress=False)
        >>> evaluation.overall.scores.token_exact_match, evaluation.overall.intervals["token_exact_match"]
        (50.0, (0.0, 100.0))
        >>> evaluation.by_construct["scripts"].scores.pixel_identical
        100.0
    """

    overall: GroupScores
    by_length: dict[str, GroupScores]
    by_construct: dict[str, GroupScores]
    formulas: list[ScoredFormula]

    def worst_first(self):
        """The formulas, those with the worst picture first.

        Returns:
            List of `ScoredFormula`.
        """
        return sorted(self.formulas, key=lambda formula: formula.badness, reverse=True)

    def to_dict(self):
        """Gives everything as plain dicts and lists, ready for JSON."""
        return {
            "overall": self.overall.to_dict(),
            "by_length": {name: group.to_dict() for name, group in self.by_length.items()},
            "by_construct": {name: group.to_dict() for name, group in self.by_construct.items()},
            "formulas": [formula.to_dict() for formula in self.formulas],
        }
