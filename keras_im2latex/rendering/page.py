"""The page that a formula is set on: its font, size, resolution and ink."""

from dataclasses import dataclass

# What each named font adds to the preamble. All of them come with Debian's texlive-latex-extra or what it needs.
FONTS = {
    "computer-modern": "",
    "latin-modern": r"\usepackage[T1]{fontenc}\usepackage{lmodern}",
    "times": r"\usepackage{mathptmx}",
    "palatino": r"\usepackage{mathpazo}",
    "txfonts": r"\usepackage{txfonts}",
    "pxfonts": r"\usepackage{pxfonts}",
    "euler": r"\usepackage[euler-digits]{eulervm}",
}
# The document classes of LaTeX itself and of extsizes (in texlive-latex-extra), by font size in points.
_CLASSES = {
    8: "extarticle",
    9: "extarticle",
    10: "article",
    11: "article",
    12: "article",
    14: "extarticle",
    17: "extarticle",
    20: "extarticle",
}


@dataclass(frozen=True)
class Page:
    """The page that a formula is set on.

    `Page()` is the page of the paper: twelve points, Computer Modern, amsmath and amssymb, display style, 200 dots an
    inch.

    Args:
        font_size: int, in points: 8, 9, 10, 11, 12, 14, 17 or 20. Defaults to 12.
        resolution: int, in dots an inch, 30 to 1200. Defaults to 200.
        font: str, one of `FONTS`. Defaults to "computer-modern".
        packages: tuple of str. LaTeX packages to load. Defaults to amsmath and amssymb.
        preamble: str. More lines for the preamble, such as macros of one's own. They are trusted: they can do what
            TeX can, within its sandbox. Defaults to none.
        bold: bool. The formula in bold. Defaults to `False`.
        ink: float from 0 to 1. At 0 a pixel that a stroke covers in part is as grey as its share; at 1 every pixel
            that a stroke touches is black, as on the pictures of IM2LATEX-100K before they are halved. Defaults to 1.

    Example:
        >>> Page(font="times", bold=True).resolution
        200
    """

    font_size: int = 12
    resolution: int = 200
    font: str = "computer-modern"
    packages: tuple[str, ...] = ("amsmath", "amssymb")
    preamble: str = ""
    bold: bool = False
    ink: float = 1.0

    def __post_init__(self):
        object.__setattr__(self, "packages", tuple(self.packages))
        if self.font_size not in _CLASSES:
            raise ValueError(f"`font_size` must be one of {list(_CLASSES)}. Received: {self.font_size!r}")
        if not 30 <= self.resolution <= 1200 or self.resolution != int(self.resolution):
            raise ValueError(
                f"`resolution` must be a whole number from 30 to 1200. Received: {self.resolution!r}"
            )
        if self.font not in FONTS:
            raise ValueError(f"`font` must be one of {list(FONTS)}. Received: {self.font!r}")
        if not 0 <= self.ink <= 1:
            raise ValueError(f"`ink` must be from 0 to 1. Received: {self.ink!r}")

    def document_head(self):
        """The LaTeX source before `\\begin{document}`."""
        lines = [
            rf"\documentclass[{self.font_size}pt]{{{_CLASSES[self.font_size]}}}",
            *(rf"\usepackage{{{package}}}" for package in self.packages),
            FONTS[self.font],
            self.preamble,
            r"\pagestyle{empty}\nofiles",
            r"\AtBeginDocument{\boldmath\bfseries}" if self.bold else "",
        ]
        return "\n".join(line for line in lines if line) + "\n"
