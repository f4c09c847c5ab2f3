"""Formulas to pictures: order, sizes, and TeX's own reasons."""

import itertools

import numpy as np
import pytest

from keras_im2latex.rendering import Page, available, render

pytestmark = pytest.mark.skipif(not available(), reason="TeX is not installed")


def test_one_rendering_for_each_formula_in_order():
    formulas = [rf"\rule{{{size}pt}}{{10pt}}" for size in range(10, 40)]
    widths = [rendering.image.shape[1] for rendering in render(formulas, workers=2, batch_size=7)]
    assert widths == sorted(widths)
    assert len(set(widths)) == len(formulas)


@pytest.mark.parametrize("resolution", [100, 200, 300])
def test_a_rule_of_known_size(resolution):
    (rendering,) = render([r"\rule{0.999in}{0.249in}"], page=Page(resolution=resolution))
    assert rendering.image.shape == (round(resolution / 4), resolution)
    assert not rendering.image.any()


def test_endless_formulas_are_read_lazily():
    taken = []
    formulas = (taken.append(number) or f"x_{{{number}}}" for number in itertools.count())
    renderings = render(formulas, workers=1, batch_size=5)
    first = list(itertools.islice(renderings, 3))
    renderings.close()
    assert [rendering.error for rendering in first] == [None] * 3
    assert len(taken) < 40


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        (r"\foo x", r"Undefined control sequence \foo"),
        (r"a \mbox{x_2} b", "Missing $ inserted"),
        ("x^2^2", "Double superscript"),
        ("", "blank: nothing was drawn"),
        (r"\quad", "blank: nothing was drawn"),
        (r"\begin{foo} x \end{foo}", "LaTeX Error: Environment foo undefined"),
    ],
)
def test_the_reason_is_texs_own(formula, reason):
    before, rendering, after = render(["x", formula, "x"])
    assert rendering.image is None
    assert rendering.png is None
    assert rendering.error == reason
    np.testing.assert_array_equal(before.image, after.image)
