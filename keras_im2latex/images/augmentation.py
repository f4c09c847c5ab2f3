"""Varies prepared pictures as other renderers, printers and screens would: scale, stroke, ink, blur, noise."""

from dataclasses import dataclass

import tensorflow as tf


@dataclass(frozen=True)
class Augmentation:
    """Draws a random variant of a prepared picture, in graph operations.

    Attributes:
        probability: share of the pictures that are varied at all; the others pass unchanged.
        scale: the sides are multiplied by a factor between `1 / scale` and `scale`, uniform in its logarithm.
        bolder: up to this share of each pixel's darkest neighbour is mixed in.
        thinner: up to this share of each pixel's lightest neighbour is mixed in.
        ink: grey levels follow `ink ** exponent` with an exponent between `1 / ink` and `ink`.
        blur: largest standard deviation in pixels of a Gaussian blur.
        noise: largest standard deviation of added noise, as a share of full ink.
        margin: up to this many pixels of white are added on each side.

    Example:
        >>> varied = Augmentation()(prepared_picture)
        >>> varied.dtype
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

    def __call__(self, image):
        """Varies one picture.

        Args:
            image: uint8 tensor `(height, width, 1)`, 255 is paper.

        Returns:
            A uint8 tensor `(height', width', 1)`.
        """
        return tf.cond(_chance(self.probability), lambda: self._vary(image), lambda: image)

    def _vary(self, image):
        ink = 1.0 - tf.cast(image, tf.float32) / 255.0
        ink = tf.cond(_chance(0.5), lambda: self._rescale(ink), lambda: ink)
        ink = self._restroke(ink)
        exponent = tf.exp(tf.random.uniform([], -1.0, 1.0) * tf.math.log(self.ink))
        ink = tf.clip_by_value(ink, 0.0, 1.0) ** exponent
        ink = tf.cond(_chance(0.3), lambda: self._soften(ink), lambda: ink)
        ink += tf.cond(_chance(0.3), lambda: self._grain(tf.shape(ink)), lambda: tf.zeros_like(ink))
        top, bottom, left, right = tf.unstack(tf.random.uniform([4], 0, self.margin + 1, tf.int32))
        ink = tf.pad(ink, [[top, bottom], [left, right], [0, 0]])
        return tf.cast(tf.round(255.0 * (1.0 - tf.clip_by_value(ink, 0.0, 1.0))), tf.uint8)

    def _rescale(self, ink):
        factor = tf.exp(tf.random.uniform([], -1.0, 1.0) * tf.math.log(self.scale))
        size = tf.cast(tf.round(factor * tf.cast(tf.shape(ink)[:2], tf.float32)), tf.int32)
        return tf.image.resize(ink, tf.maximum(size, 1), method="bilinear", antialias=True)

    def _restroke(self, ink):
        """Mixes in the darkest or the lightest neighbour of each pixel."""
        amount = tf.random.uniform([], -self.thinner, self.bolder)
        darkest = tf.nn.max_pool2d(ink[None], 3, 1, "SAME")[0]
        lightest = -tf.nn.max_pool2d(-ink[None], 3, 1, "SAME")[0]
        neighbour = tf.where(amount > 0, darkest, lightest)
        return ink + tf.abs(amount) * (neighbour - ink)

    def _soften(self, ink):
        deviation = tf.random.uniform([], 0.1, tf.maximum(self.blur, 0.1))
        taps = tf.exp(-0.5 * (tf.range(-2.0, 3.0) / deviation) ** 2)
        taps /= tf.reduce_sum(taps)
        across = tf.nn.conv2d(ink[None], tf.reshape(taps, [1, 5, 1, 1]), 1, "SAME")
        return tf.nn.conv2d(across, tf.reshape(taps, [5, 1, 1, 1]), 1, "SAME")[0]

    def _grain(self, shape):
        return tf.random.normal(shape, stddev=tf.random.uniform([], 0.0, self.noise))


def _chance(probability):
    return tf.random.uniform([]) < probability
