"""How large a formula is drawn, by the height of its x."""

import functools

import numpy as np

from keras_im2latex.rendering import Page, render

_OWN_RESOLUTION = Page().resolution
_FINE_RESOLUTION = 1200
_EM = 120.0


@functools.cache
def own_x_height() -> float:
    """Height of an x in pixels on IM2LATEX-100K's page: 12 points at 200 dots an inch."""
    (drawn,) = render(["x"], Page(resolution=_FINE_RESOLUTION, gamma=1.0, spread=0.0))
    return ink_height(drawn.image) * _OWN_RESOLUTION / _FINE_RESOLUTION


def x_height_share(renderer, font) -> float:
    """Height of a renderer's x as a share of the em it is told to draw at, measured.

    Args:
        renderer: what `make_renderer` made, entered.
        font: one of its fonts.

    Raises:
        ValueError: if it can't draw an x.
    """
    (drawing,) = renderer.draw(["x"], font, _EM)
    if drawing.error:
        raise ValueError(f"The renderer must draw `x` in {font!r}. Received: {drawing.error}")
    return ink_height(drawing.image) / _EM


def ink_height(image) -> float:
    """Height of a picture's ink in pixels, where rows of grey count as the part that their darkest pixel covers.

    Args:
        image: uint8 array `(height, width)`, 255 is paper.
    """
    return float(np.sum(255 - image.min(axis=1).astype(np.float64)) / 255)
