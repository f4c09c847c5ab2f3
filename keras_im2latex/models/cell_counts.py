"""How many cells a model looks at for a token."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from keras_im2latex.images import prepare_picture
from keras_im2latex.models.batches import batches_of_similar_size, pad_batch


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
        >>> count_cells(model, ["first.png", "second.png"], [reading.tokens for reading in readings]).fine_cells
        16.0

    Reference:
        Deng et al., ICML 2017, Table 4.
    """
    if not pictures or len(pictures) != len(formulas):
        raise ValueError(
            f"`pictures` must hold one or more, and `formulas` as many. Received: {len(pictures)} pictures, "
            f"{len(formulas)} formulas"
        )
    prepared = [prepare_picture(picture, already_downsampled) for picture in pictures]
    sizes = {index: picture.shape[:2] for index, picture in enumerate(prepared)}
    run = tf.function(lambda inputs: tf.shape(model(inputs, training=False)), reduce_retracing=True)
    metrics, vocabulary = (model.decoder.coarse_cells, model.decoder.fine_cells), model.vocabulary
    totals, tokens = np.zeros(2), 0
    for chosen in batches_of_similar_size(sizes, batch_size):
        image, size = pad_batch([prepared[index] for index in chosen])
        ids = [[vocabulary.start_id, *vocabulary.encode(formulas[index])] for index in chosen]
        longest = max(map(len, ids))
        padded = np.array([row + [vocabulary.padding_id] * (longest - len(row)) for row in ids], np.int32)
        for metric in metrics:
            metric.reset_state()
        run({"image": tf.constant(image), "size": tf.constant(size), "tokens": tf.constant(padded)})
        number = sum(map(len, ids))
        totals += number * np.array([float(metric.result()) for metric in metrics])
        tokens += number
    for metric in metrics:
        metric.reset_state()
    return CellCounts(*(float(total) for total in totals / tokens), tokens)
