"""How the training recipe reads datasets."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

SIZES = {"first": 30, "second": 90}


@pytest.fixture(scope="module")
def recipe(load_recipe):
    return load_recipe("train")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """Two datasets that differ in their formulas and in what else they store."""
    folder = tmp_path_factory.mktemp("data")
    picture = np.full((8, 8, 1), 255, np.uint8)
    for name, size in SIZES.items():
        features = {"image": tfds.features.Image(shape=(None, None, 1)), "latex": tfds.features.Text()}
        columns = {"image": np.stack([picture] * size), "latex": [f"{name} {n}" for n in range(size)]}
        if name == "second":
            features["renderer"] = tfds.features.Text()
            columns["renderer"] = ["katex"] * size
        rows = tf.data.Dataset.from_tensor_slices(columns)
        tfds.dataset_builders.store_as_tfds_dataset(
            name=name,
            version="1.0.0",
            data_dir=folder,
            split_datasets={"train": rows.take(size), "validation": rows.take(3)},
            features=tfds.features.FeaturesDict(features),
        )
    return str(folder)


def latex(examples):
    return [example["latex"].decode() for example in examples.as_numpy_iterator()]


def test_one_dataset_gives_its_splits_with_encoded_pictures(recipe, data_dir):
    examples = recipe.load_examples("first", data_dir)
    assert sorted(latex(examples["train"])) == sorted(f"first {n}" for n in range(30))
    assert sorted(latex(examples["validation"])) == ["first 0", "first 1", "first 2"]
    assert examples["train"].element_spec == {
        "image": tf.TensorSpec([], tf.string),
        "latex": tf.TensorSpec([], tf.string),
    }
    assert len(latex(recipe.load_examples("first", data_dir, 10)["train"])) == 10


def test_several_datasets_are_mixed_and_the_first_validates(recipe, data_dir):
    examples = recipe.load_examples(tuple(SIZES), data_dir)
    found = latex(examples["train"])
    assert sorted(found) == sorted(f"{name} {n}" for name, size in (("first", 30), ("second", 90)) for n in range(size))
    assert found == latex(examples["train"])
    assert len(examples["train"]) == 120
    # Of 60 drawn at shares of 1 to 3, 15 are of the first; 5 and 25 are three standard deviations away.
    assert 5 <= sum(one.startswith("first") for one in found[:60]) <= 25
    assert {one.split()[0] for one in latex(examples["validation"])} == {"first"}


def test_a_name_may_end_with_a_part_of_the_training_examples(recipe, data_dir):
    examples = recipe.load_examples(("first", "second[:10%]"), data_dir)
    found = latex(examples["train"])
    whole = latex(recipe.load_examples("second", data_dir, 9)["train"])
    assert sorted(found) == sorted([f"first {n}" for n in range(30)] + whole)
    assert len(examples["train"]) == 39
