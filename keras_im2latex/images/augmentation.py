"""Varies prepared pictures as other renderers, printers and screens would: scale, stroke, ink, blur, noise."""

from dataclasses import dataclass

import tensorflow as tf


@dataclass(frozen=True)
class Augmentation:
    """Draws random variants of a batch of prepared pictures, in graph operations that XLA compiles.

    Every picture has its own random numbers; they follow from the seed alone.

    Attributes:
        probability: share of the pictures that are varied at all; the others pass unchanged.
        scale: sides are multiplied by a factor between `1 / scale` and `scale`, uniform in its logarithm, in half of
            the varied pictures, as far as the canvas allows.
        bolder: up to this share of each pixel's darkest neighbour is mixed in.
        thinner: up to this share of each pixel's lightest neighbour is mixed in.
        ink: grey levels follow `ink ** exponent` with an exponent between `1 / ink` and `ink`.
        blur: largest standard deviation in pixels of a Gaussian blur.
        noise: largest standard deviation of added noise, as a share of full ink.
        margin: up to this many pixels of white are added on each side, as far as the canvas allows.

    Example:
        >>> image, size = Augmentation()(image, size, seed=(0, 1))
        >>> image.dtype
        tf.uint8
    """

    probability: float = 0.6
    scale: float = 1.2
    bolder: float = 0.4
    thinner: float = 0.3
    ink: float = 1.7
    blur: float = 0.7
    noise: float = 0.04
    margin: int = 3

    def __call__(self, image, size, seed):
        """Varies a batch.

        Args:
            image: uint8 tensor `(batch, height, width, 1)`, 255 is paper.
            size: int32 tensor `(batch, 2)`, each picture's own height and width.
            seed: int tensor `(2,)`.

        Returns:
            The varied pictures on the same canvas, and their sizes.
        """
        seeds = tf.unstack(tf.random.experimental.stateless_split(seed, 11))
        batch = tf.shape(image)[0]

        def uniform(number, low=0.0, high=1.0):
            return tf.random.stateless_uniform([batch], seeds[number], low, high)

        varied = uniform(0) < self.probability
        ink = 1.0 - tf.cast(image[..., 0], tf.float32) / 255.0

        factor = tf.exp(tf.math.log(self.scale) * uniform(1, -1.0, 1.0))
        factor = tf.where(uniform(2) < 0.5, factor, 1.0)
        margins = tf.random.stateless_uniform([batch, 2, 2], seeds[3], 0, self.margin + 1, tf.int32)
        ink, new_size = _place(ink, size, factor, margins)

        amount = uniform(4, -self.thinner, self.bolder)[:, None, None]
        ink = _restroke(ink, amount)
        exponent = tf.exp(tf.math.log(self.ink) * uniform(5, -1.0, 1.0))
        ink = tf.clip_by_value(ink, 0.0, 1.0) ** exponent[:, None, None]
        deviation = tf.where(uniform(6) < 0.3, uniform(7, 0.0, self.blur), 0.0)
        ink = _blur(ink, deviation)
        deviation = tf.where(uniform(8) < 0.3, uniform(9, 0.0, self.noise), 0.0)
        ink += deviation[:, None, None] * tf.random.stateless_normal(tf.shape(ink), seeds[10])

        changed = tf.cast(tf.round(255.0 * (1.0 - tf.clip_by_value(ink, 0.0, 1.0))), tf.uint8)[..., None]
        image = tf.where(varied[:, None, None, None], changed, image)
        return image, tf.where(varied[:, None], new_size, size)


def _place(ink, size, factor, margins):
    """Scales each picture and moves it by its top and left margin, in two products with sparse matrices."""
    canvas = tf.shape(ink)[1:]
    room = tf.cast(canvas, tf.float32) / tf.cast(size, tf.float32)
    factor = tf.minimum(factor, tf.reduce_min(room, axis=1))
    scaled = tf.cast(tf.math.ceil(tf.cast(size, tf.float32) * factor[:, None] - 1e-3), tf.int32)
    before = tf.minimum(margins[:, 0], canvas - scaled)
    after = tf.minimum(margins[:, 1], canvas - scaled - before)
    rows = _resampling(canvas[0], factor, before[:, 0])
    columns = _resampling(canvas[1], factor, before[:, 1])
    placed = tf.matmul(tf.matmul(rows, ink), columns, transpose_b=True)
    return placed, scaled + before + after


def _resampling(length, factor, offset):
    """Matrices `(batch, length, length)` of a triangle filter that scales by a factor, then moves by an offset."""
    position = tf.range(tf.cast(length, tf.float32))
    source = (position[None, :] - tf.cast(offset, tf.float32)[:, None] + 0.5) / factor[:, None] - 0.5
    support = tf.maximum(1.0 / factor, 1.0)[:, None, None]
    distance = tf.abs(source[:, :, None] - position[None, None, :])
    return tf.maximum(1.0 - distance / support, 0.0) / support


def _restroke(ink, amount):
    """Mixes in the darkest neighbour of each pixel, or for negative amounts the lightest."""
    darkest = tf.nn.max_pool2d(ink[..., None], 3, 1, "SAME")[..., 0]
    lightest = -tf.nn.max_pool2d(-ink[..., None], 3, 1, "SAME")[..., 0]
    return ink + tf.abs(amount) * (tf.where(amount > 0, darkest, lightest) - ink)


def _blur(ink, deviation):
    """A Gaussian of five taps with each picture's own standard deviation."""
    height, width = tf.shape(ink)[1], tf.shape(ink)[2]
    taps = tf.exp(-0.5 * (tf.range(-2.0, 3.0) / tf.maximum(deviation, 1e-2)[:, None]) ** 2)
    taps = (taps / tf.reduce_sum(taps, axis=1, keepdims=True))[:, :, None, None]
    tall = tf.pad(ink, [[0, 0], [2, 2], [0, 0]])
    ink = sum(taps[:, tap] * tall[:, tap : tap + height] for tap in range(5))
    wide = tf.pad(ink, [[0, 0], [0, 0], [2, 2]])
    return sum(taps[:, tap] * wide[:, :, tap : tap + width] for tap in range(5))
