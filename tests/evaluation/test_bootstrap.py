"""Bootstrap intervals against what statistics says of them."""

import math

import numpy as np
import pytest

from keras_im2latex.evaluation.bootstrap import bootstrap_intervals
from keras_im2latex.metrics import RenderedPair, ScoreCounts
from keras_im2latex.rendering.comparison import ImageComparison


def table(right, wrong):
    gold = [["a", "b", "c", "d", "e"]] * (right + wrong)
    predicted = [*gold[:right], *[["a", "b", "c", "d", "z"]] * wrong]
    comparisons = [ImageComparison(True, True, True, 0, 10)] * right + [
        ImageComparison(False, True, False, 4, 10)
    ] * wrong
    pairs = [RenderedPair(comparison, None, None) for comparison in comparisons]
    texts = ["".join(tokens) for tokens in gold], ["".join(tokens) for tokens in predicted]
    return ScoreCounts(gold, predicted, *texts, pairs).table


def test_interval_of_a_share_is_the_binomial_one():
    intervals = bootstrap_intervals(table(300, 100), resamples=4000)
    half = 100 * 1.96 * math.sqrt(0.75 * 0.25 / 400)
    for name in ("token_exact_match", "pixel_identical", "image_match_without_whitespace"):
        assert intervals[name] == pytest.approx((75 - half, 75 + half), abs=0.5)
    # One of five tokens, four of ten columns are wrong in a quarter of the formulas.
    assert intervals["token_edit_score"] == pytest.approx((95 - half / 5, 95 + half / 5), abs=0.1)
    assert intervals["image_edit_score"] == pytest.approx((90 - 0.4 * half, 90 + 0.4 * half), abs=0.2)
    assert intervals["image_match"] == (100, 100)


def test_bleu_is_computed_anew_for_each_resample():
    counts = table(30, 10)
    low, high = bootstrap_intervals(counts, resamples=2000)["bleu"]
    generator = np.random.default_rng(9)
    plain = [
        float(ScoreCounts.scores_of_sums(counts[generator.integers(0, 40, 40)].sum(axis=0))["bleu"])
        for _ in range(2000)
    ]
    assert (low, high) == pytest.approx(tuple(np.percentile(plain, (2.5, 97.5))), abs=0.85)  # a formula more or less


def test_seed_decides_and_chunks_do_not(monkeypatch):
    counts = table(20, 20)
    first = bootstrap_intervals(counts, seed=3, resamples=200)
    assert bootstrap_intervals(counts, seed=3, resamples=200) == first
    assert bootstrap_intervals(counts, seed=4, resamples=200) != first
    monkeypatch.setattr("keras_im2latex.evaluation.bootstrap._AT_ONCE", 7 * len(counts))
    assert bootstrap_intervals(counts, seed=3, resamples=200) == first


def test_one_formula_has_no_spread():
    intervals = bootstrap_intervals(table(0, 1), resamples=10)
    assert intervals["token_edit_score"] == (80, 80)


def test_wrong_input_is_named():
    with pytest.raises(ValueError, match="Received: 0 rows"):
        bootstrap_intervals(np.zeros((0, 24), int))
