"""The fit of what tells handwriting from print: small numbers, made-up ink."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "recipes"))
import fit_handwriting
from fit_handwriting import HANDWRITING, PRINT

from keras_im2latex.pixels import kind
from keras_im2latex.pixels.scale_measures import scale_measures


def strokes(generator, straight):
    """Ten strokes in a row: uprights, or scrawls."""
    rows = []
    for place in range(10):
        along = np.linspace(0, 1, 20)
        bend = 0 if straight else 12 * np.sin(generator.uniform(2, 9) * along + generator.uniform(0, 6))
        rows.append(np.column_stack([40 * place + bend + 0 * along, 30 * along]))
    return rows


@pytest.fixture(scope="module")
def measured():
    generator = np.random.default_rng(0)
    rows, kinds = [], []
    for place in range(240):
        straight = bool(place % 2)
        picture, scale = fit_handwriting.write(strokes(generator, straight), generator.uniform(20, 60), 4.0)
        rows.append((scale_measures(picture), scale))
        kinds.append(PRINT if straight else HANDWRITING)
    return np.array([row for row, _ in rows]), np.array([scale for _, scale in rows]), np.array(kinds)


def test_what_is_fitted_tells_the_kinds_of_new_pictures(measured, tmp_path, monkeypatch):
    measures, _, kinds = measured
    weights = fit_handwriting.fit_kind(measures[:180], kinds[:180], epochs=60, seed=0)
    for one in (PRINT, HANDWRITING):
        chosen = kinds[180:] == one
        assert fit_handwriting.share_right(weights, measures[180:][chosen], kinds[180:][chosen]) > 95
    np.savez(tmp_path / "kind.npz", **weights)
    monkeypatch.setattr(kind, "WEIGHTS", tmp_path / "kind.npz")
    kind.network_weights.cache_clear()
    try:
        generator = np.random.default_rng(5)
        for straight in (True, False):
            picture, _ = fit_handwriting.write(strokes(generator, straight), 30.0, 4.0)
            assert (kind.handwriting_probability(picture) > 0.5) == (not straight)
    finally:
        kind.network_weights.cache_clear()


def test_scale_is_that_of_the_strokes():
    upright = [np.array([[0.0, 0.0], [0.0, 7.0]])]
    for size in (15.0, 60.0):
        picture, scale = fit_handwriting.write(upright, size, 4.0)
        assert scale == size / 30
        assert abs(picture.shape[0] - (size + 4)) <= 1
    chance = np.random.default_rng(0)
    drawn = list(fit_handwriting.handwriting([upright], 20, chance))
    assert all(0.3 <= example.scale <= 6.0 for example in drawn)
    assert len({example.picture.shape for example in drawn}) > 10


def test_formulas_and_labels_come_in_turn():
    mixed = list(fit_handwriting.mixed(["a", "b", "c"], ["1", "2"], 0))
    assert mixed[::2] == ["a", "b", "c"]
    assert set(mixed[1::2]) <= {"1", "2"}
