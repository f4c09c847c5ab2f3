"""Which pictures are read together."""

import bisect

import numpy as np

from keras_im2latex.images import CELL

LARGEST_BATCH = 2_097_152
"""Pixels of a batch's common canvas, all pictures together; larger pictures are read fewer at once."""

_HEIGHTS = (40, 56, 80, 112, 160)
"""Pictures are sorted by the first of these that they fit under, then by width."""

_COST_OF_A_BATCH = 100_000
"""Pixels that are encoded in the time of a batch's decoding steps, beside what each picture adds to them."""


def pad_batch(pictures):
    """Lays prepared pictures on a common canvas.

    Args:
        pictures: uint8 arrays `(height, width, 1)`.

    Returns:
        A pair: a uint8 array `(batch, height, width, 1)` with sides that are multiples of 8, padded with 255, and
        an int32 array `(batch, 2)` of the pictures' own sizes.
    """
    sizes = np.array([picture.shape[:2] for picture in pictures], np.int32)
    height, width = _whole_cells(sizes.max(axis=0))
    canvas = np.full((len(pictures), height, width, 1), 255, np.uint8)
    for row, picture in zip(canvas, pictures):
        row[: picture.shape[0], : picture.shape[1]] = picture
    return canvas, sizes


def batches_of_similar_size(sizes, batch_size):
    """Cuts pictures into batches that take the least time: little padding, few batches.

    Sorted by class of height and by width, they are cut where the sum over the batches of their pixels, padding
    included, and a constant for each batch is smallest.

    Args:
        sizes: dict from the pictures' keys to their `(height, width)`.
        batch_size: pictures in a batch at most.

    Returns:
        List of lists of keys. A batch of two or more has at most `LARGEST_BATCH` pixels.

    Example:
        >>> batches_of_similar_size({"a": (40, 100), "b": (40, 900), "c": (40, 104)}, batch_size=32)
        [['a', 'c'], ['b']]
    """
    cells = {key: tuple(int(_whole_cells(side)) for side in size[:2]) for key, size in sizes.items()}
    order = sorted(cells, key=lambda key: (bisect.bisect_left(_HEIGHTS, cells[key][0]), *cells[key][::-1]))
    # The least cost of the first so many pictures, and where the last of their batches begins.
    costs, begins = [0], [0]
    for end in range(1, len(order) + 1):
        height = width = 0
        options = []
        for begin in range(end - 1, max(end - 1 - batch_size, -1), -1):
            own_height, own_width = cells[order[begin]]
            height, width = max(height, own_height), max(width, own_width)
            pixels = height * width * (end - begin)
            if options and pixels > LARGEST_BATCH:
                break
            options.append((costs[begin] + pixels + _COST_OF_A_BATCH, -begin))
        cost, begin = min(options)  # of equal ones that with the fuller batches first
        costs.append(cost)
        begins.append(-begin)
    batches, end = [], len(order)
    while end:
        batches.append(order[begins[end] : end])
        end = begins[end]
    return batches[::-1]


def _whole_cells(size):
    return -(-size // CELL) * CELL
