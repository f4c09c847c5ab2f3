"""What the demo page is told of a picture, against the Python interface."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from keras_im2latex.images import PictureError, prepare_picture
from keras_im2latex.models import CtcReader, Im2Latex, attention_map

pytest.importorskip("aiohttp")

from keras_im2latex.serving.demo import DemoReader


def weights(grid, steps):
    values = np.frombuffer(base64.b64decode(grid["weights"]), np.uint8)
    return values.reshape(steps, grid["rows"], grid["columns"])


def test_readings_picture_and_attention(model, pictures):
    for picture in pictures[:3]:
        expected = model.generate(picture, beam_size=3, n_best=3)
        found = DemoReader(model, beam_size=3).read(picture)
        listed = [expected, *expected.alternatives]
        assert [reading["latex"] for reading in found["readings"]] == [reading.latex for reading in listed]
        scores = [reading["score"] for reading in found["readings"]]
        np.testing.assert_allclose(scores, [reading.score for reading in listed], atol=1e-4)
        prepared = prepare_picture(picture)[..., 0]
        png = base64.b64decode(found["picture"]["address"].removeprefix("data:image/png;base64,"))
        np.testing.assert_array_equal(np.array(Image.open(io.BytesIO(png))), prepared)
        assert (found["picture"]["height"], found["picture"]["width"]) == prepared.shape
        looked = attention_map(model, picture, expected.tokens)
        assert tuple(found["attention"]["tokens"]) == looked.tokens
        assert found["attention"]["coarse"] is None
        grid = found["attention"]["fine"]
        assert (grid["rows"], grid["columns"]) == looked.fine.shape[1:]
        shown = weights(grid, len(looked.tokens)) / 255
        np.testing.assert_allclose(shown, looked.fine / looked.fine.max(axis=(1, 2), keepdims=True), atol=0.002)


def test_coarse_grids_are_given_beside_fine_ones(pictures):
    sizes = {"filters": (8, 8, 8, 8, 16, 16), "encoder_units": 8, "decoder_units": 16, "embedding_size": 8}
    model = Im2Latex([*"abc"], attention="hierarchical", **sizes)
    looked = DemoReader(model).look(pictures[1], ["a", "b"])
    assert looked["coarse"]["cell"] == 4 * looked["fine"]["cell"]
    assert weights(looked["coarse"], 3).max(axis=(1, 2)).tolist() == [255] * 3
    only = DemoReader(Im2Latex([*"abc"], attention="coarse_only", **sizes)).look(pictures[1], ["a"])
    assert only["fine"] is None
    assert weights(only["coarse"], 2).shape[0] == 2


def test_a_model_without_attention_tells_what_it_read(pictures):
    reader = CtcReader([*"abc"], filters=(8, 8, 8, 8, 16, 16), units=8)
    found = DemoReader(reader, beam_size=2).read(pictures[0])
    assert found["attention"] is None
    assert found["readings"]


def test_a_blank_picture_has_its_reason(model):
    buffer = io.BytesIO()
    Image.new("L", (40, 40), 255).save(buffer, "png")
    with pytest.raises(PictureError, match="blank"):
        DemoReader(model).read(buffer.getvalue())
