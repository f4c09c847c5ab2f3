"""A picture is read alike alone and among any neighbours, on a canvas of any size."""

import itertools

import numpy as np
import pytest

from keras_im2latex.models.batches import pad_batch
from keras_im2latex.models.im2latex import ATTENTIONS

TOKENS = np.array([[1, 5, 9, 4, 7]], np.int32)


@pytest.fixture(scope="module")
def canvases(pictures):
    """Each picture alone, and where it lies in larger batches and on larger paper."""
    everyone, sizes = pad_batch(pictures)
    wide = np.full((len(pictures), 160, 480, 1), 255, np.uint8)
    wide[:, : everyone.shape[1], : everyone.shape[2]] = everyone
    return [(everyone, sizes), (wide, sizes), (everyone[::-1], sizes[::-1])]


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_features_and_logits_are_those_of_the_picture_alone(make_model, pictures, canvases, attention):
    model = make_model(attention=attention)
    encoder = model.get_layer("convolutional_encoder")
    rows = model.get_layer("coarse_row_encoder" if attention == "coarse_only" else "row_encoder")

    def encode(image, size):
        grid, mask = encoder(image, size)
        if attention == "coarse_only":
            grid, mask = model.get_layer("coarse_encoder")(grid, mask)
        return rows(grid, mask).numpy(), mask.numpy()

    def read(image, size):
        tokens = np.repeat(TOKENS, len(image), axis=0)
        return model({"image": image, "size": size, "tokens": tokens}).numpy()

    alone = [pad_batch([picture]) for picture in pictures]
    features, logits = [encode(*batch) for batch in alone], [read(*batch) for batch in alone]
    for first, second in itertools.pairwise(logits):
        assert np.abs(first - second).max() > 0.1, "pictures must differ to show anything"

    for number, (image, size) in enumerate(canvases):
        grids, masks = encode(image, size)
        together = read(image, size)
        for place in range(len(pictures)):
            picture = len(pictures) - 1 - place if number == 2 else place
            grid, mask = features[picture]
            np.testing.assert_allclose(grids[place][masks[place]], grid[mask], rtol=0, atol=1e-5)
            tolerance = 1e-5 if attention == "standard" else 1e-4  # more layers, logits of 30
            np.testing.assert_allclose(together[place], logits[picture][0], rtol=0, atol=tolerance)


@pytest.mark.parametrize(
    ("beam_size", "attention"), [(1, "standard"), (3, "standard"), (1, "hard"), (3, "sparsemax"), (3, "hard")]
)
def test_generate_writes_the_same_tokens(make_model, pictures, beam_size, attention):
    model = make_model(attention=attention)
    options = {"beam_size": beam_size, "maximum_length": 12}
    originals = [np.repeat(np.repeat(picture, 2, axis=0), 2, axis=1) for picture in pictures]
    alone = [model.generate(original, **options) for original in originals]
    assert len({reading.tokens for reading in alone}) > len(pictures) // 2
    assert all(reading.tokens for reading in alone)
    for batch_size in (2, 3, len(pictures)):
        together = model.generate(originals, batch_size=batch_size, **options)
        assert [reading.tokens for reading in together] == [reading.tokens for reading in alone]
        np.testing.assert_allclose(
            [reading.score for reading in together], [reading.score for reading in alone], rtol=0, atol=1e-4
        )
    backwards = model.generate(originals[::-1], **options)
    assert [reading.tokens for reading in backwards] == [reading.tokens for reading in alone[::-1]]
