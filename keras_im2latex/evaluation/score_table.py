"""Scores side by side, as text."""

MEASURES = {
    "bleu": "BLEU-4 (corpus, as multi-bleu)",
    "token_exact_match": "token exact match",
    "image_match": "image match (published: the paper's Match)",
    "image_match_without_whitespace": "image match (-ws)",
    "pixel_identical": "image match (strict: pixel-identical)",
    "image_edit_score": "image edit score",
    "token_edit_score": "token edit score",
    "character_edit_score": "character edit score",
}
"""What to call each score, in the order of the table."""

CELLS = {
    "coarse_cells": "coarse cells looked at for a token (#C)",
    "fine_cells": "fine cells looked at for a token (#F)",
}
"""What to call the cells that an attention looked at, where they were counted."""

COUNTS = {
    "formulas": "formulas scored",
    "undrawable": "formulas left out: gold does not compile",
    "missing_predictions": "empty predictions",
    "predicted_failures": "predictions that do not compile",
}
"""What to call each count, in the order of the table."""


def score_table(runs, counts=COUNTS):
    """Lays out the scores of several runs side by side.

    Args:
        runs: dict from the run's name to a dict of its scores, in percent, and counts.
        counts: dict of what to call each count. Defaults to `COUNTS`.

    Returns:
        string of several lines.

    Example:
        >>> evaluation = evaluate_predictions(["x ^ { 2 }", "y"], ["x ^ { 2 }", "z"], progress=False)
        >>> table = score_table({"ours": evaluation.overall.to_dict()}, {"formulas": "formulas scored"})
        >>> print(table.splitlines()[-1])
        formulas scored                                   2
    """
    width = max(len(label) for label in (*MEASURES.values(), *counts.values()))
    columns = [max(len(name), 7) for name in runs]
    lines = [" " * width + "".join(f"   {name:>{column}}" for name, column in zip(runs, columns))]
    cells = {key: label for key, label in CELLS.items() if all(key in run for run in runs.values())}
    for measures, number in ((MEASURES, ".2f"), (cells, ".1f"), (counts, "d")):
        for key, label in measures.items():
            figures = [format(run[key], number) for run in runs.values()]
            row = (f"   {figure:>{column}}" for figure, column in zip(figures, columns))
            lines.append(f"{label:<{width}}" + "".join(row))
    return "\n".join(lines)
