"""What was read in one picture."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """What was read in one picture.

    Attributes:
        latex: the formula as a person would type it.
        tokens: the formula's tokens.
        score: sum of the tokens' natural log-probabilities, the end token's included.
        alternatives: the other readings of an n-best search, best first.
        error: why the picture could not be read, or None.
        exact: whether the drawing of the formula has the picture's very pixels, both cropped to their ink; None where
            that was not verified.
        confidence: the probability that the formula's drawing is, to the pixel, that of the true formula; None where
            the model was not calibrated, and for alternatives. See `Confidence`.
    """

    latex: str = ""
    tokens: tuple[str, ...] = ()
    score: float = float("nan")
    alternatives: tuple["Reading", ...] = ()
    error: str | None = None
    exact: bool | None = None
    confidence: float | None = None

    def to_dict(self, alternatives=False):
        """What was read, as JSON can hold it.

        Args:
            alternatives: whether to add the other readings, as a list of such dicts.

        Returns:
            A dict with `latex`, `score` (None where it is not finite) and `tokens`, and with `exact` and `confidence`
            where these are known; of a picture that could not be read one with its `error` alone.

        Example:
            >>> Reading("x", ("x",), -0.25).to_dict()
            {'latex': 'x', 'score': -0.25, 'tokens': ['x']}
        """
        if self.error is not None:
            return {"error": self.error}
        score = self.score if math.isfinite(self.score) else None
        fields = {"latex": self.latex, "score": score, "tokens": list(self.tokens)}
        known = {"exact": self.exact, "confidence": self.confidence}
        fields.update((name, value) for name, value in known.items() if value is not None)
        if alternatives:
            fields["alternatives"] = [other.to_dict() for other in self.alternatives]
        return fields
