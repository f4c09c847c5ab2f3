"""The calibrated confidence of readings."""

import json
import math

import numpy as np
import pytest

from keras_im2latex.confidence import calibration_error, fit_logistic, plain_features, verified_features
from keras_im2latex.models import Confidence, Im2Latex
from keras_im2latex.verification import Candidate

CONFIDENCE = Confidence(plain=(1.0, -0.5, 2.0, 0.1), verified=(0.5, -0.5, 2.0, 0.1, -4.0, -2.0), exact=0.998)
NEAR = {"score": -3.0, "exact": False, "tokens": ("x",) * 9, "column_distance": 0.9, "unlikeness": 0.1}


def test_logistic_regression_finds_the_weights_of_the_truth():
    generator = np.random.default_rng(3)
    truth = np.array([0.4, -1.5, 0.8])
    features = np.column_stack([np.ones(60_000), generator.normal(size=(60_000, 2))])
    right = generator.random(60_000) < 1.0 / (1.0 + np.exp(-features @ truth))
    np.testing.assert_allclose(fit_logistic(features, right), truth, atol=0.06)
    assert all(map(math.isfinite, fit_logistic([[1.0, 0.0], [1.0, 1.0]], [False, True])))


def test_calibration_error_of_known_cases():
    assert calibration_error([0.25] * 4 + [0.75] * 4, [1, 0, 0, 0, 1, 1, 1, 0], bins=2) == 0.0
    assert calibration_error([0.9, 0.9, 0.1, 0.1], [0, 0, 1, 1], bins=2) == pytest.approx(0.9)
    generator = np.random.default_rng(1)
    honest = generator.random(50_000)
    right = generator.random(50_000) < honest
    assert calibration_error(honest, right) < 0.01
    assert calibration_error(honest**2, right) > 0.1


def test_what_raises_confidence():
    assert CONFIDENCE.of(-1.0, 9) > CONFIDENCE.of(-4.0, 9)
    near = Candidate("x", **NEAR)
    far = Candidate("x", **{**NEAR, "unlikeness": 0.4})
    of_ours = Candidate("x", **{**NEAR, "column_distance": 0.2})
    values = [CONFIDENCE.of(-3.0, 9, candidate) for candidate in (of_ours, far, near)]
    assert 0.0 < values[0] < values[2] < CONFIDENCE.exact
    assert values[1] < values[2]
    assert CONFIDENCE.of(-3.0, 9, Candidate("x", score=-3.0, exact=True)) == 0.998


def test_what_cannot_be_drawn_or_has_no_probability_is_not_right():
    broken = Candidate("{x", score=-0.1, exact=False, error="Missing } inserted")
    assert CONFIDENCE.of(-0.1, 2, broken) == 0.0
    assert CONFIDENCE.of(float("nan"), 2) == 0.0
    assert CONFIDENCE.of(-math.inf, 2) == 0.0


def test_features_are_as_many_as_weights():
    assert len(plain_features(-1.0, 3)) == len(CONFIDENCE.plain)
    assert len(verified_features(Candidate("x", **NEAR))) == len(CONFIDENCE.verified)
    with pytest.raises(ValueError, match="zip"):
        Confidence(plain=(1.0,), verified=(), exact=1.0).of(-1.0, 2)


def test_a_preset_keeps_it(make_model, tmp_path, pictures):
    model = make_model()
    picture = pictures[0][..., 0]
    options = {"beam_size": 2, "maximum_length": 5}
    assert model.generate(picture, **options).confidence is None
    model.confidence = CONFIDENCE
    model.save_to_preset(tmp_path, "Tiny.")
    assert json.loads((tmp_path / "config.json").read_text())["metadata"]["confidence"]["exact"] == 0.998
    again = Im2Latex.from_preset(tmp_path)
    assert again.confidence == CONFIDENCE
    reading = again.generate(picture, n_best=2, **options)
    assert reading.confidence == CONFIDENCE.of(reading.score, len(reading.tokens))
    assert reading.alternatives[0].confidence is None
