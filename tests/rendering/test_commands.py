import pytest

from keras_im2latex.rendering.commands import (
    FORBIDDEN,
    HARMLESS_COMMANDS,
    commands,
    forbidden_command,
    is_harmless,
)


@pytest.mark.parametrize("formula", [r"\frac{1}{2}", r"\begin {array} { c c } 1 \\ 2 \end {array}", r"a\,b\_c", ""])
def test_plain_formulas_are_harmless(formula):
    assert is_harmless(formula)


@pytest.mark.parametrize(
    "formula",
    [
        r"\def\x{}",
        r"\global\alpha",
        r"^^5cglobal",
        r"\begin{global}",
        r"\begin{array}\end{global}",
        r"\frac\begin{x}",
        r"\begin\x",
        r"\csname global\endcsname",
    ],
)
def test_what_may_reach_beyond_a_formula_is_not(formula):
    assert not is_harmless(formula)


def test_further_commands_can_be_vouched_for():
    assert not is_harmless(r"\mycommand")
    assert is_harmless(r"\mycommand", {"mycommand"})
    assert not is_harmless(r"\mycommand\other", {"mycommand"})


def test_commands_and_the_forbidden_among_them():
    assert commands(r"\frac\alpha2\,\write18") == ["frac", "alpha", "write"]
    assert forbidden_command(r"\frac\alpha2\,\write18\input") == "write"
    assert forbidden_command(r"\inputs") is None


def test_no_command_is_both():
    assert not FORBIDDEN & HARMLESS_COMMANDS
    assert not {"def", "gdef", "let", "global", "catcode", "csname", "expandafter"} & HARMLESS_COMMANDS
