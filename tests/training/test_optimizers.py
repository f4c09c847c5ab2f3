import math

import keras
import numpy as np
import pytest

from keras_im2latex.training import TrainingConfig, build_optimizer


def rate(optimizer, step):
    optimizer.build([keras.Variable(0.0)]) if not optimizer.built else None
    optimizer.iterations.assign(step)
    return float(optimizer.learning_rate)


def test_adam_warms_up_and_decays_along_a_cosine():
    config = TrainingConfig(learning_rate=2e-3, warmup_steps=100)
    optimizer = build_optimizer(config, total_steps=1100)
    assert isinstance(optimizer, keras.optimizers.Adam)
    first = 2e-3 / 100
    for step in (0, 1, 50, 99):
        expected = first + (2e-3 - first) * step / 100
        np.testing.assert_allclose(rate(optimizer, step), expected, rtol=1e-5)
    for step in (100, 350, 600, 1099, 1100, 5000):
        share = min((step - 100) / 1000, 1)
        expected = 2e-3 * (0.99 * (1 + math.cos(math.pi * share)) / 2 + 0.01)
        np.testing.assert_allclose(rate(optimizer, step), expected, rtol=1e-4)


def test_sgd_keeps_the_papers_constant_rate():
    optimizer = build_optimizer(TrainingConfig(optimizer="sgd", learning_rate=0.1), total_steps=1000)
    assert isinstance(optimizer, keras.optimizers.SGD)
    assert [rate(optimizer, step) for step in (0, 500, 5000)] == pytest.approx([0.1] * 3)


@pytest.mark.parametrize("name", ["adam", "sgd"])
def test_clipping_and_averaging_follow_the_config(name):
    plain = build_optimizer(TrainingConfig(optimizer=name, weight_average=None, clip_norm=None), 10)
    assert (plain.use_ema, plain.clipnorm, plain.global_clipnorm) == (False, None, None)
    full = build_optimizer(TrainingConfig(optimizer=name, weight_average=0.9, clip_norm=5.0), 10)
    assert (full.use_ema, full.ema_momentum) == (True, 0.9)
    assert full.global_clipnorm == 5.0


def test_a_run_shorter_than_its_warmup_has_a_finite_rate():
    optimizer = build_optimizer(TrainingConfig(warmup_steps=50), total_steps=10)
    assert all(math.isfinite(rate(optimizer, step)) for step in (0, 10, 60))


def test_errors():
    with pytest.raises(ValueError, match=r"`optimizer` must be 'adam' or 'sgd'. Received: optimizer='lion'"):
        TrainingConfig(optimizer="lion")


def test_fewer_steps_at_once_than_one_are_refused():
    with pytest.raises(ValueError, match=r"`steps_at_once` must be at least 1. Received: steps_at_once=0"):
        TrainingConfig(steps_at_once=0)
