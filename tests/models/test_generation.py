"""How `generate` puts pictures into batches, and what it makes of unreadable ones."""

import math

import numpy as np
import pytest

from keras_im2latex.images import PictureError
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
