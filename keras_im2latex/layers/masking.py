"""Which cells of a padded batch belong to a picture."""

import tensorflow as tf

from keras_im2latex.images import CELL


def cell_extent(size, cell=CELL):
    """Rows and columns of cells that a picture of a given size covers.

    Args:
        size: int32 tensor `(batch, 2)`, heights and widths in pixels.
        cell: pixels of one cell's side.

    Returns:
        An int32 tensor `(batch, 2)`.
    """
    return (size + cell - 1) // cell


def extent_mask(extent, height, width):
    """True where a cell lies inside its picture's extent.

    Args:
        extent: int32 tensor `(batch, 2)`, rows and columns that the picture covers.
        height: rows of the batch's grid.
        width: columns of the batch's grid.

    Returns:
        A bool tensor `(batch, height, width)`.
    """
    rows = tf.range(height)[None, :] < extent[:, :1]
    columns = tf.range(width)[None, :] < extent[:, 1:]
    return rows[:, :, None] & columns[:, None, :]
