"""The Beam recipe on the local runner against `generate`."""

import json
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from keras_im2latex.models import Im2Latex

pytest.importorskip("apache_beam")

sys.path.insert(0, str(Path(__file__).parents[2] / "recipes"))
import predict_beam


def test_every_picture_has_its_line(tmp_path):
    keras.utils.set_random_seed(1)
    sizes = {"filters": (8, 8, 8, 8, 16, 16), "encoder_units": 8, "decoder_units": 16, "embedding_size": 8}
    model = Im2Latex([*"abcxyz+-="], **sizes)
    model.save_to_preset(tmp_path / "preset", "Tiny.")
    pictures = tmp_path / "pictures"
    (pictures / "deeper").mkdir(parents=True)
    for number in range(5):
        pixels = np.random.default_rng(number).choice([0, 255], (30, 50 + 10 * number)).astype(np.uint8)
        Image.fromarray(pixels).save(pictures / ("deeper" if number % 2 else ".") / f"{number}.png")
    Image.new("L", (40, 40), 255).save(pictures / "blank.png")
    options = ["--preset", str(tmp_path / "preset"), "--beam-size", "1", "--runner", "DirectRunner"]
    predict_beam.main(["--pictures", f"{pictures}/**.png", "--output", str(tmp_path / "out" / "part"), *options])
    lines = [line for file in (tmp_path / "out").glob("part*.jsonl") for line in file.read_text().splitlines()]
    found = {fields["path"]: fields for fields in map(json.loads, lines)}
    assert len(lines) == len(found) == 6
    blank = found.pop(str(pictures / "blank.png"))
    assert blank["error"] == "blank: no ink on its paper"
    paths = sorted(found)
    assert [found[path]["latex"] for path in paths] == [reading.latex for reading in model.generate(paths, beam_size=1)]
