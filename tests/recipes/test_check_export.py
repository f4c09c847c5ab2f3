"""The recipe that compares the exported model with `generate`, on a tiny untrained model."""

import keras
import numpy as np
import pytest
from PIL import Image

from keras_im2latex.models import Im2Latex


@pytest.fixture(scope="module")
def recipe(load_recipe):
    return load_recipe("check_export")


@pytest.fixture(scope="module")
def arguments(tmp_path_factory):
    folder = tmp_path_factory.mktemp("check_export")
    keras.utils.set_random_seed(1)
    sizes = {"filters": (8, 8, 8, 8, 16, 16), "encoder_units": 8, "decoder_units": 16, "embedding_size": 8}
    Im2Latex([*"abc", r"\alpha"], **sizes).save_to_preset(folder / "preset")
    (folder / "pictures").mkdir()
    for number in range(4):
        pixels = np.random.default_rng(number).choice([0, 255], (40, 60 + 20 * number)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / "pictures" / f"{number}.png")
    preset, pictures = str(folder / "preset"), str(folder / "pictures")
    return ["--preset", preset, "--pictures", pictures, "--number", "3", "--beam-size", "1", "--batch-size", "2"]


def test_identical_strings_are_counted(recipe, arguments, capfd):
    assert recipe.main(arguments) == 0
    assert capfd.readouterr().out == "3 of 3 strings are identical\n"


def test_a_difference_is_shown_and_fails(recipe, arguments, capsys, monkeypatch):
    monkeypatch.setattr(recipe, "read_exported", lambda folder, paths, batch_size: ["?"] * len(paths))
    assert recipe.main(arguments) == 1
    out = capsys.readouterr().out
    assert out.endswith("0 of 3 strings are identical\n")
    assert out.count("exported: ?") == 3
