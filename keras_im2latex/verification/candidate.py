"""A formula that may be what a picture shows, and what its drawing says about it."""

import math
from dataclasses import dataclass

SAME_RENDERER = 0.6
"""Share of differing columns up to which two pictures have so much in common that one program drew both."""


@dataclass(frozen=True)
class Candidate:
    """One formula that a picture may show.

    Attributes:
        latex: the formula as it is drawn.
        tokens: its tokens.
        score: sum of the tokens' natural log-probabilities.
        error: why it can't be drawn, or None.
        exact: whether its drawing has the picture's very pixels; None before it is drawn.
        column_distance: share of columns in which the drawing differs, 1 where there is none.
        unlikeness: how differently the ink lies at the same size; not a number where that was not asked.
        repaired: whether it is none of the reader's own, but one of them repaired.
    """

    latex: str
    tokens: tuple[str, ...] = ()
    score: float = float("nan")
    error: str | None = None
    exact: bool | None = None
    column_distance: float = 1.0
    unlikeness: float = float("nan")
    repaired: bool = False

    @property
    def drawn(self):
        """Whether there is a drawing."""
        return self.exact is not None and self.error is None

    @property
    def log_probability(self):
        """The score, or minus infinity where it is not a number."""
        return -math.inf if math.isnan(self.score) else self.score

    @property
    def of_same_renderer(self):
        """Whether the drawing shares so many columns with the picture that our own renderer must have drawn both."""
        return self.drawn and self.column_distance <= SAME_RENDERER
