"""What a foreign renderer made of one formula."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Drawing:
    """The picture of a formula, or the reason why there is none. One of the two is `None`.

    Attributes:
        image: uint8 array `(height, width)`, 255 is paper, cropped to its ink.
        error: what the renderer had to say, in words that equal cases share.
    """

    image: np.ndarray | None = None
    error: str | None = None

    @classmethod
    def of_page(cls, page) -> "Drawing":
        """Cuts a page to its ink.

        Args:
            page: uint8 array `(height, width)`, 255 is paper.

        Returns:
            A `Drawing`; one with the error `"blank"` for a page without ink.
        """
        rows, columns = np.flatnonzero((page < 255).any(axis=1)), np.flatnonzero((page < 255).any(axis=0))
        if not len(rows):
            return cls(error="blank")
        return cls(np.ascontiguousarray(page[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]))
