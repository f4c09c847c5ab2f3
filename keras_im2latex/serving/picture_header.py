"""Refuses pictures by what their first bytes say, before anything is decoded."""

import io
import warnings
from http import HTTPStatus

import PIL.Image

from keras_im2latex.serving.request_error import RequestError

FORMATS = ("PNG", "JPEG")
"""Formats that an exported model decodes."""


def check_picture_header(image_bytes, largest):
    """Checks that bytes start like a picture that can be afforded.

    Args:
        image_bytes: bytes of a picture file.
        largest: int, pixels that a picture may have.

    Raises:
        RequestError: the bytes are empty, no PNG or JPEG, or hold too many pixels.

    Example:
        >>> check_picture_header(Path("formula.png").read_bytes(), 8_388_608)
    """
    if not image_bytes:
        raise RequestError(HTTPStatus.BAD_REQUEST, "must be a PNG or JPEG file. Received: no bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            width, height = PIL.Image.open(io.BytesIO(image_bytes), formats=FORMATS).size
    except PIL.Image.DecompressionBombError:
        reason = f"too large: must have at most {largest} pixels. Received: many times as many"
        raise RequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason) from None
    except Exception:  # Pillow's readers of broken headers raise errors of a dozen kinds
        start = bytes(image_bytes[:8])
        reason = f"must be a PNG or JPEG file. Received: {len(image_bytes)} bytes that start with {start!r}"
        raise RequestError(HTTPStatus.BAD_REQUEST, reason) from None
    if width * height > largest:
        reason = f"too large: must have at most {largest} pixels. Received: {width} x {height}"
        raise RequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
