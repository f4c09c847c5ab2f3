import collections
import math

import pytest

from keras_im2latex.rendering import FONT_FAMILIES, Page, PageVariety, available, render

FORMULAS = [rf"x_{{{number}}} + \frac{{a}}{{{number}}}" for number in range(400)]


def test_pages_come_from_the_seed_alone():
    assert PageVariety(seed=3).pages == PageVariety(seed=3).pages
    assert PageVariety(seed=3).pages != PageVariety(seed=4).pages
    pages = [PageVariety(seed=3).page_of(formula) for formula in FORMULAS]
    assert pages == [PageVariety(seed=3).page_of(formula.encode()) for formula in FORMULAS]
    assert pages != [PageVariety(seed=4).page_of(formula) for formula in FORMULAS]
    assert PageVariety().page_of("\ud800") in PageVariety().pages


def test_pages_vary_within_what_was_asked():
    variety = PageVariety(number=200, gammas=(1, math.inf), resolutions=(150, 160), spreads=(0.1, 0.2))
    assert {page.font_family for page in variety.pages} == set(FONT_FAMILIES)
    assert {page.font_size for page in variety.pages} == {10, 11, 12}
    assert {page.weight for page in variety.pages} == {"medium", "bold"}
    assert {page.gamma for page in variety.pages} == {1, math.inf}
    assert {page.resolution for page in variety.pages} == set(range(150, 161))
    assert all(0.1 <= page.spread <= 0.2 for page in variety.pages)


def test_formulas_are_spread_evenly_over_pages():
    variety = PageVariety(number=4)
    counts = collections.Counter(variety.page_of(formula) for formula in FORMULAS)
    assert len(counts) == 4
    assert min(counts.values()) > 60


def test_what_does_not_vary_comes_from_the_page():
    variety = PageVariety(number=3, page=Page(packages=("bm",), harmless_commands=("bm",)))
    assert {(page.packages, page.harmless_commands) for page in variety.pages} == {(("bm",), ("bm",))}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"number": 0}, "`number` must be at least 1. Received: number=0"),
        ({"font_families": ()}, "`font_families` must name at least one"),
        ({"font_families": ("times", "comic")}, "`font_family` must be one of .* Received: font_family='comic'"),
        ({"font_sizes": (10, 13)}, "`font_size` must be one of .* Received: font_size=13"),
        ({"weights": ("heavy",)}, "`weight` must be one of .* Received: weight='heavy'"),
        ({"resolutions": (300, 200)}, r"`resolutions` must be the lowest and the highest. Received: .*\(300, 200\)"),
        ({"resolutions": (200, 5000)}, "`resolution` must be from 50 to 1200 .* Received: resolution=5000"),
        ({"gammas": (0,)}, "`gamma` must be more than 0"),
        ({"spreads": (0, 2)}, "`spread` must be from 0 to 1"),
    ],
)
def test_what_no_page_can_be_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        PageVariety(**options)


@pytest.mark.skipif(not available(), reason="TeX is not installed")
def test_each_formula_is_drawn_on_its_page():
    formulas = [*FORMULAS[:12], r"\undefined", "x\0"]
    variety = PageVariety(number=4, font_families=("computer-modern", "times"), font_sizes=(12,), weights=("medium",))
    expected = [next(render([formula], variety.page_of(formula))) for formula in formulas]
    assert len({variety.page_of(formula) for formula in formulas}) > 2
    assert list(render(formulas, variety, workers=2)) == expected
    assert list(render(iter(formulas), variety, batch_size=2)) == expected
    assert [rendering.error is None for rendering in expected] == [True] * 12 + [False] * 2
