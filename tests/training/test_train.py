import dataclasses
import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_im2latex.images import Augmentation
from keras_im2latex.metrics import Perplexity
from keras_im2latex.models import Im2Latex
from keras_im2latex.training import Throughput, TokenCrossEntropy, TrainingConfig, formula_batches, train
from keras_im2latex.training.systems import SYSTEMS

CANVASES = ((32, 96),)
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
    "canvases": CANVASES,
    "validation_canvases": CANVASES,
    "length_step": None,
    "warmup_steps": 2,
    "weight_average": 0.9,
    "precision": "float32",
    "xla": False,
}
READER = {"filters": (8, 16, 16, 32, 32, 48), "encoder_units": 32, "decoder_units": 64, "embedding_size": 16}


def run(folder, formulas, options, training=None, **arguments):
    """A quiet run of the tiny config, validated on what it is trained on."""
    config = TrainingConfig(**{**TINY, **options})
    examples = {"train": training or formulas, "validation": formulas}
    return train(config, examples, folder, verbose=0, **arguments)


def log(folder):
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def preset_weights(folder):
    with np.load(folder / "preset/weights.npz") as weights:
        return {name: weights[name] for name in weights.files}


def test_forty_pictures_are_over_fitted_to_exact_match(glyph_formulas, glyph_examples, tmp_path):
    options = {"model": READER, "epochs": 3, "learning_rate": 1e-2, "warmup_steps": 20}
    training = glyph_examples.repeat(60)
    model = run(tmp_path, glyph_examples, options, training, description="Rows of glyphs.")
    for reader in (model, Im2Latex.from_preset(tmp_path / "preset")):
        readings = reader.generate(list(glyph_formulas.values()), beam_size=1, maximum_length=8)
        assert [" ".join(reading.tokens) for reading in readings] == list(glyph_formulas)
    assert log(tmp_path)[-1]["val_perplexity"] < 1.1
    assert log(tmp_path)[-1]["formulas_per_second"] > 0
    assert Im2Latex.from_preset(tmp_path / "preset").vocabulary == model.vocabulary
    config = json.loads((tmp_path / "preset/config.json").read_text())
    assert config["metadata"]["description"] == "Rows of glyphs."


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where an uninterrupted run of three epochs leaves its files."""
    return tmp_path_factory.mktemp("uninterrupted")


@pytest.fixture
def whole_run(folder, glyph_examples):
    if not (folder / "preset").exists():
        run(folder, glyph_examples, {})
    return folder


def test_a_stopped_and_a_killed_run_go_on_as_if_nothing_had_been(whole_run, glyph_examples, tmp_path, monkeypatch):
    run(tmp_path, glyph_examples, {}, minutes=0)
    assert [row["epoch"] for row in log(tmp_path)] == [0]

    def killed(self, batch, logs=None):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Throughput, "on_train_batch_end", killed)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path, glyph_examples, {})
    assert [row["epoch"] for row in log(tmp_path)] == [0]

    run(tmp_path, glyph_examples, {})
    for ours, theirs in zip(log(tmp_path), log(whole_run), strict=True):
        for name in ("epoch", "loss", "val_loss", "perplexity", "val_perplexity", "token_accuracy"):
            np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-4, err_msg=name)
    starts = json.loads((tmp_path / "run.json").read_text())["starts"]
    assert [start["first_epoch"] for start in starts] == [0, 1, 1]
    expected = preset_weights(whole_run)
    for name, values in preset_weights(tmp_path).items():
        np.testing.assert_allclose(values, expected[name], rtol=0, atol=2e-3, err_msg=name)


def test_a_run_says_what_it_was_trained_with(whole_run):
    facts = json.loads((whole_run / "run.json").read_text())
    assert facts["config"] == json.loads(json.dumps(dataclasses.asdict(TrainingConfig(**TINY))))
    (start,) = facts["starts"]
    assert start["first_epoch"] == 0
    assert start["versions"]["keras"] == keras.__version__
    for name in start["devices"]:
        assert (name == "CPU") == (not tf.config.list_physical_devices("GPU"))


def test_several_steps_at_once_are_the_same_steps(glyph_examples, tmp_path):
    examples, found = glyph_examples.repeat(20), {}  # 40 steps an epoch
    for at_once in (1, 4):
        options = {"epochs": 2, "steps_at_once": at_once, "xla": at_once > 1, "weight_average": None}
        run(tmp_path / str(at_once), glyph_examples, options, examples)
        found[at_once] = log(tmp_path / str(at_once)), preset_weights(tmp_path / str(at_once))
    for ours, theirs in zip(found[4][0], found[1][0], strict=True):
        for name in ("loss", "val_loss", "perplexity", "val_perplexity", "token_accuracy"):
            np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-3, err_msg=name)
    for name, values in found[4][1].items():
        np.testing.assert_allclose(values, found[1][1][name], rtol=0, atol=3e-3, err_msg=name)


def test_an_epoch_has_a_multiple_of_the_steps_at_once(glyph_examples, tmp_path, monkeypatch):
    steps = []

    class Counted(Throughput):
        def on_train_batch_end(self, batch, logs=None):
            steps.append(batch)
            super().on_train_batch_end(batch, logs)

    monkeypatch.setattr("keras_im2latex.training.run.Throughput", Counted)
    run(tmp_path, glyph_examples, {"epochs": 1, "steps_at_once": 4}, glyph_examples.repeat(21))
    assert steps == [*range(3, 40, 4)]  # of 42


def test_a_finished_run_called_again_changes_nothing(whole_run, glyph_examples):
    rows, weights = log(whole_run), preset_weights(whole_run)
    facts = (whole_run / "run.json").read_text()
    assert [row["epoch"] for row in rows] == [0, 1, 2]
    run(whole_run, glyph_examples, {})
    assert log(whole_run) == rows
    assert (whole_run / "run.json").read_text() == facts
    for name, values in preset_weights(whole_run).items():
        np.testing.assert_array_equal(values, weights[name])


def test_the_preset_has_the_averaged_weights_with_the_lowest_validation_perplexity(whole_run, glyph_examples):
    model = Im2Latex.from_preset(whole_run / "preset")
    model.compile(loss=TokenCrossEntropy(), weighted_metrics=[Perplexity(mask_token_id=0)])
    batches = formula_batches(glyph_examples, model.vocabulary, batch_size=20, canvases=CANVASES, maximum_tokens=7)
    figures = model.evaluate(batches, verbose=0, return_dict=True)
    best = min(row["val_perplexity"] for row in log(whole_run))
    np.testing.assert_allclose(figures["perplexity"], best, rtol=1e-3)


def test_the_papers_recipe_with_everything_else_switched_on(glyph_examples, tmp_path):
    """SGD by formulas, augmentation, smoothing, length groups and mixed precision in a single epoch."""
    options = {
        "epochs": 1,
        "optimizer": "sgd",
        "learning_rate": 0.1,
        "loss_per": "formula",
        "augmentation": Augmentation(),
        "label_smoothing": 0.1,
        "length_step": 2,
        "precision": "mixed_bfloat16",
        "weight_average": None,
    }
    model = run(tmp_path, glyph_examples, options)
    (row,) = log(tmp_path)
    assert all(np.isfinite(value) for value in row.values())
    assert model.decoder.compute_dtype == "bfloat16"
    keras.config.set_dtype_policy("float32")
    loaded = Im2Latex.from_preset(tmp_path / "preset")
    assert loaded.decoder.compute_dtype == "float32"
    for ours, theirs in zip(loaded.weights, model.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs.numpy().astype("float16"))


def test_a_run_starts_from_the_weights_of_another(glyph_examples, tmp_path):
    """Hard attention from hierarchical: all weights but the baseline, and the vocabulary with them."""
    soft = {"model": {**TINY["model"], "attention": "hierarchical"}, "epochs": 1}
    run(tmp_path / "soft", glyph_examples, soft)
    hard = {"model": {**TINY["model"], "attention": "hard"}, "epochs": 1, "optimizer": "sgd", "learning_rate": 0.0}
    hard |= {"initial_preset": str(tmp_path / "soft/preset"), "minimum_count": 1000, "weight_average": None}
    model = run(tmp_path / "hard", glyph_examples, hard)
    assert model.decoder.attention.draws
    before, after = preset_weights(tmp_path / "soft"), preset_weights(tmp_path / "hard")
    assert {name.rpartition("/")[2] for name in set(after) - set(before)} == {"baseline"}
    for name, values in before.items():
        if "moving" not in name:  # statistics move at any learning rate
            np.testing.assert_array_equal(values, after[name])
    assert (tmp_path / "hard/vocabulary.txt").read_text() == (tmp_path / "soft/vocabulary.txt").read_text()


def test_new_tokens_come_after_those_of_the_initial_preset(glyph_examples, tmp_path):
    run(tmp_path / "first", glyph_examples, {"epochs": 1})
    marked = glyph_examples.map(lambda example: {**example, "latex": example["latex"] + " \\new"})
    options = {"epochs": 1, "initial_preset": str(tmp_path / "first/preset"), "optimizer": "sgd", "learning_rate": 0.0}
    run(tmp_path / "second", marked, {**options, "weight_average": None, "maximum_tokens": 8})
    old, new = ((tmp_path / name / "vocabulary.txt").read_text().splitlines() for name in ("first", "second"))
    assert new == [*old, "\\new"]
    before, after = preset_weights(tmp_path / "first"), preset_weights(tmp_path / "second")
    grown = 0
    for name, values in before.items():
        if "moving" not in name:
            grown += values.shape != after[name].shape
            np.testing.assert_array_equal(values, after[name][tuple(map(slice, values.shape))])
    assert grown >= 2  # embeddings and scores


def test_weights_of_another_size_are_refused(glyph_examples, tmp_path):
    run(tmp_path / "first", glyph_examples, {"epochs": 1})
    options = {"model": {**TINY["model"], "decoder_units": 24}, "initial_preset": str(tmp_path / "first/preset")}
    with pytest.raises(
        ValueError, match=r"(?s)`initial_preset` must have weights of the shapes.*Received: initial_pre"
    ):
        run(tmp_path / "second", glyph_examples, options)


def test_frozen_layers_keep_what_they_start_with(glyph_examples, tmp_path):
    run(tmp_path / "first", glyph_examples, {"epochs": 1})
    options = {"epochs": 1, "initial_preset": str(tmp_path / "first/preset"), "frozen": ("convolutional_encoder",)}
    run(tmp_path / "second", glyph_examples, options)
    before, after = preset_weights(tmp_path / "first"), preset_weights(tmp_path / "second")
    for name, values in before.items():
        assert ("convolutional_encoder" in name) == np.array_equal(values, after[name]), name


@pytest.mark.parametrize(
    ("system", "model"),
    [("ctc", {"filters": (4, 4, 8, 8, 8, 8), "units": 4}), ("language_model", {"embedding_size": 16, "units": 32})],
)
def test_what_the_paper_compares_with_is_trained_alike(glyph_examples, tmp_path, system, model):
    options = {"system": system, "model": model, "epochs": 4, "learning_rate": 3e-2}
    trained = run(tmp_path, glyph_examples, options, glyph_examples.repeat(8))
    losses = [row["val_loss"] for row in log(tmp_path)]
    assert losses[-1] < losses[0] - 0.1  # nats a token
    again = type(trained).from_preset(tmp_path / "preset")
    for ours, theirs in zip(trained.weights, again.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_largest_tensor_of_validation_is_within_32_bit_indices():
    config = TrainingConfig()
    (height, width), tokens, classes = config.validation_canvases[0], config.maximum_tokens + 1, 600
    ctc = width // 4 * config.batch_size * SYSTEMS["ctc"].validation_batches * tokens * classes
    features = height * width * 64 * config.batch_size * SYSTEMS["im2latex"].validation_batches
    assert max(ctc, features) < 2**31
