"""Presentation MathML to LaTeX, as far as handwritten formulas use it."""

from keras_im2latex.markup.symbols import (
    GREEK_LETTERS,
    OPERATORS_WITH_LIMITS,
    OPERATORS_WITH_SIDE_SCRIPTS,
    ORDINARY_SYMBOLS,
    SCRIPT_SYMBOLS,
    SPACED_SYMBOLS,
    WORDS_WITHOUT_ARGUMENT,
)

_IDENTIFIERS = frozenset((*GREEK_LETTERS, *OPERATORS_WITH_SIDE_SCRIPTS, *OPERATORS_WITH_LIMITS, "infty"))
_WORDS = _IDENTIFIERS | {*ORDINARY_SYMBOLS, *SCRIPT_SYMBOLS, *SPACED_SYMBOLS, *WORDS_WITHOUT_ARGUMENT, "lt", "gt"}
_GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi o pi rho varsigma sigma tau upsilon"
_CHARACTERS = {
    **{chr(0x3B1 + place): rf"\{name} " for place, name in enumerate(f"{_GREEK} phi chi psi omega".split())},
    "\u0394": r"\Delta ",
    "{": r"\{ ",
    "}": r"\} ",
    "\u2212": "-",
    "\u00b1": r"\pm ",
    "\u00b7": r"\cdot ",
    "\u22c5": r"\cdot ",
    "\u00d7": r"\times ",
    "\u00f7": r"\div ",
    "\u2264": r"\leq ",
    "\u2265": r"\geq ",
    "\u2260": r"\neq ",
    "\u2192": r"\rightarrow ",
    "\u221e": r"\infty ",
    "\u2211": r"\sum ",
    "\u222b": r"\int ",
    "\u2208": r"\in ",
    "\u2200": r"\forall ",
    "\u2203": r"\exists ",
    "\u2026": r"\ldots ",
    "\u22ef": r"\cdots ",
    "\u2032": r"\prime ",
}
_GROUPS = frozenset(["math", "mrow", "mstyle", "semantics", "mpadded"])
_TOKENS = frozenset(["mi", "mn", "mo", "mtext", "ms"])
_SCRIPTS = {
    "msub": "_",
    "munder": "_",
    "msup": "^",
    "mover": "^",
    "msubsup": "_^",
    "munderover": "_^",
}


def mathml_to_latex(element) -> str:
    r"""Writes an element of presentation MathML as LaTeX.

    Args:
        element: an `xml.etree` element in any namespace: `math` or a part of it. Identifiers and operators may be
            characters, or names with or without a backslash (`\phi`, `Delta`), as CROHME has them.

    Returns:
        LaTeX, not normalized.

    Raises:
        ValueError: for an element that handwritten formulas have no use for; its name is in the message.

    Example:
        >>> mathml_to_latex(ElementTree.fromstring("<mfrac><mn>1</mn><mi>alpha</mi></mfrac>"))
        '\\frac{1}{\\alpha }'
    """
    name = element.tag.rpartition("}")[2]
    children = [child for child in element if isinstance(child.tag, str) and "annotation" not in child.tag]
    if name in _TOKENS:
        return _token(name, (element.text or "").strip())
    parts = [mathml_to_latex(child) for child in children]
    if name in _GROUPS:
        return "".join(parts)
    if name == "msqrt":
        return rf"\sqrt{{{''.join(parts)}}}"
    arguments = {"mfrac": 2, "mroot": 2, **{script: 1 + len(marks) for script, marks in _SCRIPTS.items()}}
    if name not in arguments:
        raise ValueError(f"no LaTeX for the MathML element <{name}>")
    if len(parts) != arguments[name]:
        raise ValueError(f"the MathML element <{name}> must hold {arguments[name]} others, not {len(parts)}")
    if name == "mfrac":
        return rf"\frac{{{parts[0]}}}{{{parts[1]}}}"
    if name == "mroot":
        return rf"\sqrt[{parts[1]}]{{{parts[0]}}}"
    base = parts[0] if children[0].tag.rpartition("}")[2] in _TOKENS else f"{{{parts[0]}}}"
    return base + "".join(f"{mark}{{{part}}}" for mark, part in zip(_SCRIPTS[name], parts[1:]))


def _token(name, text):
    if text.startswith("\\"):
        return f"{text} "
    if text in _WORDS and (name == "mo" or text in _IDENTIFIERS):
        return rf"\{text} "
    return "".join(_CHARACTERS.get(character, character) for character in text)
