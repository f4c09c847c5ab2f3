"""Scoring predictions through real rendering."""

import json
import shutil

import numpy as np
import pytest

from keras_im2latex.metrics import compare_renderings, score_predictions

needs_tex = pytest.mark.skipif(not (shutil.which("latex") and shutil.which("dvipng")), reason="TeX is not installed")

GOLD = [
    r"x ^ { 2 } + y = \frac { 1 } { 2 }",  # right
    r"\alpha _ { i } + \beta _ { j }",  # other tokens, same picture
    r"\sum _ { n } a _ { n } \frac { b } { c }",  # wrong
    r"E = m c ^ { 2 } + K",  # prediction does not compile
    r"\int f ( x ) d x = 0",  # prediction is missing
    r"\notacommand { x }",  # gold does not compile
]
PREDICTED = [
    r"x ^ { 2 } + y = \frac { 1 } { 2 }",
    r"{ \alpha } _ { i } + { \beta } _ { j }",
    r"\prod _ { m n } X _ { p q } \frac { b + d + e } { c }",
    r"E = m c ^ { 2 + K",
    "",
    r"\notacommand { x }",
]


@pytest.fixture(scope="module")
def scores():
    return score_predictions(GOLD, PREDICTED, progress=False)


@needs_tex
def test_counts(scores):
    assert (scores.formulas, scores.image_formulas, scores.gold_failures) == (6, 5, 1)
    assert (scores.missing_predictions, scores.predicted_failures) == (1, 1)


@needs_tex
def test_text_measures_are_over_all_formulas(scores):
    assert scores.token_exact_match == pytest.approx(100 * 2 / 6)
    assert 0 < scores.bleu < 100
    assert 0 < scores.token_edit_score < 100
    assert 0 < scores.character_edit_score < 100


@needs_tex
def test_failed_and_missing_predictions_stay_in_the_image_denominator(scores):
    assert scores.pixel_identical == pytest.approx(100 * 2 / 5)
    assert scores.image_match == pytest.approx(100 * 2 / 5)
    assert scores.image_match_without_whitespace == pytest.approx(100 * 2 / 5)


@needs_tex
def test_image_edit_score_is_pooled_over_columns(scores):
    pairs = list(compare_renderings([r"x^2", r"\frac{a}{b}", r"\badly"], [r"x^2", r"\badly", r"x"]))
    assert [pair.comparison is None for pair in pairs] == [False, False, True]
    failed = pairs[1].comparison
    assert failed.distance == failed.reference > 0
    assert "Undefined control sequence" in pairs[1].predicted_error
    assert "Undefined control sequence" in pairs[2].gold_error
    assert pairs[0].gold_error is pairs[0].predicted_error is None
    assert 0 < scores.image_edit_score < 100


@needs_tex
def test_given_gold_pictures_are_used():
    white = np.full((10, 10), 255, dtype=np.uint8)
    scores = score_predictions(["x", "y"], ["x", "y"], gold_images=[white, None], progress=False)
    assert (scores.image_formulas, scores.gold_failures) == (1, 1)
    assert scores.pixel_identical == 0.0
    assert scores.token_exact_match == 100.0


@needs_tex
def test_scores_are_ready_for_json(scores):
    assert json.loads(json.dumps(scores.to_dict()))["image_formulas"] == 5


def test_wrong_input_is_named():
    with pytest.raises(ValueError, match="Received: 1 gold, 2 predicted"):
        score_predictions(["x"], ["x", "y"])
    with pytest.raises(ValueError, match="Received: 0 gold, 0 predicted"):
        score_predictions([], [])
    with pytest.raises(ValueError, match="Received: 1 pictures, 2 formulas"):
        score_predictions(["x", "y"], ["x", "y"], gold_images=[None])
