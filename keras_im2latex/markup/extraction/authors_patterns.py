"""Extraction as the authors of IM2LATEX-100K did it."""

from keras_im2latex.markup.extraction.found_formula import FoundFormula
from keras_im2latex.markup.extraction.paper import decode_source

# Where a formula begins and ends, in the authors' order.
_PATTERNS = (
    ("equation", "\\begin{equation}", "\\end{equation}", "display"),
    ("$$", "$$", "$$", "display"),
    ("$", "$", "$", "inline"),
    ("\\[", "\\[", "\\]", "display"),
    ("\\(", "\\(", "\\)", "inline"),
)
_MIN_LENGTH, _MAX_LENGTH = 40, 1024


def extract_by_authors_patterns(paper):
    r"""Finds formulas by the five patterns that IM2LATEX-100K was made with.

    Macros stay as they are, comments too, and what stands between two formulas is taken for one wherever dollars
    do not pair up: this is for comparing with the published dataset. Formulas of more than 40 and fewer than 1,024
    characters are kept. Only the main file is read.

    Args:
        paper: `Paper`.

    Yields:
        `FoundFormula`, pattern by pattern.

    Raises:
        ReadingError: if the main file cannot be read.

    Reference:
        Deng et al., Image-to-Markup Generation with Coarse-to-Fine Attention, 2017, section 5;
        `latex2formulas.py` of github.com/Miffyli/im2latex-dataset.
    """
    text = decode_source(paper.read(paper.main)).replace("\r\n", "\n").replace("\r", "\n")
    for environment, opening, closing, kind in _PATTERNS:
        counted, line = 0, 1
        start = text.find(opening)
        while start >= 0:
            end = text.find(closing, start + len(opening))
            if end < 0:
                break
            line += text.count("\n", counted, start)
            counted = start
            latex = text[start + len(opening) : end].strip().replace("\n", "")
            dropped = None
            if len(latex) <= _MIN_LENGTH:
                dropped = f"{_MIN_LENGTH} characters or fewer"
            elif len(latex) >= _MAX_LENGTH:
                dropped = f"{_MAX_LENGTH} characters or more"
            latex = "" if dropped else latex
            yield FoundFormula(paper.name, kind, environment, paper.main, line, start, None, latex, dropped)
            start = text.find(opening, end + len(closing))
