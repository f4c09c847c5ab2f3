"""Constructs and length bins on formulas whose answer is plain to see."""

import lzma
import os
from pathlib import Path

import pytest

from keras_im2latex.evaluation import CONSTRUCTS, constructs
from keras_im2latex.evaluation.length_bins import length_bin, length_bins


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("x + y", ()),
        (r"\frac { 1 } { 2 }", ("fractions",)),
        (r"x _ { i }", ("scripts",)),
        (r"\mathbf { x } + { \cal L }", ("fonts",)),
        (r"\mathrm { T r } \frac { a ^ { 2 } } { b }", ("fractions", "scripts", "fonts")),
        (r"\operatorname { s i n } x", ()),
        (r"\left( \begin{matrix} { a } & { b } \\ { c } & { d } \\ \end{matrix} \right)", ("matrices",)),
        (r"\left( \begin{array} { c c } { a } & { b } \\ { c } & { d } \\ \end{array} \right)", ("matrices",)),
        (r"\left\{ \begin{array} { c } { a } \\ { b } \\ \end{array} \right.", ("multi-line",)),
        (r"\begin{array} { r c l } { a } & { = } & { b } \\ { c } & { = } & { d } \\ \end{array}", ("multi-line",)),
        (
            r"\begin{aligned} { a } \\ { \left[ \begin{matrix} 1 \\ 2 \end{matrix} \right] } \end{aligned}",
            ("matrices", "multi-line"),
        ),
        (r"\begin{matrix} 1 \end{matrix} x \\ y", ("matrices", "multi-line")),
        (r"\end{matrix} \\", ("multi-line",)),
        ("", ()),
    ],
)
def test_constructs(formula, expected):
    assert constructs(formula.split()) == expected


def test_every_construct_occurs_in_im2latex_100k():
    if "IM2LATEX_DATA" not in os.environ:
        pytest.skip("IM2LATEX_DATA is not set")
    with lzma.open(Path(os.environ["IM2LATEX_DATA"]) / "im2latex100k_validation.norm.txt.xz", "rt") as file:
        formulas = [line.split() for line in file]
    counts = dict.fromkeys(CONSTRUCTS, 0)
    for tokens in formulas:
        for name in constructs(tokens):
            counts[name] += 1
    assert counts["fractions"] == sum(any(t in (r"\frac", r"\over", r"\dfrac", r"\tfrac") for t in f) for f in formulas)
    assert counts["scripts"] == sum("_" in f or "^" in f for f in formulas)
    assert counts["matrices"] > 50
    assert counts["multi-line"] > 50


def test_bins_cover_every_length_once():
    names = [length_bin(tokens) for tokens in range(400)]
    assert list(dict.fromkeys(names)) == length_bins()
    for name in length_bins()[:-1]:
        first, last = map(int, name.split("-"))
        assert [tokens for tokens in range(400) if names[tokens] == name] == list(range(first, last + 1))
    assert names[150] != names[151] == names[399] == "over 150"
