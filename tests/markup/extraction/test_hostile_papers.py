"""Papers that mean harm: each costs bounded time and memory, and its neighbouring formulas nothing."""

import os
import time

import pytest

from keras_im2latex.markup.extraction import Paper, ReadingError, extract_formulas

DOUBLING = "".join(rf"\def\{chr(97 + level)}{{\{chr(98 + level)}\{chr(98 + level)}}}" for level in range(24))


@pytest.mark.parametrize(
    "definitions",
    [
        r"\def\a{\a}",
        r"\def\a{\a\a}",
        r"\def\a{x\a}",
        r"\def\a{\b}\def\b{\a}",
        r"\def\a#1{\a{#1#1}}\def\x{\a y}\let\a\a",
        DOUBLING + r"\def\y{x}",
        r"\newenvironment{q}{\begin{q}}{\end{q}}\def\a{\begin{q}}",
        r"\def\a{\expandafter\a\csname a\endcsname}",
        r"\def\a{\ifx\a\a\a\fi}",
        r"\def\a{\edef\b{\a}}",
        r"\def\a{\csname\a\endcsname}",
        r"\def\a{\ifnum\a}",
        r"\def\a#1{\a{#1" + "#1" * 2000 + "}}",
    ],
)
def test_expansion_without_end(found, definitions):
    start = time.monotonic()
    formulas = found(rf"$x$ {definitions} $1+\a+2$ $y$" + "\n\n" + r"\a $z$")
    assert time.monotonic() - start < 5
    kept = [formula.latex for formula in formulas if formula.dropped is None]
    assert kept == ["x", "y", "z"]
    reasons = {formula.dropped for formula in formulas if formula.dropped}
    assert reasons <= {"macros expand without end", "commands nested too deep", "more than 20,000 tokens"}
    assert "inline" in {formula.kind for formula in formulas if formula.dropped}


@pytest.mark.parametrize(
    "source",
    [
        "$" * 100_001,
        "{" * 100_000 + "$x$",
        r"\begin{a}" * 20_000,
        r"\begin{equation}" * 20_000,
        r"\[" * 30_000,
        r"\def\a#1{}" + r"\a{" * 20_000,
        r"\newcommand{\a}[9]{}" + r"\a" * 20_000,
        r"\if" * 30_000,
        r"\iftrue" * 30_000,
        r"\expandafter" * 30_000,
        r"\csname" * 30_000,
        r"\edef\a{" * 20_000,
        r"\begin" * 30_000,
        "$" + r"\textcolor{red}{" * 10_000 + "x" + "}" * 10_000 + "$",
        "$" + r"\hat" * 30_000 + "$",
        "$" + "{" * 30_000 + "}" * 30_000 + "$",
        "#" * 100_000,
        "%" * 100_000,
        "\n" * 100_000,
        r"\def" * 30_000,
        r"\let" * 30_000,
        r"\global" * 30_000,
        r"\input{" * 20_000,
        r"\verb" * 30_000,
        "\\" * 100_001,
    ],
)
def test_much_of_anything(found, source):
    start = time.monotonic()
    found(source)
    assert time.monotonic() - start < 15


def test_ten_megabytes(found):
    formula = "x+" * 5_000_000
    start = time.monotonic()
    formulas = found(rf"$a$ ${formula}$ $b$")
    assert time.monotonic() - start < 30
    assert [formula.latex for formula in formulas] == ["a", "", "b"]
    assert formulas[1].dropped == "more than 20,000 tokens"


def test_nuls_and_broken_utf_8(found):
    formulas = found(b"\x00$a\x00+b$ \xff\xfe\x80 $c$ \x00")
    assert [formula.latex for formula in formulas] == ["a+b", "c"]


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../secret", "a/../../secret", "~/secret", "link", "linked/secret", "pipe", "folder"]
)
def test_input_from_elsewhere_is_refused(tmp_path, name):
    (tmp_path / "secret.tex").write_text("$secret$")
    (tmp_path / "secret").write_text("$secret$")
    folder = tmp_path / "paper"
    (folder / "folder").mkdir(parents=True)
    (folder / "a").mkdir()
    (folder / "link.tex").symlink_to(tmp_path / "secret.tex")
    (folder / "linked").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    (folder / "main.tex").write_text(rf"$x$ \input{{{name}}} $y$")
    first, second, problem = extract_formulas(Paper("paper", "main.tex", folder=str(folder)))
    assert (first.latex, second.latex) == ("x", "y")
    assert problem.kind == "problem"
    assert problem.dropped.startswith("\\input of ")
    assert (problem.file, problem.line) == ("main.tex", 1)


def test_files_that_read_each_other(found):
    start = time.monotonic()
    formulas = found(r"\input{b}$x$", b_tex=r"\input{b}\input{b}")
    assert time.monotonic() - start < 5
    assert formulas[0].latex == "x"
    assert {formula.dropped for formula in formulas[1:]} == {"\\input too often or too deep"}


def test_a_main_file_that_is_missing_or_too_large(tmp_path):
    (tmp_path / "large.tex").write_bytes(b" " * 20_000_001)
    for name in ("large.tex", "missing.tex"):
        with pytest.raises(ReadingError):
            list(extract_formulas(Paper(name, name, folder=str(tmp_path))))
