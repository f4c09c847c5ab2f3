"""The fine grid cut into the supports of the coarse cells: the 4 x 4 fine cells under each."""

import tensorflow as tf

SUPPORT = 4
"""Fine cells along a side of one coarse cell; a divisor of every bucket of the paper."""


def coarse_size(size):
    """Coarse rows or columns over a number of fine ones.

    Args:
        size: int, int tensor, or None where it is not known.

    Returns:
        The same kind: a quarter of it, rounded up; None stays None.

    Example:
        >>> coarse_size(33)
        9
    """
    return None if size is None else -(-size // SUPPORT)


def to_supports(grid):
    """Orders fine cells by the coarse cell above them.

    Rows and columns that don't divide are filled up with zeros (False).

    Args:
        grid: tensor `(batch, rows, columns, ...)`.

    Returns:
        A tensor `(batch, coarse cells * 16, ...)`, coarse cells and the cells under each row by row.
    """
    shape = tf.shape(grid)
    rows, columns = coarse_size(shape[1]), coarse_size(shape[2])
    beyond = [[0, rows * SUPPORT - shape[1]], [0, columns * SUPPORT - shape[2]]]
    channels = grid.shape[3:]
    padding = [[0, 0], *beyond, *[[0, 0]] * len(channels)]
    grid = tf.pad(grid, padding)
    grid = tf.reshape(grid, [shape[0], rows, SUPPORT, columns, SUPPORT, *channels])
    order = [0, 1, 3, 2, 4, *range(5, 5 + len(channels))]
    return tf.reshape(tf.transpose(grid, order), [shape[0], rows * columns * SUPPORT**2, *channels])


def by_support(cells):
    """Gives the 16 cells under each coarse cell an axis of their own.

    Args:
        cells: tensor `(batch, coarse cells * 16, ...)`, ordered by `to_supports`.

    Returns:
        A tensor `(batch, coarse cells, 16, ...)`.
    """
    shape = tf.shape(cells)
    return tf.reshape(cells, [shape[0], shape[1] // SUPPORT**2, SUPPORT**2, *cells.shape[2:]])


def from_supports(weights, rows, columns):
    """Puts weights grouped by coarse cells back in the order of the fine grid.

    Args:
        weights: tensor `(batch, queries, coarse cells, 16)`.
        rows: rows of the fine grid.
        columns: columns of the fine grid.

    Returns:
        A tensor `(batch, queries, rows * columns)`, row by row.
    """
    shape = tf.shape(weights)
    batch, queries = shape[0], shape[1]
    height, width = coarse_size(rows), coarse_size(columns)
    weights = tf.reshape(weights, [batch, queries, height, width, SUPPORT, SUPPORT])
    weights = tf.transpose(weights, [0, 1, 2, 4, 3, 5])
    weights = tf.reshape(weights, [batch, queries, height * SUPPORT, width * SUPPORT])
    return tf.reshape(weights[:, :, :rows, :columns], [batch, queries, rows * columns])
