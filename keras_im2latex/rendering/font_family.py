"""The font families a page can be set in."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class FontFamily:
    """Fonts for the letters and symbols of a formula.

    Args:
        preamble: str. The LaTeX that selects the family, read after amsmath.
        bold: bool. Whether it has bold mathematics.
        debian_package: str. The Debian package that holds its fonts.
    """

    preamble: str
    bold: bool = True
    debian_package: str = "texlive-latex-recommended"


_AMS_SYMBOLS = r"\usepackage{amssymb}"
_SANS_TEXT = r"\renewcommand{\familydefault}{\sfdefault}"
# LaTeX without amsmath and amssymb drew IM2LATEX-100K: it keeps the large symbols, and with them \big and the like, at
# 10 pt, which those scale with the text; makes \hbar of a letter and a stroke; and has dots on the line by \dots.
_WITHOUT_AMS = (
    r"\DeclareFontShape{OMX}{cmex}{m}{n}{<->sfixed*cmex10}{}"
    r"\makeatletter\addto@hook\every@math@size{\global\big@size12\p@}\makeatother"
    r"\renewcommand{\hbar}{{\mathchar'26\mkern-9mu h}}"
    r"\let\dots\ldots"
)

FONT_FAMILIES = {
    "computer-modern": FontFamily(_AMS_SYMBOLS + _WITHOUT_AMS),
    "computer-modern-scaled": FontFamily(_AMS_SYMBOLS),
    "computer-modern-sans": FontFamily(
        _AMS_SYMBOLS + _SANS_TEXT + r"\usepackage{sansmath}\AtBeginDocument{\sansmath}",
        bold=False,
        debian_package="texlive-latex-extra",
    ),
    "latin-modern": FontFamily(_AMS_SYMBOLS + r"\usepackage{lmodern}", debian_package="lmodern"),
    "euler": FontFamily(_AMS_SYMBOLS + r"\usepackage[mathcal]{euler}", debian_package="texlive-latex-extra"),
    "times": FontFamily(
        _AMS_SYMBOLS + r"\usepackage{mathptmx}",
        bold=False,
        debian_package="texlive-fonts-recommended",
    ),
    "times-tx": FontFamily(r"\usepackage{txfonts}", debian_package="texlive-fonts-recommended"),
    "palatino": FontFamily(_AMS_SYMBOLS + r"\usepackage{mathpazo}", debian_package="texlive-fonts-recommended"),
    "palatino-px": FontFamily(r"\usepackage{pxfonts}", debian_package="texlive-fonts-recommended"),
    "charter": FontFamily(
        _AMS_SYMBOLS + r"\usepackage{charter}\usepackage[italic]{mathastext}",
        debian_package="texlive-fonts-recommended",
    ),
    "helvetica": FontFamily(
        _AMS_SYMBOLS + r"\usepackage[scaled]{helvet}" + _SANS_TEXT + r"\usepackage[italic]{mathastext}",
        debian_package="texlive-fonts-recommended",
    ),
}
