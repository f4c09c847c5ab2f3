"""The size at which a picture shows its formula, measured."""

import tensorflow as tf

from keras_im2latex.images.scale_measures import scale_measures
from keras_im2latex.pixels.scale import (
    FEW_LEVELS,
    FEW_LEVELS_TOLERANCE,
    HANDWRITING_WEIGHTS,
    LARGEST_SCALE,
    SMALLEST_SCALE,
    TOLERANCE,
    WEIGHTS,
    network_weights,
)
from keras_im2latex.pixels.scale_measures import LENGTHS


def measure_scale(image, handwriting=False):
    """Measures how large a formula is shown, by a small dense network over the lengths of its strokes and letters.

    Graph operations only.

    Args:
        image: uint8 tensor `(height, width, 1)`, 255 is paper, cut to its ink.
        handwriting: whether it is written by hand.

    Returns:
        A float32 scalar: the height of an x as a multiple of that on the model's page, 12 points at 200 dots an inch,
        from `SMALLEST_SCALE` to `LARGEST_SCALE`; of handwriting, the usual length of a stroke as a multiple of 30
        pixels, to which models of handwriting are trained. A picture without ink has 1.

    Example:
        >>> picture = tf.io.read_file("formula.png")
        >>> round(float(measure_scale(crop_to_ink(read_image(picture)))), 1)
        1.0

    Reference:
        `recipes/fit_scale.py` and `recipes/fit_handwriting.py` fit the networks and say how well they do.
    """
    return tf.cond(tf.reduce_any(image < 255), lambda: _measured(image, handwriting), lambda: tf.constant(1.0))


def scale_to_correct(image, handwriting=False):
    """The factor by which a picture is larger than the model expects.

    Args:
        image: as `measure_scale`'s.
        handwriting: whether it is written by hand.

    Returns:
        A float32 scalar: exactly 1 where the picture passes for the model's page, exactly 0.5 where it passes for one
        at half its resolution, whose pixels `prepare` keeps as well. Handwriting's is what is measured.
    """
    scale = measure_scale(image, handwriting)
    if handwriting:
        return scale
    levels = tf.math.count_nonzero(tf.math.bincount(tf.cast(tf.reshape(image, [-1]), tf.int32), minlength=256))
    tolerance = tf.where(levels <= FEW_LEVELS, FEW_LEVELS_TOLERANCE, TOLERANCE)
    near = tf.abs(tf.math.log(scale)) < tf.math.log(tolerance)
    half = tf.abs(tf.math.log(2.0 * scale)) < tf.math.log(TOLERANCE)
    return tf.where(near, 1.0, tf.where(half, 0.5, scale))


def relative_measures(measures):
    """What the network reads: all lengths but the first relative to it, so that scale is in one of them.

    Args:
        measures: float tensor or array `(..., MEASURES)` of `scale_measures`.

    Returns:
        A tensor of the same shape.
    """
    first, lengths, others = measures[..., :1], measures[..., 1:LENGTHS], measures[..., LENGTHS:]
    return tf.concat([first, lengths - first, others], axis=-1)


def _measured(image, handwriting):
    weights = network_weights(HANDWRITING_WEIGHTS if handwriting else WEIGHTS)
    inputs = (relative_measures(scale_measures(image)) - weights["mean"]) / weights["deviation"]
    hidden = inputs[None, :]
    for layer in range(sum(name.startswith("kernel") for name in weights) - 1):
        hidden = tf.tanh(tf.matmul(hidden, weights[f"kernel_{layer}"]) + weights[f"bias_{layer}"])
    last = sum(name.startswith("kernel") for name in weights) - 1
    logarithm = tf.matmul(hidden, weights[f"kernel_{last}"]) + weights[f"bias_{last}"]
    logarithm += tf.matmul(inputs[None, :], weights["linear"])
    return tf.clip_by_value(tf.exp(logarithm[0, 0]), SMALLEST_SCALE, LARGEST_SCALE)
