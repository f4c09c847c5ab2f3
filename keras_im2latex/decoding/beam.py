"""Beam search: the few most probable formulas, kept side by side."""

import tensorflow as tf

from keras_im2latex.decoding.search import Hypotheses


def beam_search(step, state, *, beam_size, start_id, end_id, padding_id, maximum_length, length_penalty=0.0):
    """Keeps the `beam_size` best hypotheses at every step; finished ones keep their place and their score.

    Hypotheses are ranked by `score / length ** length_penalty`; with 0, the paper's way, by the sum of their
    log-probabilities alone.

    Args:
        step: a `Step`.
        state: nested structure of tensors `(batch, 1, ...)`, the decoder's initial state.
        beam_size: hypotheses kept for each picture.
        start_id: token given to the first step.
        end_id: token that ends a formula.
        padding_id: token that fills what comes after the end.
        maximum_length: tokens after which a formula is cut, the end token included.
        length_penalty: exponent of the length by which scores are divided when they are compared.

    Returns:
        `Hypotheses` with `beam_size` beams, best first. Where the vocabulary allows fewer than `beam_size`
        formulas the remaining scores are minus infinity.

    Example:
        >>> def step(tokens, state):
        ...     return tf.tile(tf.math.log([[[0.1, 0.2, 0.7]]]), [1, tf.shape(tokens)[1], 1]), state
        >>> beam_search(
        ...     step, tf.zeros((1, 1)), beam_size=1, start_id=1, end_id=2, padding_id=0, maximum_length=9
        ... ).tokens.numpy()
        array([[[2]]], dtype=int32)

    Reference:
        Graves 2012; length normalization of Wu et al. 2016 without its constant.
    """
    batch = tf.shape(tf.nest.flatten(state)[0])[0]
    state = tf.nest.map_structure(lambda tensor: tf.repeat(tensor, beam_size, axis=1), state)
    first = tf.concat([tf.zeros((1, 1)), tf.fill((1, beam_size - 1), -float("inf"))], axis=1)
    scores = tf.repeat(first, batch, axis=0)
    last = tf.fill([batch, beam_size], start_id)
    finished = tf.zeros([batch, beam_size], tf.bool)
    lengths = tf.zeros([batch, beam_size], tf.int32)
    tokens = tf.zeros([batch, beam_size, 0], tf.int32)

    def body(length, last, scores, finished, lengths, state, tokens):
        log_probabilities, state = step(last, state)
        vocabulary = tf.shape(log_probabilities)[-1]
        only_padding = tf.where(tf.range(vocabulary) == padding_id, 0.0, -float("inf"))
        log_probabilities = tf.where(finished[..., None], only_padding, log_probabilities)
        candidates = scores[..., None] + log_probabilities
        grown = lengths + tf.cast(~finished, tf.int32)
        ranked = candidates / tf.cast(grown, tf.float32)[..., None] ** length_penalty
        _, chosen = tf.math.top_k(tf.reshape(ranked, [batch, beam_size * vocabulary]), beam_size)
        parent, last = chosen // vocabulary, chosen % vocabulary

        def of_parent(tensor):
            return tf.gather(tensor, parent, batch_dims=1, axis=1)

        scores = tf.gather(tf.reshape(candidates, [batch, beam_size * vocabulary]), chosen, batch_dims=1)
        finished = of_parent(finished) | (last == end_id)
        state = tf.nest.map_structure(of_parent, state)
        tokens = tf.concat([of_parent(tokens), last[..., None]], axis=-1)
        return length + 1, last, scores, finished, of_parent(grown), state, tokens

    def unfinished(length, last, scores, finished, lengths, state, tokens):
        return (length < maximum_length) & ~tf.reduce_all(finished)

    loop = (tf.constant(0), last, scores, finished, lengths, state, tokens)
    invariants = tf.nest.map_structure(lambda tensor: tensor.shape, loop[:-1])
    _, _, scores, _, _, _, tokens = tf.while_loop(
        unfinished, body, loop, shape_invariants=(*invariants, tf.TensorShape([None, beam_size, None]))
    )
    return Hypotheses(tokens, scores)
