"""The recipe that puts a server under load, on a tiny untrained model."""

import re
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from keras_im2latex.models import Im2Latex
from keras_im2latex.serving import export_version

pytest.importorskip("tensorflow_serving")
pytest.importorskip("aiohttp")

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def recipe(load_recipe):
    return load_recipe("benchmark_serving")


def test_load_is_counted(recipe, capsys, monkeypatch, tmp_path):
    sizes = {"filters": (8, 8, 8, 8, 16, 16), "encoder_units": 8, "decoder_units": 16, "embedding_size": 8}
    keras.utils.set_random_seed(1)
    export_version(Im2Latex([*"abc"], **sizes), tmp_path / "model", beam_size=1, maximum_length=10)
    (tmp_path / "pictures").mkdir()
    for number in range(3):
        pixels = np.random.default_rng(number).choice([0, 255], (40, 60 + 20 * number)).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / "pictures" / f"{number}.png")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(recipe, "WARM_UP_SECONDS", 0.2)
    arguments = [str(tmp_path / "model"), "--clients=8", "--seconds=1.5", "--stop", "--pictures"]
    monkeypatch.setattr(sys, "argv", ["benchmark_serving.py", *arguments, str(tmp_path / "pictures")])
    assert recipe.main() == 0
    out = capsys.readouterr().out
    (one, one_requests), (many, many_requests) = re.findall(r"^\| (\d+) \| (\d+) \| 0 \| ", out, re.MULTILINE)
    assert (one, many) == ("1", "8")
    assert int(many_requests) > int(one_requests) > 0
    assert len(re.findall(r"^\| \d+ \| \d+ \|$", out, re.MULTILINE)) == recipe.SAMPLES
    assert re.search(r"SIGTERM among 8 clients: [1-9]\d* answered, 0 lost\n\nthe server ended with 0\n", out)


def test_failures_are_told(recipe, capsys):
    one, many = recipe.Load(1, 10.0, [0.5] * 20), recipe.Load(2, 10.0, [1.0] * 30, ["429 full"], [(0.0, 2**21)])
    recipe.report([one, many])
    out = capsys.readouterr().out
    assert "| 1 | 20 | 0 | 2.0 | 0.50 | 0.50 | 0.50 |" in out
    assert "| 2 | 31 | 1 | 3.0 | 1.00 | 1.00 | 1.00 |" in out
    assert "1.50 times the throughput of one client" in out
    assert "| 0 | 2 |" in out
