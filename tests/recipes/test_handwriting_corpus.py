"""The formulas that a reader of handwriting is pretrained on: cut, renamed, chosen, with nothing of a test."""

import lzma
import math
import random
import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "recipes"))
import handwriting_corpus
from handwriting.pieces import is_plain, pieces
from handwriting.renaming import Renaming
from handwriting.resemblance import Resemblance

from tfds_builders.crohme.writers import HELD_OUT, is_held_out

INK = '<ink><annotation type="truth">{}</annotation><annotation type="writer">{}</annotation><trace>1 2</trace></ink>'


def parts(formula):
    return {" ".join(piece) for piece in pieces(formula.split())}


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("x", {"x"}),
        ("f ( a , b ) = c , d .", {"f ( a , b ) = c , d", "f ( a , b )", "c", "d", "f ( a , b ) = c", "c , d"}),
        ("\\frac { x } { y + 1 }", {"\\frac { x } { y + 1 }", "x", "y + 1"}),
        ("\\operatorname { s i n } x", {"\\operatorname { s i n } x"}),
        # An open bracket, a sign that waits for more, a prime of nothing.
        ("( a = b", set()),
        ("a = b +", {"a"}),
        ("a + = b ^ { \\prime }", {"a + = b ^ { \\prime }", "b ^ { \\prime }"}),
    ],
)
def test_parts_are_formulas(formula, found):
    assert parts(formula) == found


@pytest.mark.parametrize(
    ("formula", "plain"),
    [
        ("x _ { i } ^ { 2 } \\sqrt [ 3 ] { y } \\frac { a } { b }", True),
        ("\\operatorname { l o g } x", True),
        ("\\operatorname* { l i m } _ { n } x", True),
        ("\\lambda l o g x", False),
        ("{ f p } _ { n }", False),
        ("x ^ { 2 } { f p } _ { n }", False),
    ],
)
def test_what_could_be_spelled_otherwise_is_not_plain(formula, plain):
    assert is_plain(formula.split()) == plain


def test_renaming_keeps_what_a_formula_is_like():
    formulas = ["x + y = n", "A _ { 1 } + \\alpha", "e ^ { 2 }"]
    renaming = Renaming(formulas, letters=1.0, digits=1.0)
    given = "\\operatorname { s i n } x d x + A _ { 7 } x e ^ { \\beta }"
    letters = {"x", "y", "n", "\\alpha"}
    for seed in range(30):
        renamed = renaming(given, random.Random(seed)).split()
        assert len(renamed) == len(given.split())
        assert renamed[:6] == given.split()[:6]
        assert renamed[6] == renamed[8] == renamed[15]
        assert renamed[6] in letters
        assert (renamed[7], renamed[10], renamed[16]) == ("d", "A", "e")  # the only capital
        assert renamed[13] in ("1", "2")
        assert renamed[19] in letters | {"\\beta"}
        assert renamed[19] != renamed[6]
    assert Renaming(formulas, letters=0.0, digits=0.0)(given, random.Random(0)) == given


def test_resemblance_is_the_difference_of_two_bigram_models():
    resemblance = Resemblance(["a b", "a b"], ["a c"])
    # By hand, one added to each count: pairs "< a", "a b", "a c"; b, a and c can follow.
    expected = (math.log(3 / 5) - math.log(2 / 4) + math.log(3 / 5) - math.log(1 / 4)) / 2
    assert resemblance("a b") == pytest.approx(expected)
    assert resemblance("a b") > 0 > resemblance("a c")


@pytest.fixture
def sources(tmp_path):
    """A table of formulas and folders of ink: labels by 40 writers, and a test."""
    labels = ["x + 1", "y _ { 2 } = x", "\\frac { x } { y }", "2 \\sin x"]
    for place in range(40):
        file = tmp_path / "ink" / "train" / f"{place}.inkml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(INK.format(labels[place % 4] if place else "( x ) ^ 2", f"hand{place}"))
    (tmp_path / "ink" / "test").mkdir()
    for place, label in enumerate(["x y", "\\frac{x}{y}"]):
        (tmp_path / "ink" / "test" / f"{place}.inkml").write_text(INK.format(label, "other"))
    rows = ["split\tkind\tnorm"]
    for place in range(30):
        rows.append(f"train\tsingle\tx _ {{ {place % 10} }} = \\frac {{ x }} {{ y }} , x y , {place % 3} + x")
        rows.append(f"validation\tsingle\ty = 2 + x + {place % 10} \\hat x")
        rows.append("train\tsingle\t\\hat { z }")
        rows.append("train\tsingle\t\\operatorname { x y } x")
    with lzma.open(tmp_path / "formulas.tsv.xz", "wt") as file:
        file.write("\n".join(rows) + "\n")
    return tmp_path


def run(folder, output, *more):
    arguments = ["--formulas", folder / "formulas.tsv.xz", "--ink", folder / "ink" / "train", "--output", output, *more]
    numbers = ["--arxiv", 12, "--labels", 2, "--renamed", 20, "--validation", 4]
    counts = handwriting_corpus.main([str(argument) for argument in arguments + numbers])
    with lzma.open(output, "rt") as file:
        header, *rows = [line.rstrip("\n").split("\t") for line in file]
    assert header == ["split", "kind", "norm"]
    return counts, rows


def test_the_table_has_no_formula_of_the_test_and_none_of_held_out_writers(sources, capsys):
    counts, rows = run(sources, sources / "corpus.tsv.xz", "--without", sources / "ink" / "test")
    kinds = Counter((split, kind) for split, kind, _ in rows)
    assert set(kinds) == {("train", "arxiv"), ("train", "label"), ("train", "renamed"), ("validation", "arxiv")}
    formulas = {formula for _, _, formula in rows}
    assert not formulas & {"x y", "\\frac { x } { y }"}
    held_out = [place for place in range(40) if is_held_out(f"hand{place}", HELD_OUT)]
    assert counts["labels"] == 40 - len(held_out)
    own = Counter(formula for _, kind, formula in rows if kind == "label")
    assert set(own.values()) == {2}
    assert set(own) <= {"x + 1", "y _ { 2 } = x", "2 \\operatorname { s i n } x", "( x ) ^ { 2 }"}
    renamed = [formula for _, kind, formula in rows if kind == "renamed"]
    assert len(renamed) == 20
    assert not set(renamed) & set(own)
    symbols = {token for label in (*own, "\\frac { x } { y }") for token in label.split()}
    assert all(symbols.issuperset(formula.split()) for formula in formulas)
    assert not any("{ x y }" in formula for formula in formulas)
    assert counts["arXiv formulas, train"]["read"] <= 90
    again, same = run(sources, sources / "again.tsv.xz", "--without", sources / "ink" / "test")
    assert (again, same) == (counts, rows)
    _, other = run(sources, sources / "other.tsv.xz", "--seed", "1")
    assert other != rows
    assert "\\frac { x } { y }" in {formula for _, _, formula in other}
