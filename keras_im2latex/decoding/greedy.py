"""Greedy search: the most probable token, at every step."""

import tensorflow as tf

from keras_im2latex.decoding.loop import Beams, first_beams, repeats_too_often, search_loop


def greedy_search(step, state, memory=(), *, start_id, end_id, padding_id, maximum_length):
    """Follows the most probable token until every formula has ended.

    One that would have a token more than `MAXIMUM_REPEATS` times in a row ends there.

    Args:
        step: a `Step`.
        state: nested structure of tensors `(batch, 1, ...)`, the decoder's initial state.
        memory: tuple of nested structures of tensors `(batch, ...)`, given to every step after the state.
        start_id: token given to the first step.
        end_id: token that ends a formula.
        padding_id: token that fills what comes after the end.
        maximum_length: tokens after which a formula is cut, the end token included.

    Returns:
        `Hypotheses` with one beam; as long as the longest formula found.

    Example:
        >>> def step(tokens, state):
        ...     return tf.math.log(tf.constant([[[0.1, 0.2, 0.7]]])), state
        >>> greedy_search(
        ...     step, tf.zeros((1, 1)), start_id=1, end_id=2, padding_id=0, maximum_length=9
        ... ).tokens.numpy()
        array([[[2]]], dtype=int32)
    """

    def advance(beams, memory):
        log_probabilities, state = step(beams.last, beams.state, *memory)
        best = tf.argmax(log_probabilities, axis=-1, output_type=tf.int32)
        gain = tf.reduce_max(log_probabilities, axis=-1)
        best = tf.where(repeats_too_often(beams.tokens) & (best == beams.last), end_id, best)
        last = tf.where(beams.finished, padding_id, best)
        return Beams(
            last=last,
            scores=beams.scores + tf.where(beams.finished, 0.0, gain),
            finished=beams.finished | (last == end_id),
            lengths=beams.lengths + tf.cast(~beams.finished, tf.int32),
            state=state,
            tokens=tf.concat([beams.tokens, last[..., None]], axis=-1),
        )

    beams = first_beams(state, 1, start_id)
    return search_loop(advance, beams, memory, n_best=1, padding_id=padding_id, maximum_length=maximum_length)
