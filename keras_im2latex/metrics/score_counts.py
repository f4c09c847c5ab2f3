"""What each formula adds to the counts that every score is made of."""

import numpy as np

from keras_im2latex.metrics.bleu import bleu_counts, bleu_from_counts
from keras_im2latex.metrics.edit_score import edit_distances
from keras_im2latex.metrics.scores import Scores

_BLEU = (
    *(f"{kind}_{n}" for kind in ("right", "found") for n in (1, 2, 3, 4)),
    *("predicted_tokens", "gold_tokens"),
)
_COLUMNS = (
    *("formulas", "image_formulas", "missing_predictions", "predicted_failures", "token_exact_match"),
    *("token_distance", "tokens", "character_distance", "characters"),
    *("pixel_identical", "image_match", "image_match_without_whitespace", "column_distance", "columns"),
    *_BLEU,
)
_PLACE = {name: place for place, name in enumerate(_COLUMNS)}


class ScoreCounts:
    """Counts by formula, whose sums over any set of formulas, repeated ones included, give that set's scores.

    Args:
        gold: sequence of token lists.
        predicted: sequence of token lists, as many; an empty list is a missing prediction.
        gold_text: sequence of strings, the formulas in whose characters `character_edit_score` counts.
        predicted_text: the same for the predictions.
        pairs: sequence of `RenderedPair`.

    Attributes:
        table: int64 array `[formulas, counts]`.

    Example:
        >>> pairs = list(compare_renderings(["x", "y"], ["x", "z"]))
        >>> counts = ScoreCounts([["x"], ["y"]], [["x"], ["z"]], ["x", "y"], ["x", "z"], pairs)
        >>> counts.scores().token_exact_match, counts.scores([1]).token_exact_match
        (50.0, 0.0)
    """

    def __init__(self, gold, predicted, gold_text, predicted_text, pairs):
        self.table = np.zeros((len(gold), len(_COLUMNS)), np.int64)
        self.table[:, -len(_BLEU) :] = bleu_counts(gold, predicted)
        self.table[:, _PLACE["token_distance"]] = edit_distances(gold, predicted)
        self.table[:, _PLACE["character_distance"]] = edit_distances(gold_text, predicted_text)
        for row, *texts, pair in zip(self.table, gold, predicted, gold_text, predicted_text, pairs, strict=True):
            self._count(row, *texts, pair)

    def column(self, name):
        """One count for every formula.

        Args:
            name: string. A score's name, or one of `"token_distance"`, `"tokens"` (of the longer side),
                `"character_distance"`, `"characters"`, `"column_distance"`, `"columns"`, `"image_formulas"`.

        Returns:
            int64 array `[formulas]`.
        """
        return self.table[:, _PLACE[name]]

    def scores(self, formulas=slice(None)):
        """Scores of some formulas.

        Args:
            formulas: anything that indexes an array: a mask, indices, a slice. Defaults to all formulas.

        Returns:
            `Scores`, in percent.
        """
        sums = self.table[formulas].sum(axis=0)
        count = {name: int(sums[_PLACE[name]]) for name in _COLUMNS}
        return Scores(
            formulas=count["formulas"],
            image_formulas=count["image_formulas"],
            gold_failures=count["formulas"] - count["image_formulas"],
            missing_predictions=count["missing_predictions"],
            predicted_failures=count["predicted_failures"],
            **{name: float(score) for name, score in self.scores_of_sums(sums).items()},
        )

    @staticmethod
    def scores_of_sums(sums):
        """Scores of many sets of formulas at once.

        Args:
            sums: array `[..., counts]`, sums over rows of `table`.

        Returns:
            Dict from the name of each score of `Scores` to a float64 array `[...]`, in percent.
        """
        sums = np.asarray(sums, np.float64)

        def share(part, whole):
            return 100.0 * sums[..., _PLACE[part]] / np.maximum(sums[..., _PLACE[whole]], 1)

        drawn = sums[..., _PLACE["columns"]] > 0
        return {
            "bleu": bleu_from_counts(sums[..., -len(_BLEU) :]),
            "token_exact_match": share("token_exact_match", "formulas"),
            "token_edit_score": 100.0 - share("token_distance", "tokens"),
            "character_edit_score": 100.0 - share("character_distance", "characters"),
            "pixel_identical": share("pixel_identical", "image_formulas"),
            "image_match": share("image_match", "image_formulas"),
            "image_match_without_whitespace": share("image_match_without_whitespace", "image_formulas"),
            "image_edit_score": np.where(drawn, 100.0 - share("column_distance", "columns"), 0.0),
        }

    @staticmethod
    def _count(row, gold, predicted, gold_text, predicted_text, pair):
        counts = {
            "formulas": 1,
            "missing_predictions": not predicted,
            "token_exact_match": list(gold) == list(predicted),
            "tokens": max(len(gold), len(predicted)),
            "characters": max(len(gold_text), len(predicted_text)),
        }
        comparison = pair.comparison
        if comparison is not None:
            counts |= {
                "image_formulas": 1,
                "predicted_failures": pair.predicted_error is not None,
                "pixel_identical": comparison.pixel_identical,
                "image_match": comparison.image_match,
                "image_match_without_whitespace": comparison.image_match_without_whitespace,
                "column_distance": comparison.distance,
                "columns": comparison.reference,
            }
        for name, count in counts.items():
            row[_PLACE[name]] = count
