"""Tokens to the LaTeX a person would have typed."""

import re
from collections.abc import Iterable

from keras_im2latex.markup.detokenizer_rules import REWRITES

_REWRITES = tuple((re.compile(rewrite.pattern, re.ASCII).sub, rewrite.replacement) for rewrite in REWRITES)


def detokenize(tokens: str | Iterable[str]) -> str:
    r"""Writes tokens as LaTeX that a person would have typed and that draws the same picture.

    Names are closed up (`\operatorname { s i n }` to `\sin`, `\mathrm { T r }` to `\mathrm{Tr}`), primes and
    short scripts are written shortly, braces that draw nothing are dropped, operators stand between spaces.
    Lengths and texts are closed up too (`\hspace { 3 m m }`, `\textrm { a n d }`): compiled as they stand,
    they would fail or draw their spaces. `\limsup` and `\liminf` get back the thin space that spelling them
    out has lost. Any token sequence gives some text; one that is no LaTeX stays none.

    Args:
        tokens: iterable of str, the tokens of one formula; or str, the tokens separated by spaces. ASCII.

    Returns:
        A str, the LaTeX of the formula, on one line.

    Example:

    >>> detokenize(r"\operatorname { s i n } ^ { 2 } x _ { i } = { \frac { 1 } { 2 } } \hspace { 3 m m } .")
    '\\sin^2 x_i = \\frac{1}{2}\\hspace{3mm}.'
    """
    text = tokens if isinstance(tokens, str) else " ".join(tokens)
    text = f" {text} "
    for substitute, replacement in _REWRITES:
        text = substitute(replacement, text)
    return text
