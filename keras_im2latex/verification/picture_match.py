"""How well the drawing of a formula matches the picture that it was read from."""

import functools

import numpy as np
from PIL import Image, ImageFilter

from keras_im2latex.rendering import encode_png
from keras_im2latex.rendering.comparison import image_edit_distance

_HALF = 2  # likeness is taken at 100 dots an inch: finer detail is the renderer's, not the formula's
_BLUR = 1.5
_SMALLEST_SIDE = 4


class GivenPicture:
    """A picture of a formula, to hold drawings against.

    Args:
        pixels: uint8 array `[height, width]`, cropped to its ink; 0 is ink and 255 is paper.

    Example:
        >>> given = GivenPicture(np.zeros((8, 8), np.uint8))
        >>> given.is_exact(encode_png(np.zeros((8, 8), np.uint8)))
        True
    """

    def __init__(self, pixels):
        self.pixels = pixels

    @functools.cached_property
    def png(self):
        """The picture as the renderer would write it."""
        return encode_png(self.pixels)

    def is_exact(self, png):
        """Whether a drawing, as the renderer's PNG bytes, has the same pixels."""
        return png == self.png

    def column_distance(self, drawn):
        """Share of columns to insert, delete or replace to make one picture of the other, from 0 to 1.

        Pictures of different heights are laid on each other where their rows of ink agree best.

        Args:
            drawn: uint8 array `[height, width]`, cropped to its ink.
        """
        given, drawn = laid_together(self.pixels, drawn)
        distance, reference = image_edit_distance(given, drawn)
        return distance / reference

    def unlikeness(self, drawn):
        """How differently ink lies in two pictures once one is scaled to the size of the other.

        Zero for the same picture at any scale, about 1 for two that have nothing in common: one minus the correlation
        of their blurred ink, plus the difference of their logarithmic shapes.

        Args:
            drawn: uint8 array `[height, width]`, cropped to its ink.
        """
        height, width = (max(side // _HALF, _SMALLEST_SIDE) for side in drawn.shape)
        first, second = (_blurred(pixels, (width, height)) for pixels in (self.pixels, drawn))
        first, second = first - first.mean(), second - second.mean()
        norm = float(np.sqrt((first * first).sum() * (second * second).sum()))
        correlation = float((first * second).sum()) / norm if norm else 0.0
        shapes = [np.log(pixels.shape[1] / pixels.shape[0]) for pixels in (self.pixels, drawn)]
        return 1.0 - correlation + abs(float(shapes[0] - shapes[1]))


def laid_together(first, second):
    """Pads two pictures above and below to one height, where the rows of their ink agree best.

    Args:
        first: uint8 array `[height, width]`.
        second: the same.

    Returns:
        Pair of uint8 arrays of the same height.
    """
    if first.shape[0] == second.shape[0]:
        return first, second
    profiles = [(255 - pixels.astype(np.int64)).sum(axis=1) for pixels in (first, second)]
    agreement = np.correlate(profiles[0], profiles[1], mode="full")
    # Entry k of the full correlation puts row 0 of the second picture on row k - (its height - 1) of the first.
    down = int(agreement.argmax()) - (second.shape[0] - 1)
    above = (max(-down, 0), max(down, 0))
    height = max(first.shape[0] + above[0], second.shape[0] + above[1])
    return tuple(
        np.pad(pixels, ((rows, height - rows - pixels.shape[0]), (0, 0)), constant_values=255)
        for pixels, rows in zip((first, second), above)
    )


def _blurred(pixels, size):
    ink = Image.fromarray(255 - pixels).resize(size, Image.Resampling.BOX)
    return np.asarray(ink.filter(ImageFilter.GaussianBlur(_BLUR)), np.float32)
