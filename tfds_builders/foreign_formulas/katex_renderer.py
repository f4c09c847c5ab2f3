"""KaTeX in a browser."""

import re

from tfds_builders.foreign_formulas.browser_page import BrowserPage
from tfds_builders.foreign_formulas.drawing import Drawing

_DOCUMENT = """<!doctype html>
<link rel="stylesheet" href="/dist/katex.min.css">
<style>
  body { margin: 0; background: white; color: black }
  .katex, .katex-display > .katex { font-size: 1em }
  .katex-display { margin: 0 }
</style>
<script src="/dist/katex.min.js"></script>
<script>
  const ready = () => Promise.all([...document.fonts].map((font) => font.load()));
  function draw(formula, size, place) {
    katex.render(formula, place, {displayMode: true, throwOnError: true, strict: "ignore", output: "html"});
  }
</script>
"""


class KatexRenderer:
    """Draws formulas with KaTeX, in its own fonts.

    Args:
        package: folder of the npm package katex.

    Example:
        >>> with KatexRenderer("node_modules/katex") as renderer:
        ...     drawings = list(renderer.draw(["x^2"], "katex", em=33.2))
    """

    FONTS = ("katex",)

    def __init__(self, package):
        self._page = BrowserPage(_DOCUMENT, package)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._page.__exit__()

    def draw(self, formulas, font, em):
        """Draws formulas as displays.

        Args:
            formulas: list of str, LaTeX.
            font: one of `FONTS`.
            em: pixels an em.

        Yields:
            A `Drawing` for each formula.
        """
        del font
        for drawing in self._page.draw_all(formulas, em):
            yield drawing if drawing.error is None else Drawing(error=_without_place(drawing.error))


def _without_place(error):
    """KaTeX's message, less where in the formula it happened."""
    return re.sub(r"( at position \d+| at end of input|: ?…).*", "", error.removeprefix("KaTeX parse error: "))
