"""TeX with fonts that nothing here is trained on."""

import dataclasses

from keras_im2latex.rendering import MissingTeX, Page, render
from tfds_builders.foreign_formulas.drawing import Drawing
from tfds_builders.foreign_formulas.missing_renderer import MissingRenderer

_POINTS_AN_INCH = 72.27


@dataclasses.dataclass(frozen=True)
class _Typeface:
    font_size: int
    preamble: str
    debian_package: str = "texlive-fonts-extra"


_TYPEFACES = {
    "stix2": _Typeface(10, r"\usepackage{stix2}"),
    "libertinus": _Typeface(11, r"\usepackage{libertinus}\usepackage{libertinust1math}"),
    "kpfonts": _Typeface(10, r"\usepackage{kpfonts}"),
    "fourier": _Typeface(11, r"\usepackage{fourier}"),
    "cmbright": _Typeface(10, r"\usepackage{cmbright}"),
    "iwona": _Typeface(11, r"\usepackage[math]{iwona}"),
    "bookman": _Typeface(
        10, r"\usepackage{bookman}\usepackage[italic]{mathastext}", "texlive-fonts-recommended texlive-latex-extra"
    ),
    "new-century": _Typeface(
        11, r"\usepackage{newcent}\usepackage[italic]{mathastext}", "texlive-fonts-recommended texlive-latex-extra"
    ),
}


class TexRenderer:
    """Draws formulas by this project's own TeX, in typefaces that `FONT_FAMILIES` lacks and with grey edges.

    Example:
        >>> with TexRenderer() as renderer:
        ...     drawings = list(renderer.draw(["x^2"], "stix2", em=33.2))
    """

    FONTS = tuple(_TYPEFACES)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def draw(self, formulas, font, em):
        """Draws formulas as displays.

        Args:
            formulas: list of str, LaTeX.
            font: one of `FONTS`. Most are in Debian's texlive-fonts-extra.
            em: pixels an em, rounded so that an inch has a whole number of pixels.

        Yields:
            A `Drawing` for each formula.

        Raises:
            MissingRenderer: if TeX or the font is not installed.
        """
        typeface = _TYPEFACES[font]
        page = Page(
            font_size=typeface.font_size,
            resolution=round(em * _POINTS_AN_INCH / typeface.font_size),
            preamble=typeface.preamble,
            gamma=1.0,
            spread=0.0,
        )
        try:
            for rendering in render(formulas, page):
                yield Drawing(error=rendering.error) if rendering.error else Drawing.of_page(rendering.image)
        except MissingTeX as error:
            raise MissingRenderer(
                f"Drawing with TeX in {font!r} needs {typeface.debian_package} (Debian). Received: {error}"
            ) from error
