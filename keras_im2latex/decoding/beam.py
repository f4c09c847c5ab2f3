"""Beam search: the few most probable formulas, kept side by side."""

import tensorflow as tf

from keras_im2latex.decoding.loop import Beams, first_beams, repeats_too_often, search_loop


def beam_search(
    step,
    state,
    memory=(),
    *,
    beam_size,
    start_id,
    end_id,
    padding_id,
    maximum_length,
    length_penalty=0.0,
    n_best=None,
):
    """Keeps the `beam_size` best hypotheses at every step; finished ones keep their place and their score.

    None has one token more than `MAXIMUM_REPEATS` times in a row.

    Hypotheses are ranked by `score / length ** length_penalty`; with 0, the paper's way, by the sum of their
    log-probabilities alone.

    Args:
        step: a `Step`.
        state: nested structure of tensors `(batch, 1, ...)`, the decoder's initial state.
        memory: tuple of nested structures of tensors `(batch, ...)`, given to every step after the state.
        beam_size: hypotheses kept for each picture.
        start_id: token given to the first step.
        end_id: token that ends a formula.
        padding_id: token that fills what comes after the end.
        maximum_length: tokens after which a formula is cut, the end token included.
        length_penalty: exponent of the length by which scores are divided when they are compared.
        n_best: hypotheses that are wanted. With a `length_penalty` of 0 a picture is done as soon as so many lead and
            have ended; those after them may lack their end. None for all.

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
    # A sum of log-probabilities only falls as a hypothesis grows, so what leads and has ended is not overtaken.
    settled = beam_size if n_best is None or length_penalty else n_best

    def advance(beams, memory):
        log_probabilities, state = step(beams.last, beams.state, *memory)
        vocabulary = tf.shape(log_probabilities)[-1]
        once_more = repeats_too_often(beams.tokens)[..., None] & (tf.range(vocabulary) == beams.last[..., None])
        log_probabilities = tf.where(once_more, -float("inf"), log_probabilities)
        only_padding = tf.where(tf.range(vocabulary) == padding_id, 0.0, -float("inf"))
        log_probabilities = tf.where(beams.finished[..., None], only_padding, log_probabilities)
        candidates = beams.scores[..., None] + log_probabilities
        grown = beams.lengths + tf.cast(~beams.finished, tf.int32)
        ranked = candidates / tf.cast(grown, tf.float32)[..., None] ** length_penalty
        _, chosen = tf.math.top_k(tf.reshape(ranked, [-1, beam_size * vocabulary]), beam_size)
        parent, last = chosen // vocabulary, chosen % vocabulary

        def of_parent(tensor):
            return tf.gather(tensor, parent, batch_dims=1, axis=1)

        return Beams(
            last=last,
            scores=tf.gather(tf.reshape(candidates, [-1, beam_size * vocabulary]), chosen, batch_dims=1),
            finished=of_parent(beams.finished) | (last == end_id),
            lengths=of_parent(grown),
            state=tf.nest.map_structure(of_parent, state),
            tokens=tf.concat([of_parent(beams.tokens), last[..., None]], axis=-1),
        )

    beams = first_beams(state, beam_size, start_id)
    return search_loop(advance, beams, memory, n_best=settled, padding_id=padding_id, maximum_length=maximum_length)
