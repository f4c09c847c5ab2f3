"""How probable it is that a reading is right, from what is known when it is read."""

import math
from dataclasses import asdict, dataclass

import numpy as np

_LEAST_SURPRISE = 0.1  # nats that are added to a reading's surprise, so that its logarithm is finite


@dataclass(frozen=True)
class Confidence:
    """Calibrated probability that the drawing of a reading is, to the pixel, that of the true formula.

    Two logistic regressions, fitted by `recipes/calibrate.py` and kept in a preset's metadata: one on what the reader
    alone knows, one on what the drawing adds where it was asked for and is not the picture itself. A drawing that has
    the picture's very pixels is as good as certain.

    Attributes:
        plain: weights of `plain_features`.
        verified: weights of `verified_features`.
        exact: probability of a reading whose drawing is the picture.
        description: what it was fitted on, and how well it does there.

    Example:
        >>> confidence = Confidence(plain=(0.0, -1.0, 0.0, 0.0), verified=(0.0,) * 6, exact=0.999)
        >>> round(confidence.of(score=-2.0, length=10), 3)
        0.323
    """

    plain: tuple[float, ...]
    verified: tuple[float, ...]
    exact: float
    description: str = ""

    def of(self, score, length, candidate=None):
        """The probability that a reading is right.

        Args:
            score: sum of the tokens' natural log-probabilities.
            length: number of tokens.
            candidate: the `Candidate` that the drawing was judged as; None where nothing was drawn.

        Returns:
            A float from 0 to 1.
        """
        if candidate is not None and candidate.exact:
            return self.exact
        if not math.isfinite(score) or (candidate is not None and not candidate.drawn):
            return 0.0
        if candidate is None:
            return _probability(self.plain, plain_features(score, length))
        return _probability(self.verified, verified_features(candidate))

    def to_dict(self):
        """A dict for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, fields):
        """Rebuilds what `to_dict` gave."""
        weights = {name: tuple(fields[name]) for name in ("plain", "verified")}
        return cls(**{**fields, **weights})


def plain_features(score, length):
    """What a reader alone knows of its reading: a constant, and how surprising it is, at all and for its length.

    Args:
        score: sum of the tokens' natural log-probabilities.
        length: number of tokens.

    Returns:
        Tuple of four floats.
    """
    steps = length + 1  # with the end
    return 1.0, math.log(_LEAST_SURPRISE - min(score, 0.0)), score / steps, math.log(steps)


def verified_features(candidate):
    """What is known of a reading whose drawing is not the picture: the plain features and how they differ.

    Args:
        candidate: a judged `Candidate` that has a drawing.

    Returns:
        Tuple of six floats.
    """
    return (
        *plain_features(candidate.score, len(candidate.tokens)),
        float(candidate.of_same_renderer),
        math.log(0.01 + candidate.unlikeness),
    )


def fit_logistic(features, right, penalty=1e-3, steps=60):
    """Fits a logistic regression by Newton's method.

    Args:
        features: float array `[readings, features]`, the constant among them.
        right: bool array `[readings]`.
        penalty: weight of the squared weights, which keeps them finite.
        steps: Newton steps.

    Returns:
        Tuple of floats, a weight for each feature.
    """
    features, right = np.asarray(features, float), np.asarray(right, float)
    weights = np.zeros(features.shape[1])
    for _ in range(steps):
        expected = 1.0 / (1.0 + np.exp(-features @ weights))
        curvature = (features * (expected * (1.0 - expected))[:, None]).T @ features
        slope = features.T @ (right - expected) - penalty * weights
        weights = weights + np.linalg.solve(curvature + penalty * np.eye(len(weights)), slope)
    return tuple(weights.tolist())


def calibration_error(confidence, right, bins=10):
    """Expected calibration error, over bins of equally many readings.

    Args:
        confidence: float array `[readings]`.
        right: bool array `[readings]`.
        bins: number of bins.

    Returns:
        A float: the mean, over the readings, of the distance between the confidence of their bin and its share right.

    Reference:
        Naeini, Cooper, Hauskrecht: Obtaining Well Calibrated Probabilities Using Bayesian Binning, AAAI 2015.
    """
    confidence, right = np.asarray(confidence, float), np.asarray(right, float)
    order = np.argsort(confidence, kind="stable")
    gaps = [len(some) * abs(confidence[some].mean() - right[some].mean()) for some in np.array_split(order, bins)]
    return float(sum(gaps) / len(order))


def _probability(weights, features):
    total = sum(weight * feature for weight, feature in zip(weights, features, strict=True))
    return 1.0 / (1.0 + math.exp(-max(min(total, 60.0), -60.0)))
