"""Displays of several rows: written so that they compile inside another display, and row by row."""

import re

from keras_im2latex.markup.extraction.environments import (
    DISPLAYS,
    DISPLAYS_WITH_ARGUMENT,
    ROWS_INSIDE,
    THREE_COLUMNS,
)
from keras_im2latex.markup.extraction.formula_tokens import is_blank, trim
from keras_im2latex.markup.groups import group_end

_LENGTH = re.compile(r"[-+]?\s*\d*[.,]?\d*\s*(?:\\[A-Za-z]+|pt|em|ex|mu|cm|mm|in|pc|bp|dd|cc|sp)\s*")
_ROW_ENDS = ("\\\\", "\\cr", "\\tabularnewline")
_BETWEEN_ROWS = ("\\intertext", "\\shortintertext")
# Commands around a cell that belong to the way the rows are placed: where what is drawn stands among the arguments.
_CELLS = {
    "\\multicolumn": 2, "\\IEEEeqnarraymulticol": 2, "\\lefteqn": 0, "\\shoveleft": 0, "\\shoveright": 0,
    "\\mathrlap": 0, "\\mathllap": 0, "\\omit": -1, "\\span": -1, "\\hline": -1, "\\hspace*": -1,
}  # fmt: skip


class DisplayRows:
    r"""The rows of a display.

    Args:
        environment: string. What the display stands in, such as `"align*"` or `"\["`.
        tokens: list of str. The display, cleaned.

    Attributes:
        rows: list of lists of str. The tokens of each row that is not empty, without `&`.
        whole: list of str. The display's tokens as they may stand inside another display.
        reason: string or `None`. Why the display as a whole is of no use, though its rows may be.

    Example:

    >>> display = DisplayRows("align", ["a", "&", "=", "b", "\\\\", "&", "=", "c"])
    >>> ["".join(row) for row in display.rows]
    ['a =b', '=c']
    >>> "".join(display.whole)
    '\\begin{aligned}a&=b\\\\&=c\\end{aligned}'
    """

    def __init__(self, environment, tokens):
        tokens = trim(tokens)
        self.reason = None
        inner = DISPLAYS.get(environment)
        if inner:
            argument = []
            if environment in DISPLAYS_WITH_ARGUMENT:
                tokens, argument = _without_argument(tokens)
            self._read(tokens, environment in THREE_COLUMNS, environment)
            if len(self._lines) == 1:
                self.whole = self.rows[0] if self.rows else []
            else:
                kept = argument if inner == "alignedat" else []
                self.whole = [f"\\begin{{{inner}}}", *kept, *self._joined(), f"\\end{{{inner}}}"]
            return
        # \begin{equation}\begin{split}…\end{split}\end{equation} is a display of several rows as well.
        self.whole = _with_compilable_split(tokens)
        self.rows = [tokens]
        name, content = _only_environment(tokens)
        if name in ROWS_INSIDE:
            if name == "alignedat":
                content, _ = _without_argument(content)
            self._read(content, False, name)

    def _read(self, tokens, three_columns, environment):
        lines = _split(tokens)
        if any(token in _BETWEEN_ROWS for token in tokens):
            self.reason = "text between its rows"
            lines = [(_without_text_between(cells), end) for cells, end in lines]
        lines = [(trim(line), end) for line, end in lines]
        while lines and not lines[-1][0]:
            lines.pop()
        self._lines = [(_cells(line), end) for line, end in lines]
        if three_columns:
            self._lines = [(_two_columns(cells), end) for cells, end in self._lines]
        spread = environment.rstrip("*") not in ("alignat", "alignedat", *THREE_COLUMNS)
        rows = (_one_row(cells, spread) for cells, _ in self._lines)
        self.rows = [row for row in rows if not is_blank(row)]

    def _joined(self):
        tokens = []
        for place, (cells, end) in enumerate(self._lines):
            for column, cell in enumerate(cells):
                tokens += ["&", *cell] if column else cell
            if place + 1 < len(self._lines):
                tokens += end
        return tokens


def _split(tokens):
    r"""Lines at the top level, each with the `\\` behind it, its length included."""
    lines, line, depth, place = [], [], 0, 0
    while place < len(tokens):
        token = tokens[place]
        place += 1
        depth += _deeper(token)
        if depth == 0 and token in _ROW_ENDS:
            end, place = _row_end(tokens, place)
            lines.append((line, end))
            line = []
        else:
            line.append(token)
    lines.append((line, ["\\\\"]))
    return lines


def _row_end(tokens, place):
    ahead = place
    while ahead < len(tokens) and tokens[ahead] in (" ", "*"):
        ahead += 1
    if ahead < len(tokens) and tokens[ahead] == "[":
        close = next((index for index in range(ahead, min(len(tokens), ahead + 20)) if tokens[index] == "]"), None)
        if close is not None:
            length = "".join(tokens[ahead + 1 : close])
            if _LENGTH.fullmatch(length):
                # A length that is no plain number would need its command.
                return ["\\\\", *([] if "\\" in length else tokens[ahead : close + 1])], close + 1
    star = place < len(tokens) and tokens[place] == "*"
    return ["\\\\"], place + star


def _cells(line):
    cells, depth = [[]], 0
    for token in line:
        depth += _deeper(token)
        if token == "&" and depth == 0:
            cells.append([])
        else:
            cells[-1].append(token)
    return [_unwrapped(cell) for cell in cells]


def _deeper(token):
    if token == "{" or token.startswith("\\begin{"):
        return 1
    return -1 if token == "}" or token.startswith("\\end{") else 0


def _unwrapped(cell):
    """A cell without the command that places it."""
    cell = trim(cell)
    while cell and cell[0] in _CELLS:
        groups, place = [], 1
        while len(groups) <= _CELLS[cell[0]]:
            while place < len(cell) and cell[place] == " ":
                place += 1
            if place == len(cell) or cell[place] != "{":
                return cell
            end = group_end(cell, place)
            groups.append(cell[place + 1 : end - 1])
            place = end
        cell = trim((groups[-1] if groups else []) + cell[place:])
    return cell


def _two_columns(cells):
    if len(cells) < 3:
        return cells
    return [cells[0], cells[1] + ([" "] if cells[1] else []) + [token for cell in cells[2:] for token in cell]]


def _one_row(cells, spread):
    row = []
    for column, cell in enumerate(cells):
        if column and column % 2 == 0 and spread and row and cell:
            row += [" ", "\\qquad"]
        row += [" ", *cell] if row and cell else cell
    return trim(row)


def _without_argument(tokens):
    tokens = trim(tokens)
    if tokens and tokens[0] == "[":
        close = tokens.index("]") + 1 if "]" in tokens else 0
        tokens = trim(tokens[close:])
    if tokens and tokens[0] == "{":
        end = group_end(tokens, 0)
        return tokens[end:], tokens[:end]
    return tokens, []


def _without_text_between(tokens):
    kept, place = [], 0
    while place < len(tokens):
        if tokens[place] in _BETWEEN_ROWS:
            place += 1
            while place < len(tokens) and tokens[place] == " ":
                place += 1
            place = group_end(tokens, place) if place < len(tokens) and tokens[place] == "{" else place + 1
        else:
            kept.append(tokens[place])
            place += 1
    return kept


def _only_environment(tokens):
    r"""The name and content of the environment that a display consists of, a full stop behind it allowed."""
    end = len(tokens)
    while end and tokens[end - 1] in (" ", ".", ",", ";", "\\,", "\\ ", "~"):
        end -= 1
    if not end or not tokens[0].startswith("\\begin{") or tokens[end - 1] != f"\\end{{{tokens[0][7:]}":
        return None, []
    depth = 0
    for place, token in enumerate(tokens[:end]):
        depth += _deeper(token)
        if depth == 0 and place != end - 1:
            return None, []
    return tokens[0][7:-1], tokens[1 : end - 1]


def _with_compilable_split(tokens):
    if not any(token.startswith("\\begin{split") for token in tokens):
        return tokens
    names = {"\\begin{split}": "\\begin{aligned}", "\\end{split}": "\\end{aligned}"}
    return [names.get(token, token) for token in tokens]
