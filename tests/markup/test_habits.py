"""Rewritten formulas by what TeX draws of them."""

import dataclasses
import itertools
import re
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from keras_im2latex.markup import Habits, detokenize
from keras_im2latex.markup.habits import AFTER_COMMAS, BEFORE_PUNCTUATION, ELSEWHERE
from keras_im2latex.rendering import render

FORMULAS = (Path(__file__).parent / "formulas.norm.txt").read_text().splitlines()
NONE = Habits(**dict.fromkeys((field.name for field in dataclasses.fields(Habits)), 0.0))
ALL = {r"\,", "~", "\\", r"\;", r"\quad", r"\qquad", r"\!", r"\:"}

needs_tex = pytest.mark.skipif(not (shutil.which("latex") and shutil.which("dvipng")), reason="TeX is not installed")


def only(**shares):
    return dataclasses.replace(NONE, **shares)


def without_spaces(tokens):
    return [token for token in tokens.split() if token not in ALL]


def without_lengths(tokens):
    return re.sub(r"\\hspace { [^}]* } ", r"\\, ", tokens)


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
    formula = r"x y = \frac { a } { b } , c ."
    if name == "arrays":
        formula = r"\begin{matrix} a & b \end{matrix}"
    habits = only(**{name: 0.3})
    share = np.mean([habits.rewrite(formula, seed=seed) != formula for seed in range(2000)])
    none = {"anywhere": 0.9**6, "between_factors": 0.5}.get(name, 0.0)  # some put it in none of the places
    assert share == pytest.approx(0.3 * (1 - none), abs=0.04)


@pytest.mark.parametrize(
    ("name", "formula", "runs"),
    [
        ("before_punctuation", "x .", BEFORE_PUNCTUATION),
        ("after_commas", ", x", AFTER_COMMAS),
        ("around_relations", "x =", ELSEWHERE),
    ],
)
def test_runs_of_spaces_are_as_frequent_as_told(name, formula, runs):
    habits = only(**{name: 1.0})
    written = [tuple(habits.rewrite(formula, seed=seed).split()[1:-1]) for seed in range(4000)]
    for run, weight in runs.items():
        expected = weight / sum(runs.values())
        assert written.count(run) / len(written) == pytest.approx(expected, abs=0.025)


@pytest.mark.parametrize(
    ("name", "formula", "expected"),
    [
        ("before_punctuation", "f ( x , y ) = 1 . 5 , z .", "f ( x , y ) = 1 . 5 _ , z _ ."),
        (
            "after_commas",
            r"f ( x , y ) = { a , b } , z \in \{ 1 , 2 \} ; c",
            r"f ( x , y ) = { a , b } , _ z \in \{ 1 , 2 \} ; _ c",
        ),
        ("around_relations", r"x \leq y ^ { a = b }", r"x _ \leq _ y ^ { a = b }"),
        ("after_commas", r"x , { \frac { a } { b } }", r"x , _ { \frac { a } { b } }"),
        ("after_commas", r"x , \, y , \quad z , ~ u", r"x , \, y , \quad z , ~ u"),
        ("after_commas", r"x , \hspace { 1 c m } y", r"x , \hspace { 1 c m } y"),
    ],
)
def test_each_habit_has_its_places(name, formula, expected):
    written = only(**{name: 1.0}).rewrite(formula, seed=0)
    if "_ " not in expected:
        assert written == formula
    else:
        runs = itertools.groupby(written.split(), lambda token: "_" if token in ALL else token)
        assert " ".join(word for token, run in runs for word in (["_"] if token == "_" else run)) == expected


def test_factors_are_spaced_in_half_of_their_places():
    formula = r"a ^ { 2 } { \frac { b c } { d } } \alpha \sin x + f ( g h ) y = z"
    habits = only(between_factors=1.0)
    spaced = Counter()
    for seed in range(2000):
        words = without_lengths(habits.rewrite(formula, seed=seed)).split()
        assert without_spaces(" ".join(words)) == formula.split()
        spaced.update(pair for pair in itertools.pairwise(words) if pair[0] in ALL and pair[1] not in ALL)
    after = Counter(word for _, word in spaced.elements())
    assert set(after) == {"{", r"\alpha", r"\sin", "x", "(", "y"}
    assert [count / 2000 for count in after.values()] == pytest.approx([0.5] * 6, abs=0.05)


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
    everywhere = only(anywhere=1.0, between_factors=1.0, around_relations=1.0, after_commas=1.0)
    for formula, parts in (
        (r"\operatorname { s i n } x y", [r"\operatorname { s i n }"]),
        (r"\begin{array} { l c } { a b } & { c d } \\ \end{array}", [r"\begin{array} { l c }", r"\\ \end{array}"]),
        (r"a \hskip { 1 c m } b c", [r"\hskip { 1 c m }"]),
        (r"\mathrm { f o r } x , y", [r"\mathrm { f o r }"]),
        (r"\frac { a b } { c d } e ^ { f g } _ { h } i", [r"} {", "e ^ {", "} _ {"]),
        (r"\sqrt [ n ] { x y } + f ' ( x )", [r"\sqrt [", "f '"]),
    ):
        for seed in range(200):
            written = without_lengths(everywhere.rewrite(formula, seed=seed))
            for part in parts:
                assert part in written
            assert without_spaces(written) == formula.split()


@needs_tex
def test_what_is_rewritten_can_be_drawn():
    drawable = [formula for formula, drawing in zip(FORMULAS, drawings(FORMULAS)) if drawing.error is None]
    assert len(drawable) > 40
    written = [Habits().rewrite(formula, seed=seed) for formula in drawable for seed in range(10)]
    assert sum(new != old for new, old in zip(written, np.repeat(drawable, 10))) > len(written) / 5
    errors = [(latex, drawing.error) for latex, drawing in zip(written, drawings(written)) if drawing.error]
    assert errors == []


@needs_tex
def test_spaces_outside_of_groups_move_ink_and_change_none():
    habits = only(around_relations=1.0, before_punctuation=1.0)
    formulas = [formula for formula in FORMULAS if "array" not in formula and "matrix" not in formula]
    pairs = [(formula, habits.rewrite(formula, seed=formula)) for formula in formulas]
    pairs = [(old, new) for old, new in pairs if r"\!" not in new]  # which may lay ink over ink
    moved = 0
    for before, after in zip(drawings([old for old, _ in pairs]), drawings([new for _, new in pairs])):
        if before.error is None:
            moved += before.image.shape != after.image.shape
            assert np.abs(ink(before.image) - ink(after.image)).max() <= 3 * 255
    assert moved > 15


def drawings(formulas):
    return list(render([detokenize(formula) for formula in formulas]))


def ink(picture):
    """Of each row; letters that overlap a little lose some of it."""
    return (255.0 - picture).sum(axis=1)


@pytest.mark.parametrize(
    ("matrix", "array"),
    [
        (r"\begin{matrix} a & b \\ c \end{matrix}", r"\begin{array} { c c } a & b \\ c \end{array}"),
        (
            r"\begin{matrix} { a & b } \\ \begin{matrix} c & d & e \end{matrix} & f \end{matrix}",
            r"\begin{array} { c c } { a & b } \\ \begin{array} { c c c } c & d & e \end{array} & f \end{array}",
        ),
        (r"\begin{cases} a & b \end{cases}", r"\begin{cases} a & b \end{cases}"),
        (r"\begin{matrix} a & b", r"\begin{matrix} a & b"),
    ],
)
def test_matrices_become_arrays_of_as_many_columns(matrix, array):
    assert only(arrays=1.0).rewrite(matrix, seed=0) == array


@needs_tex
def test_arrays_are_drawn_as_matrices_but_for_the_space_beside_them():
    matrix = r"\begin{matrix} a & b + c \\ d & e \end{matrix}"
    array = only(arrays=1.0).rewrite(matrix, seed=0)
    alone, between = (
        [drawing.image for drawing in render([detokenize(form % each) for each in (matrix, array)])]
        for form in ("%s", "( %s )")
    )
    np.testing.assert_array_equal(*alone)
    assert between[0].shape[0] == between[1].shape[0]
    assert between[0].shape[1] < between[1].shape[1]
