"""How `generate` puts pictures into batches, and what it makes of unreadable ones."""

import math

import numpy as np
import pytest
import tensorflow as tf

from keras_im2latex.decoding import Hypotheses
from keras_im2latex.images import PictureError
from keras_im2latex.markup import Vocabulary
from keras_im2latex.models import batches as model_batches
from keras_im2latex.models import generation


@pytest.fixture
def batches(monkeypatch):
    """The canvases of the batches that were read: (pictures, height, width)."""
    seen = []
    pad_batch = generation.pad_batch

    def noted(pictures):
        image, size = pad_batch(pictures)
        seen.append(image.shape[:3])
        return image, size

    monkeypatch.setattr(generation, "pad_batch", noted)
    return seen


def test_large_pictures_are_read_fewer_at_once(make_model, pictures, batches, monkeypatch):
    model = make_model()
    originals = [picture[..., 0] for picture in pictures]
    options = {"beam_size": 1, "maximum_length": 8, "already_downsampled": True, "batch_size": 3}
    expected = model.generate(originals, **options)
    assert max(count for count, _, _ in batches) == 3
    batches.clear()
    limit = 9000
    monkeypatch.setattr(model_batches, "LARGEST_BATCH", limit)
    assert [reading.tokens for reading in model.generate(originals, **options)] == [
        reading.tokens for reading in expected
    ]
    assert sum(count for count, _, _ in batches) == len(originals)
    assert all(count == 1 or math.prod((count, *size)) <= limit for count, *size in batches)
    assert {count for count, _, _ in batches} >= {1, 3}


def test_unreadable_pictures_are_kept_in_their_places(make_model, pictures):
    model = make_model()
    originals = [picture[..., 0] for picture in pictures[:2]]
    blank = np.full((20, 20), 255, np.uint8)
    options = {"beam_size": 1, "maximum_length": 8}
    expected = model.generate(originals, **options)
    mixed = (picture for picture in [b"", originals[0], blank, originals[1]])
    empty, first, white, second = model.generate(mixed, on_error="keep", **options)
    assert [first, second] == expected
    assert (empty.latex, empty.tokens, empty.error) == ("", (), "empty: the file holds no bytes")
    assert math.isnan(empty.score)
    assert white.error == "blank: no ink on its paper"
    with pytest.raises(PictureError, match="blank"):
        model.generate([originals[0], blank], **options)
    unread = model.generate(blank, on_error="keep", **options)
    assert unread.error == "blank: no ink on its paper"
    assert model.generate([blank], on_error="keep", **options)[0].latex == ""
    assert model.generate([], **options) == []


class ReaderByWidth:
    """Reads a formula in pictures up to 32 pixels wide, and hypotheses of which the third alone compiles in others."""

    def __init__(self):
        self.vocabulary = Vocabulary([*"xyz{}&", r"\begin{array}", r"\end{array}", "c"])
        self.asked = []

    def search(self, image, size, *, beam_size=5, n_best=None, maximum_length=200, length_penalty=0.0):
        self.asked.append(n_best)
        beams = [["x", "y", "z", "x x"], ["{ x", "x }", r"\begin{array} { c } y & z \end{array}", "z z"]]
        padded = [
            [[*ids, self.vocabulary.end_id, *[0] * (9 - len(ids))] for ids in map(self.vocabulary.encode, beam)]
            for beam in [[formula.split() for formula in beam[:beam_size]] for beam in beams]
        ]
        scores = tf.repeat(-tf.range(1.0, beam_size + 1.0)[None], tf.shape(image)[0], axis=0)
        return Hypotheses(tf.gather(padded, tf.cast(size[:, 1] > 32, tf.int32)), scores)

    def generate(self, pictures, **options):
        return generation.generate(self, pictures, already_downsampled=True, **options)


@pytest.mark.parametrize(("length_penalty", "asked", "read"), [(0.0, [1, 4], [3, 1]), (1.0, [4], [3])])
def test_the_next_hypothesis_that_compiles(batches, length_penalty, asked, read):
    narrow, wide = (np.pad(np.zeros((8, width), np.uint8), 4, constant_values=255) for width in (8, 80))
    reader, options = ReaderByWidth(), {"beam_size": 4, "length_penalty": length_penalty}
    readings = reader.generate([narrow, wide, narrow], **options)
    array = r"\begin{array} { c c } y & z \end{array}"
    assert [" ".join(reading.tokens) for reading in readings] == ["x", array, "x"]
    assert [reading.score for reading in readings] == [-1.0, -3.0, -1.0]
    # What does not compile is searched again, alone.
    assert reader.asked == asked
    assert [count for count, _, _ in batches] == read
    several = reader.generate(wide, n_best=3, **options)
    found = [" ".join(each.tokens) for each in (several, *several.alternatives)]
    assert found == [array, "{ x", "x }"]
    assert reader.generate(wide, well_formed=False, **options).tokens == ("{", "x")
    assert reader.generate(wide, beam_size=1).tokens == ("{", "x")
