"""How far scores would vary over other samples of formulas."""

import numpy as np

from keras_im2latex.metrics import ScoreCounts

# Numbers held at a time: bounds memory.
_AT_ONCE = 2_000_000


def bootstrap_intervals(table, *, resamples=1000, confidence=0.95, seed=0):
    """Percentile bootstrap intervals of every score, formulas being drawn with replacement.

    Each resample's scores are computed anew from its summed counts, corpus BLEU included.

    Args:
        table: int array `[formulas, counts]`, rows of `ScoreCounts.table`.
        resamples: int. Sets of formulas drawn. Defaults to 1000.
        confidence: float. Share of the resamples inside the interval. Defaults to 0.95.
        seed: int or sequence of ints. Seed of the drawing. Defaults to 0.

    Returns:
        Dict from a score's name to a tuple `(low, high)` of floats, in percent.

    Example:
        >>> bootstrap_intervals(counts.table, seed=1)["bleu"]
        (86.9, 88.1)

    Reference:
        - [Koehn, 2004](https://aclanthology.org/W04-3250/)
    """
    if len(table) == 0 or resamples < 1:
        raise ValueError(
            f"`table` must have a row and `resamples` be at least 1. Received: {len(table)} rows, resamples={resamples}"
        )
    generator = np.random.default_rng(seed)
    formulas = len(table)
    sums = np.empty((resamples, table.shape[1]))
    step = max(1, _AT_ONCE // formulas)
    values = table.astype(np.float64)
    for start in range(0, resamples, step):
        rows = min(step, resamples - start)
        drawn = generator.integers(0, formulas, (rows, formulas)) + formulas * np.arange(rows)[:, None]
        times = np.bincount(drawn.ravel(), minlength=rows * formulas).reshape(rows, formulas)
        sums[start : start + rows] = times @ values
    tail = 50.0 * (1.0 - confidence)
    return {
        name: tuple(float(edge) for edge in np.percentile(scores, (tail, 100.0 - tail)))
        for name, scores in ScoreCounts.scores_of_sums(sums).items()
    }
