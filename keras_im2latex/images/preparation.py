"""The paper's preparation of a picture, at any scale: crop to ink, pad, halve, and lay on a canvas."""

import tensorflow as tf

from keras_im2latex.images.buckets import canvas_size
from keras_im2latex.images.scale import scale_to_correct
from keras_im2latex.pixels.picture_error import LARGEST_PREPARED_PICTURE

PADDING = 8
"""White pixels on each side of the ink before halving."""

INK_TOLERANCE = 16
"""Grey levels below white from which a pixel counts as ink when cropping: JPEG leaves a haze above it."""


def crop_to_ink(image, tolerance=INK_TOLERANCE):
    """Cuts a picture to the smallest rectangle that holds all its ink.

    Args:
        image: uint8 tensor `(height, width, 1)`, 255 is paper.
        tolerance: grey levels below 255 that still count as paper.

    Returns:
        A uint8 tensor `(height, width, 1)`; a picture without ink comes back with height and width 0.
    """
    ink = image[..., 0] < 255 - tolerance
    rows = tf.where(tf.reduce_any(ink, axis=1))[:, 0]
    columns = tf.where(tf.reduce_any(ink, axis=0))[:, 0]
    # An empty range has maximum int64.min and minimum int64.max: clip both into the picture.
    bottom = tf.maximum(tf.reduce_max(rows) + 1, 0)
    right = tf.maximum(tf.reduce_max(columns) + 1, 0)
    top = tf.minimum(tf.reduce_min(rows), bottom)
    left = tf.minimum(tf.reduce_min(columns), right)
    return image[top:bottom, left:right]


def pad_and_downsample(image, padding=PADDING, scale=1.0):
    """Pads a cropped picture with white and halves it with the Lanczos filter, as the paper does.

    An odd side loses its half pixel, as in the authors' `int(size / 2)`.

    Args:
        image: uint8 tensor `(height, width, 1)`, 255 is paper.
        padding: white pixels added on each side first, at scale 1.
        scale: float32 scalar, how many times too large the picture is: it is padded by as much more and divided by
            as much more, in the one resampling.

    Returns:
        A uint8 tensor `((height + 2 * padding) // 2, (width + 2 * padding) // 2, 1)`, at scale 1.
    """
    scale = tf.convert_to_tensor(scale, tf.float32)
    padding = tf.cast(tf.round(tf.cast(padding, tf.float32) * scale), tf.int32)
    padded = tf.pad(image, [[padding, padding], [padding, padding], [0, 0]], constant_values=255)
    size = tf.shape(padded)[:2]
    # Single precision holds neither every large side nor, at scale 1, every half of one.
    divided = tf.cast(tf.floor(tf.cast(size, tf.float64) / tf.cast(2.0 * scale, tf.float64)), tf.int32)
    resized = tf.image.resize(tf.cast(padded, tf.float32), tf.maximum(divided, 1), method="lanczos3", antialias=True)
    return tf.cast(tf.round(tf.clip_by_value(resized, 0.0, 255.0)), tf.uint8)


def prepare(image, already_downsampled=False, any_scale=True, handwriting=False, magnification=1.0):
    """Everything between a picture and the model: crop to ink, bring to the model's scale, pad, halve.

    Args:
        image: uint8 tensor `(height, width, 1)`, 255 is paper.
        already_downsampled: the picture is at half the model's resolution, as the authors' files are: its pixels are
            kept.
        any_scale: whether the scale is measured. A picture near that of a 12-point page at 200 dots an inch keeps it,
            any other is brought to it. False takes the picture to be at that scale.
        handwriting: whether the picture is of handwriting, for a model of it; its scale is that of `crohme/prepared`.
        magnification: float, or float32 scalar. How many times larger than so the picture is shown to the model.

    Returns:
        A uint8 tensor `(height, width, 1)` at 100 dots an inch times magnification, with 4 white pixels around the ink.
    """
    cropped = crop_to_ink(image)
    magnification = tf.convert_to_tensor(magnification, tf.float32)
    if already_downsampled:
        return pad_and_downsample(cropped, scale=0.5 / magnification)
    if not any_scale:
        return pad_and_downsample(cropped, scale=1.0 / magnification)
    return pad_and_downsample(cropped, scale=_affordable_scale(cropped, handwriting, magnification))


def _affordable_scale(cropped, handwriting, magnification):
    """What to divide a picture by, where a small number enlarges none past the limit on its pixels."""
    pixels = tf.cast(tf.size(cropped), tf.float32)
    smallest = tf.minimum(tf.sqrt(pixels / (4.0 * LARGEST_PREPARED_PICTURE)), 1.0)
    return tf.maximum(scale_to_correct(cropped, handwriting) / magnification, smallest)


def lay_on_canvas(image, canvas=None):
    """Lays a prepared picture at the top left of white paper of the first bucket that holds it.

    Args:
        image: uint8 tensor `(height, width, 1)`.
        canvas: int32 tensor `(2,)`, height and width of the paper; by default `canvas_size` of the picture.

    Returns:
        A uint8 tensor `(canvas height, canvas width, 1)`.
    """
    size = tf.shape(image)[:2]
    if canvas is None:
        canvas = canvas_size(size)
    bottom, right = tf.unstack(canvas - size)
    return tf.pad(image, [[0, bottom], [0, right], [0, 0]], constant_values=255)
