"""Pictures prepared without TensorFlow: the pixels that graph operations give, and the same reasons for failing."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import keras_im2latex
from keras_im2latex import images
from keras_im2latex.images import preparation as graph_preparation
from keras_im2latex.pixels import PictureError, preparation


def strokes(seed, height, width):
    """Antialiased strokes on paper: grey levels of all kinds, and many edges halfway between two pixels."""
    generator = np.random.default_rng(seed)
    pixels = np.full((height, width), 255, np.uint8)
    for _ in range(12):
        top, left = generator.integers(0, height - 4), generator.integers(0, width - 4)
        tall, wide = generator.integers(1, height - top), generator.integers(1, min(width - left, 12))
        pixels[top : top + tall, left : left + wide] = generator.choice([0, 0, 40, 127, 128, 200])
    return pixels


def encoded(picture, file_format="png", **options):
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()


def as_formats():
    grey = Image.fromarray(strokes(1, 41, 90))
    colours = Image.fromarray(np.stack([strokes(seed, 40, 77) for seed in (2, 3, 4)], axis=-1))
    white_ink = Image.fromarray(np.full((41, 90), 255, np.uint8))
    white_ink.putalpha(Image.fromarray(255 - strokes(1, 41, 90)))
    clear = colours.copy()
    clear.putalpha(Image.fromarray(strokes(5, 40, 77)))
    deep = Image.fromarray(strokes(6, 40, 77).astype(np.uint16) * 257)
    return {
        "grey PNG": encoded(grey),
        "colour PNG": encoded(colours),
        "palette PNG": encoded(colours.quantize(12)),
        "transparent palette PNG": encoded(colours.quantize(12), transparency=3),
        "transparent colour PNG": encoded(clear),
        "white ink on nothing": encoded(white_ink),
        "transparent grey PNG": encoded(grey, transparency=255),
        "one-bit PNG": encoded(grey.convert("1")),
        "16-bit PNG": encoded(deep),
        "light on dark": encoded(Image.eval(grey, lambda level: 255 - level)),
        "yellow paper": encoded(Image.merge("RGB", [grey, grey, Image.eval(grey, lambda level: level // 2)])),
        "grey JPEG": encoded(grey, "jpeg", quality=70),
        "colour JPEG": encoded(colours, "jpeg", quality=70),
        "CMYK JPEG": encoded(colours.convert("CMYK"), "jpeg", quality=95),
        "GIF": encoded(grey, "gif"),
        "16-bit TIFF": encoded(deep, "tiff"),
        "WebP": encoded(colours, "webp", lossless=True),
        "Pillow image": clear,
        "grey array": strokes(7, 33, 64),
        "grey array with a last axis": strokes(8, 33, 64)[..., None],
        "colour array": np.asarray(colours),
        "faint": encoded(Image.eval(grey, lambda level: 200 + level // 6)),
    }


PICTURES = as_formats()


@pytest.mark.parametrize("already_downsampled", [False, True])
@pytest.mark.parametrize("name", PICTURES)
def test_pixels_of_every_format(name, already_downsampled):
    expected = images.prepare_picture(PICTURES[name], already_downsampled)[..., 0]
    np.testing.assert_array_equal(preparation.prepare_picture(PICTURES[name], already_downsampled), expected)


def test_pixels_at_every_size():
    """Odd sides, and sides shorter than the filter, are weighted differently from all others."""
    differing = 0
    for seed in range(60):
        generator = np.random.default_rng(seed)
        pixels = strokes(seed, *generator.integers(6, 120, 2))
        expected = images.prepare_picture(pixels)[..., 0].astype(int)
        found = preparation.prepare_picture(pixels).astype(int)
        assert np.abs(found - expected).max() <= 1
        differing += np.count_nonzero(found != expected)
    assert differing <= 3  # values within a millionth of halfway between two levels


def test_constants_are_those_of_the_graph():
    assert (preparation.PADDING, preparation.INK_TOLERANCE) == (
        graph_preparation.PADDING,
        graph_preparation.INK_TOLERANCE,
    )


def wall_of_formulas():
    example = Path(keras_im2latex.__file__).parent / "examples" / "generating_functional.png"
    return encoded(Image.fromarray(np.tile(np.asarray(Image.open(example).convert("L")), (20, 4))))


UNREADABLE = {
    "empty": b"",
    "text": b"no picture at all",
    "truncated PNG": PICTURES["grey PNG"][:-80],
    "truncated JPEG": PICTURES["grey JPEG"][:-40],
    "truncated TIFF": PICTURES["16-bit TIFF"][:200],
    "all white": encoded(Image.new("L", (40, 40), 255)),
    "all black": encoded(Image.new("L", (40, 40))),
    "too faint": encoded(Image.eval(Image.fromarray(strokes(1, 41, 90)), lambda level: 240 + level // 17)),
    "one pixel": encoded(Image.new("L", (1, 1))),
    "larger than any": encoded(Image.new("1", (5001, 5001), 1)),
    "wall of formulas": wall_of_formulas(),
    "missing": "no such picture.png",
    "null character in the path": "a\0b.png",
    "folder": "/",
    "floats": np.ones((9, 9)),
    "four channels": np.zeros((9, 9, 4), np.uint8),
    "no pixels": np.zeros((0, 9), np.uint8),
    "number": 3,
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_the_same_reasons(name):
    with pytest.raises(PictureError) as expected:
        images.prepare_picture(UNREADABLE[name])
    with pytest.raises(PictureError) as found:
        preparation.prepare_picture(UNREADABLE[name])
    assert str(found.value) == str(expected.value)
