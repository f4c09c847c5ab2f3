"""How every reader searches unless a caller says otherwise."""

MAXIMUM_LENGTH = 200
"""Tokens after which a formula is cut; training formulas have 150 at most."""

LENGTH_PENALTY = 1.0
"""Exponent of the length by which hypotheses are compared: 1 compares mean log-probabilities, 0, the paper's way, sums.

Sums favour short formulas. By beam 5 the preset `standard` reads the 8,459 validation formulas better with 1 than with
0 by every measure: BLEU 89.85 against 89.55, pixel-identical 69.68 % against 69.42.
"""
