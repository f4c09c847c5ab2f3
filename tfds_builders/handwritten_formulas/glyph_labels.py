"""Which handwritten symbol stands for which printed character."""

import re

_SIZES = re.compile(r"(?<=[a-z])(?:big|Big|bigg|Bigg|text|display)$")
_PIECES = re.compile(r"^(paren|bracket|brace)(left|right)(?:tp|bt|ex|mid)$")
_DIGITS = "zero one two three four five six seven eight nine".split()  # noqa: SIM905
_GREEK = "alpha beta gamma theta lambda mu pi sigma phi Delta".split()  # noqa: SIM905

_LABELS = {
    **{name: str(digit) for digit, name in enumerate(_DIGITS)},
    **{f"{name}oldstyle": str(digit) for digit, name in enumerate(_DIGITS)},
    **{name: f"\\{name}" for name in _GREEK},
    "plus": "+",
    "minus": "-",
    "hyphen": "-",
    "endash": "-",
    "macron": "-",
    "equal": "=",
    "parenleft": "(",
    "parenright": ")",
    "bracketleft": "[",
    "bracketright": "]",
    "braceleft": r"\{",
    "braceright": r"\}",
    "bar": "|",
    "vextendsingle": "|",
    "comma": ",",
    "period": ".",
    "periodcentered": ".",
    "dotaccent": ".",
    "slash": "/",
    "negationslash": "/",
    "exclam": "!",
    "less": r"\lt",
    "greater": r"\gt",
    "angbracketleft": r"\lt",
    "angbracketright": r"\gt",
    "lessequal": r"\leq",
    "greaterequal": r"\geq",
    "lessorequalslant": r"\leq",
    "greaterorequalslant": r"\geq",
    "plusminus": r"\pm",
    "multiply": r"\times",
    "divide": r"\div",
    "infinity": r"\infty",
    "summation": r"\sum",
    "integral": r"\int",
    "arrowright": r"\rightarrow",
    "vector": r"\rightarrow",
    "element": r"\in",
    "universal": r"\forall",
    "existential": r"\exists",
    "prime": r"\prime",
}

# Letters of which CROHME has no sample, and one that differs in size alone.
_SIMILAR = {"O": "0", "U": "u", "W": "w", "Z": "z", "K": "k", "Sigma": r"\sum"}

WORDS = {"sin": r"\sin", "cos": r"\cos", "tan": r"\tan", "log": r"\log", "lim": r"\lim"}
"""Names of operators that are written in one go."""


def glyph_label(name: str, labels) -> str | None:
    """CROHME's label of a printed character, whatever its font and size.

    Args:
        name: the character's name in its font.
        labels: the labels of which there are samples.

    Returns:
        One of `labels`, or `None`.
    """
    name = _SIZES.sub("", name)
    piece = _PIECES.match(name)
    if piece:
        name = piece[1] + piece[2]
    for label in (_LABELS.get(name), name if len(name) == 1 else None, _SIMILAR.get(name)):
        if label in labels:
            return label
    return None
