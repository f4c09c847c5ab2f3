"""Pictures that can't be read: each gets its reason, and none anything worse."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import keras_im2latex
from keras_im2latex.images import PictureError, prepare_picture
from keras_im2latex.pixels import picture_source


def formula():
    grey = np.full((40, 90), 255, np.uint8)
    grey[10:30, 20:26] = 0
    grey[18:22, 20:70] = 0
    return grey


def encoded(pixels, file_format="png"):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, file_format)
    return buffer.getvalue()


def half(data):
    return data[: len(data) // 2]


def bomb(width, height):
    """A PNG of a few bytes that claims to be huge."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    written = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def wall_of_formulas():
    example = Path(keras_im2latex.__file__).parent / "examples" / "generating_functional.png"
    pixels = np.asarray(Image.open(example).convert("L"))
    return encoded(np.tile(pixels, (20, 4)))


HOSTILE = {
    "empty": (lambda: b"", "empty"),
    "text": (lambda: b"no picture at all", "not a picture"),
    "truncated PNG": (lambda: half(encoded(formula())), "broken: the PNG"),
    "truncated JPEG": (lambda: encoded(formula(), "jpeg")[:-40], "broken: the JPEG"),
    "truncated BMP": (lambda: half(encoded(formula(), "bmp")), "broken: the BMP"),
    "PNG signature only": (lambda: encoded(formula())[:8], "not a picture|broken"),
    "all white": (lambda: encoded(np.full((40, 40), 255, np.uint8)), "blank"),
    "all black": (lambda: encoded(np.zeros((40, 40), np.uint8)), "blank"),
    "one pixel": (lambda: encoded(np.zeros((1, 1), np.uint8)), "blank"),
    "faint": (lambda: encoded(np.where(formula() == 0, 240, 255).astype(np.uint8)), "blank"),
    "bomb": (lambda: bomb(100_000, 100_000), "too large"),
    "smaller bomb": (lambda: bomb(5001, 5001), "too large"),
    "wall of formulas": (wall_of_formulas, "too large: expected at most 1048576 pixels"),
    "EPS, which Pillow would give to Ghostscript": (
        lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "not a picture",
    ),
    "missing": (lambda: "no such picture.png", "can't be opened: No such file"),
    "null character in the path": (lambda: "a\0b.png", "can't be opened"),
    "endless": (lambda: "/dev/zero", "too large: expected at most 1000 bytes"),
    "floats": (lambda: formula() / 255.0, r"expected a uint8 array.*Received: float64 \(40, 90\)"),
    "four channels": (
        lambda: np.zeros((9, 9, 4), np.uint8),
        r"expected a uint8 array.*Received: uint8 \(9, 9, 4\)",
    ),
    "no pixels": (lambda: np.zeros((0, 9), np.uint8), r"empty. Received: shape \(0, 9\)"),
    "number": (lambda: 5, "expected a path.*Received: int"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_picture_gets_its_reason(kind, monkeypatch):
    make, reason = HOSTILE[kind]
    if kind == "endless":
        monkeypatch.setattr(picture_source, "LARGEST_FILE", 1000)
    with pytest.raises(PictureError, match=f"^({reason})") as caught:
        prepare_picture(make())
    assert "\n" not in str(caught.value)


def test_dots_far_apart_are_large_full_stops():
    """What is large is made smaller before it is refused."""
    pixels = np.full((2600, 2600), 255, np.uint8)
    pixels[:4, :4] = pixels[-4:, -4:] = 0
    assert prepare_picture(encoded(pixels)).size < 1_048_576
    with pytest.raises(PictureError, match=r"^too large: expected at most 1048576 pixels"):
        prepare_picture(encoded(pixels), any_scale=False)


def test_directory(tmp_path):
    with pytest.raises(PictureError, match="can't be opened: Is a directory"):
        prepare_picture(tmp_path)


def test_path_bytes_and_pixels_are_the_same_picture(tmp_path):
    path = tmp_path / "formula.png"
    path.write_bytes(encoded(formula()))
    assert prepare_picture(formula(), any_scale=False).shape == ((20 + 16) // 2, (50 + 16) // 2, 1)
    expected = prepare_picture(formula())
    for picture in (path, str(path), path.read_bytes(), Image.fromarray(formula())):
        np.testing.assert_array_equal(prepare_picture(picture), expected)


def test_twice_as_large_a_picture_keeps_its_pixels():
    """What is halved and magnified twice is as it was given, with half the margin that is halved otherwise."""
    rows, columns = (np.flatnonzero((formula() < 255).any(axis)) for axis in (1, 0))
    ink = formula()[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    magnified = prepare_picture(formula(), any_scale=False, magnification=2.0)
    np.testing.assert_array_equal(magnified[..., 0], np.pad(ink, 4, constant_values=255))


def test_a_picture_at_half_the_resolution_is_magnified_too():
    sizes = [prepare_picture(formula(), already_downsampled=True, magnification=each).shape for each in (1.0, 2.0)]
    assert sizes == [(20 + 8, 50 + 8, 1), (2 * (20 + 4), 2 * (50 + 4), 1)]
