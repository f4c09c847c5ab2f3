"""The scale that is measured without TensorFlow is that of the graph, and so are the pixels made by it."""

import numpy as np
import pytest
from PIL import Image

from keras_im2latex import images
from keras_im2latex.images import scale_measures as graph_measures
from keras_im2latex.pixels import prepare_picture, scale, scale_measures


def letters(seed):
    """Blots and strokes in a row, with grey edges."""
    generator = np.random.default_rng(seed)
    pixels = np.full((60, 400), 255, np.uint8)
    for left in range(5, 390, 20):
        top, tall, wide = generator.integers((5, 8, 3), (25, 30, 15))
        pixels[top : top + tall, left : left + 3] = pixels[top : top + 3, left : left + wide] = 0
    return Image.fromarray(pixels)


def resized(factor, seed):
    picture = letters(seed)
    size = [max(int(side * factor), 4) for side in picture.size]
    return np.asarray(picture.resize(size, Image.Resampling.BICUBIC))


@pytest.mark.parametrize("factor", [0.3, 0.5, 0.8, 1.0, 1.7, 3.0])
def test_scale_and_pixels_are_those_of_the_graph(factor):
    for seed in range(3):
        picture = resized(factor, seed)
        expected = graph_measures.scale_measures(picture[..., None]).numpy()
        np.testing.assert_allclose(scale_measures.scale_measures(picture), expected, rtol=1e-5, atol=1e-5)
        measured = [scale.measure_scale(picture), images.measure_scale(picture[..., None]).numpy()]
        np.testing.assert_allclose(*measured, rtol=1e-5)
        corrected = [scale.scale_to_correct(picture), images.scale_to_correct(picture[..., None]).numpy()]
        np.testing.assert_allclose(*corrected, rtol=1e-5)
        measured = [
            module.measure_scale(pixels, True) for module, pixels in ((scale, picture), (images, picture[..., None]))
        ]
        np.testing.assert_allclose(*measured, rtol=1e-5)
        for options in (
            {"any_scale": True},
            {"any_scale": False},
            {"handwriting": True},
            {"magnification": 1.2},
            {"any_scale": False, "magnification": 1.2},
            {"already_downsampled": True, "magnification": 1.2},
        ):
            expected = images.prepare_picture(picture, **options)[..., 0].astype(int)
            assert np.abs(prepare_picture(picture, **options) - expected).max() <= 1


def test_paper_alone_has_scale_1():
    assert scale.measure_scale(np.full((9, 9), 255, np.uint8)) == 1.0
    assert images.measure_scale(np.full((9, 9, 1), 255, np.uint8)) == 1.0
