"""Predictions on disk, as they come."""

import csv
import json
from pathlib import Path

from keras_im2latex.evaluation.input_error import EvaluationInputError


class PredictionLog:
    """A TSV of predictions that grows as they come and can be picked up again.

    Args:
        path: path of the file; created if missing.
        settings: dict of what the predictions depend on. A file made with other settings is refused.

    Attributes:
        rows: dict from formula index to `(gold, predicted, score)`, gold and predicted as token strings.

    Raises:
        EvaluationInputError: if the file was made with other settings.

    Example:
        >>> log = PredictionLog("predictions.tsv", {"preset": "standard"})
        >>> log.append([(0, "x ^ { 2 }", "x ^ { 3 }", -1.5)])
    """

    COLUMNS = ["index", "gold", "predicted", "score"]

    def __init__(self, path, settings):
        self.path = Path(path)
        self.rows = {}
        head = "# " + json.dumps(settings, sort_keys=True)
        lines = self.path.read_text(encoding="utf-8").split("\n")[:-1] if self.path.exists() else []
        if lines and lines[0] != head:
            raise EvaluationInputError(
                f"{self.path} holds predictions made with {lines[0][2:]}; wanted {head[2:]}. Delete it to read afresh"
            )
        for index, gold, predicted, score in csv.reader(lines[2:], delimiter="\t", quoting=csv.QUOTE_NONE):
            self.rows[int(index)] = (gold, predicted, float(score))
        # Written anew, so that a line cut short by a kill is gone.
        self.path.parent.mkdir(parents=True, exist_ok=True)
        whole = [head, "\t".join(self.COLUMNS), *lines[2:]]
        self.path.write_text("".join(line + "\n" for line in whole), encoding="utf-8")

    def append(self, rows):
        """Adds `(index, gold, predicted, score)` tuples and saves them."""
        with self.path.open("a", encoding="utf-8") as file:
            for index, gold, predicted, score in rows:
                file.write(f"{index}\t{gold}\t{predicted}\t{score:.6f}\n")
                self.rows[index] = (gold, predicted, score)

    def check(self, formulas):
        """Raises `EvaluationInputError` unless the predictions at hand are for these formulas."""
        for index, (gold, _, _) in self.rows.items():
            if index >= len(formulas) or formulas[index] != gold:
                found = formulas[index] if index < len(formulas) else "no such line"
                raise EvaluationInputError(f"{self.path}: formula {index} is {gold[:60]!r}, but now {found[:60]!r}")
