"""Varies prepared pictures as other renderers, printers and screens would."""

from dataclasses import dataclass

import tensorflow as tf

from keras_im2latex.images.ink_effects import (
    binarize,
    blur,
    coarsen,
    coarsening_blur,
    darken_paper,
    quantize_frequencies,
    restroke,
)
from keras_im2latex.images.placement import add_stray_ink, place, tilt

_SHARE = 0.3  # of the varied pictures that each effect comes to


@dataclass(frozen=True)
class Augmentation:
    """Draws random variants of a batch of prepared pictures, in graph operations that XLA compiles.

    Every picture has its own random numbers; they follow from the seed alone. The effects of the first list are those
    of pictures of this renderer and its like. Those of the second make pictures that people took of screens and
    paper; they are off unless asked for, and `Augmentation.screenshots()` has all of them on.

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

        stretch: width over height changes by a factor between `1 / stretch` and `stretch`.
        tilt: the baseline rises or falls by up to so many degrees, as far as the canvas allows.
        coarseness: a picture is made smaller by up to this factor and larger again.
        jpeg: largest step to which the frequencies of blocks of 8 pixels are rounded, as a share of full ink.
        shade: darkest grey of an uneven paper, as a share of full ink.
        binary: share of the varied pictures that become black and white, but for a little grey.
        stray: share of the varied pictures beside which another picture of the batch reaches in, where there is room.
        full_ink: whether the darkest ink of each picture becomes black again, as when a picture is read, before noise
            comes to it.

    Example:
        >>> image, size = tf.fill((1, 40, 80, 1), tf.constant(255, tf.uint8)), tf.constant([[40, 80]])
        >>> image, size = Augmentation()(image, size, seed=(0, 1))
        >>> image.shape, image.dtype
        (TensorShape([1, 40, 80, 1]), tf.uint8)
    """

    probability: float = 0.6
    scale: float = 1.2
    bolder: float = 0.4
    thinner: float = 0.3
    ink: float = 1.7
    blur: float = 0.7
    noise: float = 0.04
    margin: int = 3
    stretch: float = 1.0
    tilt: float = 0.0
    coarseness: float = 1.0
    jpeg: float = 0.0
    shade: float = 0.0
    binary: float = 0.0
    stray: float = 0.0
    full_ink: bool = False

    @classmethod
    def screenshots(cls, **options):
        """Variants as wide as what people take of screens and paper, scaled by a measured factor.

        Args:
            **options: attributes with other values than these.

        Example:
            >>> Augmentation.screenshots(probability=1.0).scale
            1.25
        """
        wide = {
            "probability": 0.8,
            "scale": 1.25,
            "bolder": 0.35,
            "thinner": 0.5,
            "ink": 1.8,
            "blur": 0.8,
            "noise": 0.06,
            "margin": 4,
            "stretch": 1.08,
            "tilt": 1.0,
            "coarseness": 1.8,
            "jpeg": 0.15,
            "shade": 0.12,
            "binary": 0.1,
            "stray": 0.1,
            "full_ink": True,
        }
        return cls(**{**wide, **options})

    def __call__(self, image, size, seed):
        """Varies a batch.

        Args:
            image: uint8 tensor `(batch, height, width, 1)`, 255 is paper; sides are multiples of 8.
            size: int32 tensor `(batch, 2)`, each picture's own height and width.
            seed: int tensor `(2,)`.

        Returns:
            The varied pictures on the same canvas, and their sizes.
        """
        seeds = tf.unstack(tf.random.experimental.stateless_split(seed, 11))
        batch = tf.shape(image)[0]

        def uniform(number, low=0.0, high=1.0):
            return tf.random.stateless_uniform([batch], seeds[number], low, high)

        further = _Chances(seed, batch)
        varied = uniform(0) < self.probability
        ink = 1.0 - tf.cast(image[..., 0], tf.float32) / 255.0
        given, given_size = ink, size

        factor = tf.exp(tf.math.log(self.scale) * uniform(1, -1.0, 1.0))
        factor = tf.where(uniform(2) < 0.5, factor, 1.0)
        margins = tf.random.stateless_uniform([batch, 2, 2], seeds[3], 0, self.margin + 1, tf.int32)
        stretch = None
        if self.stretch != 1.0:
            root = tf.exp(0.5 * tf.math.log(self.stretch) * further.amount(-1.0, 1.0))
            stretch = tf.stack([1.0 / root, root], axis=1)
        ink, new_size, margins = place(ink, size, factor, margins, stretch)
        if self.stray:
            side = tf.where(further.uniform() < self.stray, further.integer(0, 4), -1)
            gap, reach = further.integer(3, 10), further.integer(1, 7)
            other, other_size = tf.roll(given, 1, axis=0), tf.roll(given_size, 1, axis=0)
            ink, new_size = add_stray_ink(ink, new_size, margins, other, other_size, side, gap, reach)
        if self.tilt:
            ink, new_size = tilt(ink, new_size, further.amount(-self.tilt, self.tilt))

        amount = uniform(4, -self.thinner, self.bolder)[:, None, None]
        ink = restroke(ink, amount)
        exponent = tf.exp(tf.math.log(self.ink) * uniform(5, -1.0, 1.0))
        ink = tf.clip_by_value(ink, 0.0, 1.0) ** exponent[:, None, None]
        deviation = tf.where(uniform(6) < _SHARE, uniform(7, 0.0, self.blur), 0.0)
        if self.coarseness > 1.0:
            coarseness = 1.0 + further.amount(0.0, self.coarseness - 1.0)
            ink = blur(ink, tf.sqrt(deviation**2 + coarsening_blur(coarseness) ** 2))
            ink = coarsen(ink, coarseness, tf.stack([further.uniform(), further.uniform()], axis=1))
        else:
            ink = blur(ink, deviation)
        if self.full_ink:
            ink /= tf.maximum(tf.reduce_max(ink, axis=[1, 2], keepdims=True), 0.1)
        if self.shade:
            corners = tf.stack([further.uniform(0.0, self.shade) for _ in range(3)], axis=1)
            ink = darken_paper(ink, new_size, tf.where(further.uniform() < _SHARE, 1.0, 0.0)[:, None] * corners)
        if self.jpeg:
            ink = quantize_frequencies(ink, further.amount(0.0, self.jpeg))
        deviation = tf.where(uniform(8) < _SHARE, uniform(9, 0.0, self.noise), 0.0)
        ink += deviation[:, None, None] * tf.random.stateless_normal(tf.shape(ink), seeds[10])
        if self.binary:
            sharp = binarize(ink, further.uniform(0.4, 0.8))
            ink = tf.where((further.uniform() < self.binary)[:, None, None], sharp, ink)

        changed = tf.cast(tf.round(255.0 * (1.0 - tf.clip_by_value(ink, 0.0, 1.0))), tf.uint8)[..., None]
        image = tf.where(varied[:, None, None, None], changed, image)
        return image, tf.where(varied[:, None], new_size, size)


class _Chances:
    """Random numbers for each picture, every call with a seed of its own."""

    def __init__(self, seed, batch):
        self._seed, self._batch, self._drawn = seed, batch, 0

    def _next(self):
        self._drawn += 1
        return tf.random.experimental.stateless_fold_in(self._seed, self._drawn)

    def uniform(self, low=0.0, high=1.0):
        return tf.random.stateless_uniform([self._batch], self._next(), low, high)

    def integer(self, low, high):
        return tf.random.stateless_uniform([self._batch], self._next(), low, high, tf.int32)

    def amount(self, low, high):
        """A uniform number for a share of the pictures and zero for the others."""
        return tf.where(self.uniform() < _SHARE, self.uniform(low, high), 0.0)
