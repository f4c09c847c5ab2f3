"""The browser with pages and packages made here; with KaTeX and MathJax themselves where IM2LATEX_NPM names them."""

import contextlib
import http.server
import importlib.util
import os
import pathlib
import shutil
import signal
import tarfile
import threading

import numpy as np
import pytest
import tensorflow_datasets as tfds

from tfds_builders.foreign_formulas.browser_page import BrowserPage
from tfds_builders.foreign_formulas.katex_renderer import KatexRenderer
from tfds_builders.foreign_formulas.mathjax_renderer import MathjaxRenderer
from tfds_builders.foreign_formulas.missing_renderer import MissingRenderer
from tfds_builders.foreign_formulas.npm_packages import find_package, package_version
from tfds_builders.foreign_formulas.scale import x_height_share

needs_browser = pytest.mark.skipif(
    not (shutil.which("chromium") and importlib.util.find_spec("playwright")), reason="needs chromium and playwright"
)

PAGE = """<body style="margin: 0; background: white">
<script>
  const ready = () => null;
  async function draw(formula, size, place) {
    if (formula == "hang") while (true) {}
    if (formula == "wrong") throw new Error("no such formula");
    if (formula.startsWith("http")) return {error: await fetch(formula).then(() => "reached", () => "refused")};
    const sizes = formula.startsWith("box") ? formula.split(" ").slice(1) : [formula == "wide" ? 100 : 3, 1];
    const [width, height, shift] = sizes;
    const box = document.createElement("div");
    box.style.cssText = `width: ${width * size}px; height: ${height * size}px; background: black;
      box-sizing: border-box`;
    if (formula.startsWith("box")) box.style.border = "0.2em double grey";
    const shifted = box.cloneNode();
    shifted.style.cssText += `position: absolute; left: ${shift * size}px; top: 0.3em`;
    place.append(box, ...(shift ? [shifted] : []));
  }
</script>"""

FAKE_KATEX = """
const katex = {render: (formula, place, options) => {
  if (formula.includes("notacommand"))
    throw new Error("KaTeX parse error: Undefined control sequence: \\\\notacommand at position 1: …");
  place.innerHTML = "<span class=katex style='display:inline-block;width:3em;height:1em;background:black'></span>";
}};
"""


@needs_browser
def test_pictures_have_the_em_asked_for_and_no_margin(tmp_path):
    with BrowserPage(PAGE, tmp_path) as page:
        shapes = [page.draw("block", em).image.shape for em in (16.0, 40.0, 100.0)]
    assert shapes == [(16, 48), (40, 120), (100, 300)]


@needs_browser
def test_a_formula_that_stops_the_browser_costs_only_itself(tmp_path):
    with BrowserPage(PAGE, tmp_path, seconds=2.0) as page:
        drawings = [page.draw(formula, 20.0) for formula in ("block", "wrong", "hang", "wide", "block")]
    assert [drawing.error for drawing in drawings] == [
        None,
        "no such formula",
        "timed out",
        "larger than the page",
        None,
    ]
    np.testing.assert_array_equal(drawings[0].image, drawings[-1].image)


def browsers_of_this_process():
    """Process ids of the browsers started below this process."""
    parents, browsers = {}, set()
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            pid, rest = status.read_text().split(" (", 1)
            program, rest = rest.rsplit(") ", 1)
            parents[int(pid)] = int(rest.split()[1])
            if program.startswith("chrom"):
                browsers.add(int(pid))
    lineages = {pid: {pid} for pid in browsers}
    for pid, lineage in lineages.items():
        while (pid := parents.get(pid)) and pid not in lineage:
            lineage.add(pid)
    return [pid for pid, lineage in lineages.items() if os.getpid() in lineage]


@needs_browser
def test_a_browser_that_dies_costs_at_most_one_formula_and_none_is_left_at_the_end(tmp_path):
    with BrowserPage(PAGE, tmp_path) as page:
        before = page.draw("block", 20.0)
        for pid in browsers_of_this_process():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        lost, after = page.draw("block", 20.0), page.draw("block", 20.0)
    assert "browser failed" in lost.error
    np.testing.assert_array_equal(before.image, after.image)
    assert not browsers_of_this_process()


SIZES = [f"box {1 + 7 * number % 19} {0.5 + 3 * number % 4}" for number in range(70)]


@needs_browser
@pytest.mark.parametrize("em", [17.3, 35.0, 104.0])
def test_formulas_side_by_side_are_drawn_as_each_alone(tmp_path, em):
    formulas = [*SIZES[:40], "wrong", "wide", *SIZES[40:]]
    with BrowserPage(PAGE, tmp_path) as page:
        together = list(page.draw_all(formulas, em))
        assert [drawing.error for drawing in together[40:42]] == ["no such formula", "larger than the page"]
        for number in (0, 1, 2, 17, 33, 34, 70, 71):
            np.testing.assert_array_equal(together[number].image, page.draw(formulas[number], em).image)


@needs_browser
def test_ink_far_from_its_formula_reaches_no_other(tmp_path):
    shifts = [0.8, -0.8, 5, -5, 12, -12]
    formulas = [text for shift in shifts for text in (f"box 3 1 {shift}", "box 3 1")]
    with BrowserPage(PAGE, tmp_path) as page:
        together = list(page.draw_all(formulas, 20.0))
        alone = [page.draw(formula, 20.0) for formula in formulas[:2]]
    for drawing in together[1::2]:
        np.testing.assert_array_equal(drawing.image, alone[1].image)
    np.testing.assert_array_equal(together[0].image, alone[0].image)
    assert together[0].image.shape[1] == 76  # 0.8 em of the overhang are seen


@needs_browser
def test_a_formula_that_stops_the_browser_costs_none_of_those_beside_it(tmp_path):
    with BrowserPage(PAGE, tmp_path, seconds=2.0) as page:
        drawings = list(page.draw_all(["block", "hang", "wrong", "block", "block"], 20.0))
        assert [drawing.error for drawing in drawings] == [None, "timed out", "no such formula", None, None]
        for pid in browsers_of_this_process():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert [drawing.error for drawing in page.draw_all(["block", "block"], 20.0)] == [None, None]


@needs_browser
def test_the_page_reaches_nothing_but_its_folder(tmp_path):
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with BrowserPage(PAGE, tmp_path) as page:
            assert page.draw(f"http://127.0.0.1:{server.server_port}/", 20.0).error == "refused"
    finally:
        server.shutdown()
    assert asked == []


@needs_browser
def test_a_renderer_s_message_loses_where_it_happened(tmp_path):
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "katex.min.js").write_text(FAKE_KATEX)
    with KatexRenderer(tmp_path) as renderer:
        good, bad, again = renderer.draw(["x", r"\notacommand", "x"], "katex", 30.0)
    assert good.image.shape == again.image.shape == (30, 90)
    assert bad.error == r"Undefined control sequence: \notacommand"


@needs_browser
@pytest.mark.skipif("IM2LATEX_NPM" not in os.environ, reason="IM2LATEX_NPM names no folder of npm packages")
@pytest.mark.parametrize(("renderer", "name"), [(KatexRenderer, "katex"), (MathjaxRenderer, "mathjax")])
def test_katex_and_mathjax_draw_at_the_em_asked_for(renderer, name, tmp_path):
    package = find_package(name, os.environ["IM2LATEX_NPM"], tfds.download.DownloadManager(download_dir=tmp_path))
    formulas = ["0", r"\frac{1}{2}", r"\notacommand", r"\left( x"]
    with renderer(package) as entered:
        for font in renderer.FONTS:
            assert 0.42 < x_height_share(entered, font) < 0.48  # both are Computer Modern: 0.4306, and a pixel's edge
            small, large = (list(entered.draw(formulas, font, em)) for em in (20.0, 100.0))
            assert [drawing.error is None for drawing in small] == [True, True, False, False]
            assert "ndefined control sequence" in small[2].error
            for few, many in zip(small[:2], large):
                excess = np.array(many.image.shape) - 5 * np.array(few.image.shape)
                assert np.abs(excess).max() <= 10  # two of the small picture's pixels


@needs_browser
@pytest.mark.skipif("IM2LATEX_NPM" not in os.environ, reason="IM2LATEX_NPM names no folder of npm packages")
@pytest.mark.parametrize(("renderer", "name"), [(KatexRenderer, "katex"), (MathjaxRenderer, "mathjax")])
def test_katex_and_mathjax_draw_side_by_side_what_they_draw_alone(renderer, name, tmp_path):
    package = find_package(name, os.environ["IM2LATEX_NPM"], tfds.download.DownloadManager(download_dir=tmp_path))
    formulas = [
        rf"\frac{{x_{{{n}}}}}{{{n}!}} + \int_0^{{{n}}} f(t)\,dt = \sqrt{{a^{{{n}}}}} \left( b" for n in range(24)
    ]
    formulas = [formula + r" \right)" for formula in formulas]
    with renderer(package) as entered:
        for font in renderer.FONTS:
            for em in (17.3, 70.0):
                together = list(entered.draw(formulas, font, em))
                for number in (0, 5, 11, 23):
                    (alone,) = entered.draw(formulas[number : number + 1], font, em)
                    differences = np.abs(together[number].image.astype(int) - alone.image)
                    # Letters are the same to the pixel. Chromium fills outlines in single precision from the page's
                    # corner: here and there the edge of one comes out otherwise.
                    assert (differences > 0).mean() < 0.01
                    assert differences.mean() < 0.1


def test_packages_are_found_unpacked_and_packed(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    manager = tfds.download.DownloadManager(download_dir=tmp_path / "downloads")
    with pytest.raises(MissingRenderer, match=r"npm pack katex@.*Not found: npm"):
        find_package("katex", tmp_path, manager)
    source = tmp_path / "package"
    source.mkdir()
    (source / "package.json").write_text('{"version": "9.8.7"}')
    with tarfile.open(tmp_path / "katex-9.8.7.tgz", "w:gz") as archive:
        archive.add(source, "package")
    assert package_version(find_package("katex", tmp_path, manager)) == "9.8.7"
    installed = tmp_path / "project" / "node_modules" / "katex"
    installed.mkdir(parents=True)
    (installed / "package.json").write_text('{"version": "1.2.3"}')
    assert package_version(find_package("katex", tmp_path / "project", manager)) == "1.2.3"
