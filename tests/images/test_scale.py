"""The measure of a picture's scale against renderings whose resolution is known."""

import io
import shutil

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_im2latex.images import crop_to_ink, measure_scale, preparation, prepare, prepare_picture, scale_to_correct
from keras_im2latex.images.preparation import LARGEST_PREPARED_PICTURE
from keras_im2latex.images.scale_measures import scale_measures
from keras_im2latex.pixels.scale_measures import LENGTHS, MEASURES
from keras_im2latex.rendering import Page, render

FORMULAS = [
    r"E = m c ^ { 2 }",
    r"\frac { a + b } { c } = \sqrt { x ^ { 2 } - 1 }",
    r"\sum _ { n = 1 } ^ { \infty } \frac { 1 } { n ^ { 2 } } = \frac { \pi ^ { 2 } } { 6 }",
    r"\partial _ { \mu } F ^ { \mu \nu } = J ^ { \nu }",
    r"H = - \frac { \hbar ^ { 2 } } { 2 m } \nabla ^ { 2 } + V ( r )",
    r"[ A , B ] = i \hbar C , \quad A , B \in \mathcal { H }",
    r"\int _ { 0 } ^ { 1 } d x \, f ( x ) \leq \left( \int _ { 0 } ^ { 1 } d x \, g ( x ) \right) ^ { 1 / 2 }",
    r"\left( \begin{array} { c c } a & b \\ c & d \end{array} \right)",
]

needs_tex = pytest.mark.skipif(not (shutil.which("latex") and shutil.which("dvipng")), reason="TeX is not installed")


def draw(page):
    return [rendering.image for rendering in render(FORMULAS, page)]


@pytest.fixture(scope="module")
def own():
    """The formulas on the model's page."""
    return draw(Page())


@pytest.fixture(scope="module")
def fine():
    """The same, six times as fine and antialiased."""
    return draw(Page(resolution=1200, gamma=1.0, spread=0.0))


def shown_at(picture, scale):
    """A fine drawing at a multiple of the model's page, by Pillow's area average."""
    height, width = picture.shape
    size = max(1, round(width * scale / 6)), max(1, round(height * scale / 6))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX))


def measured(picture):
    return float(measure_scale(crop_to_ink(tf.constant(picture[..., None]))))


def encoded(picture, **options):
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, **options)
    return buffer.getvalue()


@needs_tex
@pytest.mark.parametrize("scale", [0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0])
def test_antialiased_drawings_are_measured_by_their_resolution(fine, scale):
    errors = np.array([abs(np.log(measured(shown_at(picture, scale)) / scale)) for picture in fine])
    assert np.median(errors) < np.log(1.12)
    assert errors.max() < np.log(1.4)


@needs_tex
def test_pictures_of_the_models_page_keep_every_pixel(own):
    for picture in own:
        kept = prepare(picture[..., None], any_scale=False).numpy()
        np.testing.assert_array_equal(prepare(picture[..., None]), kept)
        np.testing.assert_array_equal(prepare_picture(encoded(picture, format="png")), kept)


@needs_tex
def test_pictures_at_half_the_resolution_keep_every_pixel(own):
    """Nearly all do: of the authors' own 1,107 files 98 %."""
    kept = 0
    for picture in own:
        half = prepare(picture[..., None], any_scale=False).numpy()
        found, expected = prepare(half).numpy(), prepare(half, already_downsampled=True).numpy()
        assert abs(np.log(found.shape[1] / expected.shape[1])) < np.log(1.25)
        kept += found.shape == expected.shape and bool((found == expected).all())
    assert kept >= len(own) - 1


@needs_tex
@pytest.mark.parametrize(("scale", "factor"), [(0.6, 1.25), (0.75, 1.12), (2.0, 1.12), (3.5, 1.12)])
def test_any_size_is_prepared_to_about_that_of_the_models_page(own, fine, scale, factor):
    """A picture of 0.6 may pass for one at half the resolution, which is 1.2 times too large in the end."""
    ratios = []
    for drawn, large in zip(own, fine):
        expected = np.array(prepare(drawn[..., None], any_scale=False).shape[:2]) - 8
        found = np.array(prepare(shown_at(large, scale)[..., None]).shape[:2]) - 8
        ratios.append(found / expected)
    assert abs(np.log(np.median(ratios))) < np.log(factor)
    assert abs(np.log(ratios)).max() < np.log(1.45)


@needs_tex
def test_colours_and_jpeg_change_the_measure_little(fine):
    for large in fine:
        picture = shown_at(large, 2.0)
        clean = measured(picture)
        for shown in (
            encoded(255 - picture, format="png"),
            encoded((60 + picture * (150 / 255)).astype(np.uint8), format="png"),
            encoded(np.pad(picture, 20, constant_values=255), format="jpeg", quality=60),
        ):
            ratio = np.array(prepare_picture(shown).shape) / prepare_picture(picture).shape
            np.testing.assert_allclose(ratio, 1.0, atol=0.2, err_msg=str(clean))


def test_lengths_double_when_a_picture_does():
    picture = np.full((30, 90), 255, np.uint8)
    for left, width in ((2, 4), (14, 12), (40, 8), (60, 20)):
        picture[4:26:7, left : left + width] = 0
        picture[4:20, left : left + 4] = 0
    cropped = crop_to_ink(picture[..., None])
    twice = np.repeat(np.repeat(cropped, 2, axis=0), 2, axis=1)
    one, two = scale_measures(cropped).numpy(), scale_measures(tf.constant(twice)).numpy()
    assert one.shape == (MEASURES,)
    # The total variation of a corner is the square root of two, at any size: thickness is nearly doubled.
    np.testing.assert_allclose(two[0] - one[0], np.log(2), atol=0.05)
    np.testing.assert_allclose(two[1:LENGTHS] - one[1:LENGTHS], np.log(2), atol=1e-4)
    np.testing.assert_allclose(two[LENGTHS:], one[LENGTHS:], atol=1e-4)


def test_lengths_of_bars_are_their_own():
    """Three bars of 5 x 24 pixels, 7 apart: every stroke along rows is 5 long, every gap 7, every block 24 high."""
    picture = np.full((24, 29), 255, np.uint8)
    for left in (0, 12, 24):
        picture[:, left : left + 5] = 0
    lengths = np.exp(scale_measures(tf.constant(picture[..., None])).numpy()[:LENGTHS])
    np.testing.assert_allclose(lengths[1:4], [24, 29, np.sqrt(360)], rtol=1e-5)
    np.testing.assert_allclose(lengths[4:10], 5, rtol=1e-5)
    np.testing.assert_allclose(lengths[10:15], 7, rtol=1e-5)
    np.testing.assert_allclose(lengths[15:21], 24, rtol=1e-5)
    np.testing.assert_allclose(lengths[-10:-5], 24, rtol=1e-5)


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (5, 40)])
def test_a_picture_without_ink_has_scale_one(shape):
    blank = tf.fill((*shape, 1), tf.constant(255, tf.uint8))
    assert float(measure_scale(blank)) == 1.0
    assert float(scale_to_correct(blank)) == 1.0


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 2)])
def test_tiny_pictures_are_prepared(shape):
    prepared = prepare(np.zeros((*shape, 1), np.uint8)).numpy()
    assert prepared.ndim == 3
    assert (prepared < 255).any()
    assert prepared.size < 1000


def test_a_large_picture_is_enlarged_no_further_than_the_limit(monkeypatch):
    """Speckle may look like minute writing."""
    monkeypatch.setattr(preparation, "scale_to_correct", lambda image, handwriting: tf.constant(0.25))
    prepared = prepare(np.zeros((1500, 1500, 1), np.uint8)).numpy()
    assert 0.95 * LARGEST_PREPARED_PICTURE < prepared.size < 1.05 * LARGEST_PREPARED_PICTURE
    assert prepare(np.zeros((150, 150, 1), np.uint8)).numpy().shape == (308, 308, 1)


@needs_tex
def test_graph_and_eager_agree(fine):
    graph = tf.function(prepare, input_signature=[tf.TensorSpec([None, None, 1], tf.uint8)])
    for large in fine:
        picture = tf.constant(shown_at(large, 1.7)[..., None])
        np.testing.assert_array_equal(graph(picture), prepare(picture))
