"""Pictures as bytes: full-resolution crops, and the small files training reads."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

from keras_im2latex.images import PADDING

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def halved_size(height, width):
    """Height and width of a crop once it is padded and halved."""
    return (height + 2 * PADDING) // 2, (width + 2 * PADDING) // 2


def pad_and_downsample(image):
    """What `keras_im2latex.images.pad_and_downsample` does, without TensorFlow: three times as fast on a CPU.

    Pillow is given 32-bit floats, for it clips 8-bit pictures between its two passes, which shifts greys by
    up to 12 levels. The result is the graph operation's within one level.

    Args:
        image: uint8 array `(height, width)`, 255 is paper.

    Returns:
        A uint8 array of the size that `halved_size` says.
    """
    padded = np.pad(image.astype(np.float32), PADDING, constant_values=255)
    height, width = halved_size(*image.shape)
    halved = Image.fromarray(padded).resize((width, height), Image.Resampling.LANCZOS)
    return np.rint(np.clip(np.asarray(halved), 0, 255)).astype(np.uint8)


def encode_png(image):
    """Encodes a grey picture as an ordinary 8-bit PNG.

    Args:
        image: uint8 array `(height, width)`.

    Returns:
        The bytes of a PNG file.
    """
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


def encode_16_grey_png(image):
    """Rounds a picture to 16 grey levels and encodes it as a PNG of 4 bits a pixel.

    Readers spread the levels over 0 to 255. Thin strokes on white paper compress better without row filters,
    which Pillow can't switch off.

    Args:
        image: uint8 array `(height, width)`.

    Returns:
        The bytes of a PNG file.
    """
    height, width = image.shape
    levels = ((image.astype(np.uint16) + 8) // 17).astype(np.uint8)
    if width % 2:
        levels = np.pad(levels, ((0, 0), (0, 1)))
    rows = np.zeros((height, 1 + levels.shape[1] // 2), np.uint8)  # each row starts with its filter: 0, none
    rows[:, 1:] = levels[:, ::2] << 4 | levels[:, 1::2]
    header = struct.pack(">IIBBBBB", width, height, 4, 0, 0, 0, 0)
    pixels = zlib.compress(rows.tobytes(), level=7)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
