"""One picture from wherever it comes, with a clear reason when it can't be had."""

import io

import numpy as np
import PIL.Image
import tensorflow as tf

from keras_im2latex.images.preparation import prepare
from keras_im2latex.images.reading import normalize_ink, read_image
from keras_im2latex.pixels.picture_error import LARGEST_PREPARED_PICTURE, PictureError
from keras_im2latex.pixels.picture_source import BROKEN, check_array, file_bytes, open_picture


def prepare_picture(picture, already_downsampled=False, any_scale=True, handwriting=False, magnification=1.0):
    """Brings one picture, wherever it comes from, to what the model reads.

    Args:
        picture: a path, the bytes of a picture file (PNG, JPEG, or another of `FORMATS`, of which the first
            frame counts), a Pillow image, or a uint8 array `(height, width)`, `(height, width, 1)` or
            `(height, width, 3)`.
        already_downsampled: the picture is at 100 dots an inch, as the authors' own files are, not at 200.
        any_scale: whether a picture of another scale than that of a 12-point page at 200 dots an inch is brought to it.
        handwriting: whether the picture is of handwriting, for a model of it (`FormulaReader.handwriting`).
        magnification: how many times larger the picture is shown than on the model's page; some models read better so
            (`FormulaReader.magnification`).

    Returns:
        A uint8 array `(height, width, 1)`, 255 is paper, with 4 white pixels around the ink; times magnification.

    Raises:
        PictureError: the picture is missing, empty, broken, blank or too large.

    Example:
        >>> prepare_picture("formula.png").dtype
        dtype('uint8')
    """
    prepared = _prepare(read_picture(picture), already_downsampled, any_scale, handwriting, magnification).numpy()
    if not (prepared < 255).any():
        raise PictureError("blank: no ink on its paper")
    if prepared.size > LARGEST_PREPARED_PICTURE:
        height, width = prepared.shape[:2]
        raise PictureError(
            f"too large: expected at most {LARGEST_PREPARED_PICTURE} pixels around the ink after halving, "
            f"received {width} x {height}"
        )
    return prepared


def read_picture(picture):
    """Reads one picture, wherever it comes from, as dark ink on white paper, at its own size and with its margins.

    Args:
        picture: what `prepare_picture` takes.

    Returns:
        A uint8 tensor `(height, width, 1)`: 255 is paper, 0 the darkest ink; white throughout where there is none.

    Raises:
        PictureError: the picture is missing, empty, broken or too large.

    Example:
        >>> int(read_picture(np.full((20, 30), 7, np.uint8)).numpy().min())
        255
    """
    if isinstance(picture, PIL.Image.Image):
        picture = _as_png(picture)
    if isinstance(picture, np.ndarray):
        return _from_array(picture)
    return _decode(file_bytes(picture))


def _decode(image_bytes):
    picture = open_picture(image_bytes)
    if picture.format not in ("PNG", "JPEG"):
        image_bytes = _as_png(picture)
    try:
        return _read_image(image_bytes)
    except tf.errors.InvalidArgumentError as error:
        raise PictureError(f"broken: the {picture.format} data can't be decoded") from error


def _as_png(picture):
    buffer = io.BytesIO()
    try:
        # Pillow's conversion would clip 16-bit grey levels; PNG holds them as they are.
        deep = picture.mode.startswith("I")
        (picture if deep else picture.convert("RGBA")).save(buffer, "png", compress_level=1)
    except BROKEN as error:
        raise PictureError(f"broken: the {picture.format or 'Pillow'} data can't be decoded") from error
    return buffer.getvalue()


def _from_array(pixels):
    check_array(pixels)
    if pixels.ndim == 3 and pixels.shape[-1] == 3:
        return _decode(_as_png(PIL.Image.fromarray(pixels)))
    return _normalize_ink(pixels.reshape(*pixels.shape[:2], 1))


_read_image = tf.function(read_image, input_signature=[tf.TensorSpec([], tf.string)])


@tf.function(input_signature=[tf.TensorSpec([None, None, 1], tf.uint8)])
def _normalize_ink(pixels):
    return normalize_ink(tf.cast(pixels, tf.float32))


_FLAG = tf.TensorSpec([], tf.bool)


@tf.function(
    input_signature=[tf.TensorSpec([None, None, 1], tf.uint8), _FLAG, _FLAG, _FLAG, tf.TensorSpec([], tf.float32)]
)
def _prepare(pixels, already_downsampled, any_scale, handwriting, magnification):
    def prepared(**options):
        return lambda: prepare(pixels, magnification=magnification, **options)

    return tf.case(
        [
            (already_downsampled, prepared(already_downsampled=True)),
            (~any_scale, prepared(any_scale=False)),
            (handwriting, prepared(handwriting=True)),
        ],
        default=prepared(),
    )
