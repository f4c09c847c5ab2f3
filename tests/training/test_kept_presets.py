import math
from pathlib import Path

import pytest

from keras_im2latex.training.kept_presets import BestPreset, EpochPresets, best_of


class Reader:
    """Remembers what it was told to save."""

    def __init__(self):
        self.saved = []

    def save_to_preset(self, folder, description, **facts):
        self.saved.append((folder, description, facts))


def saved_epochs(monitor, values, best=None):
    reader = Reader()
    callback = BestPreset(reader, "preset", "a reader", best, monitor)
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {monitor: value, "loss": 1.0})
    assert all(saved[:2] == ("preset", "a reader") for saved in reader.saved)
    return [(facts["epoch"], facts[monitor]) for _, _, facts in reader.saved]


@pytest.mark.parametrize(
    ("monitor", "values", "epochs"),
    [
        ("val_perplexity", [1.5, 1.2, 1.3, 1.2, 1.1], [(1, 1.5), (2, 1.2), (5, 1.1)]),
        ("val_token_accuracy", [0.5, 0.9, 0.8, 0.9, 0.95], [(1, 0.5), (2, 0.9), (5, 0.95)]),
    ],
)
def test_weights_are_saved_whenever_they_are_better_than_before(monitor, values, epochs):
    assert saved_epochs(monitor, values) == epochs


def test_a_run_that_goes_on_remembers_the_best_before():
    assert saved_epochs("val_perplexity", [1.3, 1.2], best=1.25) == [(2, 1.2)]
    assert saved_epochs("val_token_accuracy", [0.7, 0.8], best=0.75) == [(2, 0.8)]


def test_a_preset_says_all_that_it_was_validated_at():
    reader = Reader()
    BestPreset(reader, "preset").on_epoch_end(0, {"val_perplexity": 1.23456, "val_token_accuracy": 0.9, "loss": 1.0})
    assert reader.saved[0][2] == {"epoch": 1, "val_perplexity": 1.2346, "val_token_accuracy": 0.9}


def test_what_is_no_number_is_never_best():
    assert saved_epochs("val_perplexity", [math.nan, 1.2, math.nan, 1.3]) == [(2, 1.2)]
    assert best_of("val_perplexity", [None, math.nan]) is None


def test_an_epoch_without_the_figure_saves_nothing():
    reader = Reader()
    BestPreset(reader, "preset").on_epoch_end(0, {"loss": 1.0})
    BestPreset(reader, "preset").on_epoch_end(0)
    assert reader.saved == []


def test_every_epoch_is_kept():
    reader = Reader()
    callback = EpochPresets(reader, Path("run"), "a reader")
    for epoch, value in enumerate([1.3, 1.1, 1.2]):
        callback.on_epoch_end(epoch, {"val_perplexity": value, "loss": 1.0})
    assert [(str(folder), facts) for folder, _, facts in reader.saved] == [
        ("run/epoch_1", {"epoch": 1, "val_perplexity": 1.3}),
        ("run/epoch_2", {"epoch": 2, "val_perplexity": 1.1}),
        ("run/epoch_3", {"epoch": 3, "val_perplexity": 1.2}),
    ]
