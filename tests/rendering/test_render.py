"""Pictures against what is known of them without dvipng: lengths in LaTeX, Poppler, and the authors' own."""

import csv
import io
import itertools
import os
import shutil
import subprocess
import tarfile
import threading

import numpy as np
import pytest
from PIL import Image

from keras_im2latex.rendering import MissingTeX, Page, available, render, sandbox

needs_tex = pytest.mark.skipif(not available(), reason="TeX is not installed")
PIXELS_A_CENTIMETRE = 200 / 2.54


def picture(formula, **options):
    (rendering,) = render([formula], Page(**options), workers=1)
    assert rendering.error is None
    return rendering.image


def crop(image):
    rows, columns = np.flatnonzero((image < 255).any(1)), np.flatnonzero((image < 255).any(0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


@needs_tex
def test_picture_is_cropped_black_on_white():
    image = picture("x + y")
    assert image.dtype == np.uint8
    assert image.min() == 0
    assert image.max() == 255
    assert all((edge < 255).any() for edge in (image[0], image[-1], image[:, 0], image[:, -1]))


@needs_tex
@pytest.mark.parametrize("resolution", [100, 200, 300])
def test_rule_has_its_size_in_pixels(resolution):
    image = picture(r"\rule{2cm}{1cm}", resolution=resolution, spread=0)
    centimetre = resolution / 2.54
    assert image.shape[0] == pytest.approx(centimetre, abs=1)
    assert image.shape[1] == pytest.approx(2 * centimetre, abs=1)
    assert not image.any()


@needs_tex
def test_fraction_bar_has_its_thickness():
    # At 12 points a fraction bar is as thick as the extension font says: 0.4 points, 1.1 pixels.
    image = picture(r"\frac{\hspace{1cm}}{\hspace{1cm}}", spread=0)
    assert image.shape[0] in (1, 2)
    assert image.shape[1] == pytest.approx(PIXELS_A_CENTIMETRE, abs=2)


@needs_tex
def test_spread_lends_ink_to_the_pixel_below():
    plain, spread = picture("x_1", spread=0), picture("x_1", spread=0.2)
    assert set(np.unique(plain)) == {0, 255}
    ink = np.pad(plain == 0, ((0, 1), (0, 0)))
    below = np.pad(plain == 0, ((1, 0), (0, 0))) & ~ink
    np.testing.assert_array_equal(spread, np.where(ink, 0, np.where(below, 255 - 51, 255)))


@needs_tex
@pytest.mark.skipif(not (shutil.which("pdflatex") and shutil.which("pdftoppm")), reason="needs pdflatex and Poppler")
def test_pictures_have_the_size_that_poppler_draws(tmp_path):
    formulas = [
        r"\int_0^\infty e^{-x^2} dx = \frac{\sqrt{\pi}}{2}",
        r"\left( \begin{array}{cc} a & b \\ c & d \end{array} \right)",
        r"\sum_{n=1}^{\infty} \frac{1}{n^2} \leq \prod_p \mathbb{Z}_p \otimes \mathcal{O}",
    ]
    body = "".join(rf"\begin{{displaymath}}{formula}\end{{displaymath}}\newpage" for formula in formulas)
    source = Page().source() + rf"\begin{{document}}{body}\end{{document}}"
    (tmp_path / "pages.tex").write_text(source)
    command = ["pdflatex", "-interaction=batchmode", "pages.tex"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    subprocess.run(["pdftoppm", "-r", "200", "-gray", "pages.pdf", "page"], cwd=tmp_path, check=True)
    for rendering, path in zip(render(formulas, Page(spread=0)), sorted(tmp_path.glob("page-*.pgm"))):
        expected = crop(np.array(Image.open(path)))
        # Poppler draws at fractions of a pixel, so that a picture may touch one more on each side.
        np.testing.assert_allclose(rendering.image.shape, expected.shape, atol=2)


@needs_tex
def test_pictures_are_those_of_im2latex_100k():
    folder = os.environ.get("IM2LATEX_DATA")
    if not folder:
        pytest.skip("IM2LATEX_DATA is not set")
    path = os.path.join(folder, "im2latex100k_original_sample.tar.xz")
    with tarfile.open(path, "r|xz") as archive:  # read once from end to end
        members = [(m.name, archive.extractfile(m).read()) for m in archive if m.isfile()]
    files = {os.path.basename(name): data for name, data in members}
    table = io.StringIO(files["formulas.tsv"].decode())
    rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))[:100]
    originals = [np.array(Image.open(io.BytesIO(files[row["image"]])).convert("L")) for row in rows]
    near, ink = [], []
    for original, rendering in zip(originals, render([row["raw"].strip("%") for row in rows])):
        if rendering.error:
            continue
        height, width = (size + 16 for size in rendering.image.shape)
        canvas = np.full((height + height % 2 + 40, width + width % 2 + 40), 255, np.uint8)
        canvas[8 : height - 8, 8 : width - 8] = rendering.image
        half = Image.fromarray(canvas).resize((canvas.shape[1] // 2, canvas.shape[0] // 2), Image.LANCZOS)
        ours, theirs = (crop(np.where(image < 250, image, 255)) for image in (np.array(half), original))
        near.append(max(abs(a - b) for a, b in zip(ours.shape, theirs.shape)) <= 1)
        ink.append((255.0 - ours).sum() / (255.0 - theirs).sum())
    assert len(near) >= 95
    assert np.mean(near) >= 0.9
    assert np.median(ink) == pytest.approx(1, abs=0.03)


@needs_tex
def test_errors_are_those_of_tex():
    formulas = [r"x \foo y", r"\frac{1", "x^2", r"a^b^c", "", r"\hspace{1cm}"]
    errors = [rendering.error for rendering in render(formulas)]
    assert errors == [
        r"Undefined control sequence \foo",
        r"File ended while scanning use of \frac",
        None,
        "Double superscript",
        "blank",
        "blank",
    ]


@needs_tex
def test_order_is_kept_and_batches_and_workers_make_no_difference():
    formulas = [rf"x_{{{n}}}" if n % 7 else rf"\undefined{{{n}}}" for n in range(60)]
    one = [rendering.png for rendering in render(formulas, workers=1)]
    many = [rendering.png for rendering in render(iter(formulas), workers=3, batch_size=7)]
    assert one == many
    assert [png is None for png in one] == [n % 7 == 0 for n in range(60)]
    assert len(set(one)) == len(formulas) - 9 + 1
    alone = [next(render([formulas[n]])).png for n in (1, 23, 59)]
    assert alone == [one[n] for n in (1, 23, 59)]


@needs_tex
def test_formulas_are_taken_as_pictures_are_asked_for():
    taken = itertools.count()
    endless = (f"x_{{{next(taken)}}}" for _ in itertools.count())
    renderings = render(endless, workers=2, batch_size=5)
    assert [next(renderings).error for _ in range(12)] == [None] * 12
    renderings.close()
    assert next(taken) < 60
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("render")]


@needs_tex
def test_page_with_packages_draws_their_commands():
    page = Page(packages=("bm",), harmless_commands=("bm",))
    bold, undefined, plain = [next(render([r"\bm{x}"], page)), *render([r"\bm{x}", "x"])]
    assert undefined.error == r"Undefined control sequence \bm"
    assert (bold.image == 0).sum() > (plain.image == 0).sum()


@needs_tex
def test_page_that_does_not_compile_is_refused():
    with pytest.raises(MissingTeX, match=r"no-such-package\.sty' not found"):
        next(render(["x"], Page(packages=("no-such-package",))))
    with pytest.raises(ValueError, match=r"Undefined control sequence \\nosuchcommand"):
        next(render(["x"], Page(preamble=r"\nosuchcommand")))


def test_missing_tex_names_the_packages_to_install(monkeypatch):
    monkeypatch.setattr(sandbox.shutil, "which", lambda program: None)
    assert not available()
    with pytest.raises(MissingTeX, match=r"apt-get install .*texlive-latex-base.*Not found: pdftex"):
        render(["x"])


@pytest.mark.parametrize("option", ["workers", "batch_size", "max_side", "timeout"])
def test_options_out_of_range_are_refused(option):
    with pytest.raises(ValueError, match=rf"`{option}` must be .* Received: {option}=-1"):
        render(["x"], **{option: -1})


@needs_tex
def test_formulas_between_two_that_leave_environments_open_are_drawn():
    # Each of the two ends inside an environment of its own; whatever came next would be set inside of that, too.
    array = r"\left\{ \begin{array}{l} a \\ {\frac{1}{2} b}"
    matrix = r"\left( \begin{matrix} 1 & -N \\ 2 & \frac{3}{4} \right)"
    good = ["x + y", r"\int_0^1 z", r"\frac{a}{b}"]
    renderings = render([array, *good, matrix, *good, array, *good], workers=1)
    alone = [render([formula], workers=1) for formula in [array, *good, matrix]]
    expected = {formula: next(rendering) for formula, rendering in zip([array, *good, matrix], alone)}
    for formula, rendering in zip([array, *good, matrix, *good, array, *good], renderings, strict=True):
        assert (rendering.png, rendering.error) == (expected[formula].png, expected[formula].error)
        assert (rendering.error is None) == (formula in good)
