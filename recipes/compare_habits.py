r"""Where authors type spaces, which fractions by `\over`, which matrices as arrays: of two files, the second rewritten.

    python recipes/compare_habits.py --validation validation.norm.txt.xz --training arxiv_formulas.tsv.xz

prints, for each kind of place, in how many of a hundred formulas that have such a place there are spaces in one, and
how often spaces are met in a hundred formulas. The defaults of `keras_im2latex.markup.Habits` are to bring the last
column to the first.
"""

import argparse
import itertools
from collections import Counter

from keras_im2latex.evaluation import read_formula_file
from keras_im2latex.markup import Habits
from keras_im2latex.markup.groups import group_end
from tfds_builders.latex_formulas.formula_files import read_formulas

SPACES = frozenset((r"\,", "~", "\\", r"\;", r"\quad", r"\qquad", r"\!", r"\:"))
OPENING, CLOSING = frozenset(("(", "[", r"\{")), frozenset((")", "]", r"\}"))
BARS = frozenset(("|", r"\|", r"\vert", r"\Vert"))
RELATIONS = frozenset(
    (
        "=",
        "<",
        ">",
        r"\leq",
        r"\geq",
        r"\neq",
        r"\equiv",
        r"\sim",
        r"\simeq",
        r"\approx",
        r"\in",
        r"\to",
        r"\rightarrow",
    )
)
KINDS = (
    "in groups",
    "in brackets",
    "before the last full stop or comma",
    "before other commas",
    "after commas",
    "beside relations",
    "elsewhere",
)
FRACTIONS = "fractions alone in braces"
ARRAYS = "matrices typed as arrays"


def places(tokens):
    """Each place between two tokens, with whether there are spaces in it.

    Args:
        tokens: list of strings, a formula.

    Yields:
        Tuples of a kind and a bool.
    """
    words, spaced, end = [], set(), 0
    for place, token in enumerate(tokens):
        if token == r"\hspace" and tokens[place + 1 : place + 2] == ["{"]:
            spaced.add(len(words))
            end = group_end(tokens, place + 1)
        elif token in SPACES:
            spaced.add(len(words))
        elif place >= end:
            words.append(token)
    groups = brackets = 0
    for place, (before, after) in enumerate(itertools.pairwise(words), start=1):
        groups += (before == "{") - (before == "}")
        brackets += before.removeprefix(r"\left") in OPENING
        brackets -= before.removeprefix(r"\right") in CLOSING
        is_last = place == len(words) - 1
        if groups:
            kind = "in groups"
        elif brackets > 0:
            kind = "in brackets"
        elif is_last and after in ",.;":
            kind = "before the last full stop or comma"
        elif after in ",;":
            kind = "before other commas"
        elif before in ",;":
            kind = "after commas"
        elif before in RELATIONS or after in RELATIONS:
            kind = "beside relations"
        else:
            kind = "elsewhere"
        yield kind, place in spaced


def fractions(tokens):
    """Of each fraction, whether braces hold it and nothing else."""
    for place, token in enumerate(tokens):
        if token == r"\frac" and tokens[place + 1 : place + 2] == ["{"]:
            end = group_end(tokens, group_end(tokens, place + 1))
            yield tokens[place - 1 : place] == ["{"] and tokens[end : end + 1] == ["}"]


def matrices(tokens):
    r"""Of each matrix, whether it is an array right after a bracket or bar, or a `\begin{matrix}` anywhere."""
    for before, token in itertools.pairwise(["", *(token for token in tokens if token != "{")]):
        if token == r"\begin{array}" and (before.startswith(r"\left") or before in OPENING or before in BARS):
            yield True
        elif token == r"\begin{matrix}":
            yield False


def measure(formulas):
    """Counts what formulas have.

    Args:
        formulas: list of strings, tokens separated by spaces.

    Returns:
        Dict from a kind to two percentages: of formulas with such a place, those that have spaces in one; and how often
        there are spaces, of formulas. For fractions and matrices, their share, twice.
    """
    having, any_of, spaced, braced, arrays = Counter(), Counter(), Counter(), [], []
    for formula in formulas:
        tokens = formula.split()
        found = list(places(tokens))
        having.update({kind for kind, _ in found})
        any_of.update({kind for kind, is_spaced in found if is_spaced})
        spaced.update(kind for kind, is_spaced in found if is_spaced)
        braced += fractions(tokens)
        arrays += matrices(tokens)
    shares = {
        kind: (100 * any_of[kind] / max(having[kind], 1), 100 * spaced[kind] / max(len(formulas), 1)) for kind in KINDS
    }
    for kind, found in ((FRACTIONS, braced), (ARRAYS, arrays)):
        shares[kind] = (100 * sum(found) / max(len(found), 1),) * 2
    return shares


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--validation", required=True, help="the formulas to come near to")
    parser.add_argument("--training", required=True, help="the formulas that are rewritten")
    parser.add_argument("--every", type=int, default=15, help="take every so-manieth training formula")
    arguments = parser.parse_args()
    training = [formula.latex for formula in read_formulas(arguments.training) if formula.split == "train"]
    training = list(filter(None, training))[:: arguments.every]
    habits = Habits()
    columns = [
        measure(read_formula_file(arguments.validation).formulas),
        measure(training),
        measure([habits.rewrite(formula, seed=formula) for formula in training]),
    ]
    print(f"{'':36}{'to come near to':>18}{'training':>18}{'rewritten':>18}")
    for kind in columns[0]:
        print(f"{kind:36}" + "".join(f"{share:9.1f}{often:9.1f}" for share, often in (c[kind] for c in columns)))


if __name__ == "__main__":
    main()
