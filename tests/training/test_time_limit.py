import time
from types import SimpleNamespace

import pytest

from keras_im2latex.training import TimeLimit


@pytest.fixture
def clock(monkeypatch):
    """Minutes that pass when the test says so."""
    now = SimpleNamespace(minutes=100.0)
    monkeypatch.setattr(time, "monotonic", lambda: 60 * now.minutes)
    return now


def epochs_run(clock, limit, durations):
    callback = TimeLimit(minutes=limit)
    callback.set_model(SimpleNamespace(stop_training=False))
    callback.on_train_begin()
    for number, minutes in enumerate(durations):
        clock.minutes += minutes
        callback.on_epoch_end(number)
        if callback.model.stop_training:
            return number + 1
    return len(durations)


@pytest.mark.parametrize(
    ("limit", "durations", "expected"),
    [
        (0, [1, 1, 1], 1),
        (3.5, [1] * 9, 3),
        (9.5, [1] * 9, 9),
        (9, [4, 2, 1, 1, 1], 2),  # after six minutes another epoch as long as the first would end at ten
        (20, [4, 2, 1, 1, 1], 5),
    ],
)
def test_the_last_epoch_is_the_last_that_fits(clock, limit, durations, expected):
    assert epochs_run(clock, limit, durations) == expected
