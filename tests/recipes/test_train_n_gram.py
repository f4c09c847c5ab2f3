"""The recipe of the n-gram model, beside the LSTM language model trained on the same examples."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_im2latex.markup import Vocabulary
from keras_im2latex.models import NGramModel
from keras_im2latex.training import TrainingConfig, formula_batches

RECIPES = Path(__file__).parents[2] / "recipes"
CANVASES = ((32, 64), (48, 32))
CONFIG = f"""
from keras_im2latex.training import TrainingConfig


def get_config():
    return TrainingConfig(
        system="language_model", dataset="any", formulas=6, maximum_tokens=4, canvases={CANVASES},
        validation_canvases=((32, 64),), minimum_count=2,
    )
"""
FORMULAS = [("a b", 32, 64), ("a c", 40, 32), ("b a b", 40, 64), ("a", 16, 16), ("b b b b b", 16, 16), ("a b", 8, 8)]


def dataset(formulas):
    def examples():
        for latex, height, width in formulas:
            file = io.BytesIO()
            Image.fromarray(np.full((height, width), 255, np.uint8)).save(file, "png")
            yield {"latex": latex, "image": file.getvalue()}

    return tf.data.Dataset.from_generator(
        examples, output_signature={"latex": tf.TensorSpec([], tf.string), "image": tf.TensorSpec([], tf.string)}
    )


@pytest.fixture
def recipe(monkeypatch):
    monkeypatch.syspath_prepend(RECIPES)
    import train_n_gram

    return train_n_gram


def test_it_counts_what_the_lstm_is_trained_on(recipe, tmp_path, capsys):
    (tmp_path / "config.py").write_text(CONFIG)
    asked = []

    def load(name, data_dir, formulas):
        asked.append((name, data_dir, formulas))
        return {"train": dataset(FORMULAS), "validation": dataset(FORMULAS[:3])}

    output = tmp_path / "run"
    command = ["--config", tmp_path / "config.py", "--data-dir", "DATA", "--output", output, "--formulas", 5]
    row = recipe.main([*map(str, command)], load)
    assert asked == [("any", "DATA", 5)]

    vocabulary = Vocabulary.from_formulas([latex.split() for latex, *_ in FORMULAS], 2)
    config = TrainingConfig(maximum_tokens=4, canvases=CANVASES)
    batches = formula_batches(
        dataset(FORMULAS),
        vocabulary,
        batch_size=1,
        canvases=config.canvases,
        maximum_tokens=config.maximum_tokens,
        drop_remainder=False,
    )
    trained = [vocabulary.decode(targets[0]) for _, targets in batches.as_numpy_iterator()]
    assert sorted(map(" ".join, trained)) == ["a", "a <unknown>", "a b", "a b"]
    model = NGramModel(vocabulary).fit([["a", "b"], ["a", "?"], ["a"], ["a", "b"]])
    assert row["perplexity"] == pytest.approx(model.perplexity([["a", "b"], ["a", "?"], ["a"], ["a", "b"]]))
    assert row["val_perplexity"] == pytest.approx(model.perplexity([["a", "b"]]))
    assert row["validation_formulas"] == 1

    assert json.loads((output / "log.jsonl").read_text()) == row
    assert json.loads((output / "formulas.json").read_text()) == {"train": 6}
    assert json.loads((output / "run.json").read_text())["config"]["formulas"] == 5
    assert Vocabulary.load(output / "vocabulary.txt") == vocabulary
    assert f"{row['val_perplexity']:.3f} in validation" in capsys.readouterr().out
