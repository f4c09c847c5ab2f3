"""The loop of a search, which pictures leave as their formulas end."""

from typing import Any, NamedTuple

import tensorflow as tf

from keras_im2latex.decoding.search import Hypotheses
from keras_im2latex.search_options import MAXIMUM_REPEATS


class Beams(NamedTuple):
    """What a search carries from step to step: a row for each picture, its hypotheses side by side.

    Attributes:
        last: int32 tensor `(rows, beams)`, the last token of each hypothesis.
        scores: float32 tensor `(rows, beams)`, sums of log-probabilities.
        finished: bool tensor `(rows, beams)`.
        lengths: int32 tensor `(rows, beams)`, tokens of each hypothesis, its end token included.
        state: nested structure of tensors `(rows, beams, ...)`, the decoder's state.
        tokens: int32 tensor `(rows, beams, steps)`.
    """

    last: tf.Tensor
    scores: tf.Tensor
    finished: tf.Tensor
    lengths: tf.Tensor
    state: Any
    tokens: tf.Tensor


def first_beams(state, beam_size, start_id):
    """One empty hypothesis for each picture; the other beams have no probability.

    Args:
        state: nested structure of tensors `(batch, 1, ...)`.
        beam_size: hypotheses of a picture.
        start_id: token given to the first step.
    """
    batch = tf.shape(tf.nest.flatten(state)[0])[0]
    first = tf.concat([tf.zeros((1, 1)), tf.fill((1, beam_size - 1), -float("inf"))], axis=1)
    return Beams(
        last=tf.fill([batch, beam_size], start_id),
        scores=tf.repeat(first, batch, axis=0),
        finished=tf.zeros([batch, beam_size], tf.bool),
        lengths=tf.zeros([batch, beam_size], tf.int32),
        state=tf.nest.map_structure(lambda tensor: tf.repeat(tensor, beam_size, axis=1), state),
        tokens=tf.zeros([batch, beam_size, 0], tf.int32),
    )


def repeats_too_often(tokens):
    """Whether hypotheses end with as many of one token as a formula may have.

    Args:
        tokens: int32 tensor `(rows, beams, steps)`.

    Returns:
        A bool tensor `(rows, beams)`.
    """
    latest = tokens[:, :, -MAXIMUM_REPEATS:]
    is_long = tf.shape(tokens)[2] >= MAXIMUM_REPEATS
    return is_long & tf.reduce_all(latest == tokens[:, :, -1:], axis=2)


def search_loop(advance, beams, memory, *, n_best, padding_id, maximum_length):
    """Advances all hypotheses until those that are asked for have ended.

    A batch goes on until its longest formula ends. Whenever half of its pictures or more are done, they leave, so
    that the steps that remain are spent on the others.

    Args:
        advance: function of `Beams` and the memory that gives the next `Beams`.
        beams: the first `Beams`.
        memory: nested structure of tensors `(batch, ...)` that the steps read.
        n_best: leading hypotheses of a picture that must have ended before it is done.
        padding_id: token that fills what comes after the end.
        maximum_length: steps after which formulas are cut.

    Returns:
        `Hypotheses`, as long as the longest found.
    """
    batch, beam_size = tf.shape(beams.last)[0], beams.last.shape[1]
    found = Hypotheses(tf.fill([batch, beam_size, maximum_length], padding_id), tf.zeros([batch, beam_size]))

    def put(found, rows, beams):
        """Writes the hypotheses of some pictures to their places."""
        room = maximum_length - tf.shape(beams.tokens)[2]
        tokens = tf.pad(beams.tokens, [[0, 0], [0, 0], [0, room]], constant_values=padding_id)
        places = rows[:, None]
        return Hypotheses(
            tf.tensor_scatter_nd_update(found.tokens, places, tokens),
            tf.tensor_scatter_nd_update(found.scores, places, beams.scores),
        )

    def body(length, rows, beams, memory, found):
        beams = advance(beams, memory)
        waiting = ~tf.reduce_all(beams.finished[:, :n_best], axis=1)

        def leave():
            stay = tf.where(waiting)[:, 0]
            kept = tf.nest.map_structure(lambda tensor: tf.gather(tensor, stay), (rows, beams, memory))
            return (*kept, put(found, rows, beams))

        many = 2 * tf.math.count_nonzero(waiting, dtype=tf.int32) <= tf.size(rows)
        return length + 1, *tf.cond(many, leave, lambda: (rows, beams, memory, found))

    def unfinished(length, rows, beams, memory, found):
        return (length < maximum_length) & (tf.size(rows) > 0)

    loop = (tf.constant(0), tf.range(batch), beams, memory, found)
    any_number = tf.nest.map_structure(lambda tensor: tf.TensorShape([None, *tensor.shape[1:]]), loop[1:4])
    rows_shape, beams_shape, memory_shape = any_number
    shapes = (
        tf.TensorShape([]),
        rows_shape,
        beams_shape._replace(tokens=tf.TensorShape([None, beam_size, None])),
        memory_shape,
        tf.nest.map_structure(lambda tensor: tensor.shape, found),
    )
    length, rows, beams, _, found = tf.while_loop(unfinished, body, loop, shape_invariants=shapes)
    found = put(found, rows, beams)
    return found._replace(tokens=found.tokens[:, :, :length])
