r"""One spelling for what draws alike: the one that IM2LATEX-100K's authors mostly used.

The rules keep to the syntax that Python and RE2 share, as the detokenizer's do, so that input pipelines respell inside
the TensorFlow graph.
"""

import re

from keras_im2latex.markup.detokenizer_rules import Rewrite
from keras_im2latex.markup.symbols import ACCENTS

SYNONYMS = {
    r"\ast": "*",
    r"\dots": r"\ldots",
    r"\ge": r"\geq",
    r"\gets": r"\leftarrow",
    r"\land": r"\wedge",
    r"\lbrace": r"\{",
    r"\lbrack": "[",
    r"\le": r"\leq",
    r"\lor": r"\vee",
    r"\ne": r"\neq",
    r"\owns": r"\ni",
    r"\rbrace": r"\}",
    r"\rbrack": "]",
    r"\to": r"\rightarrow",
    r"\vert": "|",
    r"\Vert": r"\|",
}
"""Tokens that draw the same atom as another one that the dataset has more often.

They do so on its page, which is plain LaTeX's: amsmath's `\\dots` looks at what follows.
"""

_ACCENT = rf"\\(?:{'|'.join(sorted(ACCENTS))})"

SPELLING_REWRITES = (
    *(Rewrite(re.escape(rare) + " ", f"{usual} ".replace("\\", r"\\")) for rare, usual in SYNONYMS.items()),
    Rewrite(rf"([_^]|{_ACCENT}) \{{ \\math(cal|bf) \{{ ([^{{}}]*)\}} \}}", r"\1 { \\\2 \3}"),
    Rewrite(r"\\math(cal|bf) \{ ([^{}]*)\}", r"{ \\\1 \2}"),
)
"""Rewrites of a formula that ends with a space."""

_REWRITES = tuple((re.compile(rewrite.pattern).sub, rewrite.replacement) for rewrite in SPELLING_REWRITES)


def respell(tokens: str) -> str:
    r"""Spells a formula as IM2LATEX-100K mostly does, and changes nothing that is drawn.

    Of the calligraphic letters in IM2LATEX-100K's validation formulas 88 % are `{ \cal L }` and 12 % `\mathcal { L }`;
    in papers of today it is the reverse. A picture does not tell which it was: a reader writes what it was mostly
    taught. Formulas spelled alike teach it the dataset's spelling, and leave it one thing less to guess. People are
    given what they type today all the same: `detokenize` writes `\mathcal{L}`. One drawing in a
    thousand does change: an accent over the accent of such a letter moves.

    Args:
        tokens: str, normalized tokens of a formula, separated by spaces.

    Returns:
        A str of the same kind.

    Example:

    >>> respell(r"\mathcal { L } \le \left\vert x \right\vert")
    '{ \\cal L } \\leq \\left| x \\right|'
    """
    text = f"{tokens} "
    for substitute, replacement in _REWRITES:
        text = substitute(replacement, text)
    return text[:-1]
