import dataclasses
import random

import numpy as np
import pytest

from tfds_builders.crohme.ink import Ink, InkSymbol
from tfds_builders.crohme.ink_variation import InkVariation

STILL = InkVariation(**{field.name: 0.0 for field in dataclasses.fields(InkVariation)})


@pytest.fixture
def ink():
    chance = np.random.default_rng(0)
    strokes = [chance.normal(size=(8, 2)) * 10 + [40 * place, 0] for place in range(4)]
    bar = np.array([[-50.0, 60], [250, 60]])
    symbols = (InkSymbol("x", (0, 2)), InkSymbol("-", (4,)), InkSymbol("1", (3,)))
    return Ink(tuple(stroke.astype(np.float32) for stroke in (*strokes, bar)), symbols=symbols)


def vary(ink, seed=0, **options):
    return dataclasses.replace(STILL, **options).vary(ink, random.Random(seed))


def distances(strokes):
    points = np.concatenate(strokes)
    return np.linalg.norm(points[:, None] - points[None, :], axis=-1)


def middle(strokes):
    points = np.concatenate(strokes)
    return (points.min(axis=0) + points.max(axis=0)) / 2


def test_nothing_moves_where_nothing_may(ink):
    for before, after in zip(ink.strokes, vary(ink)):
        np.testing.assert_allclose(after, before, atol=1e-5)
    assert STILL.vary_size(random.Random(0)) == (1.0, 1.0)


def test_a_symbol_turns_as_one_about_its_middle(ink):
    turned = vary(ink, symbol_turn=20.0)
    for group in ((0, 2), (1,), (3,), (4,)):
        before, after = ([strokes[place] for place in group] for strokes in (ink.strokes, turned))
        np.testing.assert_allclose(distances(after), distances(before), atol=1e-3)
        assert np.abs(np.concatenate(after) - np.concatenate(before)).max() > 0.01
    # Points on a line turn about its middle, which stays where it is.
    np.testing.assert_allclose(middle(turned[4:]), middle(ink.strokes[4:]), atol=1e-3)
    tilt = np.diff(turned[4], axis=0)[0]
    assert abs(np.degrees(np.arctan2(tilt[1], tilt[0]))) < 2 * 20 * 0.25  # longer than four usual strokes


def test_a_symbol_grows_as_one_and_a_long_one_hardly(ink):
    resized = vary(ink, symbol_size=0.3)
    ratios = []
    for group in ((0, 2), (1,), (4,)):
        before, after = (distances([strokes[place] for place in group]) for strokes in (ink.strokes, resized))
        ratio = after[before > 1] / before[before > 1]
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-3)
        ratios.append(ratio[0])
    assert len(set(np.round(ratios, 3))) == 3
    assert abs(np.log(ratios[2])) < 2 * 0.3 * 0.25


def test_the_whole_is_slanted_stretched_and_turned_as_one(ink):
    before = np.concatenate(ink.strokes)
    slanted = np.concatenate(vary(ink, slant=0.3))
    np.testing.assert_allclose(slanted[:, 1], before[:, 1], atol=1e-4)
    slope = (slanted - before)[:, 0] / before[:, 1]
    np.testing.assert_allclose(slope, slope[0], rtol=1e-3)
    stretched = np.concatenate(vary(ink, stretch=0.3))
    wide, tall = (stretched / before).mean(axis=0)
    assert wide * tall == pytest.approx(1.0, rel=1e-3)
    assert wide != pytest.approx(1.0, rel=1e-2)
    np.testing.assert_allclose(distances(vary(ink, line_turn=5.0)), distances(ink.strokes), atol=1e-2)


def test_the_seed_says_how(ink):
    variation = InkVariation()
    first, again, other = (variation.vary(ink, random.Random(seed)) for seed in (1, 1, 2))
    for one, same, different in zip(first, again, other):
        np.testing.assert_array_equal(one, same)
        assert np.abs(one - different).max() > 0.1


def test_normal_deviates_end_at_twice_the_deviation():
    sizes = np.log([dataclasses.replace(STILL, size=0.1).vary_size(random.Random(seed))[0] for seed in range(2000)])
    assert np.abs(sizes).max() == pytest.approx(0.2)
    assert sizes.std() == pytest.approx(0.1, rel=0.1)


def test_ink_of_points_alone_is_no_trouble():
    point = Ink((np.zeros((1, 2), np.float32),))
    assert np.isfinite(InkVariation().vary(point, random.Random(0))[0]).all()
