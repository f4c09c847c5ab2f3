"""The constructs a formula is made of, by which its scores are looked at."""

from keras_im2latex.markup.symbols import FRACTIONS, MATH_ALPHABETS

_FRACTIONS = frozenset(f"\\{name}" for name in (*FRACTIONS, "cfrac", "genfrac", "over"))
_SCRIPTS = frozenset("^_")
_OLD_FONTS = ("rm", "bf", "it", "sf", "tt", "sl", "sc", "cal", "mit", "frak", "boldmath", "boldsymbol", "bm", "Bbb")
_TEXTS = (
    "text",
    "textrm",
    "textbf",
    "textit",
    "textsf",
    "texttt",
    "textup",
    "textsc",
    "textsl",
    "emph",
    "mbox",
    "hbox",
)
_FONTS = frozenset(f"\\{name}" for name in (*MATH_ALPHABETS, *_OLD_FONTS, *_TEXTS))
_MATRICES = frozenset(
    f"\\begin{{{name}}}"
    for name in (
        "matrix",
        "pmatrix",
        "bmatrix",
        "Bmatrix",
        "vmatrix",
        "Vmatrix",
        "smallmatrix",
        "mymatrix",
        "mypmatrix",
    )
)
_ARRAY, _ROW_END = r"\begin{array}", "\\\\"
# A brace, or nothing, before an array makes it the lines of a case distinction or of a display.
_MATRIX_DELIMITERS = frozenset(
    f"{side}{delimiter}"
    for side in ("", r"\left", r"\bigl", r"\Bigl", r"\biggl", r"\Biggl")
    for delimiter in ("(", "[", "|", r"\|", r"\vert", r"\Vert", r"\lbrack", r"\langle")
)

CONSTRUCTS = {
    "fractions": "one expression above another with a bar between",
    "matrices": "matrix environments, and arrays right after a bracket or bar",
    "scripts": "subscripts and superscripts",
    "fonts": "changes of font, such as roman, bold and calligraphic, and text",
    "multi-line": "rows outside of matrices, as in aligned displays and case distinctions",
}
"""What each construct means, by name."""


def constructs(tokens):
    r"""Tells which constructs occur in a formula.

    Args:
        tokens: sequence of strings, the tokens of a normalized formula.

    Returns:
        Tuple of names out of `CONSTRUCTS`, in that order; a formula may have several, or none.

    Example:
        >>> constructs(r"\frac { a } { b _ { i } }".split())
        ('fractions', 'scripts')
    """
    found = set()
    environments = []
    for place, token in enumerate(tokens):
        if token in _FRACTIONS:
            found.add("fractions")
        elif token in _SCRIPTS:
            found.add("scripts")
        elif token in _FONTS:
            found.add("fonts")
        elif token.startswith(r"\begin{"):
            bracketed = token == _ARRAY and place > 0 and tokens[place - 1] in _MATRIX_DELIMITERS
            matrix = token in _MATRICES or bracketed
            environments.append(matrix)
            if matrix:
                found.add("matrices")
        elif token.startswith(r"\end{") and environments:
            environments.pop()
        elif token == _ROW_END and not (environments and environments[-1]):
            found.add("multi-line")
    return tuple(name for name in CONSTRUCTS if name in found)
