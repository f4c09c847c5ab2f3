"""LaTeX source to the tokens the faithful normalizer reads."""

import functools
import re

from keras_im2latex.markup.normalization.errors import NormalizationError
from keras_im2latex.markup.normalization.tex_tables import SYNONYMS

# Stands after the last token.
END = ""

_NUMBER = r"[-+]?\s*(?:\d+\.?\d*|\.\d+)"
_UNIT = r"(?:pt|em|ex|mu|cm|mm|in|pc|bp|dd|cc|sp)"
_GROUP = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_TOKEN = re.compile(
    r"\\(?:begin|end)\s*\{\s*[A-Za-z]+\*?\s*\}"
    r"|\\(?:hspace|vspace)\*?\s*\{[^{}]*\}"
    rf"|\\(?:hskip|kern|mkern|mskip)\s*{_NUMBER}\s*{_UNIT}(?:\s*(?:plus|minus)\s*{_NUMBER}\s*{_UNIT})*"
    r"|\\rule\s*(?:\[[^\[\]]*\])?\s*\{[^{}]*\}\s*\{[^{}]*\}"
    rf"|\\uppercase\s*(?:\\expandafter\s*)?{_GROUP}"
    r"|\\(?:label|tag\*?|cline)\s*\{[^{}]*\}"
    r"|\\(?:mathchar|char)\s*(?:\"[0-9A-F]+|'[0-7]+|\d+)(?:\s*\\relax(?![A-Za-z]))?"
    r"|\\operatorname\s*\*"
    rf"|\\\\\*?\s*\[\s*{_NUMBER}\s*{_UNIT}\s*\]"
    r"|\\\\\*"
    r"|\\[a-zA-Z]+"
    r"|\\."
    r"|[ \t\r\n]+"
    r"|.",
    re.DOTALL,
)
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)(%[^\n]*)")
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e]")
_TEXT_COMMAND = re.compile(r"\\(?:text[a-z]*|[mhvf]box|vtop|vcenter|emph|underbar|[rlc]lap)(?![A-Za-z])")
_DROPPED = re.compile(r"\\(?:label|nonumber|notag|relax|allowbreak|nobreak)(?![A-Za-z])")


def tokenize_tex(latex):
    r"""Splits LaTeX into tokens.

    A command with a length (`\hspace{3mm}`, `\\[2pt]`) and an environment's edge (`\begin{array}`) are one
    token each. White space is kept, as one blank, inside the arguments of text commands only. Synonyms are
    already replaced; comments and labels are gone.

    Args:
        latex: string. One formula.

    Returns:
        A list of strings, ended by an empty one.

    Raises:
        NormalizationError: if `latex` holds a character outside printable ASCII.
    """
    source = _blank_comments(latex)
    if not source.isascii() or not source.isprintable():
        forbidden = _FORBIDDEN.search(source)
        if forbidden:
            raise NormalizationError(f"{forbidden[0]!r} is not printable ASCII", forbidden.start(), latex)
    matches = _TOKEN.findall(source)
    if _TEXT_COMMAND.search(source):
        tokens = [_canonical(matches[place]) or " " for place in _kept(matches)]
    else:
        tokens = list(filter(None, map(_canonical, matches)))
    tokens.append(END)
    return tokens


def position_of(latex, index):
    """Returns where in a formula one of its tokens starts.

    Args:
        latex: string. The formula.
        index: int. Which of `tokenize_tex(latex)`.

    Returns:
        An int, the number of characters before that token.
    """
    matches = list(_TOKEN.finditer(_blank_comments(latex)))
    kept = _kept([match[0] for match in matches])
    return matches[kept[index]].start() if index < len(kept) else len(latex)


def _blank_comments(latex):
    if "%" not in latex:
        return latex
    return _COMMENT.sub(lambda match: match[1] + " " * len(match[2]), latex)


def _kept(matches):
    """The places of those matches that are tokens: all but white space outside text."""
    kept = []
    depth = 0
    text_depths = []
    opening_text = False
    for place, match in enumerate(matches):
        if match.isspace():
            before = matches[place - 1] if place else ""
            after_control_word = len(before) > 1 and before[-1].isalpha()
            if text_depths and not opening_text and not after_control_word:
                kept.append(place)
            continue
        if match == "{":
            depth += 1
            if opening_text:
                text_depths.append(depth)
        elif match == "}":
            if text_depths and text_depths[-1] == depth:
                text_depths.pop()
            depth -= 1
        opening_text = _TEXT_COMMAND.fullmatch(match) is not None
        if not _DROPPED.match(match):
            kept.append(place)
    return kept


@functools.lru_cache(maxsize=4096)
def _canonical(match):
    """The token that a match is; an empty string for white space and what draws nothing."""
    if match.isspace() or _DROPPED.match(match):
        return ""
    if len(match) < 3 or match[1:].isalpha():
        return SYNONYMS.get(match, match)
    return _written(match)


def _written(token):
    """A token of several parts without its white space."""
    if token[-1] == "}" and token[1:4] not in ("beg", "end"):
        token = re.sub(r"(\\[A-Za-z]+)\s+(?=[A-Za-z])", r"\1{}", token)
        token = re.sub(r"(\\[A-Za-z]+)\s+", r"\1", token)
        token = "".join(token.split())
    token = "".join(token.split()) or " "
    if token.startswith("\\\\"):
        return _row_end(token)
    return SYNONYMS.get(token, token)


def _row_end(token):
    r"""`\\` with the space after the row, if any, in one of its spellings."""
    gap = re.search(r"([-+]?[\d.]+)([a-z]+)", token)
    if gap is None or float(gap[1]) == 0:
        return "\\\\"
    size, unit = float(gap[1]), gap[2]
    if unit == "cm":
        size, unit = 10 * size, "mm"
    return f"\\\\[{size:g}{unit}]"
