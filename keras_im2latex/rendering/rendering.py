"""What became of one formula: its picture, or why there is none."""

import dataclasses
import io

import numpy as np
from PIL import Image


@dataclasses.dataclass(frozen=True)
class Rendering:
    """The picture of a formula, or the reason why there is none. One of the two is `None`.

    Args:
        png: bytes or `None`. The picture as an 8-bit grayscale PNG, cropped to its ink.
        error: str or `None`. The first thing TeX had to say, such as `"Undefined control sequence \\foo"`, or
            what else was wrong: `"timed out after 10 s"`, `"blank"`.
    """

    png: bytes | None = None
    error: str | None = None

    @property
    def image(self):
        """The picture as a uint8 array `[height, width]` (255 paper, 0 ink), decoded afresh, or `None`."""
        if self.png is None:
            return None
        with Image.open(io.BytesIO(self.png)) as picture:
            return np.array(picture)
