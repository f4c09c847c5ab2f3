"""What rendering one formula gives: its picture, or the reason why there is none."""

import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image


@dataclass(frozen=True, eq=False)
class Rendering:
    """A formula's picture, or the reason why there is none.

    Args:
        image: uint8 array `[height, width]`, 255 is paper and 0 is ink, cropped to what is not paper; `None` where
            nothing was drawn.
        error: `None`, or the reason in words, without the formula's own text, so that equal causes share it.

    Example:
        >>> (rendering,) = render(["x^2"])
        >>> rendering.error is None and rendering.image.min()
        0
    """

    image: np.ndarray | None = None
    error: str | None = None

    @cached_property
    def png(self):
        """The picture as the bytes of a grey PNG file; `None` where there is no picture."""
        if self.image is None:
            return None
        stream = io.BytesIO()
        Image.fromarray(self.image).save(stream, format="PNG", compress_level=1)
        return stream.getvalue()
