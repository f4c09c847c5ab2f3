"""Matplotlib's mathtext."""

import contextlib
import logging
import re

import numpy as np

from tfds_builders.foreign_formulas.drawing import Drawing
from tfds_builders.foreign_formulas.missing_renderer import MissingRenderer

_POINTS_AN_INCH = 72


class MathtextRenderer:
    """Draws formulas as matplotlib's plots show them.

    Example:
        >>> with MathtextRenderer() as renderer:
        ...     drawings = list(renderer.draw(["x^2"], "stix", em=33.2))
    """

    FONTS = ("cm", "stix", "stixsans", "dejavusans", "dejavuserif")

    def __enter__(self):
        try:
            from matplotlib.mathtext import MathTextParser
        except ImportError as error:
            raise MissingRenderer("Drawing with mathtext needs matplotlib: pip install matplotlib") from error
        self._parser = MathTextParser("agg")
        return self

    def __exit__(self, *_):
        return None

    def draw(self, formulas, font, em):
        """Draws formulas.

        Args:
            formulas: list of str, LaTeX.
            font: one of `FONTS`, matplotlib's names of its families.
            em: pixels an em.

        Yields:
            A `Drawing` for each formula.
        """
        from matplotlib.font_manager import FontProperties

        properties = FontProperties(size=em, math_fontfamily=font)
        for formula in formulas:
            try:
                with _warnings() as warnings:
                    ink = self._parser.parse(f"${formula}$", dpi=_POINTS_AN_INCH, prop=properties).image
            except Exception as error:  # whatever a formula makes mathtext fail with, TypeError for one
                yield Drawing(error=_reason(error))
                continue
            if warnings:
                yield Drawing(error=warnings[0])
            else:
                yield Drawing.of_page(np.subtract(255, np.asarray(ink, np.uint8)))


@contextlib.contextmanager
def _warnings():
    """What mathtext only logs: that it drew a dummy for a glyph that its font lacks."""
    found = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: found.append(record.getMessage())
    logger = logging.getLogger("matplotlib.mathtext")
    logger.addHandler(handler)
    try:
        yield found
    finally:
        logger.removeHandler(handler)


def _reason(error):
    """The last line of mathtext's message, less where in the formula it happened."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return re.sub(r", found .*|\s+\(at char.*", "", lines[-1]).split("Exception: ")[-1]
