"""The paper's preparation of a picture: crop to ink, pad, halve, and lay on a canvas."""

import tensorflow as tf

from keras_im2latex.images.buckets import canvas_size

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


def pad_and_downsample(image, padding=PADDING):
    """Pads a cropped picture with white and halves it with the Lanczos filter, as the paper does.

    An odd side loses its half pixel, as in the authors' `int(size / 2)`.

    Args:
        image: uint8 tensor `(height, width, 1)`, 255 is paper.
        padding: white pixels added on each side first.

    Returns:
        A uint8 tensor `((height + 2 * padding) // 2, (width + 2 * padding) // 2, 1)`.
    """
    padded = tf.pad(image, [[padding, padding], [padding, padding], [0, 0]], constant_values=255)
    halved = tf.shape(padded)[:2] // 2
    resized = tf.image.resize(tf.cast(padded, tf.float32), halved, method="lanczos3", antialias=True)
    return tf.cast(tf.round(tf.clip_by_value(resized, 0.0, 255.0)), tf.uint8)


def prepare(image, already_downsampled=False):
    """Everything between a picture and the model: crop to ink, pad, halve.

    Args:
        image: uint8 tensor `(height, width, 1)` at 200 dots an inch of a 12-point page, 255 is paper.
        already_downsampled: the picture is at half that resolution, as the authors' files are: crop and pad it
            only.

    Returns:
        A uint8 tensor `(height, width, 1)` at 100 dots an inch, with 4 white pixels around the ink.
    """
    cropped = crop_to_ink(image)
    if already_downsampled:
        half = PADDING // 2
        return tf.pad(cropped, [[half, half], [half, half], [0, 0]], constant_values=255)
    return pad_and_downsample(cropped)


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
