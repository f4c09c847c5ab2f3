"""Whether TeX can make something of a formula, and the repair of what most often keeps it from that."""

import math
import re
from dataclasses import dataclass

from keras_im2latex.markup.groups import group_end

_ENVIRONMENT = re.compile(r"\\(begin|end)\{(.*)\}")
_DELIMITER = re.compile(r"\\(left|middle|right)(?![A-Za-z])")
_MOST_CELLS = {
    **dict.fromkeys(("picture", "center", "minipage"), 0),
    "gathered": 1,
    **dict.fromkeys(("cases", "split"), 2),
    # amsmath's MaxMatrixCols.
    **dict.fromkeys((f"{kind}matrix" for kind in ("", "p", "b", "B", "v", "V")), 10),
}


def is_well_formed(tokens):
    r"""Whether a formula keeps the rules whose breach is what keeps most of a reader's formulas from compiling.

    - Groups, pairs of `\left` and `\right`, and environments nest. A cell closes what was opened in it.
    - `&` stands in the cells of an environment, and no row has more cells than its environment has columns.
    - Nothing has two superscripts or two subscripts.

    What compiles as it stands is well formed; what fails for another reason, such as an unknown command, may be too.

    Args:
        tokens: list of strings, the tokens of one formula.

    Returns:
        A bool.

    Example:
        >>> is_well_formed(r"\left( \frac { a } { b } \right)".split()), is_well_formed(r"\left( a".split())
        (True, False)
    """
    environments = _environments(tokens)
    if environments is None or any(each.widest_row > each.columns for each in environments):
        return False
    return not any(_has_two_of_a_script(tokens, place) for place, token in enumerate(tokens) if token in ("^", "_"))


def widen_arrays(tokens):
    r"""Gives each `array` as many columns as its widest row has cells, by repeating its last one.

    Args:
        tokens: list of strings, the tokens of one formula.

    Returns:
        A tuple of strings; the same tokens where no array is too narrow, or where groups, delimiters and environments
        do not nest.

    Example:
        >>> " ".join(widen_arrays(r"\begin{array} { l c } a & b & c \end{array}".split()))
        '\\begin{array} { l c c } a & b & c \\end{array}'
    """
    widened = list(tokens)
    for array in sorted(_environments(tokens) or (), key=lambda each: each.last_column, reverse=True):
        if array.last_column and array.widest_row > array.columns:
            place = array.last_column
            widened[place:place] = [tokens[place]] * (array.widest_row - array.columns)
    return tuple(widened)


@dataclass
class _Opened:
    """What was opened and has to be closed.

    Attributes:
        end: what closes it.
        columns: the most cells of a row; 0 where there are no cells.
        last_column: place of the last column among the tokens, 0 where it is not known.
        widest_row: cells of the widest row.
        cells: cells of the last row.
    """

    end: str
    columns: float = 0
    last_column: int = 0
    widest_row: int = 0
    cells: int = 1


def _environments(tokens):
    """The environments of a formula, or None where something is not closed where it has to be."""
    opened, environments = [_Opened("")], []
    for place, token in enumerate(tokens):
        inner = opened[-1]
        side, name = part_of_a_pair(token)
        if side == "begin":
            opened.append(_opened_environment(name, tokens, place))
            environments.append(opened[-1])
        elif side in ("{", "left"):
            opened.append(_Opened({"{": "}", "left": "right"}[side]))
        elif side == "middle":
            if inner.end != "right":
                return None
        elif side:
            if opened.pop().end != side + name:
                return None
        elif token == "&":
            if not inner.columns:
                return None
            inner.cells += 1
            inner.widest_row = max(inner.widest_row, inner.cells)
        elif token == "\\multicolumn":
            count = "".join(tokens[place + 1 : group_end(tokens, place + 1)]).strip("{}")
            inner.cells += int(count) - 1 if count.isdecimal() else 0
            inner.widest_row = max(inner.widest_row, inner.cells)
        elif token in ("\\\\", "\\cr"):
            around = next(each for each in reversed(opened) if each.end != "right")
            if around is not inner and around.columns:
                return None
            inner.cells = 1
    return environments if len(opened) == 1 else None


def part_of_a_pair(token):
    """Which side of a pair a token is, and the name of its environment; two empty strings if it is none."""
    if token in ("{", "}"):
        return token, ""
    if environment := _ENVIRONMENT.fullmatch(token):
        return environment.groups()
    delimiter = _DELIMITER.match(token)
    return (delimiter[1] if delimiter else ""), ""


def _opened_environment(name, tokens, place):
    if name != "array":
        return _Opened(f"end{name}", _MOST_CELLS.get(name, math.inf))
    end = group_end(tokens, place + 1)
    places = [each for each in range(place + 1, end) if tokens[each] in ("l", "c", "r")]
    if not places or not set(tokens[place + 2 : end - 1]) <= {*"lcr|"}:
        return _Opened("endarray", math.inf)
    return _Opened("endarray", len(places), places[-1])


def _has_two_of_a_script(tokens, place):
    """Whether the scripts that follow each other from a place on are two superscripts or two subscripts."""
    found = []
    while place < len(tokens) and tokens[place] in ("^", "_"):
        if tokens[place] in found:
            return True
        found.append(tokens[place])
        place = group_end(tokens, place + 1)
    return False
