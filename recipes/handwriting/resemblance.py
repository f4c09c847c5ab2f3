"""How much a formula is like some formulas and unlike others."""

import collections
import itertools
import math

_START = "<"


class Resemblance:
    """The difference of two bigram models' log-probabilities of a formula, a token.

    Args:
        wanted: strings of space-separated tokens.
        others: the same.

    Example:
        >>> resemblance = Resemblance(["x + 1", "y + 2"], ["x _ { i }", "y _ { j }"])
        >>> resemblance("z + 1") > resemblance("z _ { i }")
        True

    Reference:
        Moore and Lewis, "Intelligent selection of language model training data", ACL 2010.
    """

    def __init__(self, wanted, others):
        pairs, firsts = zip(*(_counts(formulas) for formulas in (wanted, others)))
        self._pairs, self._firsts = pairs, firsts
        self._tokens = len({second for counts in pairs for _, second in counts})

    def __call__(self, formula) -> float:
        """How many natural logarithms a token is likelier among the wanted formulas."""
        found = list(_pairs_of(formula))
        return sum(self._log(0, pair) - self._log(1, pair) for pair in found) / max(len(found), 1)

    def _log(self, model, pair):
        return math.log((self._pairs[model][pair] + 1) / (self._firsts[model][pair[0]] + self._tokens))


def _counts(formulas):
    pairs = collections.Counter(pair for formula in formulas for pair in _pairs_of(formula))
    firsts = collections.Counter()
    for (first, _), count in pairs.items():
        firsts[first] += count
    return pairs, firsts


def _pairs_of(formula):
    return itertools.pairwise([_START, *formula.split()])
