"""Evaluating a system's predictions."""

import numpy as np
from tqdm import tqdm

from keras_im2latex.evaluation.bootstrap import bootstrap_intervals
from keras_im2latex.evaluation.constructs import CONSTRUCTS, constructs
from keras_im2latex.evaluation.evaluation import Evaluation
from keras_im2latex.evaluation.group_scores import GroupScores
from keras_im2latex.evaluation.length_bins import length_bin, length_bins
from keras_im2latex.evaluation.prediction_form import tokens_and_latex
from keras_im2latex.evaluation.scored_formula import ScoredFormula
from keras_im2latex.markup import detokenize
from keras_im2latex.metrics import ScoreCounts, compare_renderings


def evaluate_predictions(
    gold, predicted, *, indices=None, names=None, form="tokens", workers=None, resamples=1000, seed=0, progress=True
):
    """Scores a system's predictions over all, by length and by construct, with 95 % bootstrap intervals.

    Both sides are drawn by this package, as `metrics.score_predictions` does.

    Args:
        gold: sequence of strings: normalized formulas, their tokens separated by single spaces.
        predicted: sequence of strings, as many; an empty one is a missing prediction.
        indices: sequence of ints, the formulas' numbers in their dataset. Defaults to 0, 1, 2 and so on.
        names: sequence of strings, what to call the formulas. Defaults to their numbers.
        form: `"tokens"` or `"latex"`, see `tokens_and_latex`. Defaults to `"tokens"`.
        workers: int or `None`. TeX processes at a time; `None` leaves it to the renderer.
        resamples: int. Bootstrap resamples. Defaults to 1000.
        seed: int. Seed of the bootstrap. Defaults to 0.
        progress: bool. Whether to show a progress bar on standard error. Defaults to `True`.

    Returns:
        `Evaluation`.

    Raises:
        ValueError: if there are no formulas, or the lengths differ.

    Example:
        >>> evaluation = evaluate_predictions(["x ^ { 2 }", "y"], ["x^2", "z"], form="latex", progress=False)
        >>> evaluation.overall.scores.token_exact_match, evaluation.by_construct["scripts"].scores.image_match
        (50.0, 100.0)
    """
    indices = range(len(gold)) if indices is None else indices
    names = [str(index) for index in indices] if names is None else names
    if not len(gold) or len({len(gold), len(predicted), len(indices), len(names)}) > 1:
        raise ValueError(
            "`predicted`, and `indices` and `names` if given, must hold one entry for each formula in `gold`, and at "
            f"least one. Received: {len(gold)} gold, {len(predicted)} predicted, {len(indices)} indices, "
            f"{len(names)} names"
        )
    gold_tokens, gold_latex = [text.split() for text in gold], [detokenize(text) for text in gold]
    predicted_tokens, predicted_latex = zip(*(tokens_and_latex(text, form) for text in predicted))
    pairs = compare_renderings(gold_latex, predicted_latex, workers=workers)
    bar = tqdm(pairs, total=len(gold), desc="comparing pictures", unit="formula", disable=not progress)
    pairs = list(bar)
    # Characters count in the text that `detokenize` writes on both sides, so that spelling habits do not.
    predicted_text = predicted_latex if form == "tokens" else [detokenize(tokens) for tokens in predicted_tokens]
    counts = ScoreCounts(gold_tokens, predicted_tokens, gold_latex, predicted_text, pairs)

    columns = {
        "token_exact_match": counts.column("token_exact_match").astype(bool),
        "token_distance": counts.column("token_distance"),
        "pixel_identical": counts.column("pixel_identical").astype(bool),
        "image_match": counts.column("image_match").astype(bool),
        "image_match_without_whitespace": counts.column("image_match_without_whitespace").astype(bool),
        "column_distance": counts.column("column_distance"),
        "columns": counts.column("columns"),
    }
    columns = {name: values.tolist() for name, values in columns.items()}
    formulas = [
        ScoredFormula(
            index=indices[i],
            name=names[i],
            gold=" ".join(gold_tokens[i]),
            predicted=" ".join(predicted_tokens[i]),
            gold_latex=gold_latex[i],
            predicted_latex=predicted_latex[i],
            length=len(gold_tokens[i]),
            constructs=constructs(gold_tokens[i]),
            gold_error=pairs[i].gold_error,
            predicted_error=pairs[i].predicted_error,
            **{name: values[i] for name, values in columns.items()},
        )
        for i in range(len(gold))
    ]

    def group(number, belongs):
        chosen = np.flatnonzero([belongs(formula) for formula in formulas])
        if not len(chosen):
            return None
        intervals = bootstrap_intervals(counts.table[chosen], resamples=resamples, seed=[seed, number])
        return GroupScores(counts.scores(chosen), intervals)

    def groups(first, names, belongs):
        found = {name: group(first + i, lambda formula: belongs(formula, name)) for i, name in enumerate(names)}  # noqa: B023
        return {name: scores for name, scores in found.items() if scores is not None}

    return Evaluation(
        overall=group(0, lambda formula: True),
        by_length=groups(1, length_bins(), lambda formula, name: length_bin(formula.length) == name),
        by_construct=groups(101, CONSTRUCTS, lambda formula, name: name in formula.constructs),
        formulas=formulas,
    )
