"""Formulas that try to read, write, loop, grow or break what comes after them."""

import os
import re
import time

import pytest

from keras_im2latex.rendering import available, render

pytestmark = pytest.mark.skipif(not available(), reason="TeX is not installed")

NEIGHBOURS = [r"\alpha^x + \mathbf{x}", r"\frac{a}{b}", r"\begin{matrix} 1 & \beta \\ 2 & 3 \end{matrix}"]
SECONDS = 4

# What the error of each says; `None` stands for a picture of its own.
ERRORS = {
    "input": r"^\\input is not allowed",
    "input by name": r"not found",
    "input by primitive": r"can't find file",
    "input by character codes": r"not found",
    "input by environment": r"not found",
    "input by rescanning": r"not found",
    "password file": r"can't find file",
    "openin": r"^\\openin is not allowed",
    "openin by name": r"Emergency stop",
    "dumped file": r"^\\pdffiledump is not allowed",
    "file's checksum": r"^\\pdfmdfivesum is not allowed",
    "verbatiminput": r"^\\verbatiminput is not allowed",
    "includegraphics": r"^\\includegraphics is not allowed",
    "terminal": r"^\\read is not allowed",
    "terminal by name": r"Emergency stop",
    "terminal after an error": r"Undefined control sequence \\undefined",
    "write18": r"not allowed",
    "write18 by name": None,
    "piped input": r"can't find file",
    "openout": r"not allowed",
    "openout by name": r"^\\openout is not allowed",
    "openout by its other name": r"^\\openout is not allowed",
    "special": r"^\\special is not allowed",
    "special by name": r"^\\special is not allowed",
    "special by primitive": r"not",
    "shipout": r"^\\shipout is not allowed",
    "shipout by the driver's name": r"not allowed",
    "endless macro": r"timed out after 4 s",
    "endless loop": r"timed out after 4 s",
    "endless printing": r"(killed|timed out)",
    "endless leaders": r"TeX capacity exceeded",
    "endless boxes": r"TeX capacity exceeded",
    "endless groups": r"TeX capacity exceeded",
    "endless names": r"(TeX capacity exceeded|timed out)",
    "endless fonts": r"(Not enough room left|timed out)",  # as fast as the machine is
    "exponential macro": r"TeX capacity exceeded",
    "exponential array": r"(TeX capacity exceeded|timed out)",
    "deep braces": r"TeX capacity exceeded",
    "deep roots": r"TeX capacity exceeded",
    "deep delimiters": r"TeX capacity exceeded",
    "deep scripts": r"TeX capacity exceeded",
    "kilometre": r"Illegal unit of measure",
    "six metres": r"Huge page cannot be shipped out",
    "five metres in no width": r"larger than 4000 x 4000 pixels",
    "far right": r"larger than 4000 x 4000 pixels",
    "far up": r"larger than 4000 x 4000 pixels",
    "farther than numbers go": r"larger than 4000 x 4000 pixels",
    "ten megabytes": r"longer than 10000 bytes",
    "broken UTF-8": r"not valid UTF-8: invalid start byte at 1",
    "lone surrogate": r"not valid UTF-8",
    "NUL": r"control character U\+0000 at 1",
    "escape": r"control character U\+001B at 0",
    "carriage return": None,
    "line end by character code": None,
    "open brace": r"Missing } inserted",
    "closing brace": r"Extra }",
    "open argument": r"File ended while scanning use of \\frac",
    "open optional argument": r"File ended while scanning use",
    "open delimiter": r"Missing \\right",
    "open environment": r"\\begin{array} .* ended by",
    "open condition": r"Incomplete \\iffalse",
    "end of group": r".+",
    "end of box": r".+",
    "end of document": r".+",
    "end of run": r".+",
    "end of file": None,
    "end of display": None,
    "comment": None,
    "parameter character": r"macro parameter character",
    "alignment character": r"Misplaced alignment tab",
    "paragraph": r"Missing \$ inserted",
    "global definition": None,
    "global let": None,
    "global assignments": None,
    "global environment": r".+",
    "global category": None,
    "global length": None,
    "global mathematics": None,
    "later text": None,
    "the driver's command": None,
    "the driver's shipping": r"leaves a group open or ends the document",
    "forged log": None,
    "forged mark": r"leaves a group open or ends the document",
    "silence": r"Undefined control sequence \\undefined",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder that formulas are told to read and to write."""
    folder = tmp_path_factory.mktemp("folder")
    (folder / "canary.tex").write_text("x")
    return folder


@pytest.fixture(scope="module")
def hostile(load_recipe, folder):
    """Hostile formulas by name."""
    recipe = load_recipe("check_hostile")
    return {name: recipe.formula_of(name, str(folder)) for name in recipe.HOSTILE}


def pictures(formulas, **options):
    return list(render(formulas, timeout=SECONDS, **options))


@pytest.fixture(scope="module")
def undisturbed():
    """The neighbours' pictures, each drawn in a run of its own."""
    return [pictures([formula])[0].png for formula in NEIGHBOURS]


@pytest.fixture(scope="module")
def drawn(hostile):
    """What became of each hostile formula and its neighbours, a batch each, and the seconds for all of them."""
    rows = [[NEIGHBOURS[0], formula, *NEIGHBOURS[1:]] for formula in hostile.values()]
    start = time.monotonic()
    renderings = pictures([formula for row in rows for formula in row], batch_size=4)
    places = range(0, len(renderings), 4)
    return {name: renderings[place : place + 4] for name, place in zip(hostile, places)}, time.monotonic() - start


def test_every_hostile_formula_is_expected_to_fail_or_not(hostile):
    assert list(ERRORS) == list(hostile)


@pytest.mark.parametrize("name", ERRORS)
def test_hostile_formula_costs_only_itself(name, drawn, undisturbed):
    first, middle, *others = drawn[0][name]
    assert [first.png, *(other.png for other in others)] == undisturbed
    if ERRORS[name] is None:
        assert middle.error is None
        assert middle.image.size
    else:
        assert middle.image is None
        assert re.search(ERRORS[name], middle.error)


def test_hostile_formulas_take_bounded_time(drawn, hostile):
    # At most two time limits for each: of its batch, and of a run of its own.
    assert drawn[1] < 2 * SECONDS * len(hostile)


def test_hostile_formulas_together_cost_only_themselves(hostile, undisturbed):
    quick = [formula for name, formula in hostile.items() if "timed out" not in (ERRORS[name] or "")]
    rows = [[NEIGHBOURS[0], formula, *NEIGHBOURS[1:]] for formula in quick]
    drawn = [rendering.png for rendering in pictures([formula for row in rows for formula in row])]
    for row in range(len(rows)):
        first, _, *others = drawn[4 * row : 4 * row + 4]
        assert [first, *others] == undisturbed


def test_hostile_formulas_leave_nothing_behind(hostile, folder, drawn, tmp_path, monkeypatch):
    assert os.listdir(folder) == ["canary.tex"]
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.chdir(tmp_path)
    names = ["write18", "openout", "openout by name", "openout by its other name", "endless macro", "far up"]
    pictures([hostile[name] for name in names])
    assert os.listdir(tmp_path) == []
