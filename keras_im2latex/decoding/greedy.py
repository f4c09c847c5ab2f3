"""Greedy search: the most probable token, at every step."""

import tensorflow as tf

from keras_im2latex.decoding.search import Hypotheses


def greedy_search(step, state, *, start_id, end_id, padding_id, maximum_length):
    """Follows the most probable token until every formula has ended.

    Args:
        step: a `Step`.
        state: nested structure of tensors `(batch, 1, ...)`, the decoder's initial state.
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
    batch = tf.shape(tf.nest.flatten(state)[0])[0]
    last = tf.fill([batch, 1], start_id)
    score = tf.zeros((batch, 1))
    finished = tf.zeros((batch, 1), tf.bool)
    tokens = tf.TensorArray(tf.int32, size=0, dynamic_size=True, element_shape=(None, 1))

    def body(length, last, score, finished, state, tokens):
        log_probabilities, state = step(last, state)
        best = tf.argmax(log_probabilities, axis=-1, output_type=tf.int32)
        gain = tf.reduce_max(log_probabilities, axis=-1)
        last = tf.where(finished, padding_id, best)
        score += tf.where(finished, 0.0, gain)
        return length + 1, last, score, finished | (last == end_id), state, tokens.write(length, last)

    def unfinished(length, last, score, finished, state, tokens):
        return (length < maximum_length) & ~tf.reduce_all(finished)

    loop = (tf.constant(0), last, score, finished, state, tokens)
    _, _, score, _, _, tokens = tf.while_loop(unfinished, body, loop)
    return Hypotheses(tf.transpose(tokens.stack(), [1, 2, 0]), score)
