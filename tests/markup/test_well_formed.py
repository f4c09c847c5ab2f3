r"""What is well formed, held against TeX, and arrays that are given the columns of their rows."""

import shutil

import pytest

from keras_im2latex.markup import is_well_formed, widen_arrays
from keras_im2latex.rendering import render

WELL_FORMED = r"""
x ^ { 2 } _ { i }
x ^ a { } ^ b
x _ a \, _ b
x ^ { y ^ { 2 } }
\{ x
a \\ b
\left. x \right) ^ 2 _ 3
\left\{ x \right.
\left( x \middle| y \right)
\left( \frac { \left[ a \right] } { b } \right)
\left\langle x \right|
\leftarrow \rightarrow \left( \leftrightarrow \right)
\left( a \\ b \right)
\begin{array} { c c } { a } & { b } \\ \end{array}
\begin{array} { l | c } a & b \\ \hline c \end{array}
\begin{array} { | r | } a \\ b \end{array}
\begin{array} { c } a \cr b \end{array}
\begin{array} { @ { } c c } a & b \end{array}
\begin{array} { * { 3 } { c } } a & b & c \end{array}
\begin{array} [ t ] { c c } a & b \end{array}
\begin{array} { c c c } \multicolumn { 2 } { c } { x } & y \\ a & b & c \end{array}
\begin{array} { c c } \left( a \right. & \left. b \right) \end{array}
\begin{array} { c } \begin{matrix} a & b \\ c & d \end{matrix} \end{array}
\begin{array} { c c } a & { \begin{array} { c } b \\ c \end{array} } \\ d & e \end{array}
\left( \begin{matrix} a & b & c & d & e & f & g & h & i & j \end{matrix} \right]
\begin{aligned} a & = b & c & = d \\ & = e \end{aligned}
\left\{ \begin{cases} a & b \\ c & d \end{cases} \right\}
\sum _ { \substack { i < n \\ j < m } } x
\begin{array} { c } \sum _ { \substack { i \\ j } } x \end{array}
\begin{smallmatrix} a & b & c & d & e & f & g & h & i & j & k \end{smallmatrix}
x _ { \begin{array} { c } a \\ b \end{array} }
""".strip().splitlines()
BROKEN = r"""
x ^ { a } ^ { b }
x _ a ^ b _ c
{ x
x }
\frac { a } { b
\left( x
x \right)
\left( x ]
{ \left( x } \right)
\left( { x \right) }
\frac { \left( a } { b \right) }
x \middle| y
( x \middle| y )
x & y
\left( x & y \right)
\frac { x & y } { z }
\substack { a & b }
\begin{matrix} a & b
\begin{matrix} a \end{aligned}
\begin{array} { c } a \end{matrix}
\begin{matrix} a \left( b \end{matrix} \right)
\left( \begin{matrix} a \right) \end{matrix}
\begin{matrix} { a \end{matrix} }
\begin{array} { c c } \left( a & b \right) \end{array}
\begin{aligned} \left( a \\ b \right) \end{aligned}
\begin{array} { c c } \frac { a & b } { c } \end{array}
\begin{array} { c } a & b \end{array}
\begin{array} { | c | } a & b \end{array}
\begin{array} { c c } a & b \\ c & d & e \end{array}
\begin{array} { c c } \multicolumn { 2 } { c } { x } & y \end{array}
\begin{array} { c } a \\ \begin{array} { l } b & c \end{array} \end{array}
\begin{matrix} a & b & c & d & e & f & g & h & i & j & k \end{matrix}
\begin{cases} a & b & c \end{cases}
""".strip().splitlines()


@pytest.mark.parametrize("formula", WELL_FORMED)
def test_well_formed(formula):
    assert is_well_formed(formula.split())


@pytest.mark.parametrize("formula", BROKEN)
def test_not_well_formed(formula):
    assert not is_well_formed(formula.split())


@pytest.mark.skipif(not (shutil.which("latex") and shutil.which("dvipng")), reason="TeX is not installed")
def test_it_is_what_tex_says():
    for formulas, compiles in ((WELL_FORMED, True), (BROKEN, False)):
        found = {formula: rendering.error for formula, rendering in zip(formulas, render(formulas), strict=True)}
        assert [formula for formula, error in found.items() if (error is None) != compiles] == []


def test_no_formula_of_a_paper_is_refused(validation_formulas):
    tokens = [formula.split() for formula in validation_formulas]
    assert [formula for formula in tokens if not is_well_formed(formula)] == []
    assert [formula for formula in tokens if widen_arrays(formula) != tuple(formula)] == []


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (r"\begin{array} { c l } a & b & c \end{array}", "{ c l l }"),
        (r"\begin{array} { c | } a & b & c \\ d \end{array}", "{ c c c | }"),
        (r"\begin{array} { c } a \\ b & c \\ d \end{array}", "{ c c }"),
        (r"\begin{array} { c } \multicolumn { 2 } { c } { x } & y \end{array}", "{ c c c }"),
        (r"\begin{array} { c } { a } & { \begin{matrix} b & c & d \end{matrix} } \end{array}", "{ c c }"),
        (r"\left( \begin{array} { r } a & { x _ { \frac { b } { c } } } \end{array} \right)", "{ r r }"),
    ],
)
def test_an_array_gets_the_columns_of_its_widest_row(narrow, wide):
    before, _, after = narrow.partition("}")
    rest = after.partition(" }")[2]
    assert " ".join(widen_arrays(narrow.split())) == before + "} " + wide + rest
    assert not is_well_formed(narrow.split())
    assert is_well_formed(widen_arrays(narrow.split()))


def test_each_of_nested_arrays_is_widened_by_its_own_rows():
    nested = r"\begin{array} { c } \begin{array} { l } a & b & c \end{array} & d \\ \begin{array} { r } e \end{array}"
    widened = r"\begin{array} { c c } \begin{array} { l l l } a & b & c \end{array} & d \\ \begin{array} { r } e"
    assert " ".join(widen_arrays(f"{nested} \\end{{array}}".split())) == f"{widened} \\end{{array}} \\end{{array}}"


@pytest.mark.parametrize(
    "formula",
    [
        "x ^ { 2 }",
        r"\begin{array} { c c c } a & b \end{array}",
        r"\begin{array} { c @ { } } a & b \end{array}",
        r"\begin{array} { c } a & b",
        r"\begin{matrix} a & b \end{matrix}",
        r"\begin{array}",
        r"\multicolumn",
    ],
)
def test_other_formulas_are_left_alone(formula):
    assert widen_arrays(formula.split()) == tuple(formula.split())


def test_nonsense_is_judged(nonsense):
    for formula in nonsense:
        widened = widen_arrays(formula.split())
        assert isinstance(is_well_formed(widened), bool)
        assert widen_arrays(widened) == widened
