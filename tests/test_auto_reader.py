"""Two readers behind one: each picture goes to its own."""

import json

import numpy as np
import pytest
from PIL import Image

from keras_im2latex import auto_reader, cli
from keras_im2latex.auto_reader import AutoReader
from keras_im2latex.commands import model_options
from keras_im2latex.images import prepare_picture
from keras_im2latex.models import FormulaReader, Im2Latex, attention_map
from keras_im2latex.reading import Reading


class Reader:
    def __init__(self, name):
        self.name, self.calls = name, []

    def generate(self, pictures, **options):
        self.calls.append((len(pictures), options))
        return [Reading(f"{self.name} {picture.shape[1]}") for picture in pictures]


@pytest.fixture
def reader(monkeypatch):
    """Takes dark pictures for handwriting."""
    monkeypatch.setattr(auto_reader, "handwriting_probability", lambda ink: 0.9 if ink.mean() < 128 else 0.2)
    return AutoReader(Reader("print"), Reader("hand"))


def picture(width, dark):
    pixels = np.full((20, width), 255, np.uint8)
    pixels[5:15, 5 : -5 if dark else 6] = 0
    pixels[5, 5:-5] = 0
    return pixels


def test_each_picture_goes_to_its_reader_and_the_order_stays(reader):
    kinds = [True, False, False, True]
    pictures = [picture(40 + place, dark) for place, dark in enumerate(kinds)]
    found = reader.generate(pictures, beam_size=3, verify=True)
    assert [reading.latex for reading in found] == ["hand 40", "print 41", "print 42", "hand 43"]
    assert reader.printed.calls == [(2, {"verify": True, "beam_size": 3})]
    assert reader.handwritten.calls == [(2, {"verify": False, "beam_size": 3})]
    assert reader.generate(pictures[0]).latex == "hand 40"
    assert reader.generate([]) == []


def test_what_cannot_be_read_is_left_to_the_reader_of_print(reader):
    assert reader.reader_of(b"no picture") is reader.printed


@pytest.fixture(scope="module")
def presets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets")
    sizes = {"filters": (8, 8, 8, 8, 16, 16), "encoder_units": 8, "decoder_units": 16, "embedding_size": 8}
    for name in ("printed", "handwritten"):
        model = Im2Latex([*"abc"], **sizes)
        model.handwriting = name == "handwritten"
        model.save_to_preset(folder / name)
    return folder


def test_a_preset_says_that_it_reads_handwriting_and_pictures_come_at_its_size(presets):
    models = [FormulaReader.from_preset(presets / name) for name in ("printed", "handwritten")]
    assert [model.handwriting for model in models] == [False, True]
    pixels = picture(120, False)
    for model in models:
        looked = attention_map(model, pixels, ["a"])
        expected = prepare_picture(pixels, handwriting=model.handwriting)[..., 0]
        np.testing.assert_array_equal(looked.picture, expected)
    assert prepare_picture(pixels).shape != prepare_picture(pixels, handwriting=True).shape
    with pytest.raises(ValueError, match="`verify` needs a model of print"):
        models[1].generate(pixels, verify=True)


def test_predict_chooses_the_preset_by_the_picture(presets, tmp_path, monkeypatch, capsys):
    for name in ("PRINTED", "HANDWRITTEN"):
        monkeypatch.setattr(model_options, name, str(presets / name.lower()))
    chosen = []
    of = AutoReader.reader_of
    monkeypatch.setattr(AutoReader, "reader_of", lambda self, one: chosen.append(of(self, one)) or chosen[-1])
    path = tmp_path / "picture.png"

    Image.fromarray(picture(120, False)).save(path)
    assert cli.main(["predict", str(path), "--preset", "auto", "--json", "--beam-size", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["path"] == str(path)
    assert len(chosen) == 1


def test_commands_that_need_one_model_know_no_auto(tmp_path, capsys):
    assert cli.main(["export", str(tmp_path / "out"), "--preset", "auto"]) == 2
    assert "Received: preset='auto'" in capsys.readouterr().err
