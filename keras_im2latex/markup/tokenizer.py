"""LaTeX source to tokens."""

import re

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(?:\n[ \t]*|\Z)")
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e]")
_TOKEN = re.compile(
    r"\\(?:begin|end)\s*\{\s*[A-Za-z]+\*?\s*\}"
    r"|\\(?:left|right)(?![A-Za-z])\s*(?:\\[A-Za-z]+|\\?\S)"
    r"|\\operatorname\*"
    r"|\\[A-Za-z]+"
    r"|\\(?:\s+|\Z|.)"
    r"|---?"
    r"|\[object(?=\sObject\])|(?<=\[object\s)Object\]"  # the im2markup normalizer's word for a root's degree
    r"|\S"
)
_SPACE = re.compile(r"\s+")


def tokenize(latex: str) -> list[str]:
    r"""Splits LaTeX source into the tokens of the im2markup normalized form.

    A token is a control word (`\frac`), a control symbol (`\,`; the control space is the token `\`), an
    environment's edge (`\begin{matrix}`), a delimiter with its side (`\left(`, `\right\rangle`), the starred
    `\operatorname*`, a run of two or three dashes, or one character. Text whose tokens already stand between
    spaces comes back as exactly those tokens. Comments are dropped.

    Args:
        latex: str. A formula in LaTeX, without the dollar signs around it. Printable ASCII characters.

    Returns:
        A list of str, the tokens. No token contains a space.

    Raises:
        TypeError: `latex` is not a string.
        ValueError: `latex` holds a character outside printable ASCII.

    Example:

    >>> tokenize(r"\frac{a}{b}\left( x \right)")
    ['\\frac', '{', 'a', '}', '{', 'b', '}', '\\left(', 'x', '\\right)']

    Reference:
        - [Image-to-Markup Generation with Coarse-to-Fine Attention](https://arxiv.org/abs/1609.04938)
    """
    if not isinstance(latex, str):
        raise TypeError(f"`latex` must be a string. Received: {latex!r} (of type {type(latex).__name__})")
    forbidden = _FORBIDDEN.search(latex)
    if forbidden:
        raise ValueError(
            "`latex` must hold printable ASCII characters only; write others as LaTeX commands. "
            f"Received: {forbidden[0]!r} at position {forbidden.start()} of {latex!r}"
        )
    if "%" in latex:
        latex = _COMMENT.sub(r"\1", latex)
    return [_SPACE.sub("", token) for token in _TOKEN.findall(latex)]
