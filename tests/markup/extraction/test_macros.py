"""The author's macros, expanded as TeX does it."""

import pytest


@pytest.mark.parametrize(
    ("definition", "formula", "latex"),
    [
        (r"\newcommand{\R}{\mathbb{R}}", r"\R^n", r"\mathbb{R}^n"),
        (r"\newcommand\R{\mathbb R}", r"\R", r"\mathbb R"),
        (r"\newcommand*{\pd}[2]{\frac{\partial #1}{\partial #2}}", r"\pd fx", r"\frac{\partial f}{\partial x}"),
        (r"\newcommand{\norm}[2][2]{\|#2\|_{#1}}", r"\norm{x}+\norm[\infty]{y}", r"\|x\|_{2}+\|y\|_{\infty}"),
        (r"\newcommand{\a}{1}\renewcommand{\a}{2}", r"\a", "2"),
        (r"\newcommand{\a}{1}\providecommand{\a}{2}\providecommand{\b}{3}", r"\a\b", "13"),
        (r"\def\a{\alpha}", r"\a x", r"\alpha x"),
        (r"\def\a#1#2{#2#1}", r"\a{x}y", "yx"),
        (r"\def\a(#1,#2){#2/#1}", r"\a(x,{y,z})", "y,z/x"),
        (r"\def\a#1.{[#1]}", r"\a bc.d", "[bc]d"),
        (r"\def\a#1{\def\b##1{##1#1}\b}", r"\a xy", "yx"),
        (r"\def\a{1}\edef\a{\a2}\edef\a{\a3}", r"\a", "123"),
        (r"{\gdef\a{x}\def\b{y}}\def\c{z}{\def\c{w}}", r"\a\b\c", r"x\b z"),
        (r"{\global\def\a{x}}", r"\a", "x"),
        (r"\let\a\alpha \let\b=\beta", r"\a\b", r"\alpha\beta"),
        (r"\let\oldvec\vec \renewcommand{\vec}[1]{\mathbf{\oldvec{#1}}}", r"\vec{x}", r"\mathbf{\vec{x}}"),
        (r"\DeclareMathOperator{\Tr}{Tr}", r"\Tr A", r"\operatorname{Tr}A"),
        (r"\DeclareMathOperator*{\argmax}{arg\,max}", r"\argmax_x", r"\operatorname*{arg\,max}_x"),
        (r"\DeclarePairedDelimiter{\abs}{\lvert}{\rvert}", r"\abs{x}", r"\lvert x\rvert"),
        (r"\DeclarePairedDelimiter\abs\lvert\rvert", r"\abs*{x}", r"\left\lvert x\right\rvert"),
        (r"\DeclarePairedDelimiter\abs\lvert\rvert", r"\abs[\big]{x}", r"\big\lvert x\big\rvert"),
        (r"\DeclarePairedDelimiterX\ip[2]{(}{)}{#1\delimsize\vert#2}", r"\ip*{a}{b}", r"\left(a\middle\vert b\right)"),
        (r"\NewDocumentCommand{\a}{O{k} m}{#1_{#2}}", r"\a{x}+\a[l]{y}", "k_{x}+l_{y}"),
        (r"\newcommand{\m}[1]{\ifmmode #1\else$#1$\fi}", r"\m x", "x"),
        (r"\newif\ifshort \shorttrue \def\a{\ifshort s\else l\fi}", r"\a \shortfalse\a", "sl"),
        (r"\def\a{\ifnum\n=1 one\else two\fi}\def\n{2}", r"\a", "two"),
        (r"\def\a{b}\def\c{b}\def\d{\ifx\a\c x\else y\fi}", r"\d", "x"),
        (r"\expandafter\def\csname a1\endcsname{x}", r"\csname a1\endcsname", "x"),
        (r"\AtBeginDocument{\def\a{x}}", r"\a", "x"),
        (r"\makeatletter\def\a@b{x}\def\a{\a@b}\makeatother", r"\a", "x"),
        (
            r"\newenvironment{mat}[1]{\begin{array}{#1}}{\end{array}}",
            r"\begin{mat}{c}x\end{mat}",
            r"\begin{array}{c}x\end{array}",
        ),
    ],
)
def test_definitions(kept, definition, formula, latex):
    assert kept(f"{definition} ${formula}$") == [latex]


@pytest.mark.parametrize(
    ("formula", "latex"),
    [
        (r"\hat\ab", r"\hat{ab}"),
        (r"\frac\ab2", r"\frac{ab}2"),
        (r"\frac1\ab", r"\frac1{ab}"),
        (r"\sqrt[3]\ab", r"\sqrt[3]{ab}"),
        (r"\hat{\ab}\ab", r"\hat{ab}ab"),
        (r"x^\ab", "x^ab"),
    ],
)
def test_a_macro_that_is_an_argument_stays_one(kept, formula, latex):
    assert kept(rf"\def\ab{{ab}} ${formula}$") == [latex]


def test_macros_that_wrap_a_display(found):
    source = r"""
    \newcommand{\be}[1]{\begin{equation}\label{#1}} \def\ee{\end{equation}}
    \newenvironment{eqs}{\begin{eqnarray}}{\end{eqnarray}}
    \newcommand{\eq}[1]{\begin{align}#1\end{align}}
    \def\beq{\eqnarray} \def\eeq{\endeqnarray}
    \be{one} a \ee \begin{eqs} b &=& c \end{eqs} \eq{d &= e} \beq f \eeq
    """
    formulas = [(formula.environment, formula.latex) for formula in found(source)]
    assert formulas == [("equation", "a"), ("eqnarray", "b = c"), ("align", "d = e"), ("eqnarray", "f")]
    assert [source[formula.offset :].split()[0] for formula in found(source)] == [
        r"\be{one}",
        r"\begin{eqs}",
        r"\eq{d",
        r"\beq",
    ]


def test_displays_keep_their_meaning_whatever_is_done_to_them(kept):
    source = r"""
    \renewenvironment{equation}{\linenomath\oldequation}{\endoldequation\endlinenomath}
    \let\equation\relax \begin{equation} x \end{equation}
    """
    assert kept(source) == ["x"]


def test_formulas_in_the_arguments_of_macros(kept):
    source = r"\newcommand{\note}[1]{\textbf{#1}} \newcommand{\hide}[1]{} \note{so $a$} \hide{$b$} \other{$c$}"
    assert kept(source) == ["a", "c"]


def test_definitions_of_the_papers_own_package_are_used(kept):
    package = r"\newcommand{\R}{\mathbb{R}} \def\inner{\@inner} \renewcommand{\frac}[2]{\@frac{#1}{#2}}"
    source = r"\usepackage[draft]{amsmath,own}$\R \inner \frac12$"
    assert kept(source, own_sty=package) == [r"\mathbb{R}\inner\frac12"]


def test_input_of_other_files(found):
    source = r"\input{b} \include{c__d} \input b.tex $z$".replace("__", "/")
    formulas = found(source, b_tex=r"\def\x{1} $\x$ \endinput $no$", c__d_tex="\n$\\x+2$")
    assert [(formula.file, formula.line, formula.latex) for formula in formulas] == [
        ("b.tex", 1, "1"),
        ("c/d.tex", 2, "1+2"),
        ("b.tex", 1, "1"),
        ("a.tex", 1, "z"),
    ]
