"""What every attention is: a picture remembered once, then looked at with one query after another."""

from typing import NamedTuple

import keras
import tensorflow as tf

from keras_im2latex.layers.attention.scores import AdditiveScore, BilinearScore

SCORES = {"bilinear": BilinearScore, "additive": AdditiveScore}


class AttentionOutput(NamedTuple):
    """What an attention gives back for each query.

    Attributes:
        context: tensor `(batch, queries, channels)`, the average of the cells looked at.
        weights: float32 tensor `(batch, queries, cells)`, the probability of each fine cell, row by row.
        coarse_weights: float32 tensor `(batch, queries, coarse cells)`, that of each coarse cell.
        coarse_cells: float32 tensor `(batch, queries)`, how many coarse cells were scored (the paper's #C).
        fine_cells: float32 tensor `(batch, queries)`, how many fine cells were scored (the paper's #F).
        choice_log_probability: float32 tensor `(batch, queries)`, that of the coarse cell which was chosen; 0 where
            none is.

    An attention that has no coarse, or no fine, cells gives weights for none: their last axis is 0.
    """

    context: tf.Tensor
    weights: tf.Tensor
    coarse_weights: tf.Tensor
    coarse_cells: tf.Tensor
    fine_cells: tf.Tensor
    choice_log_probability: tf.Tensor


class Attention(keras.layers.Layer):
    """Base class of the attentions.

    A subclass implements `memorize` and `call(query, memory, training=False, noise=None)`. What depends on the
    picture alone is computed once, in `memorize`; `call` is what runs at every step of the decoder.

    Args:
        score: how a query and a cell are scored: "bilinear", the authors' code, or "additive", the paper's text.
        units: size of the space in which additive scores are formed; bilinear ones use the query's own.
    """

    def __init__(self, score="bilinear", units=512, **kwargs):
        super().__init__(**kwargs)
        if score not in SCORES:
            raise ValueError(f"`score` must be one of {sorted(SCORES)}. Received: score={score!r}")
        self.score = score
        self.units = units

    grids = ("fine",)
    """The grids that `memorize` is given, in order."""

    is_sparse = False
    """Whether a query decides which cells are scored; otherwise all are."""

    draws = False
    """Whether cells are drawn at random in training, which the decoder's loss must then reward."""

    def memorize(self, grid, mask, coarse_grid=None, coarse_mask=None):
        """Computes all that later queries need of a picture.

        Args:
            grid: tensor `(batch, rows, columns, channels)`.
            mask: bool tensor `(batch, rows, columns)`, the cells inside the picture.
            coarse_grid: tensor `(batch, coarse rows, coarse columns, channels)`, for the attentions that use it.
            coarse_mask: bool tensor `(batch, coarse rows, coarse columns)`.

        Returns:
            A dict of tensors with the batch as their first axis.
        """
        raise NotImplementedError(f"{type(self).__name__} must implement `memorize`.")

    def draw_noise(self, memory, queries, seed):
        """The random part of so many draws, of the attentions whose `draws` is True; `call` takes it as `noise`.

        Args:
            memory: what `memorize` returned.
            queries: int or int32 scalar, the queries on each picture.
            seed: int32 tensor `(2,)`.

        Returns:
            An int32 tensor `(batch, queries, ...)`.
        """
        raise NotImplementedError(f"{type(self).__name__} draws nothing.")

    def new_score(self, name):
        """A scoring layer of the configured kind."""
        return SCORES[self.score](units=self.units, dtype=self.dtype_policy, name=name)

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "score": self.score, "units": self.units}


def count_inside(inside, query):
    """How many cells lie inside each picture, once for each query.

    Args:
        inside: bool tensor `(batch, ...)`.
        query: tensor `(batch, queries, ...)`.

    Returns:
        A float32 tensor `(batch, queries)`.
    """
    cells = tf.reduce_sum(tf.cast(inside, tf.float32), axis=list(range(1, len(inside.shape))))
    return tf.repeat(cells[:, None], tf.shape(query)[1], axis=1)


def masked_softmax(scores, mask):
    """Softmax in float32 over the last axis, zero where the mask is False.

    Args:
        scores: tensor `(..., cells)`.
        mask: bool tensor that broadcasts to `scores`.

    Returns:
        A float32 tensor of the shape of `scores`.
    """
    scores = tf.cast(scores, tf.float32)
    return tf.nn.softmax(tf.where(mask, scores, tf.float32.min), axis=-1)
