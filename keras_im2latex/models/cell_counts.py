"""How many cells a model looks at for a token."""

import math
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from keras_im2latex.images import CELL, prepare_picture
from keras_im2latex.layers.attention import coarse_size
from keras_im2latex.models.batches import batches_of_similar_size, pad_batch

_SIGNATURE = [
    tf.TensorSpec([None, None, None, 1], tf.uint8),
    tf.TensorSpec([None, 2], tf.int32),
    tf.TensorSpec([None, None], tf.int32),
]


class CellCounts(NamedTuple):
    """Means over the tokens of all formulas, the end tokens included.

    Attributes:
        coarse_cells: coarse cells scored for a token, the paper's #C.
        fine_cells: fine cells scored for a token, the paper's #F.
        tokens: the tokens.
    """

    coarse_cells: float
    fine_cells: float
    tokens: int


def count_cells(model, pictures, formulas, *, batch_size=32, already_downsampled=False):
    """Counts the cells that a model looks at when it is given formulas token by token.

    A model whose attention is not sparse looks at all cells for every token, which the pictures' sizes tell.

    Args:
        model: an `Im2Latex`.
        pictures: list of pictures; see `prepare_picture` for what they may be.
        formulas: list of token lists, one for each picture, such as `Reading.tokens`.
        batch_size: pictures encoded at once.
        already_downsampled: the pictures are at 100 dots an inch instead of 200.

    Returns:
        `CellCounts`.

    Raises:
        PictureError: a picture can't be read.
        ValueError: there are no pictures, or another number of formulas.

    Example:
        >>> model = Im2Latex.from_preset("hard")
        >>> readings = model.generate(["first.png", "second.png"])
        >>> counts = count_cells(model, ["first.png", "second.png"], [reading.tokens for reading in readings])
        >>> counts.fine_cells <= 16  # fewer at the picture's edges
        True

    Reference:
        Deng et al., ICML 2017, Table 4.
    """
    if not pictures or len(pictures) != len(formulas):
        raise ValueError(
            f"`pictures` must hold one or more, and `formulas` as many. Received: {len(pictures)} pictures, "
            f"{len(formulas)} formulas"
        )
    prepared = [prepare_picture(picture, already_downsampled, **model.preparation) for picture in pictures]
    sizes = {index: picture.shape[:2] for index, picture in enumerate(prepared)}
    lengths = [1 + len(formula) for formula in formulas]
    attention = model.decoder.attention
    if not attention.is_sparse:
        cells = np.array([_all_cells(sizes[index], attention.grids) for index in range(len(lengths))])
        means = np.average(cells, axis=0, weights=lengths)
        return CellCounts(*(float(mean) for mean in means), sum(lengths))
    run = _teacher_forcing(model)
    metrics, vocabulary = (model.decoder.coarse_cells, model.decoder.fine_cells), model.vocabulary
    totals, tokens = np.zeros(2), 0
    for chosen in batches_of_similar_size(sizes, batch_size):
        image, size = pad_batch([prepared[index] for index in chosen])
        ids = [[vocabulary.start_id, *vocabulary.encode(formulas[index])] for index in chosen]
        longest = max(map(len, ids))
        padded = np.array([row + [vocabulary.padding_id] * (longest - len(row)) for row in ids], np.int32)
        for metric in metrics:
            metric.reset_state()
        run(image, size, padded)
        number = sum(map(len, ids))
        totals += number * np.array([float(metric.result()) for metric in metrics])
        tokens += number
    for metric in metrics:
        metric.reset_state()
    return CellCounts(*(float(total) for total in totals / tokens), tokens)


def _all_cells(size, grids):
    """Coarse and fine cells of a picture; 0 for a grid that is not looked at."""
    fine = [-(-side // CELL) for side in size]
    coarse = [coarse_size(side) for side in fine]
    return [math.prod(sides) if name in grids else 0 for name, sides in (("coarse", coarse), ("fine", fine))]


def _teacher_forcing(model):
    """The model's call for its metrics alone; traced once, and kept with the model."""
    if "_teacher_forcing" not in model.__dict__:

        @tf.function(input_signature=_SIGNATURE)
        def run(image, size, tokens):
            return tf.shape(model({"image": image, "size": size, "tokens": tokens}, training=False))

        model.__dict__["_teacher_forcing"] = run
    return model.__dict__["_teacher_forcing"]
