r"""A formula as another author would have typed it: with spaces of their own, fractions by `\over`, matrices as arrays.

What is drawn changes with it, by a few pixels. IM2LATEX-100K's authors typed spaces into half of their formulas, some
of them in rows, and every fifth fraction by `{ a \over b }`, which is normalized to `{ \frac { a } { b } }` and has no
thin space after it; authors of today do so far less. A reader that is taught by today's formulas alone does not see
these spaces.
"""

import dataclasses
import itertools
import random

from keras_im2latex.markup.groups import group_end
from keras_im2latex.markup.normalization.tex_tables import (
    BINARY,
    CHARACTER,
    CLASSES,
    CLOSING,
    GROUP,
    INNER,
    OPENING,
    OPERATOR,
    PUNCTUATION,
    RELATION,
)
from keras_im2latex.markup.symbols import ACCENTS

_LENGTHS = {
    "1 c m": 35,
    "5 m m": 13,
    "0 . 5 c m": 13,
    "2 c m": 9,
    "0 . 3 i n": 8,
    "0 . 3 c m": 8,
    "1 0 p t": 4,
    ". 2 i n": 4,
    "1 e m": 4,
    "3 m m": 3,
    ". 5 i n": 3,
}


def _of_lengths(share):
    r"""Runs of one `\hspace`, so frequent together."""
    total = sum(_LENGTHS.values())
    return {(r"\hspace", "{", *length.split(), "}"): share * count / total for length, count in _LENGTHS.items()}


BEFORE_PUNCTUATION = {
    (r"\,",): 31,
    ("\\",): 24,
    (r"\;",): 16,
    ("~",): 10,
    (r"\quad",): 4,
    ("~",) * 2: 2.5,
    ("~",) * 3: 2,
    (r"\,",) * 2: 2,
    ("\\",) * 2: 2,
    (r"\;",) * 2: 1.5,
    (r"\:",): 1,
    (r"\;",) * 3: 1,
    ("\\",) * 3: 0.7,
    (r"\,",) * 3: 0.5,
    (r"\qquad",): 0.4,
    (r"\,",) * 4: 0.3,
    **_of_lengths(0.5),
}
AFTER_COMMAS = {
    (r"\quad",): 28,
    (r"\qquad",): 20,
    (r"\;",): 4,
    ("~",) * 2: 4,
    (r"\;",) * 3: 4,
    (r"\;",) * 2: 3,
    ("\\",): 3,
    ("~",) * 3: 3,
    ("\\",) * 2: 3,
    ("\\",) * 3: 2.5,
    (r"\,",): 1.5,
    ("~",): 1.5,
    ("~",) * 5: 1.5,
    (r"\;",) * 6: 1.5,
    ("~",) * 4: 1.3,
    (r"\,",) * 3: 1,
    (r"\quad",) * 2: 1,
    (r"\;",) * 5: 1,
    (r"\qquad",) * 2: 1,
    ("\\",) * 4: 0.8,
    (r"\;",) * 4: 0.8,
    (r"\,",) * 4: 0.7,
    ("\\",) * 5: 0.7,
    (r"\,",) * 2: 0.7,
    **_of_lengths(6.5),
}
ELSEWHERE = {
    (r"\,",): 49,
    (r"\;",): 14,
    ("~",): 13,
    ("\\",): 10,
    (r"\quad",): 2.5,
    (r"\:",): 2,
    (r"\qquad",): 1.5,
    (r"\!",): 1.5,
    (r"\,",) * 2: 1.2,
    (r"\;",) * 2: 0.8,
    (r"\;",) * 3: 0.6,
    ("~",) * 2: 0.6,
    (r"\!",) * 2: 0.3,
    ("\\",) * 2: 0.3,
    ("~",) * 3: 0.2,
    (r"\!",) * 3: 0.2,
    (r"\,",) * 4: 0.2,
    (r"\,",) * 3: 0.2,
    **_of_lengths(0.8),
}
"""Runs of spaces and how often each is met in these places, of 100 in IM2LATEX-100K's validation formulas."""

_MATRIX = (r"\begin{matrix}", r"\end{matrix}")
_ATOMS = frozenset([CHARACTER, OPERATOR, BINARY, RELATION, OPENING, CLOSING, PUNCTUATION, INNER])
_NO_ATOMS = frozenset((r"\limits", r"\nolimits", r"\\", r"\over", r"\atop", r"\hspace", "\\"))
# What their group holds is a formula; that of any other command may be a name, a length or columns.
_OF_FORMULAS = frozenset(
    (
        *("^", "_", "}", "{", "&", r"\\", r"\frac", r"\sqrt", r"\overline", r"\underline"),
        *(f"\\{accent}" for accent in ACCENTS),
    )
)


@dataclasses.dataclass(frozen=True)
class Habits:
    """How often authors have which habit; each formula has an author of its own.

    The defaults are those by which arXiv formulas of today come to have as many spaces in each kind of place, and as
    many fractions by `\\over`, as IM2LATEX-100K's (`recipes/compare_habits.py`).

    Attributes:
        fractions: share of authors who type all their fractions by `\\over`.
        arrays: who type all their matrices as arrays, of centred columns.
        before_punctuation: who put spaces before commas outside of brackets, and before a full stop at the end.
        after_commas: who put spaces after commas outside of brackets.
        around_relations: who put spaces around relations outside of groups.
        between_factors: who put spaces between what is neither operator, relation nor comma, in half of these places,
            outside of groups and brackets.
        anywhere: who put spaces where they like, one in ten places.

    Example:
        >>> habits = Habits(
        ...     fractions=1,
        ...     arrays=0,
        ...     before_punctuation=0,
        ...     after_commas=0,
        ...     around_relations=0,
        ...     between_factors=0,
        ...     anywhere=0,
        ... )
        >>> habits.rewrite(r"\\frac { a } { b } c", seed=0)
        '{ \\\\frac { a } { b } } c'
    """

    fractions: float = 0.25
    arrays: float = 0.6
    before_punctuation: float = 0.25
    after_commas: float = 0.78
    around_relations: float = 0.025
    between_factors: float = 0.11
    anywhere: float = 0.04

    def rewrite(self, tokens, seed):
        """Writes a formula as an author would have.

        Args:
            tokens: str, normalized tokens separated by spaces.
            seed: str or int that chooses the author; the same gives the same.

        Returns:
            A str of the same kind, the very formula where the author has none of these habits.
        """
        author, tokens = random.Random(seed), tokens.split()
        if author.random() < self.fractions and tokens.count("{") == tokens.count("}"):
            tokens = _with_braces_around_fractions(tokens)
        # Only who has matrices is asked, so that the spaces of all others stay as they were.
        if _MATRIX[0] in tokens and author.random() < self.arrays:
            tokens = _with_arrays_for_matrices(tokens)
        gaps = _gaps(tokens)
        spaces = {}
        for share, belongs, runs, part in (
            (self.around_relations, _is_at_relation, ELSEWHERE, 1.0),
            (self.between_factors, _is_between_factors, ELSEWHERE, 0.5),
            (self.before_punctuation, _is_before_punctuation, BEFORE_PUNCTUATION, 1.0),
            (self.after_commas, _is_after_comma, AFTER_COMMAS, 1.0),
            (self.anywhere, None, ELSEWHERE, 0.1),
        ):
            if author.random() < share:
                run = author.choices([*runs], [*runs.values()])[0]
                places = [gap.place for gap in gaps if belongs is None or belongs(gap)]
                spaces |= {place: run for place in places if author.random() < part}
        written = []
        for place, token in enumerate(tokens):
            written += spaces.get(place, ())
            written.append(token)
        return " ".join(written)


@dataclasses.dataclass(frozen=True)
class _Gap:
    """A place between two tokens where a space changes nothing but distances.

    Attributes:
        place: number of the token after it.
        before: class of that token's predecessor, of `tex_tables`.
        after: the token's class.
        ends_in_stop: whether the token is a full stop, and the formula's last.
        groups: how many the place is in.
        brackets: how many the place is in.
    """

    place: int
    before: int
    after: int
    ends_in_stop: bool
    groups: int
    brackets: int


def _gaps(tokens):
    """All places where a space may stand: not before scripts, not where a command awaits its argument."""
    gaps, groups, brackets, closed = [], [], 0, ""  # groups: what opened each
    for place, (token, after) in enumerate(itertools.pairwise(tokens), start=1):
        kind = _class_of(token)
        if token == "{":
            groups.append(tokens[place - 2] if place > 1 else "{")
        elif token == "}" and groups:
            closed = groups.pop()
        elif kind == OPENING:
            brackets += 1
        elif kind == CLOSING and token not in "!?":
            brackets = max(brackets - 1, 0)
        hold_formulas = all(opener in _OF_FORMULAS or not opener.startswith("\\") for opener in groups)
        begins = _begins_an_atom(after) or (after == "{" and _comes_before_a_group(token, closed))
        if hold_formulas and begins and (token == "}" or kind in _ATOMS):
            ends_in_stop = after == "." and place == len(tokens) - 1
            gaps.append(_Gap(place, kind, _class_of(after), ends_in_stop, len(groups), brackets))
    return gaps


def _class_of(token):
    """An atom's class; `GROUP` for braces and unknown commands, which begin one."""
    if token in CLASSES:
        return CLASSES[token]
    if token.startswith((r"\left", r"\right")):
        return OPENING if token.startswith(r"\left") else CLOSING
    return CHARACTER if token == "'" else GROUP


def _begins_an_atom(token):
    kind = _class_of(token)
    if kind == GROUP:
        return token.startswith("\\") and token not in _NO_ATOMS and not token.startswith(r"\end")
    return kind in _ATOMS and token != "'"


def _comes_before_a_group(token, closed):
    """Whether braces after a token are none that a command awaits; `closed`: what opened the last group before it."""
    return closed in ("^", "_") if token == "}" else token != "]"


def _is_before_punctuation(gap):
    return not gap.groups and not gap.brackets and (gap.after == PUNCTUATION or gap.ends_in_stop)


def _is_after_comma(gap):
    return not gap.groups and not gap.brackets and gap.before == PUNCTUATION


def _is_at_relation(gap):
    return not gap.groups and RELATION in (gap.before, gap.after)


def _is_between_factors(gap):
    neighbours = {gap.before, gap.after}
    return not (gap.groups or gap.brackets or gap.ends_in_stop or neighbours & {BINARY, RELATION, PUNCTUATION})


def _with_braces_around_fractions(tokens):
    written, place = [], 0
    while place < len(tokens):
        if tokens[place] == r"\frac" and (end := _end_of_fraction(tokens, place)):
            is_alone = written[-1:] == ["{"] and tokens[end : end + 1] == ["}"]
            inner = [r"\frac", *_with_braces_around_fractions(tokens[place + 1 : end])]
            written += inner if is_alone else ["{", *inner, "}"]
            place = end
        else:
            written.append(tokens[place])
            place += 1
    return written


def _with_arrays_for_matrices(tokens):
    r"""Arrays of as many centred columns as the longest row has cells; what is open at the end stays a matrix."""
    written, opened = [], []  # opened: place of a matrix in what is written, cells of its row, of its longest row
    depth = 0
    for token in tokens:
        depth += (token == "{") - (token == "}")
        written.append(token)
        if token.startswith(r"\begin{"):
            opened.append([len(written) - 1, depth, 1, 1])
        elif opened and token.startswith(r"\end{"):
            place, _, cells, most = opened.pop()
            if token == _MATRIX[1] and written[place] == _MATRIX[0]:
                columns = ["{", *["c"] * max(cells, most), "}"]
                written[place : place + 1] = [r"\begin{array}", *columns]
                written[-1] = r"\end{array}"
        elif opened and depth == opened[-1][1]:
            if token == "&":
                opened[-1][2] += 1
            elif token == r"\\":
                opened[-1][2:] = [1, max(opened[-1][2:])]
    return written


def _end_of_fraction(tokens, place):
    """Number of the token after a fraction's second group, or 0 where it has not two groups."""
    end = place + 1
    for _ in range(2):
        if tokens[end : end + 1] != ["{"]:
            return 0
        end = group_end(tokens, end)
    return end
