r"""Formulas longer than those of a file: a paper's consecutive ones in one line, in the rows of an array, in a matrix.

What a reader was taught ends by the longest formula it saw. Files that hold the lines of displays one by one have the
makings of longer ones: put below each other they are the display again.
"""

import dataclasses
import itertools
import random

from keras_im2latex.markup.groups import group_end
from keras_im2latex.markup.normalization.tex_tables import CLASSES, RELATION
from keras_im2latex.markup.well_formed import part_of_a_pair
from tfds_builders.latex_formulas.formula_files import tokens_of

BETWEEN = (r", \quad", r", \qquad", r"\qquad", ", ~ ~", r"\, , \quad", r"; \quad", ",")
"""What stands between two formulas of a line, unless the second goes on from the first."""
COLUMNS = {"l": 23, "c": 17, "r c l": 19, "r l": 8, "l c l": 4, "l l": 16}
r"""Columns of arrays of whole formulas, by how often IM2LATEX-100K's validation formulas have them."""
ALONE = ("", "")
AROUND = {ALONE: 70, (r"\left\{", r"\right."): 25, (r"\left.", r"\right\}"): 5}
AROUND_MATRICES = {(r"\left(", r"\right)"): 80, (r"\left[", r"\right]"): 15, (r"\left|", r"\right|"): 5}
"""Delimiters around arrays and matrices, by how often they have them."""
ENTRIES = {"0": 50, "1": 8, "- 1": 4, "": 4}
"""What most entries of large matrices are; the others are cut from formulas."""
LONGEST_ENTRY = 12
"""Tokens of an entry that is cut from a formula at most."""


@dataclasses.dataclass(frozen=True)
class LongerFormulas:
    """How formulas are put together; each is part of one longer formula at most.

    Attributes:
        minimum_tokens: the shortest line; arrays and matrices may have half as many.
        maximum_tokens: the longest; most are far shorter.
        arrays: share that has a formula, or two, in each row of an array.
        matrices: share of matrices with terms of the formulas as entries. All others are lines.
        longest_part: formulas of more tokens are passed over, for arrays of many rows; None takes all.

    Example:
        >>> longer = LongerFormulas(minimum_tokens=5, maximum_tokens=20, arrays=0, matrices=0)
        >>> formulas = [Formula("a.txt", 0, "train", "a = b", ""), Formula("a.txt", 1, "train", "= c + d", "")]
        >>> [formula.latex for formula in longer.join(formulas)]
        ['a = b = c + d']
    """

    minimum_tokens: int = 151
    maximum_tokens: int = 320
    arrays: float = 0.35
    matrices: float = 0.08
    longest_part: int | None = None

    def join(self, formulas):
        """Puts together neighbours of the same split and, where the file says it, the same paper.

        Args:
            formulas: iterable of `Formula`.

        Yields:
            `Formula`s with the file and the index of their first part, without `raw`.
        """
        parts, first = [], None
        for formula in formulas:
            try:
                tokens = tokens_of(formula).split()
            except ValueError:
                continue
            if not tokens or (self.longest_part and len(tokens) > self.longest_part):
                continue
            if parts and _origin(formula) != _origin(first):
                parts = []
            if not parts:
                first, author = formula, random.Random(formula.latex or formula.raw)
                layout = author.choices((_line, _array, _matrix), self._shares)[0]
                minimum = self.minimum_tokens if layout is _line else self.minimum_tokens // 2
                wanted = minimum + author.expovariate(4 / self.minimum_tokens)
            parts.append(tokens)
            if sum(map(len, parts)) >= wanted:
                latex = layout(parts, author)
                if (len(parts) > 1 or layout is not _array) and minimum <= len(latex) <= self.maximum_tokens:
                    yield dataclasses.replace(first, latex=" ".join(latex), raw="", drawn="")
                parts = []

    @property
    def _shares(self):
        return 1 - self.arrays - self.matrices, self.arrays, self.matrices


def _origin(formula):
    return formula.split, formula.columns.get("paper")


def _line(parts, author):
    """One formula after the other."""
    between = author.choice(BETWEEN).split()
    line = []
    for part in parts:
        if line and not _goes_on(part):
            while line[-1:] and line[-1] in (",", ".", ";"):
                line.pop()
            line += between
        line += part
    return line


def _goes_on(tokens):
    return CLASSES.get(tokens[0]) == RELATION or tokens[0] in ("+", "-", r"\times", r"\cdot")


def _array(parts, author):
    """A row for each formula, or for each two."""
    columns = _choose(COLUMNS, author)
    if columns == "l l" and len(parts) > 2:
        cells = [list(row) for row in itertools.zip_longest(parts[::2], parts[1::2], fillvalue=[])]
    else:
        cells = [_columns_of(part, columns) for part in parts]
    if author.random() < 0.2:
        cells = [[[r"\displaystyle", *cell] if cell else cell for cell in row] for row in cells]
    if author.random() < 0.08:
        empty = [[] for _ in columns.split()]
        cells = [row for pair in zip(cells, itertools.repeat(empty)) for row in pair][:-1]
    return _written(cells, columns, _choose(AROUND, author))


def _columns_of(tokens, columns):
    """A formula cut before its first relation, and behind it where there are three columns."""
    number = len(columns.split())
    if number == 1:
        return [tokens]
    place = _first_relation(tokens)
    if place is None:
        return [[]] * (number - 1) + [tokens]
    left, right = tokens[:place], tokens[place:]
    return [left, right] if number == 2 else [left, right[:1], right[1:]]


def _first_relation(tokens):
    """Number of the first relation outside of groups, delimiters and environments, or None."""
    place = depth = 0
    while place < len(tokens):
        token = tokens[place]
        side, _ = part_of_a_pair(token)
        depth += (side in ("left", "begin")) - (side in ("right", "end"))
        if depth == 0 and CLASSES.get(token) == RELATION:
            return place
        place = group_end(tokens, place)
    return None


def _matrix(parts, author):
    """The first formula's left side, and a matrix with terms of all of them."""
    terms = [term for part in parts for term in _terms(part)] or [["x"]]
    rows = author.randint(3, 7)
    columns = rows if author.random() < 0.8 else author.randint(3, 7)
    dense = author.choice((0.2, 0.5, 0.9))
    cells = [
        [author.choice(terms) if author.random() < dense else _choose(ENTRIES, author).split() for _ in range(columns)]
        for _ in range(rows)
    ]
    matrix = _written(cells, " ".join(author.choice("ccccclr") * columns), _choose(AROUND_MATRICES, author))
    place = _first_relation(parts[0])
    return [*parts[0][:place], "=", *matrix] if place else matrix


def _terms(tokens):
    """What stands between relations, operators and commas, where it is short."""
    terms, term, place = [], [], 0
    while place <= len(tokens):
        token = tokens[place] if place < len(tokens) else ","
        if token in ("+", "-", ",", ".", ";") or CLASSES.get(token) == RELATION:
            if 0 < len(term) <= LONGEST_ENTRY and _is_whole(term):
                terms.append(term)
            term, place = [], place + 1
        else:
            end = group_end(tokens, place)
            term += tokens[place:end]
            place = end
    return terms


def _is_whole(tokens):
    balanced = all(tokens.count(opening) == tokens.count(closing) for opening, closing in ("()", "[]", "{}"))
    return balanced and "&" not in tokens and all(part_of_a_pair(token)[0] in ("", "{", "}") for token in tokens)


def _written(cells, columns, around):
    opening, closing = around
    rows = [token for row in cells for token in (*_row(row), r"\\")]
    array = [r"\begin{array}", "{", *columns.split(), "}", *rows, r"\end{array}"]
    return [token for token in (opening, *array, closing) if token]


def _row(cells):
    return [token for cell in cells for token in ("&", "{", *cell, "}")][1:]


def _choose(shares, author):
    return author.choices([*shares], [*shares.values()])[0]
