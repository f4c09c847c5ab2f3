"""What was read in one picture."""

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
