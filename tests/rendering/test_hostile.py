"""Formulas that try to read, write, loop, grow or break what comes after them."""

import os
import re
import time

import pytest

from keras_im2latex.rendering import available, render

pytestmark = pytest.mark.skipif(not available(), reason="TeX is not installed")

NEIGHBOURS = [r"\alpha^x + \mathbf{x}", r"\frac{a}{b}", r"\begin{matrix} 1 & \beta \\ 2 & 3 \end{matrix}"]
SECONDS = 2

# What the formula is, and what its error says; no error stands for a picture of its own.
HOSTILE = {
    "input": (r"\input{/etc/passwd}", r"^\\input is not allowed"),
    "input by name": (r"\csname input\endcsname{/etc/passwd}", "not found"),
    "input by primitive": (r"\csname @@input\endcsname /etc/passwd ", "can't find file"),
    "input by character codes": (r"^^5cinput{/etc/passwd}", "not found"),
    "input by environment": (r"\begin{input}{/etc/passwd}", "not found"),
    "openin": (r"\openin5=/etc/passwd \read5 to\x \x", r"^\\openin is not allowed"),
    "openin by name": (
        r"\csname openin\endcsname5=/etc/passwd \csname read\endcsname5 to\x \x",
        "Emergency stop",  # TeX asks the terminal, since the file is not open
    ),
    "verbatiminput": (r"\verbatiminput{/etc/passwd}", r"^\\verbatiminput is not allowed"),
    "write18": (r"\immediate\write18{touch ran}", "not allowed"),
    "openout": (r"\immediate\openout5=written x", "not allowed"),
    "openout by name": (r"\csname openout\endcsname5=written x", r"^\\openout is not allowed"),
    "openout by its other name": (
        r"\csname tex_openout:D\endcsname5=written x",
        r"^\\openout is not allowed",
    ),
    "special": (r"\special{psfile=/etc/hostname}", r"^\\special is not allowed"),
    "special by name": (r"\csname special\endcsname{psfile=/etc/hostname}x", r"^\\special is not allowed"),
    "special by primitive": (
        r"\csname pdfprimitive\expandafter\endcsname\csname special\endcsname{x}",
        "not",
    ),
    "shipout": (r"\shipout\hbox{a}b", r"^\\shipout is not allowed"),
    "shipout by the driver's name": (r"\csname rendering@shipout\endcsname\hbox{a}b", "not allowed"),
    "endless macro": (r"\def\x{\x}\x", "timed out after 2 s"),
    "endless loop": (r"\loop\iftrue\repeat", "timed out after 2 s"),
    "endless printing": (r"\def\x{\message{" + "x" * 50 + r"}\x}\x", "(killed|timed out)"),
    "endless boxes": (r"\loop\hbox{x}\iftrue\repeat", "TeX capacity exceeded"),
    "endless groups": (r"\def\x{\hbox{\x}}\x", "TeX capacity exceeded"),
    "exponential macro": (r"\def\a#1{\b{#1#1}}\def\b#1{\a{#1#1}}\a x", "TeX capacity exceeded"),
    "exponential array": (
        r"\begin{array}{*{1000000}{*{1000000}{c}}}x\end{array}",
        "(TeX capacity exceeded|timed out)",
    ),
    "deep braces": ("{" * 4000 + "x" + "}" * 4000, "TeX capacity exceeded"),
    "kilometre": (r"\rule{1km}{1km}", "Illegal unit of measure"),
    "six metres": (r"\rule{16383pt}{16383pt}", "Huge page cannot be shipped out"),
    "five metres in no width": (r"\rlap{\rule{500cm}{500cm}}x", "larger than 4000 x 4000 pixels"),
    "far right": (r"x\hspace{500cm}y", "larger than 4000 x 4000 pixels"),
    "far up": (r"\raise 16000pt\hbox{x}y", "larger than 4000 x 4000 pixels"),
    "ten megabytes": ("x" * 10_000_000, "longer than 10000 bytes"),
    "broken UTF-8": (b"x\xff", "not valid UTF-8: invalid start byte at 1"),
    "lone surrogate": ("x\ud800", "not valid UTF-8"),
    "NUL": ("x\0y", r"control character U\+0000 at 1"),
    "escape": ("\x1b[2J", r"control character U\+001B at 0"),
    "open brace": ("{x", "Missing } inserted"),
    "closing brace": ("x}", "Extra }"),
    "open argument": (r"\frac{1", r"File ended while scanning use of \\frac"),
    "open optional argument": (r"\sqrt[", "File ended while scanning use"),
    "open delimiter": (r"\left(x", r"Missing \\right"),
    "open environment": (r"\begin{array}{c}x", r"\\begin{array} .* ended by"),
    "open condition": (r"\iffalse x", r"Incomplete \\iffalse"),
    "end of document": (r"\end{document}", ".+"),
    "end of run": (r"\csname @@end\endcsname", ".+"),
    "end of display": (r"x\]y\[z", None),
    "comment": ("x%", None),
    "parameter character": ("#", "macro parameter character"),
    "alignment character": ("&", "Misplaced alignment tab"),
    "paragraph": ("x\n\ny", "Missing \\$ inserted"),
    "global definition": (r"\gdef\alpha{\beta}\alpha", None),
    "global let": (r"\global\let\frac\binom x", None),
    "global assignments": (r"\globaldefs=1 \def\alpha{Z}x", None),
    "global environment": (r"\begin{global}\let\alpha\beta x", ".+"),
    "global category": (r"\global\catcode`\x=13 y", None),
    "global length": (r"\global\textwidth=1cm x", None),
    "global mathematics": (r"\global\mathcode`\x=`\y z", None),
    "later text": (r"\aftergroup\global\everydisplay{x}y", None),
    "forged log": (r"\wlog{[formula 0 ends]}\message{[formula 0]}x", None),
    "silence": (r"\batchmode\undefined x", r"Undefined control sequence \\undefined"),
}


def pictures(formulas):
    return list(render(formulas, workers=1, timeout=SECONDS))


@pytest.fixture(scope="module")
def undisturbed():
    """The neighbours' pictures, each drawn in a run of its own."""
    return [pictures([formula])[0].png for formula in NEIGHBOURS]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_formula_costs_only_itself(name, undisturbed):
    formula, error = HOSTILE[name]
    start = time.monotonic()
    first, hostile, *others = pictures([NEIGHBOURS[0], formula, *NEIGHBOURS[1:]])
    seconds = time.monotonic() - start
    assert [first.png, *(other.png for other in others)] == undisturbed
    if error is None:
        assert hostile.error is None
        assert hostile.image.size
    else:
        assert hostile.image is None
        assert re.search(error, hostile.error)
    # One time limit for the batch, and one for the formula alone.
    assert seconds < 2 * SECONDS + 20


def test_hostile_formulas_together_cost_only_themselves(undisturbed):
    quick = [formula for formula, error in HOSTILE.values() if "timed out" not in (error or "")]
    rows = [[NEIGHBOURS[0], formula, *NEIGHBOURS[1:]] for formula in quick]
    drawn = [rendering.png for rendering in pictures([formula for row in rows for formula in row])]
    for row in range(len(rows)):
        first, _, *others = drawn[4 * row : 4 * row + 4]
        assert [first, *others] == undisturbed


def test_hostile_formulas_leave_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.chdir(tmp_path)
    names = ["write18", "openout", "openout by name", "openout by its other name", "endless macro", "far up"]
    pictures([HOSTILE[name][0] for name in names])
    assert os.listdir(tmp_path) == []
