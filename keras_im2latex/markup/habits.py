r"""A formula as another author would have typed it: with spaces of their own, and fractions by `\over`.

What is drawn changes with it, by a few pixels. IM2LATEX-100K's authors typed spaces into half of their formulas, some
of them in rows, and every fifth fraction by `{ a \over b }`, which is normalized to `{ \frac { a } { b } }` and has no
thin space after it; authors of today do so far less. A reader that is taught by today's formulas alone does not see
these spaces.
"""

import dataclasses
import itertools
import random

from keras_im2latex.markup.groups import group_end
from keras_im2latex.markup.symbols import ACCENTS

SPACES = {
    (r"\,",): 35,
    ("~",): 13,
    ("\\",): 13,
    (r"\;",): 12,
    (r"\quad",): 7,
    (r"\qquad",): 4,
    (r"\!",): 2,
    (r"\:",): 2,
    ("~", "~"): 2,
    (r"\;", r"\;"): 2,
    (r"\,", r"\,"): 1.5,
    (r"\;", r"\;", r"\;"): 1.5,
    ("~", "~", "~"): 1.5,
    ("\\", "\\"): 1.5,
    ("\\", "\\", "\\"): 0.7,
    (r"\!", r"\!"): 0.6,
    (r"\,", r"\,", r"\,"): 0.4,
    (r"\!", r"\!", r"\!"): 0.4,
    ("~", "~", "~", "~"): 0.4,
    (r"\quad", r"\quad"): 0.4,
    (r"\;", r"\;", r"\;", r"\;"): 0.4,
    ("~", "~", "~", "~", "~"): 0.3,
    (r"\,", r"\,", r"\,", r"\,"): 0.3,
    (r"\;", r"\;", r"\;", r"\;", r"\;", r"\;"): 0.3,
}
"""Runs of spaces and how often each is met, of 100 in IM2LATEX-100K's validation formulas."""

LENGTHS = ("1 c m", "5 m m", "0 . 5 c m", "2 c m", "0 . 3 i n", "0 . 3 c m", "1 e m", "1 0 p t", ". 2 i n", "3 m m")
r"""Those most often given to `\hspace` there."""

_RELATIONS = frozenset(
    (
        *("=", "<", ">", r"\equiv", r"\leq", r"\geq", r"\neq", r"\sim", r"\simeq", r"\approx", r"\propto", r"\in"),
        *(r"\to", r"\rightarrow", r"\longrightarrow", r"\Rightarrow"),
    )
)
_OPERATORS = frozenset(["+", "-", r"\times", r"\cdot", r"\otimes", r"\oplus", r"\wedge", r"\pm"])
_OPENING = frozenset(["(", "[", r"\{", r"\left(", r"\left[", r"\left\{"])
_CLOSING = frozenset([")", "]", r"\}", r"\right)", r"\right]", r"\right\}"])
_PUNCTUATION = frozenset(",.;")
_INTEGRALS = frozenset((r"\int", r"\oint"))
_ENDS = _RELATIONS | _OPERATORS | _OPENING | _CLOSING | _PUNCTUATION | _INTEGRALS | {"}"}
_ENDS_OF_PARTS = (r"\end", r"\hline", r"\right", r"\over", r"\atop")
_NO_ATOMS = frozenset((*itertools.chain(*SPACES), *("{", "}", "^", "_", "&", "'", r"\\", r"\limits", r"\nolimits")))
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

    Attributes:
        fractions: share of authors who type all their fractions by `\\over`.
        before_end: who put spaces before the punctuation that ends a formula.
        around_relations: who put spaces around relations outside of groups.
        after_commas: who put spaces after commas.
        about_integrals: who put spaces after integral signs and before the differential.
        inside_brackets: who put spaces inside brackets.
        anywhere: who put spaces where they like, one in ten places.
        lengths: who use `\\hspace` once.

    Example:
        >>> Habits(fractions=1.0, before_end=0.0, around_relations=0.0, after_commas=0.0, about_integrals=0.0,
        ...        inside_brackets=0.0, anywhere=0.0, lengths=0.0).rewrite(r"\\frac { a } { b } c", seed=0)
        '{ \\\\frac { a } { b } } c'
    """

    fractions: float = 0.2
    before_end: float = 0.4
    around_relations: float = 0.15
    after_commas: float = 0.4
    about_integrals: float = 0.15
    inside_brackets: float = 0.05
    anywhere: float = 0.25
    lengths: float = 0.0

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
        gaps = _gaps(tokens)
        spaces = {}
        for share, belongs in (
            (self.before_end, _is_before_end),
            (self.around_relations, _is_at_relation),
            (self.after_commas, _is_after_comma),
            (self.about_integrals, _is_about_integral),
            (self.inside_brackets, _is_inside_brackets),
        ):
            if author.random() < share:
                run = _run(author)
                spaces |= {gap.place: run for gap in gaps if belongs(gap)}
        if author.random() < self.anywhere:
            run = _run(author)
            spaces |= {gap.place: run for gap in gaps if author.random() < 0.1}
        if gaps and author.random() < self.lengths:
            spaces[author.choice(gaps).place] = (r"\hspace", "{", *author.choice(LENGTHS).split(), "}")
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
        before: that token's predecessor.
        after: the token.
        is_last: whether the token is the formula's last.
        depth: groups that the place is in.
    """

    place: int
    before: str
    after: str
    is_last: bool
    depth: int


def _gaps(tokens):
    """All places where a space may stand: not before scripts and groups, not where a command awaits its argument."""
    gaps, groups = [], []  # of each group, whether it holds a formula
    for place, (before, after) in enumerate(itertools.pairwise(tokens), start=1):
        if before == "{":
            opener = tokens[place - 2] if place > 1 else "{"
            groups.append(opener in _OF_FORMULAS or not opener.startswith("\\"))
        elif before == "}" and groups:
            groups.pop()
        if all(groups) and _ends_an_atom(before) and _begins_an_atom(after):
            gaps.append(_Gap(place, before, after, place == len(tokens) - 1, len(groups)))
    return gaps


def _ends_an_atom(token):
    return token in _ENDS or (len(token) == 1 and token.isalnum())


def _begins_an_atom(token):
    if token.startswith("\\"):
        return token in _CLOSING or not (token in _NO_ATOMS or token.startswith(_ENDS_OF_PARTS))
    return len(token) == 1 and token not in _NO_ATOMS


def _run(author):
    return author.choices([*SPACES], [*SPACES.values()])[0]


def _is_before_end(gap):
    return gap.is_last and gap.after in _PUNCTUATION


def _is_at_relation(gap):
    return not gap.depth and (gap.before in _RELATIONS or gap.after in _RELATIONS)


def _is_after_comma(gap):
    return gap.before in _PUNCTUATION


def _is_about_integral(gap):
    return gap.before in _INTEGRALS or (gap.after == "d" and gap.before != "{")


def _is_inside_brackets(gap):
    return gap.before in _OPENING or gap.after in _CLOSING


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


def _end_of_fraction(tokens, place):
    """Number of the token after a fraction's second group, or 0 where it has not two groups."""
    end = place + 1
    for _ in range(2):
        if tokens[end : end + 1] != ["{"]:
            return 0
        end = group_end(tokens, end)
    return end
