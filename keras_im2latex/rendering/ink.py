"""From the pictures that dvipng draws to cropped grayscale PNGs in a page's ink."""

import functools
import io
import math
import struct
import zlib

import numpy as np
from PIL import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What a header says after width and height: one bit a pixel, a palette, and nothing unusual.
_ONE_BIT_PALETTE = b"\1\3\0\0\0"
_PAPER_AND_INK = b"\xff\xff\xff\0\0\0"


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
        OSError: if there is no picture, or half of one.
    """
    with open(path, "rb") as stream:
        data = stream.read()
    if len(data) < 24 or not data.startswith(_SIGNATURE):
        raise OSError(f"not a PNG: {path}")
    width, height = struct.unpack_from(">II", data, 16)
    if max(width, height) > max_side:
        raise ValueError(f"larger than {max_side} x {max_side} pixels ({width} x {height})")
    bits = _black_bits(data, width, height) if page.gamma == math.inf else None
    ink = _ink_of_greys(data, page) if bits is None else _ink_of_bits(bits, width, page)
    if not ink.size:
        raise ValueError("blank")
    return encode_png(np.subtract(255, ink, out=ink))


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


def _black_bits(data, width, height):
    """The rows of dvipng's black and white PNG, eight pixels a byte and ink set; `None` for any other PNG.

    Most pictures are such, and Pillow takes longer to open one than all the rest takes together.
    """
    if data[24:29] != _ONE_BIT_PALETTE:
        return None
    packed, palette, position = [], b"", 33
    while (kind := data[position + 4 : position + 8]) not in (b"IEND", b""):
        length = int.from_bytes(data[position : position + 4], "big")
        if kind == b"IDAT":
            packed.append(data[position + 8 : position + 8 + length])
        elif kind == b"PLTE":
            palette = data[position + 8 : position + 8 + length]
        position += 12 + length
    if palette != _PAPER_AND_INK or not kind:
        return None
    lines = np.frombuffer(zlib.decompress(b"".join(packed)), np.uint8).reshape(height, -1)
    if lines[:, 0].any():  # a filter
        return None
    bits = lines[:, 1:].copy()
    bits[:, -1] &= 0xFF << (-width % 8) & 0xFF  # what fills a row's last byte may be anything
    return bits


def _ink_of_bits(bits, width, page):
    rows = np.flatnonzero(bits.any(axis=1))
    columns = np.flatnonzero(np.unpackbits(np.bitwise_or.reduce(bits, axis=0), count=width))
    if not len(rows):
        return bits[:0]
    rows, columns = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    black = np.unpackbits(bits[rows], axis=1, count=width)[:, columns]
    lent = int(255 * page.spread + 0.5)
    ink = np.zeros((len(black) + bool(lent), black.shape[1]), np.uint8)
    np.multiply(black, 255, out=ink[: len(black)])
    if lent:
        np.maximum(ink[1:], black * np.uint8(lent), out=ink[1:])
    return ink


def _ink_of_greys(data, page):
    with Image.open(io.BytesIO(data)) as picture:
        width, height = picture.size
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
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else ink[:0]


def _table(values):
    return values.tobytes().ljust(256, b"\0")


@functools.cache
def _darkness(gamma):
    # Under an infinite exponent only pure paper stays paper.
    return (255 - np.rint(255 * (np.arange(256) / 255) ** gamma)).astype(np.uint8)
