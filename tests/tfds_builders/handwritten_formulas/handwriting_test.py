import dataclasses
import random

import numpy as np
import pytest

from tfds_builders.handwritten_formulas.habits import Habits
from tfds_builders.handwritten_formulas.handwriting import Handwriting
from tfds_builders.handwritten_formulas.printed_symbol import PrintedSymbol
from tfds_builders.handwritten_formulas.root_shape import split_root, stretch_root
from tfds_builders.handwritten_formulas.symbol_fitting import fitting_scales
from tfds_builders.handwritten_formulas.symbol_samples import SymbolSamples
from tfds_builders.handwritten_formulas.symbol_shape import SymbolShape

ROOT = SymbolShape.of_strokes([np.array([[0, 14], [4, 12], [10, 30], [18, 1], [60, 0.0]])])
CROSS = SymbolShape.of_strokes([np.array([[0, 0], [10, 20.0]]), np.array([[10, 0], [0, 20.0]])])
DASH = SymbolShape.of_strokes([np.array([[0, 0], [10, 1.0]])])


def steady(**habits):
    none = {field.name: 0.0 for field in dataclasses.fields(Habits)}
    return Habits(**{**none, "spread": 1.0, "rise": 1.0, "pen": 3.0, **habits})


@pytest.fixture
def samples():
    return SymbolSamples({"x": {"a": [CROSS]}, "-": {"a": [DASH]}, r"\sqrt": {"a": [ROOT]}})


def write(samples, symbols, habits, seed=0):
    return Handwriting(samples, seed, habits, resolution=72.27).write(symbols)  # a pixel is a point


def test_a_steady_hand_fills_the_places_of_the_print(samples):
    places = [(0, 0, 5, 10), (30, 40, 45, 70)]
    strokes = write(samples, [PrintedSymbol("x", "x", box) for box in places], steady())
    assert [len(stroke) for stroke in strokes] == [2, 2, 2, 2]
    for number, box in enumerate(places):
        points = np.concatenate(strokes[2 * number : 2 * number + 2])
        np.testing.assert_allclose([*points.min(axis=0), *points.max(axis=0)], box, atol=1e-4)


def test_spread_and_rise_move_symbols_apart_without_resizing_them(samples):
    symbols = [PrintedSymbol("x", "x", (left, top, left + 5, top + 10)) for left, top in ((0, 0), (100, 0), (0, 100))]
    near = write(samples, symbols, steady())
    hands = [write(samples, symbols, steady(spread=1.5, rise=1.5), seed) for seed in range(20)]
    for hand in hands:
        for stroke, other in zip(hand, near):
            np.testing.assert_allclose(np.ptp(stroke, axis=0), np.ptp(other, axis=0), atol=1e-4)
    gaps = np.array([hand[2].min(axis=0)[0] - hand[0].min(axis=0)[0] for hand in hands])
    rises = np.array([hand[4].min(axis=0)[1] - hand[0].min(axis=0)[1] for hand in hands])
    for found in (gaps, rises):
        assert found.min() >= 100
        assert found.max() <= 150
        assert np.ptp(found) > 20


def test_slant_is_a_shear(samples):
    symbols = [PrintedSymbol("x", "x", (0, 0, 5, 10))]
    upright, slanted = write(samples, symbols, steady()), write(samples, symbols, steady(slant=0.5))
    moved = np.concatenate(upright) - np.concatenate(slanted)
    heights = np.concatenate(upright)[:, 1]
    np.testing.assert_allclose(moved[:, 1], 0, atol=1e-9)
    slope = moved[:, 0] / np.where(heights == 0, 1, heights)
    assert np.ptp(slope[heights > 0]) < 1e-6
    assert abs(slope[heights > 0][0]) > 1e-3


def test_the_same_seed_writes_the_same(samples):
    symbols = [PrintedSymbol("x", "x", (0, 0, 5, 10)), PrintedSymbol("radical", r"\sqrt", (9, 0, 15, 12), None, 40)]
    first, again, other = (np.concatenate(write(samples, symbols, Habits(), seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.5


@pytest.mark.parametrize("label", [r"\sqrt", None])
def test_a_root_reaches_over_what_is_under_it(samples, label):
    strokes = write(samples, [PrintedSymbol("radical", label, (0, 0, 8, 20), None, 50)], steady())
    points = np.concatenate(strokes)
    assert points[:, 0].min() == pytest.approx(0, abs=0.1)
    assert 50 <= points[:, 0].max() < 53
    assert (points[:, 1].min(), points[:, 1].max()) == pytest.approx((0, 20), abs=0.1)
    beyond = points[points[:, 0] > 8.5]
    assert beyond[:, 1].max() < 2  # nothing of the sign runs through the radicand


def test_the_bar_of_a_root_begins_at_its_upper_corner():
    assert split_root(ROOT) == pytest.approx(18)
    points = stretch_root(ROOT, 18, (100, 110, 200), (50, 80))
    np.testing.assert_allclose(points[[0, 3, 4]], [[100, 64], [110, 51], [200, 50]], atol=1e-4)


@pytest.mark.parametrize(
    "points", [[[0, 0], [10, 30]], [[0, 0], [5, 0]], [[0, 10], [5, 30], [9, 0], [10, 0]], [[0, 5.0]]]
)
def test_what_has_no_bar_is_no_root(points):
    assert split_root(SymbolShape.of_strokes([np.array(points, float)])) is None


@pytest.mark.parametrize(
    ("label", "size", "place", "filled"),
    [
        ("-", (10, 1), (30, 0.5), (30, 3)),
        ("(", (6, 30), (12, 90), (None, 90)),
        ("|", (0, 30), (1, 90), (0, 90)),
        (".", (0, 2), (3, 3), (0, 3)),
        ("x", (10, 20), (10, 20), (10, 20)),
        ("x", (10, 20), (5, 10), (5, 10)),
        ("1", (0, 20), (8, 20), (0, None)),
        (None, (1, 0), (50, 1), (50, 0)),
    ],
)
def test_scales_give_each_kind_of_symbol_the_side_that_matters(label, size, place, filled):
    for own, scale, wanted in zip(size, fitting_scales(label, size, *place), filled):
        if wanted is not None:
            assert own * scale == pytest.approx(wanted, rel=0.2)


def test_a_single_point_needs_no_scale():
    assert fitting_scales("x", (0, 0), 10, 10) == (1, 1)


def test_a_writer_s_own_samples_come_first():
    other = SymbolShape.of_strokes([np.array([[0, 0], [1, 1.0]])])
    samples = SymbolSamples({"x": {"a": [CROSS], "b": [other]}, "y": {"a": [CROSS]}})
    chance = random.Random(0)
    assert samples.writers == ("a", "b")
    assert samples.count("x") == 2
    assert {id(samples.choose("x", "b", chance)) for _ in range(20)} == {id(other)}
    assert len({id(samples.choose("x", None, chance)) for _ in range(50)}) == 2
    assert samples.choose("y", "b", chance) is CROSS
