"""Two pictures laid over each other, column by column, with what only one of them has marked."""

import numpy as np

from keras_im2latex.rendering.comparison import INK_LEVEL, column_symbols, edit_operations

PAPER, BOTH, GOLD_ONLY, PREDICTED_ONLY = range(4)
"""What a pixel of a marked picture says."""


def mark_difference(gold, predicted):
    """Aligns the columns of two pictures by edit distance, as the image edit score does, and marks each pixel.

    The columns of a picture are aligned after one of the two was moved down to where rows of ink agree best, for
    otherwise one exponent more would shift, and so mark, everything.

    Args:
        gold: uint8 array `[height, width]`, 0 is ink and 255 is paper.
        predicted: the same for the prediction.

    Returns:
        uint8 array `[height, width]` of `PAPER`, `BOTH`, `GOLD_ONLY` and `PREDICTED_ONLY`, at most as wide as both
        pictures together.

    Example:
        >>> page = np.zeros((2, 2), np.uint8)
        >>> mark_difference(page, page[:, :1])
        array([[2, 1],
               [2, 1]], dtype=uint8)
    """
    shift = _shift((gold <= INK_LEVEL).sum(axis=1), (predicted <= INK_LEVEL).sum(axis=1))
    height = max(len(gold) + max(-shift, 0), len(predicted) + max(shift, 0))
    gold, predicted = _lay(gold, max(-shift, 0), height), _lay(predicted, max(shift, 0), height)
    operations = edit_operations(*column_symbols(gold, predicted)[:2])
    gold, predicted = gold <= INK_LEVEL, predicted <= INK_LEVEL
    parts = []
    for _, start, end, predicted_start, predicted_end in operations:
        one, other = gold[:, start:end], predicted[:, predicted_start:predicted_end]
        if one.shape[1] != other.shape[1]:  # an insertion or a deletion: the other side is empty
            blank = np.zeros((height, max(one.shape[1], other.shape[1])), bool)
            one, other = (side if side.shape[1] else blank for side in (one, other))
        parts.append(one * np.uint8(GOLD_ONLY) + other * np.uint8(PREDICTED_ONLY) - 4 * (one & other).astype(np.uint8))
    return np.concatenate(parts, axis=1)


def _shift(gold_rows, predicted_rows):
    """How far to move the prediction down so that the rows' ink agrees best; negative moves the gold picture."""
    agreement = np.correlate(gold_rows.astype(float), predicted_rows.astype(float), "full")
    return int(agreement.argmax()) - (len(predicted_rows) - 1)


def _lay(image, top, height):
    return np.pad(image, ((top, height - top - len(image)), (0, 0)), constant_values=255)
