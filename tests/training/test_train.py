import json

import keras
import numpy as np
import pytest

from keras_im2latex.images import Augmentation
from keras_im2latex.models import Im2Latex
from keras_im2latex.training import Throughput, TrainingConfig, train

TINY = {
    "model": {
        "filters": (4, 4, 8, 8, 8, 8),
        "encoder_units": 4,
        "decoder_units": 8,
        "embedding_size": 4,
        "maximum_rows": 4,
    },
    "minimum_count": 1,
    "maximum_tokens": 7,
    "batch_size": 20,
    "epochs": 3,
    "canvases": ((32, 96),),
    "validation_canvases": ((32, 96),),
    "length_step": None,
    "warmup_steps": 2,
    "weight_average": 0.9,
    "precision": "float32",
    "xla": False,
}


def run(folder, glyph_examples, **options):
    examples = {"train": glyph_examples, "validation": glyph_examples}
    config = TrainingConfig(**{**TINY, **{name: options.pop(name) for name in set(options) & set(TINY)}})
    return train(config, examples, folder, verbose=0, **options)


def log(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def assert_same_run(first, second):
    """Equal figures, epoch by epoch, and equal weights."""
    for ours, theirs in zip(log(first), log(second), strict=True):
        for name in ("epoch", "loss", "val_loss", "perplexity", "val_perplexity", "token_accuracy"):
            np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-4, err_msg=name)
    with np.load(first / "preset/weights.npz") as ours, np.load(second / "preset/weights.npz") as theirs:
        assert ours.files == theirs.files
        for name in ours.files:
            np.testing.assert_allclose(ours[name], theirs[name], rtol=0, atol=2e-3, err_msg=name)


def test_forty_pictures_are_over_fitted_to_exact_match(glyph_formulas, glyph_examples, tmp_path):
    model = train(
        TrainingConfig(
            **{
                **TINY,
                "model": {
                    "filters": (8, 16, 16, 32, 32, 48),
                    "encoder_units": 32,
                    "decoder_units": 64,
                    "embedding_size": 16,
                },
                "epochs": 3,
                "learning_rate": 1e-2,
                "warmup_steps": 20,
            }
        ),
        {"train": glyph_examples.repeat(50), "validation": glyph_examples},
        tmp_path,
        description="Rows of glyphs.",
        verbose=0,
    )
    for reader in (model, Im2Latex.from_preset(tmp_path / "preset")):
        readings = reader.generate(list(glyph_formulas.values()), beam_size=1, maximum_length=8)
        assert [" ".join(reading.tokens) for reading in readings] == list(glyph_formulas)
    assert log(tmp_path)[-1]["val_perplexity"] < 1.1
    assert log(tmp_path)[-1]["formulas_per_second"] > 0
    assert json.loads((tmp_path / "preset/config.json").read_text())["metadata"]["description"]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """A folder in which a whole run has ended."""
    return tmp_path_factory.mktemp("uninterrupted")


@pytest.fixture
def whole_run(uninterrupted, glyph_examples):
    if not (uninterrupted / "preset").exists():
        run(uninterrupted, glyph_examples)
    return uninterrupted


def test_a_run_whose_time_is_up_goes_on_as_if_never_stopped(whole_run, glyph_examples, tmp_path):
    for finished in (1, 2, 3):
        run(tmp_path, glyph_examples, minutes=0)
        assert [row["epoch"] for row in log(tmp_path)] == list(range(finished))
    assert_same_run(tmp_path, whole_run)


def test_a_run_killed_within_an_epoch_goes_on_after_the_last_whole_one(
    whole_run, glyph_examples, tmp_path, monkeypatch
):
    begin = Throughput.on_epoch_begin

    def killed(self, epoch, logs=None):
        if epoch == 1:
            raise KeyboardInterrupt
        begin(self, epoch, logs)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Throughput, "on_epoch_begin", killed)
        run(tmp_path, glyph_examples)
    assert [row["epoch"] for row in log(tmp_path)] == [0]
    assert not (tmp_path / "preset").exists()
    run(tmp_path, glyph_examples)
    assert [row["epoch"] for row in log(tmp_path)] == [0, 1, 2]
    assert_same_run(tmp_path, whole_run)


def test_a_finished_run_called_again_changes_nothing(whole_run, glyph_examples):
    before = log(whole_run)
    with np.load(whole_run / "preset/weights.npz") as weights:
        expected = {name: weights[name] for name in weights.files}
    run(whole_run, glyph_examples)
    assert log(whole_run) == before
    with np.load(whole_run / "preset/weights.npz") as weights:
        for name, values in expected.items():
            np.testing.assert_array_equal(weights[name], values)


def test_the_kept_weights_are_those_with_the_lowest_validation_perplexity(glyph_examples, tmp_path):
    model = run(tmp_path, glyph_examples, epochs=4, learning_rate=3e-2, weight_average=None)
    perplexities = [row["val_perplexity"] for row in log(tmp_path)]
    weights = {variable.path: variable.numpy() for variable in model.weights}
    best = int(np.argmin(perplexities))
    assert perplexities[best] == min(perplexities)
    kept = Im2Latex.from_preset(tmp_path / "preset")
    for variable in kept.weights:
        np.testing.assert_array_equal(variable, weights[variable.path].astype("float16"))


@pytest.mark.parametrize(
    "options",
    [
        {"optimizer": "sgd", "learning_rate": 0.1, "loss_per": "formula", "weight_average": None},
        {"augmentation": Augmentation(), "label_smoothing": 0.1, "length_step": 2},
        {"precision": "mixed_bfloat16"},
    ],
    ids=["sgd", "augmentation", "mixed"],
)
def test_every_kind_of_run_ends_with_a_preset(glyph_examples, tmp_path, options):
    config = TrainingConfig(**{**TINY, "epochs": 1, **options})
    train(config, {"train": glyph_examples, "validation": glyph_examples}, tmp_path, verbose=0)
    (row,) = log(tmp_path)
    assert all(np.isfinite(value) for value in row.values())
    keras.config.set_dtype_policy("float32")
    assert Im2Latex.from_preset(tmp_path / "preset").vocabulary.tokens[4:] != ()
