"""MathJax in a browser."""

import contextlib

from tfds_builders.foreign_formulas.browser_page import BrowserPage

_DOCUMENT = """<!doctype html>
<style>
  body { margin: 0; background: white; color: black; font-family: serif }
  mjx-container { margin: 0 !important }
</style>
<script>
  const error = (_, reason) => { throw reason };
  MathJax = {
    startup: {typeset: false},
    options: {enableMenu: false, enableAssistiveMml: false},
    tex: {packages: {"[-]": ["noerrors", "noundefined"]}, formatError: error},
    svg: {fontCache: "none"},
    chtml: {matchFontHeight: false, fontURL: "/es5/output/chtml/fonts/woff-v2"},
  };
</script>
<script src="/es5/tex-OUTPUT-full.js"></script>
<script>
  const ready = () => MathJax.startup.promise;
  async function draw(formula, size, place) {
    const node = await MathJax.tex2OUTPUTPromise(formula, {display: true, em: size, containerWidth: 1e6});
    const broken = node.querySelector("[data-mml-node=merror], mjx-merror, [data-mjx-error]");
    if (broken) return {error: broken.getAttribute("data-mjx-error") || "error"};
    const svg = node.querySelector("svg");
    if (svg) {  // sized by the surrounding text's ex, which is rounded; its box is in thousandths of an em
      svg.style.width = svg.viewBox.baseVal.width / 1000 + "em";
      svg.style.height = svg.viewBox.baseVal.height / 1000 + "em";
    }
    place.replaceChildren(node);
    MathJax.startup.document.clear();
    MathJax.startup.document.updateDocument();
    place.getBoundingClientRect();
    await document.fonts.ready;
  }
</script>
"""


class MathjaxRenderer:
    """Draws formulas with MathJax, as outlines (SVG) and with web fonts (CHTML).

    Args:
        package: folder of the npm package mathjax, version 3.

    Example:
        >>> with MathjaxRenderer("node_modules/mathjax") as renderer:
        ...     drawings = list(renderer.draw(["x^2"], "svg", em=33.2))
    """

    FONTS = ("svg", "chtml")

    def __init__(self, package):
        self._pages = {font: BrowserPage(_DOCUMENT.replace("OUTPUT", font), package) for font in self.FONTS}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.ExitStack() as stack:
            for page in self._pages.values():
                stack.push(page)

    def draw(self, formulas, font, em):
        """Draws formulas as displays.

        Args:
            formulas: list of str, LaTeX.
            font: one of `FONTS`.
            em: pixels an em.

        Yields:
            A `Drawing` for each formula.
        """
        yield from self._pages[font].draw_all(formulas, em)
