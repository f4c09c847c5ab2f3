import shutil

import numpy as np
import pytest

from keras_im2latex.rendering import Page, render, typeset
from tfds_builders.handwritten_formulas.glyph_shape import glyph_shape
from tfds_builders.handwritten_formulas.glyph_skeleton import glyph_skeleton
from tfds_builders.handwritten_formulas.printed_symbols import printed_symbols

pytestmark = pytest.mark.skipif(not shutil.which("latex"), reason="needs latex and its fonts")

LABELS = frozenset(["x", "s", "i", "n", "h", "-", "|", "(", ")", "=", "1", r"\sin", r"\sqrt", r"\{", r"\sum"])


def symbols(latex, labels=LABELS):
    (typesetting,) = typeset([latex])
    return printed_symbols(typesetting, labels)


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{x^2}{\sqrt{1+y}}",
        r"\left\{\begin{array}{c|c}1\\2\\3\\4\\\hline 5\end{array}\right.",
        r"\int_0^1\sum_{i=1}^n\widehat{ab}\overline{xyz}",
        r"\left(\frac{\frac{a}{b}}{\frac{c}{d}}\right)\mathfrak{g}\mathbb{R}\underbrace{abcd}",
    ],
)
def test_the_boxes_of_all_symbols_together_are_the_picture_s_own_ink(latex):
    page = Page(resolution=600, gamma=1.0, spread=0.0)
    (rendering,) = render([latex], page)
    boxes = np.array([(*symbol.box[:2], symbol.bar or symbol.box[2], symbol.box[3]) for symbol in symbols(latex)])
    extent = (boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)) * 600 / 72.27
    assert rendering.image.shape[1] == pytest.approx(extent[0], abs=4)
    assert rendering.image.shape[0] == pytest.approx(extent[1], abs=4)


def test_operators_are_words_only_when_nothing_else_belongs_to_them():
    assert [symbol.label for symbol in symbols(r"\sin x")] == [r"\sin", "x"]
    assert [symbol.label for symbol in symbols(r"sin")] == ["s", "i", "n"]  # italic: three factors
    assert [symbol.label for symbol in symbols(r"\sinh x")] == ["s", "i", "n", "h", "x"]
    assert [symbol.label for symbol in symbols(r"\mathrm{xsin}")] == ["x", "s", "i", "n"]
    assert [symbol.label for symbol in symbols(r"\sin", LABELS - {r"\sin"})] == ["s", "i", "n"]


def test_tall_brackets_are_one_symbol_each():
    tall = r"\left({\rule{0pt}{150pt}}x\right)"
    left, x, right = symbols(tall)
    assert (left.label, x.label, right.label) == ("(", "x", ")")
    assert left.box[3] - left.box[1] > 140
    brace, one, dash = symbols(r"\left\{{\rule{0pt}{150pt}}1\right| ")
    assert (brace.label, one.label, dash.label) == (r"\{", "1", "|")
    assert brace.box[3] - brace.box[1] > 140
    assert dash.box[3] - dash.box[1] > 140


def test_roots_take_their_bars_and_fractions_keep_theirs():
    fraction = symbols(r"\frac{\sqrt{xxx}}{1}")
    (root,) = (symbol for symbol in fraction if symbol.label == r"\sqrt")
    (bar,) = (symbol for symbol in fraction if symbol.name == "rule")
    under = [symbol for symbol in fraction if symbol.label == "x"]
    assert root.bar >= max(symbol.box[2] for symbol in under)
    assert root.box[2] <= min(symbol.box[0] for symbol in under) + 0.5  # the sign and the bar overlap
    assert bar.label == "-"
    (tall,) = (symbol for symbol in symbols(r"\sqrt{\rule{0pt}{150pt}x}") if symbol.bar is not None)
    assert tall.label == r"\sqrt"
    assert tall.box[3] - tall.box[1] > 140


def test_double_bars_are_two_and_lines_of_a_table_are_whole():
    assert [symbol.label for symbol in symbols(r"\|x\|")] == ["|", "|", "x", "|", "|"]
    table = symbols(r"\begin{array}{c|c}1&1\\1&1\\1&1\end{array}")
    assert [symbol.label for symbol in table if symbol.name == "rule"] == ["|"]


def test_colons_are_dots():
    labels = LABELS | {".", ","}
    assert [symbol.label for symbol in symbols("x:x;", labels)] == ["x", ".", ".", "x", ".", ","]
    for latex in (":", ";"):
        (whole,), (dot, lower) = symbols(latex), symbols(latex, labels)
        assert dot.box[3] < lower.box[1]
        assert (dot.box[1], lower.box[3]) == (whole.box[1], whole.box[3])


def test_fonts_and_sizes_make_no_difference():
    found = symbols(r"x\mathbf{x}\mathrm{x}\mathcal{X}\mathbb{X}\sum\textstyle\sum\displaystyle\bigl(", LABELS | {"X"})
    assert [symbol.label for symbol in found] == ["x", "x", "x", "X", "X", r"\sum", r"\sum", "("]
    (delta,) = symbols(r"\delta")
    assert (delta.name, delta.label) == ("delta", None)


@pytest.mark.parametrize(
    ("font", "code", "strokes"), [("cmr12", ord("l"), None), ("cmsy10", 0, 1), ("cmr12", ord("O"), 1)]
)
def test_a_skeleton_runs_in_the_middle_of_its_character(font, code, strokes):
    path = pytest.importorskip("matplotlib.path")
    shape, skeleton = glyph_shape(font, code), glyph_skeleton(font, code)
    left, lower, right, upper = shape.box
    outline = path.Path(shape.vertices, shape.codes)
    # A skeleton has lost its place: it lies as far from all four sides.
    corner = np.array([(left + right) / 2 - skeleton.size[0] / 2, -(lower + upper) / 2 - skeleton.size[1] / 2])
    points = (skeleton.points + corner) * [1, -1]
    radius = 0.02 if outline.contains_points([[left, lower]], radius=0.02)[0] else -0.02
    inside = outline.contains_points(points, radius=radius) | outline.contains_points(points)
    assert inside.mean() > 0.95
    assert skeleton.size[0] > 0.7 * (right - left) - 0.1
    assert skeleton.size[1] > 0.7 * (upper - lower) - 0.1
    if strokes:
        assert len(skeleton.lengths) == strokes


def test_a_ring_closes():
    skeleton = glyph_skeleton("cmr12", ord("O"))
    assert np.abs(skeleton.points[0] - skeleton.points[-1]).max() < 0.05


def test_characters_of_an_unknown_font_have_no_shape():
    assert glyph_shape("nosuchfont10", 65) is None
