"""The same formula with other letters and digits."""

import collections
import re

_SMALL = frozenset(
    r"""
    \alpha \beta \gamma \delta \epsilon \zeta \eta \theta \kappa \lambda \mu \nu \xi \pi \rho \sigma \tau \phi \chi \psi
    \omega
    """.split()  # noqa: SIM905
)
_CAPITAL = frozenset(r"\Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Phi \Psi \Omega".split())  # noqa: SIM905
_WORD = re.compile(r"\\operatorname\*? \{ [^{}]* \}")
_KEPT = frozenset("de")  # of a differential, and of the exponential function


class Renaming:
    """Gives the letters and digits of formulas other names, as often as those occur.

    A letter becomes the same other one wherever it stands in a formula, small ones small, capitals capitals; a digit
    any other. Words such as `sin`, and the letters `d` and `e`, stay.

    Args:
        formulas: strings in `handwritten_form`, from which the symbols and how often they occur are taken.
        letters: share of a formula's letters that get another name.
        digits: share of its digits.

    Example:
        >>> Renaming(["a + b", "x ^ { 2 }"], letters=1.0)("a + 1", random.Random(0))
        'x + 2'
    """

    def __init__(self, formulas, letters=0.4, digits=0.5):
        self.letters, self.digits = letters, digits
        counts = collections.defaultdict(collections.Counter)
        for formula in formulas:
            for token in _WORD.sub("", formula).split():
                if kind := _kind(token):
                    counts[kind][token] += 1
        self._symbols = {kind: (list(found), list(found.values())) for kind, found in counts.items()}

    def __call__(self, formula, chance) -> str:
        """Renames.

        Args:
            formula: string in `handwritten_form`.
            chance: `random.Random`.

        Returns:
            A string of the same length in tokens.
        """
        names = {}
        tokens = formula.split()
        words = _places_in_words(tokens)
        for place, token in enumerate(tokens):
            kind = _kind(token)
            if place in words or kind not in self._symbols:
                continue
            if kind == "digit":
                if chance.random() < self.digits:
                    tokens[place] = self._any(kind, chance)
                continue
            if token not in names:
                # Two letters of a formula stay two.
                other = self._any(kind, chance) if chance.random() < self.letters else token
                taken = other in names.values() or (other != token and other in tokens)
                names[token] = token if taken else other
            tokens[place] = names[token]
        return " ".join(tokens)

    def _any(self, kind, chance):
        symbols, weights = self._symbols[kind]
        return chance.choices(symbols, weights)[0]


def _kind(token):
    if len(token) == 1 and token.isdigit():
        return "digit"
    if token in _KEPT:
        return None
    if token in _SMALL or (len(token) == 1 and token.isascii() and token.islower()):
        return "small"
    if token in _CAPITAL or (len(token) == 1 and token.isascii() and token.isupper()):
        return "capital"
    return None


def _places_in_words(tokens):
    places = set()
    for place, token in enumerate(tokens):
        if token.startswith("\\operatorname"):
            end = tokens.index("}", place)
            places.update(range(place, end))
    return places
