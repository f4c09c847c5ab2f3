"""Rewritten formulas by what TeX draws of them."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from keras_im2latex.markup import Habits, detokenize
from keras_im2latex.markup.habits import SPACES
from keras_im2latex.rendering import render

FORMULAS = (Path(__file__).parent / "formulas.norm.txt").read_text().splitlines()
NONE = Habits(**dict.fromkeys((field.name for field in dataclasses.fields(Habits)), 0.0))
ALL = {r"\,", "~", "\\", r"\;", r"\quad", r"\qquad", r"\!", r"\:"}

needs_tex = pytest.mark.skipif(not (shutil.which("latex") and shutil.which("dvipng")), reason="TeX is not installed")


def only(**shares):
    return dataclasses.replace(NONE, **shares)


def without_spaces(tokens):
    return [token for token in tokens.split() if token not in ALL]


def test_an_author_without_habits_changes_nothing():
    for formula in FORMULAS:
        assert NONE.rewrite(formula, seed=formula) == formula


def test_the_seed_decides():
    habits = only(anywhere=1.0)
    formula = "a + b = c + d , e < f"
    written = {habits.rewrite(formula, seed=seed) for seed in range(50)}
    assert len(written) > 20
    assert habits.rewrite(formula, seed=7) == habits.rewrite(formula, seed=7)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Habits)])
def test_a_share_of_the_authors_has_a_habit(name):
    formula = r"\int f ( x ) d x = \frac { a } { b } , c ."
    habits = only(**{name: 0.3})
    share = np.mean([habits.rewrite(formula, seed=seed) != formula for seed in range(2000)])
    limit = 0.3 * (1 - 0.9**13) if name == "anywhere" else 0.3  # some put it in none of the places
    assert share == pytest.approx(limit, abs=0.04)


def test_runs_of_spaces_are_as_frequent_as_told():
    habits, formula = only(before_end=1.0), "x ."
    written = [tuple(habits.rewrite(formula, seed=seed).split()[1:-1]) for seed in range(4000)]
    for run, weight in SPACES.items():
        expected = weight / sum(SPACES.values())
        assert written.count(run) / len(written) == pytest.approx(expected, abs=0.025)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"\frac { a } { b } c", r"{ \frac { a } { b } } c"),
        (r"x ^ { \frac { a } { b } }", r"x ^ { \frac { a } { b } }"),  # a group of its own already
        (r"{ \frac { a } { b } } c", r"{ \frac { a } { b } } c"),
        (r"x ^ { \frac { a } { b } c }", r"x ^ { { \frac { a } { b } } c }"),
        (r"\frac { \frac { a } { b } + 1 } { c }", r"{ \frac { { \frac { a } { b } } + 1 } { c } }"),
        (r"\frac { a } b", r"\frac { a } b"),
        (r"\frac { a } { b", r"\frac { a } { b"),
        (r"\frac", r"\frac"),
    ],
)
def test_fractions_get_braces(formula, expected):
    assert only(fractions=1.0).rewrite(formula, seed=0) == expected


def test_spaces_keep_out_of_arguments_and_scripts():
    everywhere = only(anywhere=1.0, inside_brackets=1.0, around_relations=1.0, after_commas=1.0)
    for formula, parts in (
        (r"\operatorname { s i n } x y", [r"\operatorname { s i n }"]),
        (r"\begin{array} { l c } { a b } & { c d } \\ \end{array}", [r"\begin{array} { l c }", r"\\ \end{array}"]),
        (r"a \hspace { 1 c m } b c", [r"\hspace { 1 c m }"]),
        (r"\mathrm { f o r } x , y", [r"\mathrm { f o r }"]),
        (r"\frac { a b } { c d } e ^ { f g } _ { h } i", [r"} {", "e ^ {", "} _ {"]),
        (r"\sqrt [ n ] { x y } + f ' ( x )", [r"\sqrt [", "f '"]),
    ):
        for seed in range(200):
            written = everywhere.rewrite(formula, seed=seed)
            for part in parts:
                assert part in written
            assert without_spaces(written) == formula.split()


@needs_tex
def test_what_is_rewritten_can_be_drawn():
    drawable = [formula for formula, drawing in zip(FORMULAS, drawings(FORMULAS)) if drawing.error is None]
    assert len(drawable) > 40
    written = [Habits().rewrite(formula, seed=seed) for formula in drawable for seed in range(10)]
    assert sum(new != old for new, old in zip(written, np.repeat(drawable, 10))) > len(written) / 3
    errors = [(latex, drawing.error) for latex, drawing in zip(written, drawings(written)) if drawing.error]
    assert errors == []


@needs_tex
def test_spaces_outside_of_groups_move_ink_and_change_none():
    habits = only(around_relations=1.0, before_end=1.0)
    formulas = [formula for formula in FORMULAS if "array" not in formula and "matrix" not in formula]
    pairs = [(formula, habits.rewrite(formula, seed=formula)) for formula in formulas]
    pairs = [(old, new) for old, new in pairs if r"\!" not in new]  # which may lay ink over ink
    moved = 0
    for before, after in zip(drawings([old for old, _ in pairs]), drawings([new for _, new in pairs])):
        if before.error is None:
            moved += before.image.shape != after.image.shape
            assert np.abs(ink(before.image) - ink(after.image)).max() <= 0.02 * ink(before.image).max()
    assert moved > 15


def drawings(formulas):
    return list(render([detokenize(formula) for formula in formulas]))


def ink(picture):
    """Of each row; letters that overlap a little lose some of it."""
    return (255.0 - picture).sum(axis=1)
