import dataclasses
import math

import numpy as np
import pytest

from keras_im2latex.rendering import FONT_FAMILIES, FONT_SIZES, Page, available, render

FORMULA = r"\sum_{i} \frac{\alpha x^2}{\sqrt{1 - x}} \text{ for } \mathbf{w} \leq \sin \mathcal{L}"
needs_tex = pytest.mark.skipif(not available(), reason="TeX is not installed")


def picture(**options):
    (rendering,) = render([FORMULA], Page(**options), workers=1)
    assert rendering.error is None
    return rendering.image


@pytest.fixture(scope="module")
def plain():
    return picture()


@needs_tex
@pytest.mark.parametrize("family", sorted(set(FONT_FAMILIES) - {"computer-modern"}))
def test_each_font_family_draws_another_picture(family, plain):
    image = picture(font_family=family)
    assert image.shape != plain.shape or (image != plain).any()
    # The same formula: neither glyphs missing nor another size.
    np.testing.assert_allclose(image.shape, plain.shape, rtol=0.25)
    assert (image == 0).sum() == pytest.approx((plain == 0).sum(), rel=0.4)


@needs_tex
def test_delimiters_are_as_large_as_the_large_symbols():
    """Heights of cmex10's parentheses, by their names in its table: 1.2, 1.8, 2.4 and 3 times 10 points."""
    points = np.array([12, 18, 24, 30])
    renderings = render([r"\big(", r"\Big(", r"\bigg(", r"\Bigg("], workers=1)
    heights = [rendering.image.shape[0] for rendering in renderings]
    np.testing.assert_allclose(heights, points / 72.27 * 200, atol=1.5)


@needs_tex
def test_dots_and_hbar_are_as_without_ams_packages():
    formulas = [r"1 + \dots + n", r"1 + \ldots + n", r"\hbar", r"{\mathchar'26\mkern-9mu h}"]
    dots, low_dots, hbar, letter = (rendering.image for rendering in render(formulas, workers=1))
    np.testing.assert_array_equal(dots, low_dots)
    np.testing.assert_array_equal(hbar, letter)
    scaled = render(formulas, Page(font_family="computer-modern-scaled"), workers=1)
    dots, low_dots, hbar, letter = (rendering.image for rendering in scaled)
    assert dots.shape != low_dots.shape or (dots != low_dots).any()
    assert hbar.shape != letter.shape or (hbar != letter).any()


@needs_tex
def test_bold_has_more_ink(plain):
    assert (picture(weight="bold") == 0).sum() > 1.15 * (plain == 0).sum()


@needs_tex
@pytest.mark.parametrize("size", sorted(set(FONT_SIZES) - {12}))
def test_picture_grows_with_the_font(size, plain):
    ratio = picture(font_size=size, font_family="computer-modern").shape[1] / plain.shape[1]
    # Small fonts are wider for their height, and large symbols stay as they are.
    assert ratio == pytest.approx(size / 12, rel=0.15)


@needs_tex
def test_picture_grows_with_the_resolution(plain):
    np.testing.assert_allclose(picture(resolution=400).shape, np.multiply(plain.shape, 2), atol=3)


@needs_tex
def test_ink_grows_with_gamma(plain):
    ink = [(255.0 - picture(gamma=gamma, spread=0)).sum() for gamma in (0.5, 1, 2, math.inf)]
    assert ink == sorted(ink)
    assert len(set(ink)) == 4
    assert ink[-1] < (255.0 - plain).sum()  # which spreads besides


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("font_size", 13),
        ("resolution", 20),
        ("font_family", "comic"),
        ("weight", "thin"),
        ("gamma", 0),
        ("spread", 1.5),
    ],
)
def test_options_out_of_range_are_refused(option, value):
    with pytest.raises(ValueError, match=rf"`{option}` must be .*Received: {option}="):
        Page(**{option: value})


def test_bold_is_refused_where_the_family_has_none():
    with pytest.raises(ValueError, match="Received: font_family='times'"):
        Page(font_family="times", weight="bold")


def test_page_can_be_a_key_and_changed_by_replacement():
    page = Page(packages=["bm"])
    assert hash(page) == hash(Page(packages=("bm",)))
    assert dataclasses.replace(page, resolution=100).packages == ("bm",)
