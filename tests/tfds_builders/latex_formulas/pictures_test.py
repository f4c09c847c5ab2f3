import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_im2latex import images
from tfds_builders.latex_formulas import pictures


def strokes(height, width, seed=0):
    """A picture with smooth and hard edges, ink up to its border, as a crop has."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (height // 6 + 1, width // 6 + 1)).astype(np.uint8)
    smooth = np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))
    return np.where(smooth > 128, 255, smooth)


@pytest.mark.parametrize(("height", "width"), [(40, 300), (41, 300), (40, 301), (67, 551), (1, 1), (2, 3)])
def test_halving_is_the_graph_operation_within_one_grey_level(height, width):
    picture = strokes(height, width)
    ours = pictures.pad_and_downsample(picture)
    graph = images.pad_and_downsample(tf.constant(picture[..., None])).numpy()[..., 0]
    assert ours.dtype == np.uint8
    assert ours.shape == graph.shape == pictures.halved_size(height, width)
    assert np.abs(ours.astype(int) - graph).max() <= 1


@pytest.mark.parametrize(("height", "width"), [(20, 64), (21, 65), (1, 1)])
def test_every_reader_sees_16_levels_spread_over_0_to_255(height, width):
    picture = strokes(height, width)
    rounded = np.rint(picture / 17).astype(np.uint8) * 17
    file = pictures.encode_16_grey_png(picture)
    np.testing.assert_array_equal(tf.io.decode_image(file, channels=1).numpy()[..., 0], rounded)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(file)).convert("L")), rounded)


def test_16_levels_keep_paper_white_and_ink_black():
    levels = np.arange(256, dtype=np.uint8)[None]
    decoded = tf.io.decode_png(pictures.encode_16_grey_png(levels)).numpy()[0, :, 0]
    assert decoded[0] == 0
    assert decoded[255] == 255
    assert np.abs(decoded.astype(int) - levels[0]).max() == 8


def test_16_level_files_are_smaller_than_what_pillow_writes():
    picture = pictures.pad_and_downsample(strokes(70, 600))
    palette = Image.fromarray((picture // 17).astype(np.uint8), "P")
    palette.putpalette([level * 17 for level in range(16) for _ in range(3)])
    buffer = io.BytesIO()
    palette.save(buffer, "PNG", bits=4, optimize=True)
    assert len(pictures.encode_16_grey_png(picture)) < len(buffer.getvalue())
