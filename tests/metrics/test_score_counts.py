"""Scores out of summed counts against the measures themselves."""

import random

import numpy as np
import pytest

from keras_im2latex.metrics import (
    RenderedPair,
    ScoreCounts,
    character_edit_score,
    corpus_bleu,
    token_edit_score,
    token_exact_match,
)
from keras_im2latex.metrics.edit_score import edit_distances
from keras_im2latex.rendering.comparison import ImageComparison

TOKENS = ["x", "y", "a", "1", "2", "+", "-", "=", "(", ")", "{", "}", "^", "_", r"\frac", r"\alpha", r"\sum"]


def garbled(tokens, generator, damage):
    kept = [token for token in tokens if generator.random() > damage / 2]
    return [generator.choice(TOKENS) if generator.random() < damage else token for token in kept]


@pytest.fixture(scope="module")
def predictions():
    """Token lists, and made-up comparisons of their pictures; the last gold formula does not compile."""
    generator = random.Random(5)
    gold = [generator.choices(TOKENS, k=generator.randint(1, 40)) for _ in range(200)]
    predicted = [garbled(tokens, generator, generator.choice([0, 0.05, 0.3])) for tokens in gold]
    predicted[3] = predicted[4] = []
    pairs = []
    for tokens in predicted:
        strict = generator.random() < 0.4
        match = strict or generator.random() < 0.5
        distance = 0 if strict else generator.randint(1, 90)
        comparison = (
            ImageComparison(strict, match, match, distance, 100) if tokens else ImageComparison(0, 0, 0, 50, 50)
        )
        pairs.append(RenderedPair(comparison, None, None))
    pairs[7] = RenderedPair(pairs[7].comparison, None, "Missing } inserted")
    pairs[-1] = RenderedPair(None, "Undefined control sequence", None)
    return gold, predicted, pairs


@pytest.fixture(scope="module")
def counts(predictions):
    gold, predicted, pairs = predictions
    return ScoreCounts(gold, predicted, *([" ".join(tokens) for tokens in side] for side in (gold, predicted)), pairs)


@pytest.mark.parametrize("chosen", [range(200), range(5), [4], [3, 3, 9, 9, 9, 120], [199]])
def test_scores_of_any_formulas_are_those_of_the_measures(predictions, counts, chosen):
    gold, predicted, pairs = ([side[i] for i in chosen] for side in predictions)
    scores = counts.scores(list(chosen))
    assert scores.bleu == pytest.approx(corpus_bleu(gold, predicted))
    assert scores.token_exact_match == pytest.approx(100 * token_exact_match(gold, predicted))
    assert scores.token_edit_score == pytest.approx(100 * token_edit_score(gold, predicted))
    texts = [[" ".join(tokens) for tokens in side] for side in (gold, predicted)]
    assert scores.character_edit_score == pytest.approx(100 * character_edit_score(*texts))
    comparisons = [pair.comparison for pair in pairs if pair.comparison is not None]
    assert scores.image_formulas == len(comparisons)
    assert scores.gold_failures == len(pairs) - len(comparisons)
    assert scores.missing_predictions == sum(not tokens for tokens in predicted)
    assert scores.predicted_failures == sum(pair.predicted_error is not None for pair in pairs)
    if comparisons:
        for name in ("pixel_identical", "image_match", "image_match_without_whitespace"):
            expected = 100 * np.mean([getattr(comparison, name) for comparison in comparisons])
            assert getattr(scores, name) == pytest.approx(expected)
        edited = sum(comparison.distance for comparison in comparisons)
        columns = sum(comparison.reference for comparison in comparisons)
        assert scores.image_edit_score == pytest.approx(100 * (1 - edited / columns))
    else:
        assert scores.pixel_identical == scores.image_match == scores.image_edit_score == 0.0


def test_many_sets_at_once(counts):
    weights = np.random.default_rng(0).integers(0, 3, (4, 200))
    together = counts.scores_of_sums(weights @ counts.table)
    for i, row in enumerate(weights):
        alone = counts.scores(np.repeat(np.arange(200), row))
        for name, scores in together.items():
            assert scores[i] == pytest.approx(getattr(alone, name))


def test_distances_pair_by_pair():
    assert edit_distances(["abc", "", "same", "x"], ["abd", "yz", "same", ""]).tolist() == [1, 2, 0, 1]
    assert edit_distances([["a", "b"], ["ab"]], [["a"], ["a", "b"]]).tolist() == [1, 2]
