"""Where a model looks in a picture before each token of a formula."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from keras_im2latex.images import CELL, prepare_picture
from keras_im2latex.layers.attention import coarse_size
from keras_im2latex.models.batches import pad_batch
from keras_im2latex.models.im2latex import Im2Latex

END = "<end>"


@dataclass(frozen=True, eq=False)
class AttentionMap:
    """What was looked at, a step for each token and one for the end of the formula.

    A cell of the fine grid covers 8 x 8 pixels of the prepared picture, one of the coarse grid 32 x 32. An attention
    that has no fine, or no coarse, grid has weights without rows and columns.

    Attributes:
        picture: uint8 array `(height, width)`, the prepared picture, 255 is paper.
        tokens: the formula's tokens, and the end token.
        fine: float32 array `(steps, rows, columns)`, the probability of each fine cell.
        coarse: float32 array `(steps, coarse rows, coarse columns)`, that of each coarse cell.
        fine_cells: float32 array `(steps,)`, how many fine cells were scored (the paper's #F).
        coarse_cells: float32 array `(steps,)`, how many coarse cells were scored (the paper's #C).
    """

    picture: np.ndarray
    tokens: tuple[str, ...]
    fine: np.ndarray
    coarse: np.ndarray
    fine_cells: np.ndarray
    coarse_cells: np.ndarray


def attention_map(model, picture, tokens, *, already_downsampled=False):
    """Follows a model's attention through a formula.

    Args:
        model: an `Im2Latex`.
        picture: one picture; see `prepare_picture` for what it may be.
        tokens: the formula's tokens, such as `Reading.tokens`; each is given to the model in its turn.
        already_downsampled: the picture is at 100 dots an inch instead of 200.

    Returns:
        An `AttentionMap`.

    Raises:
        PictureError: the picture can't be read.
        TypeError: the model is another one, which has no attention.

    Example:
        >>> model = Im2Latex.from_preset("hard")
        >>> reading = model.generate("formula.png")
        >>> looked = attention_map(model, "formula.png", reading.tokens)
        >>> len(looked.tokens) == len(looked.fine), float(looked.fine_cells.max()) <= 16
        (True, True)
    """
    if not isinstance(model, Im2Latex):
        raise TypeError(f"`model` must be an Im2Latex, which has an attention. Received: {type(model).__name__}")
    prepared = prepare_picture(picture, already_downsampled, **model.preparation)
    image, size = pad_batch([prepared])
    ids = [model.vocabulary.start_id, *model.vocabulary.encode(tokens)]
    looked = _follow_function(model)(image, size, np.array(ids, np.int32))
    fine, coarse, fine_cells, coarse_cells = (tensor.numpy() for tensor in looked)
    rows, columns = image.shape[1] // CELL, image.shape[2] // CELL
    grids = [
        weights.reshape(len(ids), *(shape if weights.shape[1] else (0, 0)))
        for weights, shape in ((fine, (rows, columns)), (coarse, (coarse_size(rows), coarse_size(columns))))
    ]
    return AttentionMap(prepared[..., 0], (*tokens, END), *grids, fine_cells, coarse_cells)


def _follow_function(model):
    """The traced steps, kept with the model so that later calls find them compiled."""
    functions = model.__dict__.setdefault("_attention_maps", [])
    if not functions:

        @tf.function(
            input_signature=[
                tf.TensorSpec([1, None, None, 1], tf.uint8),
                tf.TensorSpec([1, 2], tf.int32),
                tf.TensorSpec([None], tf.int32),
            ]
        )
        def follow(image, size, tokens):
            memory = model.encode(image, size)
            projected = model.decoder.project_tokens(tokens)
            steps = tf.shape(tokens)[0]
            seen = [tf.TensorArray(tf.float32, size=steps, infer_shape=False) for _ in range(4)]

            def step(position, state, seen):
                state, looked = model.decoder.step(projected[position][None, None], state, memory)
                values = (looked.weights, looked.coarse_weights, looked.fine_cells, looked.coarse_cells)
                return position + 1, state, [array.write(position, value[0, 0]) for array, value in zip(seen, values)]

            loop = (tf.constant(0), model.decoder.initial_state(1), seen)
            return [array.stack() for array in tf.while_loop(lambda position, *_: position < steps, step, loop)[2]]

        functions.append(follow)
    return functions[0]
