"""The spelling of formulas that were written by hand."""

import re

from keras_im2latex.markup import tokenize
from keras_im2latex.markup.groups import group_end
from keras_im2latex.markup.normalization import normalize
from tfds_builders.crohme.spacing_braces import without_spacing_braces

_UNSEEN = frozenset(
    r"""
    $ ~ \ \, \; \: \! \> \quad \qquad \enspace \enskip \thinspace \medspace \thickspace \negthinspace \negmedspace
    \negthickspace \space \nobreakspace \hfill \hfil \nonumber \notag \relax \allowbreak \nobreak \strut \mathstrut
    \null \rm \bf \it \sf \tt \sl \sc \cal \mit \em \scr \boldmath \unboldmath \bfseries \itshape \rmfamily
    \mathrm \mathbf \mathit \mathsf \mathtt \mathcal \mathbb \mathfrak \mathscr \mathds \mathbbm \mathnormal
    \boldsymbol \bm \pmb \bold \Bbb \frak \text \textrm \textbf \textit \textsf \texttt \textsl \textsc \textup \textmd
    \textnormal \emph \mbox \hbox \ensuremath \mathord \mathbin \mathrel \mathopen \mathclose \mathpunct \mathinner
    \displaystyle \textstyle \scriptstyle \scriptscriptstyle \tiny \scriptsize \footnotesize \small \normalsize \large
    \Large \LARGE \huge \Huge \limits \nolimits \displaylimits
    \big \Big \bigg \Bigg \bigl \Bigl \biggl \Biggl \bigr \Bigr \biggr \Biggr \bigm \Bigm \biggm \Biggm
    """.split()  # noqa: SIM905
)
_UNSEEN_WITH_ARGUMENT = frozenset(
    [
        "\\hspace",
        "\\vspace",
        "\\phantom",
        "\\hphantom",
        "\\vphantom",
        "\\label",
        "\\tag",
        "\\hskip",
        "\\kern",
        "\\mkern",
    ]
)
_SIDED = re.compile(r"\\(?:left|right|middle)(?![A-Za-z])(.+)")
_DEGREE = "[ [object Object] ]"


def handwritten_form(latex: str) -> str:
    r"""Brings a formula to the one spelling of what its handwriting shows.

    Upright, bold and script letters look alike when written by hand, a bracket is as high as it is, and nobody measures
    spaces: fonts, styles, sizes, `\left` and `\right`, `\limits` and spacing are left out. What is left is brought to
    one spelling (`normalize` with `mode="faithful"`), without braces that only change spaces, then to the form of
    IM2LATEX-100K's normalized formulas (`mode="im2markup"`), with one difference: a root keeps its degree.

    Args:
        latex: one formula, without the dollars around it.

    Returns:
        Tokens separated by spaces.

    Raises:
        ValueError: when the formula cannot be read.

    Example:
        >>> handwritten_form(r"\left( \mbox{x} \right)^{3} \, \sin y")
        '( x ) ^ { 3 } \\operatorname { s i n } y'
    """
    faithful = " ".join(without_spacing_braces(normalize(" ".join(_seen(tokenize(latex)))).split()))
    normalized = normalize(faithful, mode="im2markup")
    for degree in _degrees(faithful.split()):
        normalized = normalized.replace(_DEGREE, f"[ {normalize(degree, mode='im2markup')} ]", 1)
    return normalized


def _seen(tokens):
    """The tokens without those that handwriting doesn't show."""
    place = 0
    while place < len(tokens):
        token = tokens[place]
        place += 1
        sided = _SIDED.fullmatch(token)
        if token in _UNSEEN_WITH_ARGUMENT:
            place += tokens[place : place + 1] == ["*"]
            place = group_end(tokens, place)
        elif sided:
            if sided[1] != ".":
                yield sided[1]
        elif token not in _UNSEEN:
            yield token


def _degrees(tokens):
    for place, token in enumerate(tokens):
        if token == "\\sqrt" and tokens[place + 1 : place + 2] == ["["]:
            end = place + 2
            while tokens[end] != "]":
                end = group_end(tokens, end)
            yield " ".join(tokens[place + 2 : end])
