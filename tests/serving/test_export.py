"""The exported model against `generate`, in a process that cannot import this package."""

import io
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from drawn_pictures import dotted, encoded
from PIL import Image

import keras_im2latex
from keras_im2latex.images import prepare_picture
from keras_im2latex.serving import export_model

WITHOUT_THE_PACKAGE = """
import json, sys

class Refusal:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "keras_im2latex":
            raise ImportError(name)

sys.meta_path.insert(0, Refusal())
try:
    import keras_im2latex
except ImportError as error:
    assert str(error) == "keras_im2latex"
else:
    raise AssertionError("keras_im2latex can be imported")
import tensorflow as tf

folder, *files = sys.argv[1:]
read = tf.saved_model.load(folder).signatures["serving_default"]
pictures = [open(file, "rb").read() for file in files]
results = read(image_bytes=tf.constant(pictures))
print(json.dumps([[text.decode() for text in results["latex"].numpy()], results["score"].numpy().tolist()]))
"""


@pytest.fixture(scope="module")
def signatures(folder):
    return tf.saved_model.load(str(folder)).signatures


@pytest.fixture(scope="module")
def read(signatures):
    return signatures["serving_default"]


@pytest.mark.parametrize(("signature", "shape"), [("serving_default", [None]), ("n_best", [None, 3])])
def test_signatures(signatures, signature, shape):
    read = signatures[signature]
    ((), arguments) = read.structured_input_signature
    assert {name: (spec.shape.as_list(), spec.dtype) for name, spec in arguments.items()} == {
        "image_bytes": ([None], tf.string)
    }
    assert {name: (spec.shape.as_list(), spec.dtype) for name, spec in read.structured_outputs.items()} == {
        "latex": (shape, tf.string),
        "score": (shape, tf.float32),
    }


def test_a_process_without_the_package_reads_what_generate_reads(folder, pictures, readings, tmp_path):
    files = []
    for number, picture in enumerate(pictures):
        files.append(tmp_path / str(number))
        files[-1].write_bytes(picture)
    command = [sys.executable, "-c", WITHOUT_THE_PACKAGE, str(folder), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    latex, scores = json.loads(done.stdout)
    assert latex == [reading.latex for reading in readings]
    np.testing.assert_allclose(scores, [reading.score for reading in readings], rtol=1e-4)


def test_picture_is_read_alike_alone_and_among_others(read, pictures, readings):
    for picture, reading in zip(pictures, readings):
        alone = read(image_bytes=tf.constant([picture]))
        assert alone["latex"].numpy().tolist() == [reading.latex.encode()]
        np.testing.assert_allclose(alone["score"], [reading.score], rtol=1e-4)


def test_n_best_are_the_alternatives_of_generate(signatures, pictures, readings):
    found = signatures["n_best"](image_bytes=tf.constant(pictures))
    for latex, scores, reading in zip(found["latex"].numpy(), found["score"].numpy(), readings, strict=True):
        hypotheses = [reading, *reading.alternatives]
        assert [text.decode() for text in latex] == [hypothesis.latex for hypothesis in hypotheses]
        np.testing.assert_allclose(scores, [hypothesis.score for hypothesis in hypotheses], rtol=1e-4)


def test_two_stages_read_what_one_does(signatures, pictures, readings):
    for picture, reading in zip(pictures, readings, strict=True):
        image = signatures["prepare"](image_bytes=tf.constant(picture))["image"].numpy()
        np.testing.assert_array_equal(image, prepare_picture(picture))
        height, width = image.shape[:2]
        canvas = np.pad(image, [(0, -height % 8), (0, -width % 8), (0, 0)], constant_values=255)
        found = signatures["read_prepared"](image=tf.constant(canvas[None]), size=tf.constant([[height, width]]))
        assert found["latex"].numpy()[0, 0].decode() == reading.latex
        np.testing.assert_allclose(found["score"].numpy()[0, 0], reading.score, rtol=1e-4)


@pytest.mark.parametrize("shape", [(40, 60), (1, 1)])
def test_blank_picture_gives_an_empty_string_and_no_score(read, pictures, readings, shape):
    blank = encoded(np.full(shape, 255, np.uint8))
    found = read(image_bytes=tf.constant([pictures[0], blank, pictures[1]]))
    assert found["latex"].numpy().tolist() == [readings[0].latex.encode(), b"", readings[1].latex.encode()]
    assert [math.isnan(score) for score in found["score"].numpy()] == [False, True, False]
    assert read(image_bytes=tf.constant([blank]))["latex"].numpy().tolist() == [b""]


def huge():
    buffer = io.BytesIO()
    Image.new("1", (5001, 5001)).save(buffer, "png")
    return buffer.getvalue()


def wall_of_formulas():
    path = Path(keras_im2latex.__file__).parent / "examples" / "generating_functional.png"
    with Image.open(path) as example:
        return encoded(np.tile(np.asarray(example.convert("L")), (20, 4)))


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: b"", "neither a PNG nor a JPEG"),
        (lambda: b"no picture at all", "neither a PNG nor a JPEG"),
        (lambda: encoded(dotted(40, 100, 1), "gif"), "neither a PNG nor a JPEG"),
        (lambda: encoded(dotted(40, 100, 1))[:300], "Invalid PNG"),
        (lambda: encoded(dotted(40, 100, 1), "jpeg")[:-300], "Invalid JPEG"),
        (huge, "picture too large: its pixels"),
        (wall_of_formulas, "picture too large: pixels around its ink"),
    ],
)
def test_unreadable_picture_fails_its_batch_with_the_reason(read, pictures, make, reason):
    with pytest.raises(tf.errors.InvalidArgumentError, match=reason):
        read(image_bytes=tf.constant([pictures[0], make()]))


@pytest.mark.parametrize("option", ["beam_size", "maximum_length"])
def test_options_are_checked(model, tmp_path, option):
    with pytest.raises(ValueError, match=f"`{option}` must be at least 1. Received: {option}=0"):
        export_model(model, tmp_path, **{option: 0})


def test_greedy_export(model, pictures, tmp_path):
    export_model(model, tmp_path, beam_size=1, maximum_length=10)
    read = tf.saved_model.load(str(tmp_path)).signatures["serving_default"]
    options = {"beam_size": 1, "maximum_length": 10, "well_formed": False}
    expected = [reading.latex for reading in model.generate(pictures, **options)]
    found = read(image_bytes=tf.constant(pictures))["latex"].numpy()
    assert [text.decode() for text in found] == expected


def test_pictures_are_magnified_as_by_generate(model, pictures, tmp_path, monkeypatch):
    monkeypatch.setattr(model, "magnification", 1.25)
    folder = export_model(model, tmp_path / "larger", beam_size=1, maximum_length=3)
    prepare = tf.saved_model.load(str(folder)).signatures["prepare"]
    image = prepare(image_bytes=tf.constant(pictures[0]))["image"].numpy()
    np.testing.assert_array_equal(image, prepare_picture(pictures[0], magnification=1.25))
