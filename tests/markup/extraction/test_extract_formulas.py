"""What is found in papers written here, against what their readers would see."""

import pytest

from keras_im2latex.markup.extraction import FoundFormula

PAPER = r"""\documentclass{article}
\newcommand{\energy}[1]{m_{#1} c^2}   % the rest energy
\title{On $E$}
\begin{document}
Here \(a+b\), and
\begin{equation*}
  E = \energy{0} \label{eq:energy} \tag{*}
\end{equation*}
% $not this$
\begin{align}
  a &= b + c \nonumber \\[2pt]
  d &= \text{so $e$} % no end
\end{align}
\end{document}
$after the end$
"""


def test_a_paper_from_top_to_bottom(found):
    place = {"paper": "paper", "file": "a.tex"}

    def at(text, kind, environment, latex, row=None):
        offset = PAPER.index(text)
        line = PAPER[:offset].count("\n") + 1
        return FoundFormula(kind=kind, environment=environment, line=line, offset=offset, row=row, latex=latex, **place)

    assert found(PAPER) == [
        at("$E$", "inline", "$", "E"),
        at(r"\(a+b", "inline", r"\(", "a+b"),
        at(r"\begin{equation*}", "display", "equation*", "E = m_{0} c^2"),
        at(r"\begin{align}", "display", "align", r"\begin{aligned}a&= b + c\\[2pt]d&= \text{so $e$}\end{aligned}"),
        at(r"\begin{align}", "row", "align", "a = b + c", 1),
        at(r"\begin{align}", "row", "align", r"d = \text{so $e$}", 2),
    ]


@pytest.mark.parametrize(
    ("source", "environment"),
    [
        ("$$ x $$", "$$"),
        (r"\[ x \]", r"\["),
        ("$x$", "$"),
        (r"\(x\)", r"\("),
        *((rf"\begin{{{name}}} x \end{{{name}}}", name) for name in ("equation", "displaymath", "math", "gather*")),
        *((rf"\begin{{{name}}} x & \end{{{name}}}", name) for name in ("align", "flalign*", "eqnarray*")),
        (r"\begin{multline} x \end{multline}", "multline"),
        (r"\begin{alignat}{2} x \end{alignat}", "alignat"),
        (r"\begin {equation} x \end{ equation }", "equation"),
    ],
)
def test_each_way_to_write_a_formula(found, source, environment):
    (formula,) = found(f"Text {source} text.")
    assert (formula.environment, formula.latex) == (environment, "x")
    assert formula.kind == ("inline" if environment in ("$", r"\(", "math") else "display")


@pytest.mark.parametrize(
    ("source", "latex"),
    [
        (r"$a % $b\n", None),
        ("$a % comment}\n  b$", "a b"),
        (r"$50\% x$", r"50\% x"),
        (r"$\label{a} x \ref{b}\cite[p. 3]{c}$", "x"),
        (r"$x \eqno (1)$", "x"),
        (r"$\textcolor{red}{x} + {\color[rgb]{1,0,0} y}$", "{x} + { y}"),
        (r"$\ensuremath{x} \footnote{so} y$", "{x} y"),
        (r"$\alpha  x\,  y$", r"\alpha x\, y"),
        (r"$x\ $", "x\\ "),
        (r"$\mbox{if $a$ and \(b\)}$", r"\mbox{if $a$ and \(b\)}"),
        (r"$\textrm{\textcolor{red}{\textcolor{blue}{x}}}$", r"\textrm{{{x}}}"),
    ],
)
def test_what_is_not_drawn_is_left_out(kept, source, latex):
    assert kept(source) == ([] if latex is None else [latex])


@pytest.mark.parametrize(
    ("source", "whole", "rows"),
    [
        (
            r"\begin{eqnarray} a &=& b \\ &+& c \end{eqnarray}",
            r"\begin{aligned}a&= b\\&+ c\end{aligned}",
            ["a = b", "+ c"],
        ),
        (
            r"\begin{align} a &= b & c &= d \\ e \end{align}",
            r"\begin{aligned}a&= b&c&= d\\e\end{aligned}",
            [r"a = b \qquad c = d", "e"],
        ),
        (
            r"\begin{alignat*}{2} a &= b & c &= d \\ e \end{alignat*}",
            r"\begin{alignedat}{2}a&= b&c&= d\\e\end{alignedat}",
            ["a = b c = d", "e"],
        ),
        (r"\begin{gather} a \\ b \\ \end{gather}", r"\begin{gathered}a\\b\end{gathered}", ["a", "b"]),
        (r"\begin{multline} a \\ \shoveright{b} \end{multline}", r"\begin{gathered}a\\b\end{gathered}", ["a", "b"]),
        (r"\begin{eqnarray} \lefteqn{a} \\ &=& b \end{eqnarray}", r"\begin{aligned}a\\&= b\end{aligned}", ["a", "= b"]),
        (
            r"\begin{IEEEeqnarray}{rCl} a & = & b \\* & = & c \IEEEyesnumber \end{IEEEeqnarray}",
            r"\begin{aligned}a&= b\\&= c\end{aligned}",
            ["a = b", "= c"],
        ),
        (
            r"\[\begin{split} a &= b \\ &= c \end{split}. \]",
            r"\begin{aligned} a &= b \\ &= c \end{aligned}.",
            ["a = b", "= c"],
        ),
        (
            r"\begin{align} \begin{pmatrix} a & b \\ c & d \end{pmatrix} &= {x \\ y} \\ z \end{align}",
            r"\begin{aligned}\begin{pmatrix} a & b \\ c & d \end{pmatrix}&= {x \\ y}\\z\end{aligned}",
            [r"\begin{pmatrix} a & b \\ c & d \end{pmatrix} = {x \\ y}", "z"],
        ),
    ],
)
def test_displays_of_several_rows(found, source, whole, rows):
    display, *others = found(source)
    assert (display.kind, display.row, display.latex) == ("display", None, whole)
    assert [(row.kind, row.row, row.latex) for row in others] == [("row", n, row) for n, row in enumerate(rows, 1)]


def test_text_between_rows_costs_the_whole_but_not_the_rows(found):
    whole, *rows = found(r"\begin{align} a &= b \\ \intertext{and} c &= d \\ e \end{align}")
    assert whole.dropped == "text between its rows"
    assert [row.latex for row in rows] == ["a = b", "c = d", "e"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("$x\n\n y", "an empty line inside"),
        (r"\begin{equation} x \begin{align} y \end{align}", "no end"),
        (r"\[ \frac{a}{b \]", "unbalanced braces"),
        (r"$a}$", "unbalanced braces"),
        (r"\[ \left( a \]", "unbalanced \\left, braces or environments"),
        (r"\begin{equation} \begin{matrix} a \end{equation}", "unbalanced environments"),
        (r"\[ a $ b $ \]", "a dollar inside"),
        (r"\[ \includegraphics{a} \]", "a drawing"),
        (r"\[ \label{a} \]", "nothing in it"),
        (r"$\, ~ \quad$", "nothing in it"),
        (r"$a # b$", "a parameter outside a macro"),
        ("$a \x01 b$", "a control character"),
        ("$" + "x" * 10_001 + "$", "more than 10,000 characters"),
    ],
)
def test_what_cannot_be_used_is_dropped_with_its_reason(found, source, reason):
    first, *others = found(f"{source}\n\nText and $z$.")
    assert (first.latex, first.dropped) == ("", reason)
    assert others[-1].latex == "z"


def test_a_formula_that_the_paper_ends_in(dropped):
    assert dropped("$x") == dropped(r"\begin{align} x \end{document}") == ["no end"]


def test_a_display_that_begins_before_the_last_one_ended_is_found(kept):
    assert kept(r"\begin{equation} x \begin{align} y \end{align} $z$") == ["y", "z"]


def test_verbatim_text_and_comments_hold_no_formulas(kept):
    source = r"""
    \verb|$a$| \verb+$b+ \begin{verbatim} $c$ \end{verbatim} \begin{comment} $d$ \end{comment}
    \begin{lstlisting}
    $e$ \end{document}
    \end{lstlisting}
    \iffalse $f$ \else $g$ \fi \begin{tikzpicture} \draw ($(a)+(b)$) -- (c); \end{tikzpicture} \$h\$ $i$
    """
    assert kept(source) == ["g", "i"]


def test_encodings(kept):
    assert kept("$\\text{é}$".encode()) == [r"\text{é}"]
    assert kept("$\\text{é}$".encode("latin-1")) == [r"\text{é}"]
    assert kept("\ufeff$\\text{é}$".encode()) == [r"\text{é}"]
    assert kept("$x$".encode("utf-16")) == ["x"]


def test_line_ends_of_every_kind(found):
    for end in ("\n", "\r\n", "\r"):
        formulas = found(end.join(["$a", "b$", "", "% c", r"\begin{equation}", "d", r"\end{equation}"]))
        assert [(formula.line, formula.latex) for formula in formulas] == [(1, "a b"), (5, "d")]
