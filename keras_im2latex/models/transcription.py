"""From a batch of prepared pictures to the tokens of their formulas, in one graph."""

import tensorflow as tf

from keras_im2latex.decoding import Hypotheses, beam_search, greedy_search
from keras_im2latex.search_options import LENGTH_PENALTY, MAXIMUM_LENGTH


def transcribe(
    model, image, size, *, beam_size=5, maximum_length=MAXIMUM_LENGTH, length_penalty=LENGTH_PENALTY, n_best=None
):
    """Searches the formulas of a batch of pictures.

    Args:
        model: an `Im2Latex`.
        image: uint8 tensor `(batch, height, width, 1)`, prepared and padded with sides that are multiples of 8.
        size: int32 tensor `(batch, 2)`, each picture's own height and width.
        beam_size: hypotheses kept; 1 is greedy search.
        maximum_length: tokens after which a formula is cut.
        length_penalty: exponent of the length by which hypotheses are compared; 0, the paper's way, compares sums.
        n_best: hypotheses that are wanted of each picture, None for all; see `beam_search`.

    Returns:
        `Hypotheses` with `beam_size` beams, best first.
    """
    memory = model.encode(image, size)
    decoder = model.decoder

    def step(tokens, state, memory):
        state, _ = decoder.step(decoder.project_tokens(tokens), state, memory)
        return tf.nn.log_softmax(decoder.logits(state.output), axis=-1), state

    vocabulary = model.vocabulary
    options = {
        "start_id": vocabulary.start_id,
        "end_id": vocabulary.end_id,
        "padding_id": vocabulary.padding_id,
        "maximum_length": maximum_length,
    }
    state = decoder.initial_state(tf.shape(image)[0])
    if beam_size == 1:
        return greedy_search(step, state, (memory,), **options)
    return beam_search(
        step, state, (memory,), beam_size=beam_size, length_penalty=length_penalty, n_best=n_best, **options
    )


def token_strings(hypotheses: Hypotheses, tokens):
    """Joins each hypothesis into text, tokens separated by single spaces, in graph operations.

    Args:
        hypotheses: what `transcribe` returned.
        tokens: the vocabulary's tokens in the order of their ids.

    Returns:
        A string tensor `(batch, beams)`.
    """
    names = tf.constant(["" if name in ("<pad>", "<start>", "<end>") else name for name in tokens])
    words = tf.gather(names, hypotheses.tokens)
    joined = tf.strings.reduce_join(words, axis=-1, separator=" ")
    return tf.strings.strip(tf.strings.regex_replace(joined, "  +", " "))
