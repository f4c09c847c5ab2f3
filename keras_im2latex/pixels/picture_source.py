"""What a picture may come as, and what is refused of it before a pixel is decoded."""

import io
import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import PIL.Image

from keras_im2latex.pixels.picture_error import FORMATS, LARGEST_FILE, LARGEST_PICTURE, PictureError

BROKEN = (OSError, ValueError, SyntaxError, EOFError)
"""What Pillow raises for broken data."""


def is_one(pictures):
    """Whether what a reader is given is one picture, and no iterable of them."""
    return isinstance(pictures, (str, Path, bytes, np.ndarray)) or not isinstance(pictures, Iterable)


def file_bytes(source):
    """The bytes of a picture file, or of a document of pictures.

    Args:
        source: a path, or the bytes themselves.

    Returns:
        Bytes, from 1 to `LARGEST_FILE`.

    Raises:
        PictureError: the file can't be opened, is empty or too large, or `source` is neither.

    Example:
        >>> file_bytes(b"GIF89a")
        b'GIF89a'
    """
    if isinstance(source, (str, Path)):
        source = _read(Path(source))
    elif not isinstance(source, bytes):
        kind = type(source).__name__
        raise PictureError(f"expected a path, bytes, a Pillow image or a NumPy array. Received: {kind}")
    if not source:
        raise PictureError("empty: the file holds no bytes")
    if len(source) > LARGEST_FILE:
        raise PictureError(f"too large: expected at most {LARGEST_FILE} bytes, received more")
    return source


def _read(path):
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise PictureError(f"can't be opened: {error.strerror or error}") from error
    except ValueError as error:  # a null character in the path
        raise PictureError(f"can't be opened: {error}") from error


def open_picture(image_bytes):
    """Opens a picture file, without decoding its pixels.

    Args:
        image_bytes: bytes of one of `FORMATS`.

    Returns:
        A Pillow image.

    Raises:
        PictureError: the file has too many pixels or another format.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            picture = PIL.Image.open(io.BytesIO(image_bytes), formats=FORMATS)
    except PIL.Image.DecompressionBombError as error:
        raise PictureError(f"too large: expected at most {LARGEST_PICTURE} pixels. {error}") from error
    except BROKEN as error:
        raise PictureError("not a picture: its format is not recognized") from error
    if picture.width * picture.height > LARGEST_PICTURE:
        raise PictureError(
            f"too large: expected at most {LARGEST_PICTURE} pixels, received {picture.width} x {picture.height}"
        )
    return picture


def check_array(pixels):
    """Raises a `PictureError` unless an array is uint8 and `(height, width)` or `(height, width, 1 or 3)`."""
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[-1] not in (1, 3)):
        raise PictureError(
            "expected a uint8 array of shape (height, width), (height, width, 1) or (height, width, 3). "
            f"Received: {pixels.dtype} {pixels.shape}"
        )
    if pixels.size == 0:
        raise PictureError(f"empty. Received: shape {pixels.shape}")
