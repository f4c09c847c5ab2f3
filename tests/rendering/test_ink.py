import io
import math

import numpy as np
import pytest
from PIL import Image

from keras_im2latex.rendering import Page, Rendering, encode_png
from keras_im2latex.rendering.ink import ink_png


@pytest.fixture
def path(tmp_path):
    greys = np.full((6, 7), 255, np.uint8)
    greys[2, 3], greys[3, 4] = 0, 200
    Image.fromarray(greys).convert("P").save(tmp_path / "grey.png")
    return tmp_path / "grey.png"


def test_encoded_picture_is_read_back_by_pillow():
    image = np.random.default_rng(0).integers(0, 256, (13, 29), np.uint8)
    with Image.open(io.BytesIO(encode_png(image))) as picture:
        assert picture.mode == "L"
        np.testing.assert_array_equal(np.array(picture), image)


def test_picture_is_cropped_and_inked(path):
    ink = Rendering(png=ink_png(path, Page(gamma=1, spread=0), 10)).image
    np.testing.assert_array_equal(ink, [[0, 255], [255, 200]])
    squared = Rendering(png=ink_png(path, Page(gamma=2, spread=0), 10)).image
    np.testing.assert_array_equal(squared, [[0, 255], [255, round(200**2 / 255)]])
    black = Rendering(png=ink_png(path, Page(gamma=math.inf, spread=0), 10)).image
    np.testing.assert_array_equal(black, [[0, 255], [255, 0]])


def test_spread_is_the_most_of_a_pixels_own_ink_and_the_lent(path):
    spread = Rendering(png=ink_png(path, Page(gamma=math.inf, spread=0.2), 10)).image
    np.testing.assert_array_equal(spread, [[0, 255], [204, 0], [255, 204]])


def test_blank_and_large_pictures_are_refused(tmp_path, path):
    Image.new("L", (5, 5), 255).save(tmp_path / "white.png")
    with pytest.raises(ValueError, match=r"^blank$"):
        ink_png(tmp_path / "white.png", Page(), 10)
    with pytest.raises(ValueError, match=r"larger than 6 x 6 pixels \(7 x 6\)"):
        ink_png(path, Page(), 6)


def test_no_picture_without_a_png():
    assert Rendering(error="blank").image is None
