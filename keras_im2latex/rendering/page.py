"""The page a formula is set on."""

import dataclasses
import math

from keras_im2latex.rendering.font_family import FONT_FAMILIES

_ARTICLE_SIZES = (10, 11, 12)
_EXTARTICLE_SIZES = (8, 9, 14, 17, 20)
FONT_SIZES = tuple(sorted(_ARTICLE_SIZES + _EXTARTICLE_SIZES))
WEIGHTS = ("medium", "bold")


@dataclasses.dataclass(frozen=True)
class Page:
    """How a formula is set and inked. `Page()` is the page that IM2LATEX-100K was drawn on.

    That page is LaTeX's `article` at 12 points, a display, 200 pixels an inch. It has the commands of amsmath and
    amssymb, but large symbols, `\\big` and the like at their fixed size of 10 points, and `\\hbar` and `\\dots` as
    they are without these packages. No pixel is grey: IM2LATEX-100K's pictures lost the transparency of their
    edges, so each pixel that a stroke touched came out black.

    Args:
        font_size: int. The size of the text, in points: one of 8, 9, 10, 11, 12, 14, 17 and 20. Default 12.
        resolution: int. Pixels an inch, from 50 to 1200. Default 200.
        font_family: str. A key of `FONT_FAMILIES`. Default `"computer-modern"`.
        weight: str. `"medium"` or `"bold"`. Default `"medium"`.
        gamma: float. Exponent on each pixel's whiteness (0 ink, 1 paper), over 0. At 1 edges are as grey as
            the part of the pixel that ink covers; more makes them darker; `math.inf` makes each touched pixel
            black. Default `math.inf`.
        spread: float. Share of its ink that a pixel lends the pixel below, from 0 to 1. It stands for the
            fractions of a pixel that other rasterizers place glyphs at, which make strokes that much thicker.
            Default 0.2.
        packages: tuple of str. Further packages, such as `("bm", "mathrsfs")`. Default none.
        preamble: str. LaTeX read at the preamble's end. It is trusted: it may do all that TeX may. Default
            empty.
        harmless_commands: tuple of str. Commands of `packages` and `preamble`, without their backslash, that
            change nothing outside the formula that uses them. Formulas with other unknown commands are drawn
            correctly, but each in a TeX run of its own, about fifty times slower. Default none.

    Example:

    >>> Page(font_size=10, resolution=150, font_family="times", gamma=1.0, spread=0.0).resolution
    150
    """

    font_size: int = 12
    resolution: int = 200
    font_family: str = "computer-modern"
    weight: str = "medium"
    gamma: float = math.inf
    spread: float = 0.2
    packages: tuple[str, ...] = ()
    preamble: str = ""
    harmless_commands: tuple[str, ...] = ()

    def __post_init__(self):
        if self.font_size not in FONT_SIZES:
            raise ValueError(f"`font_size` must be one of {FONT_SIZES}. Received: font_size={self.font_size}")
        if not 50 <= self.resolution <= 1200:
            raise ValueError(
                f"`resolution` must be from 50 to 1200 pixels an inch. Received: resolution={self.resolution}"
            )
        if self.font_family not in FONT_FAMILIES:
            raise ValueError(
                f"`font_family` must be one of {sorted(FONT_FAMILIES)}. Received: font_family={self.font_family!r}"
            )
        if self.weight not in WEIGHTS:
            raise ValueError(f"`weight` must be one of {WEIGHTS}. Received: weight={self.weight!r}")
        if self.weight == "bold" and not FONT_FAMILIES[self.font_family].bold:
            families = sorted(name for name, family in FONT_FAMILIES.items() if family.bold)
            raise ValueError(
                f"`weight='bold'` needs a `font_family` with bold mathematics, one of {families}. "
                f"Received: font_family={self.font_family!r}"
            )
        if not self.gamma > 0:
            raise ValueError(f"`gamma` must be more than 0. Received: gamma={self.gamma}")
        if not 0 <= self.spread <= 1:
            raise ValueError(f"`spread` must be from 0 to 1. Received: spread={self.spread}")
        object.__setattr__(self, "packages", tuple(self.packages))
        object.__setattr__(self, "harmless_commands", tuple(self.harmless_commands))

    def source(self):
        """Returns the LaTeX preamble of this page, from its document class on."""
        family = FONT_FAMILIES[self.font_family]
        document_class = "article" if self.font_size in _ARTICLE_SIZES else "extarticle"
        lines = [
            rf"\documentclass[{self.font_size}pt]{{{document_class}}}",
            r"\pagestyle{empty}",
            r"\usepackage{amsmath}",
            family.preamble,
            *(rf"\usepackage{{{package}}}" for package in self.packages),
            self.preamble,
        ]
        if self.weight == "bold":
            lines.append(r"\AtBeginDocument{\bfseries\boldmath}")
        return "\n".join(line for line in lines if line) + "\n"
