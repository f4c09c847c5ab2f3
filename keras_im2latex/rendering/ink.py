"""From the pictures that dvipng draws to cropped grayscale PNGs in a page's ink."""

import functools
import struct
import zlib

import numpy as np
from PIL import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def ink_png(path, page, max_side):
    """Reads one of dvipng's palette PNGs and returns it in the page's ink, cropped, as PNG bytes.

    Args:
        path: path of a PNG in greys.
        page: `Page`. Its `gamma` and `spread` are applied.
        max_side: int. The greatest width and height allowed, in pixels.

    Returns:
        Bytes of a PNG, 8-bit grayscale.

    Raises:
        ValueError: if the picture is blank or larger than `max_side`, with that as its message.
    """
    with Image.open(path) as picture:
        width, height = picture.size
        if max(picture.size) > max_side:
            raise ValueError(f"larger than {max_side} x {max_side} pixels ({width} x {height})")
        if picture.mode == "P":
            darkness = _darkness(page.gamma)[np.array(picture.getpalette("RGB"), np.uint8)[::3]]
        else:
            picture, darkness = picture.convert("L"), _darkness(page.gamma)
        pixels = picture.tobytes()
    ink = np.zeros((height + 1, width), np.uint8)
    # Tables are looked up by bytes.translate, ten times faster than by indexing.
    ink[:-1] = np.frombuffer(pixels.translate(_table(darkness)), np.uint8).reshape(height, width)
    if page.spread:
        lent = (np.arange(256) * page.spread + 0.5).astype(np.uint8)
        below = np.frombuffer(pixels.translate(_table(lent[darkness])), np.uint8).reshape(height, width)
        np.maximum(ink[1:], below, out=ink[1:])
    rows, columns = np.flatnonzero(ink.max(1)), np.flatnonzero(ink.max(0))
    if not len(rows):
        raise ValueError("blank")
    return encode_png(255 - ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def encode_png(image):
    """Encodes a grayscale picture as PNG, fast rather than small: no filters, and run lengths only.

    Args:
        image: uint8 array `[height, width]`.

    Returns:
        Bytes of a PNG, 8-bit grayscale.
    """
    height, width = image.shape
    lines = np.zeros((height, width + 1), np.uint8)  # the first byte of each line names its filter: none
    lines[:, 1:] = image
    packer = zlib.compressobj(1, strategy=zlib.Z_RLE)  # as fast as the first level on runs of paper, and smaller
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", packer.compress(lines) + packer.flush()), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(name)))


def _table(values):
    return values.tobytes().ljust(256, b"\0")


@functools.cache
def _darkness(gamma):
    # Under an infinite exponent only pure paper stays paper.
    return (255 - np.rint(255 * (np.arange(256) / 255) ** gamma)).astype(np.uint8)
