"""What printers, screens and files do to the ink of a batch of pictures, each by its own amount."""

import math

import tensorflow as tf

_BLOCK = 8
_FINEST_OVER_COARSEST = 6.0  # of the quantization steps in JPEG's own table for lightness
_STEEPNESS = 8.0


def restroke(ink, amount):
    """Mixes in the darkest neighbour of each pixel, or for negative amounts the lightest."""
    darkest = tf.nn.max_pool2d(ink[..., None], 3, 1, "SAME")[..., 0]
    lightest = -tf.nn.max_pool2d(-ink[..., None], 3, 1, "SAME")[..., 0]
    return ink + tf.abs(amount) * (tf.where(amount > 0, darkest, lightest) - ink)


def blur(ink, deviation):
    """A Gaussian of five taps with each picture's own standard deviation."""
    height, width = tf.shape(ink)[1], tf.shape(ink)[2]
    taps = tf.exp(-0.5 * (tf.range(-2.0, 3.0) / tf.maximum(deviation, 1e-2)[:, None]) ** 2)
    taps = (taps / tf.reduce_sum(taps, axis=1, keepdims=True))[:, :, None, None]
    tall = tf.pad(ink, [[0, 0], [2, 2], [0, 0]])
    ink = sum(taps[:, tap] * tall[:, tap : tap + height] for tap in range(5))
    wide = tf.pad(ink, [[0, 0], [0, 0], [2, 2]])
    return sum(taps[:, tap] * wide[:, :, tap : tap + width] for tap in range(5))


def coarsen(ink, factor, phase):
    """Keeps one pixel in so many along both sides and draws straight lines between, as enlarging a picture does.

    Args:
        ink: float32 tensor `(batch, height, width)`, blurred by `coarsening_blur` before.
        factor: float32 tensor `(batch,)`, pixels to a sample, 1 or more.
        phase: float32 tensor `(batch, 2)`, where between two samples a picture begins, from 0 to 1.

    Returns:
        The ink.
    """
    for axis in (1, 2):
        length = tf.shape(ink)[axis]
        begin = tf.where(factor > 1.0, phase[:, axis - 1], 0.0)[:, None]
        position = tf.range(tf.cast(length, tf.float32))[None, :] / factor[:, None] - begin
        before = tf.floor(position)
        samples = []
        for sample in (before, before + 1.0):
            nearest = tf.cast(tf.round((sample + begin) * factor[:, None]), tf.int32)
            samples.append(tf.gather(ink, tf.clip_by_value(nearest, 0, length - 1), axis=axis, batch_dims=1))
        share = tf.expand_dims(position - before, 3 - axis)
        ink = (1.0 - share) * samples[0] + share * samples[1]
    return ink


def coarsening_blur(factor):
    """The standard deviation of the blur that a picture has once it is that many times smaller, in larger pixels."""
    return tf.where(factor > 1.0, 0.35 * factor, 0.0)


def quantize_frequencies(ink, step):
    """Rounds the cosine frequencies of blocks of eight pixels to multiples of a step, as a JPEG file does.

    Args:
        ink: float32 tensor `(batch, height, width)`, sides multiples of 8.
        step: float32 tensor `(batch,)`, of the lowest frequency, as a share of full ink; 0 leaves a picture as it is.

    Returns:
        The ink.
    """
    batch, height, width = tf.unstack(tf.shape(ink))
    cosines = tf.constant(
        [
            [
                math.sqrt((1 if frequency == 0 else 2) / _BLOCK)
                * math.cos(math.pi * (place + 0.5) * frequency / _BLOCK)
                for place in range(_BLOCK)
            ]
            for frequency in range(_BLOCK)
        ]
    )
    frequency = tf.range(float(_BLOCK))
    share = (frequency[:, None] + frequency[None, :]) / (2.0 * (_BLOCK - 1))
    table = 1.0 + (_FINEST_OVER_COARSEST - 1.0) * share
    blocks = [batch, height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK]
    bands = [batch, height // _BLOCK, _BLOCK, width]
    steps = tf.maximum(step, 1e-6)[:, None, None, None, None] * table[:, None, :]
    down = tf.reshape(tf.matmul(cosines, tf.reshape(ink, bands)), blocks)
    found = tf.round(tf.matmul(down, cosines, transpose_b=True) / steps) * steps
    back = tf.reshape(tf.matmul(found, cosines), bands)
    back = tf.reshape(tf.matmul(cosines, back, transpose_a=True), [batch, height, width])
    return tf.where(step[:, None, None] > 0.0, back, ink)


def darken_paper(ink, size, amounts):
    """Lays an even slope of grey under each picture, none beyond its size.

    Args:
        ink: float32 tensor `(batch, height, width)`.
        size: int32 tensor `(batch, 2)`.
        amounts: float32 tensor `(batch, 3)`, grey at the top left, top right and bottom left corner.

    Returns:
        The ink.
    """
    sides = tf.cast(size, tf.float32)[:, :, None]
    row = tf.range(tf.cast(tf.shape(ink)[1], tf.float32)) / sides[:, 0]
    column = tf.range(tf.cast(tf.shape(ink)[2], tf.float32)) / sides[:, 1]
    corner, right, below = (amounts[:, number, None, None] for number in range(3))
    grey = corner + (right - corner) * column[:, None, :] + (below - corner) * row[:, :, None]
    inside = tf.cast(row < 1.0, tf.float32)[:, :, None] * tf.cast(column < 1.0, tf.float32)[:, None, :]
    return ink + (1.0 - ink) * tf.maximum(grey, 0.0) * inside


def binarize(ink, level):
    """Makes what is darker than a level black and what is lighter white, but for a little grey around it.

    Args:
        ink: float32 tensor `(batch, height, width)`.
        level: float32 tensor `(batch,)`, as a share of the darkness of each picture's strokes, so that none vanishes.

    Returns:
        The ink.
    """
    strokes = tf.reduce_sum(ink**2, axis=[1, 2]) / tf.maximum(tf.reduce_sum(ink, axis=[1, 2]), 1e-3)
    return tf.clip_by_value((ink - (level * strokes)[:, None, None]) * _STEEPNESS + 0.5, 0.0, 1.0)
