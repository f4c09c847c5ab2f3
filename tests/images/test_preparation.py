"""Crop, padding, halving and canvas against NumPy and Pillow, and the same result on every way through."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_im2latex.images import (
    crop_to_ink,
    lay_on_canvas,
    pad_and_downsample,
    prepare,
    prepare_picture,
    read_image,
)


def smooth_picture(height, width, seed=0):
    """Soft dark blobs that fade into white before they reach the border, and touch levels 0 and 255."""
    draw = np.random.default_rng(seed)
    rows, columns = np.mgrid[:height, :width]
    ink = np.zeros((height, width))
    for _ in range(6):
        row, column = draw.uniform(0.3, 0.7) * height, draw.uniform(0.2, 0.8) * width
        ink += np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * 5.0**2))
    return np.round(255 * (1 - ink / ink.max())).astype(np.uint8)


def png(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "png")
    return buffer.getvalue()


def test_crop_keeps_exactly_the_ink():
    picture = np.full((20, 30, 1), 255, np.uint8)
    picture[4:9, 11] = 0
    picture[6, 7:17] = 100
    np.testing.assert_array_equal(crop_to_ink(picture), picture[4:9, 7:17])


def test_crop_ignores_haze_around_the_ink():
    picture = np.full((20, 30, 1), 255, np.uint8)
    picture[3, 3] = 239  # 16 levels below white is still paper, 17 is ink
    picture[10:12, 20:25] = 238
    np.testing.assert_array_equal(crop_to_ink(picture), picture[10:12, 20:25])


@pytest.mark.parametrize("shape", [(1, 1), (7, 9), (64, 128)])
def test_blank_picture_crops_to_nothing_and_prepares_to_padding(shape):
    blank = np.full((*shape, 1), 255, np.uint8)
    assert crop_to_ink(blank).shape == (0, 0, 1)
    for already_downsampled in (False, True):
        np.testing.assert_array_equal(prepare(blank, already_downsampled), np.full((8, 8, 1), 255))


@pytest.mark.parametrize("size", [(60, 100), (61, 100), (60, 101), (61, 101), (1, 1), (3, 200)])
def test_padding_and_halving_are_pillows(size):
    picture = smooth_picture(*size)
    padded = Image.fromarray(np.pad(picture, 8, constant_values=255))
    halved = padded.resize((padded.width // 2, padded.height // 2), Image.Resampling.LANCZOS)
    found = pad_and_downsample(picture[..., None]).numpy()[..., 0]
    assert found.shape == np.asarray(halved).shape
    # Pillow rounds to 8 bits between its two passes.
    np.testing.assert_allclose(found.astype(int), np.asarray(halved).astype(int), atol=1)


def test_halving_clips_the_filters_overshoot_instead_of_wrapping_around():
    picture = np.zeros((40, 40, 1), np.uint8)
    halved = pad_and_downsample(picture).numpy()[..., 0]
    assert halved[14, 14] == 0
    assert (halved[:3] > 240).all()
    assert (halved[6:-6, 6:-6] < 15).all()


def test_already_downsampled_picture_is_only_cropped_and_padded():
    picture = np.full((20, 30), 255, np.uint8)
    picture[4:9, 11:19] = 7
    expected = np.pad(picture[4:9, 11:19], 4, constant_values=255)
    np.testing.assert_array_equal(prepare(picture[..., None], already_downsampled=True)[..., 0], expected)
    np.testing.assert_array_equal(
        prepare_picture(np.where(picture == 7, 0, 255).astype(np.uint8), already_downsampled=True)[..., 0],
        np.where(expected == 7, 0, 255),
    )


def test_canvas_keeps_the_picture_at_its_top_left():
    picture = np.arange(40 * 130, dtype=np.uint8).reshape(40, 130, 1)
    laid = lay_on_canvas(picture).numpy()
    assert laid.shape == (64, 160, 1)
    np.testing.assert_array_equal(laid[:40, :130], picture)
    assert (laid[40:] == 255).all()
    assert (laid[:, 130:] == 255).all()
    assert lay_on_canvas(picture, tf.constant([48, 136])).shape == (48, 136, 1)


def test_eager_graph_dataset_and_generate_prepare_alike():
    pictures = [png(smooth_picture(height, width, seed)) for seed, (height, width) in enumerate(SIZES)]

    def whole(image_bytes):
        return prepare(read_image(image_bytes))

    graph = tf.function(whole, input_signature=[tf.TensorSpec([], tf.string)])
    dataset = tf.data.Dataset.from_tensor_slices(pictures).map(whole, num_parallel_calls=2)
    batches = dataset.padded_batch(len(pictures), [160, 256, 1], padding_values=tf.constant(255, tf.uint8))
    batch = next(iter(batches)).numpy()
    for row, picture, element in zip(batch, pictures, dataset):
        eager = whole(tf.constant(picture)).numpy()
        height, width = eager.shape[:2]
        np.testing.assert_array_equal(graph(tf.constant(picture)), eager)
        np.testing.assert_array_equal(element, eager)
        np.testing.assert_array_equal(prepare_picture(picture), eager)
        np.testing.assert_array_equal(row[:height, :width], eager)


SIZES = [(60, 100), (61, 301), (120, 77)]
