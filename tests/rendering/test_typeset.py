import shutil
import subprocess

import pytest

from keras_im2latex.rendering import Page, Rule, Typesetting, render, typeset
from keras_im2latex.rendering.dvi_pages import read_pages

SOURCE = r"""
\shipout\vbox{\hsize=300pt\noindent
$$\sum_{i=0}^n{\alpha_i\over\sqrt{1+x^2}}=\left(\matrix{a&b\cr c&d\cr}\right)\overline{xy}$$
\special{nothing to see}Text, with ligatures: fire, and kerns: AVA. \hfil \vrule height 3pt depth 2pt width 1pt}
\shipout\hbox{}
\shipout\hbox{\kern 7pt\raise 3pt\hbox{$x$}\vrule width 0pt height 5pt}
\end
"""

pytestmark = pytest.mark.skipif(not shutil.which("dvipng"), reason="needs latex and dvipng")


def plain_tex(folder, source):
    (folder / "pages.tex").write_text(source)
    subprocess.run(["tex", "-interaction=batchmode", "pages.tex"], cwd=folder, check=True, capture_output=True)
    return folder / "pages.dvi"


@pytest.fixture
def dvi(tmp_path):
    return plain_tex(tmp_path, SOURCE)


def test_characters_and_rules_stand_where_another_reader_finds_them(dvi):
    dviread = pytest.importorskip("matplotlib.dviread")
    found = read_pages(dvi.read_bytes())
    with dviread.Dvi(str(dvi), None) as reader:  # without a resolution places are in the file's own units
        pages = list(reader)
    assert len(found) == len(pages) == 3
    assert len(found[0].glyphs) > 50
    for page, other in zip(found, pages):
        assert [(glyph.font, glyph.code) for glyph in page.glyphs] == [
            (_name(text.font.texname), text.glyph) for text in other.text
        ]
        assert len(page.rules) == len(other.boxes)
        for axis in ("x", "y"):
            ours = [getattr(item, axis) for item in (*page.glyphs, *page.rules)]
            theirs = [getattr(item, axis) / 65536 for item in (*other.text, *other.boxes)]
            assert ours == pytest.approx(theirs, abs=0.001)


def test_magnification_enlarges_everything(dvi, tmp_path):
    once = read_pages(dvi.read_bytes())[0]
    twice = read_pages(plain_tex(tmp_path, r"\mag=2000" + SOURCE).read_bytes())[0]
    small, large = once.rules[0], twice.rules[0]
    assert (large.width, large.height) == pytest.approx((2 * small.width, 2 * small.height))
    assert twice.glyphs[0].size == pytest.approx(2 * once.glyphs[0].size)


def _name(texname):
    return texname.decode() if isinstance(texname, bytes) else texname


def test_a_fraction_is_two_characters_and_a_bar():
    (fraction,) = typeset([r"\frac{1}{x}"])
    (one, x), (bar,) = fraction.glyphs, fraction.rules
    assert (one.font, one.code) == ("cmr12", ord("1"))
    assert (x.font, x.code) == ("cmmi12", ord("x"))
    assert one.size == pytest.approx(12, abs=1e-4)
    assert one.y < bar.y < x.y
    assert bar.height == pytest.approx(0.4, abs=0.001)  # of cmex10, which this page keeps at ten points
    assert bar.x <= x.x


def test_what_fails_here_fails_in_render_for_the_same_reason():
    formulas = ["x", r"\foo", "", "a_b_c", r"\special{x}", "y"]
    typesettings, renderings = list(typeset(formulas, batch_size=4)), list(render(formulas))
    assert [typesetting.error for typesetting in typesettings] == [rendering.error for rendering in renderings]
    assert [len(typesetting.glyphs) for typesetting in typesettings] == [1, 0, 0, 0, 0, 1]


def test_no_ink_is_no_characters_and_no_rules():
    assert list(typeset([r"\quad\rule{0pt}{5pt}"])) == [Typesetting()]
    (block,) = typeset([r"\rule[-1pt]{5pt}{3pt}"], Page(font_size=10))
    assert [(round(rule.width, 3), round(rule.height, 3)) for rule in block.rules] == [(5.0, 3.0)]
    assert isinstance(block.rules[0], Rule)


@pytest.mark.parametrize(("options", "name"), [({"batch_size": 0}, "batch_size"), ({"timeout": 0}, "timeout")])
def test_options_out_of_range_are_refused(options, name):
    with pytest.raises(ValueError, match=f"`{name}` must be .* Received: {name}=0"):
        next(typeset(["x"], **options))


@pytest.mark.parametrize("length", [0, 10, 60, 200])
def test_a_broken_file_is_refused(dvi, length):
    with pytest.raises(ValueError, match="The DVI file is broken"):
        read_pages(dvi.read_bytes()[:length])
