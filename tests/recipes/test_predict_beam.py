"""The Beam recipe on the in-memory runner against the command line, which reads the same pictures in one process."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from PIL import Image

from keras_im2latex import cli
from keras_im2latex.models import Im2Latex
from keras_im2latex.reading import Reading

pytest.importorskip("apache_beam")

sys.path.insert(0, str(Path(__file__).parents[2] / "recipes"))
import apache_beam as beam
import predict_beam

IN_MEMORY = ["--runner", "FnApiRunner"]


def lines_of(prefix):
    lines = [line for file in sorted(prefix.parent.glob(f"{prefix.name}*.jsonl")) for line in file.open()]
    found = {fields["path"]: fields for fields in map(json.loads, lines)}
    assert len(found) == len(lines)
    return found


@pytest.fixture
def pictures(tmp_path):
    """Five pictures at two depths and in two formats, one without ink, and one that is none."""
    folder = tmp_path / "pictures"
    (folder / "deeper").mkdir(parents=True)
    for number in range(5):
        pixels = np.random.default_rng(number).choice([0, 255], (30, 50 + 10 * number)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / ("deeper/0.jpg" if number == 0 else f"{number}.png"))
    Image.new("L", (40, 40), 255).save(folder / "blank.png")
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


def test_the_lines_are_those_of_the_command_line(pictures, tmp_path, capsys):
    keras.utils.set_random_seed(1)
    sizes = {"filters": (8, 8, 8, 8, 16, 16), "encoder_units": 8, "decoder_units": 16, "embedding_size": 8}
    Im2Latex([*"abcxyz+-="], **sizes).save_to_preset(tmp_path / "preset", "Tiny.")
    options = ["--preset", str(tmp_path / "preset"), "--beam-size", "2", "--n-best", "2"]
    patterns = [f"{pictures}/**.png", f"{pictures}/**.jpg"]
    predict_beam.main(["--pictures", *patterns, "--output", str(tmp_path / "out" / "part"), *options, *IN_MEMORY])
    found = lines_of(tmp_path / "out" / "part")
    cli.main(["predict", str(pictures), "--json", *options])
    lines = capsys.readouterr().out.splitlines()
    objects = [json.loads(line, parse_float=lambda score: pytest.approx(float(score), rel=1e-4)) for line in lines]
    assert len(objects) == 7
    assert found == {fields["path"]: fields for fields in objects}


class CountingModel:
    def generate(self, batch, **_):
        return [Reading(str(len(batch)), score=0.0)] * len(batch)


class CountingHandler(predict_beam.FormulaModelHandler):
    """Reads in each picture how many were put together with it."""

    def load_model(self):
        return CountingModel()


def test_no_more_pictures_are_held_than_a_window(pictures, tmp_path):
    copies = tmp_path / "copies"
    copies.mkdir()
    for number in range(40):
        (copies / f"{number}.png").write_bytes((pictures / "1.png").read_bytes())
    with beam.Pipeline(runner="FnApiRunner") as pipeline:
        predict_beam.read_pictures(pipeline, [f"{copies}/*.png"], str(tmp_path / "part"), CountingHandler(window=7))
    counts = [int(fields["latex"]) for fields in lines_of(tmp_path / "part").values()]
    assert len(counts) == 40
    assert max(counts) == 7
    assert sum(count == 7 for count in counts) > len(counts) / 2


def test_patterns_without_pictures_are_refused(tmp_path):
    with pytest.raises(Exception, match="Empty match for pattern"):
        predict_beam.main(["--pictures", f"{tmp_path}/*.png", "--output", str(tmp_path / "part"), *IN_MEMORY])


def test_a_file_that_is_gone_has_a_line_and_one_that_may_come_is_tried_again():
    def open_file(error):
        def fail(**_):
            raise error

        return SimpleNamespace(metadata=SimpleNamespace(path="a.png"), open=fail)

    opened = predict_beam.OpenPictures()
    (gone,) = opened.process(open_file(FileNotFoundError(2, "No such file or directory")))
    assert gone.tag == opened.UNOPENED
    assert json.loads(predict_beam.error_line(*gone.value)) == {
        "path": "a.png",
        "error": "can't be opened: No such file or directory",
    }
    with pytest.raises(ConnectionError):
        list(opened.process(open_file(ConnectionError("reset"))))
