"""The preparation of pictures in NumPy: the pixels that `keras_im2latex.images` gives, without TensorFlow.

Each step follows its graph operation there to the order of its sums in float32, so that a value halfway between two
grey levels is rounded to the same one.
"""

import functools

import numpy as np

from keras_im2latex.pixels.picture_error import LARGEST_PREPARED_PICTURE, PictureError
from keras_im2latex.pixels.reading import read_picture
from keras_im2latex.pixels.scale import scale_to_correct

PADDING = 8
"""White pixels on each side of the ink before halving."""

INK_TOLERANCE = 16
"""Grey levels below white that still count as paper when cropping."""

_RADIUS = np.float32(3.0)  # of the Lanczos filter


def prepare_picture(picture, already_downsampled=False, any_scale=True, handwriting=False, magnification=1.0):
    """Brings one picture, wherever it comes from, to what the model reads.

    Args:
        picture: a path, the bytes of a picture file, a Pillow image, or a uint8 array `(height, width)`,
            `(height, width, 1)` or `(height, width, 3)`; as for `keras_im2latex.images.prepare_picture`.
        already_downsampled: the picture is at 100 dots an inch, not at 200.
        any_scale: whether a picture of another scale than that of a 12-point page at 200 dots an inch is brought to it.
        handwriting: whether the picture is of handwriting, for a model of it.
        magnification: how many times larger the picture is shown than on the model's page.

    Returns:
        A uint8 array `(height, width)`, 255 is paper, with 4 white pixels around the ink; times magnification.

    Raises:
        PictureError: the picture is missing, empty, broken, blank or too large.

    Example:
        >>> prepare_picture("formula.png").dtype
        dtype('uint8')
    """
    cropped = crop_to_ink(read_picture(picture))
    if not cropped.size:
        raise PictureError("blank: no ink on its paper")
    if already_downsampled or not any_scale:
        scale = np.float32(0.5 if already_downsampled else 1.0) / np.float32(magnification)
    else:
        scale = _affordable_scale(cropped, handwriting, magnification)
    height, width = _prepared_size(cropped, scale)
    if height * width > LARGEST_PREPARED_PICTURE:
        raise PictureError(
            f"too large: expected at most {LARGEST_PREPARED_PICTURE} pixels around the ink after halving, "
            f"received {width} x {height}"
        )
    return pad_and_downsample(cropped, scale)


def crop_to_ink(image):
    """Crops a picture to the smallest rectangle that holds all ink.

    Args:
        image: uint8 array `(height, width)`, 255 is paper.

    Returns:
        A uint8 array, without rows and columns where there is no ink.
    """
    ink = image < 255 - INK_TOLERANCE
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        return image[:0, :0]
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def pad_and_downsample(image, scale=1.0):
    """Pads a picture and halves it with the Lanczos filter; an odd side loses its half pixel.

    Args:
        image: uint8 array `(height, width)`, 255 is paper.
        scale: how many times too large the picture is: it is padded by `PADDING` times as much and divided by as much
            more, in the one resampling.

    Returns:
        A uint8 array `((height + 2 * PADDING) // 2, (width + 2 * PADDING) // 2)`, at scale 1.
    """
    height, width = _prepared_size(image, scale)
    padded = np.pad(image, _padding(scale), constant_values=255).astype(np.float32)
    resized = _resize_rows(_resize_rows(padded, height).T, width).T
    return np.rint(np.clip(resized, 0.0, 255.0)).astype(np.uint8)


def _padding(scale):
    return int(np.rint(np.float32(PADDING) * np.float32(scale)))


def _prepared_size(image, scale):
    divisor = np.float64(np.float32(2.0) * np.float32(scale))
    return [max(int((side + 2 * _padding(scale)) / divisor), 1) for side in image.shape]


def _affordable_scale(cropped, handwriting, magnification):
    """What to divide a picture by, where a small number enlarges none past the limit on its pixels."""
    smallest = min(np.sqrt(np.float32(cropped.size) / np.float32(4.0 * LARGEST_PREPARED_PICTURE)), np.float32(1.0))
    return max(scale_to_correct(cropped, handwriting) / np.float32(magnification), smallest)


def _resize_rows(image, size):
    rows, weights = _lanczos(image.shape[0], size)
    resized = np.zeros((len(rows), image.shape[1]), np.float32)
    for row, weight in zip(rows.T, weights.T):
        resized += image[row] * weight[:, None]
    return resized


@functools.lru_cache(maxsize=1024)
def _lanczos(size, resized):
    """The rows that each row of the resized picture is made of, and their weights: arrays `(resized, taps)`.

    All in float32 and in the order of TensorFlow's `ScaleAndTranslate`. Taps outside the picture have weight 0.
    """
    scale = np.float32(resized) / np.float32(size)
    stride = np.float32(1.0 / float(scale))
    spread = max(stride, np.float32(1.0))  # enlarging, the filter is as wide as the pixels given
    reach = _RADIUS * spread
    centres = (np.arange(resized, dtype=np.float32) + np.float32(0.5)) * stride
    first = np.clip(np.ceil(centres - reach - np.float32(0.5)).astype(np.int64), 0, size - 1)
    last = np.clip(np.floor(centres + reach - np.float32(0.5)).astype(np.int64), 0, size - 1)
    rows = first[:, None] + np.arange(int((last - first).max()) + 1)
    offsets = rows.astype(np.float32) + np.float32(0.5) - centres[:, None]
    weights = _kernel(np.abs(offsets * (np.float32(1.0) / spread)))
    weights = np.where(rows <= last[:, None], weights, np.float32(0.0))
    total = np.zeros(len(rows), np.float32)
    for tap in weights.T:
        total += tap
    return np.minimum(rows, size - 1), weights * (np.float32(1.0) / total)[:, None]


def _kernel(distance):
    angle = np.float32(np.pi) * distance
    # Sines as the C library gives them: correctly rounded to float32.
    product = _RADIUS * _sine(angle) * _sine(angle / _RADIUS)
    square = np.float32(np.pi) * np.float32(np.pi) * distance * distance
    values = product / np.where(distance <= 1e-3, np.float32(1.0), square)
    values = np.where(distance <= 1e-3, np.float32(1.0), values)
    return np.where(distance > _RADIUS, np.float32(0.0), values)


def _sine(angle):
    return np.sin(angle.astype(np.float64)).astype(np.float32)
