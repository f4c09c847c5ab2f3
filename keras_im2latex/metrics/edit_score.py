"""Edit distance between texts, pooled over a corpus."""

import numpy as np

from keras_im2latex.metrics.token_lists import check_token_lists

# Pairs handed to TensorFlow at a time: bounds the memory that ids take.
_BATCH = 1024


def token_edit_score(gold, predicted):
    """One minus the share of tokens to insert, delete or replace, pooled over the corpus.

    `1 - sum(distance) / sum(longer length)`, as the authors' `evaluate_text_edit_distance.py` has it, except
    that a missing prediction (an empty list) counts in full.

    Args:
        gold: sequence of token lists.
        predicted: sequence of token lists, as many.

    Returns:
        float between 0 and 1; 1 for an empty corpus.

    Example:
        >>> token_edit_score([["a", "+", "b", "+"]], [["a", "-", "b", "+"]])
        0.75
    """
    check_token_lists(gold, predicted)
    return _edit_score(gold, predicted)


def character_edit_score(gold, predicted):
    """One minus the share of characters to insert, delete or replace, pooled over the corpus.

    Args:
        gold: sequence of strings.
        predicted: sequence of strings, as many; an empty one is a missing prediction.

    Returns:
        float between 0 and 1; 1 for an empty corpus.

    Raises:
        ValueError: if the lengths differ.

    Example:
        >>> character_edit_score(["x^2"], ["x^3"])
        0.6666666666666667
    """
    if len(gold) != len(predicted):
        raise ValueError(
            "`predicted` must hold one string for each one in `gold`. "
            f"Received: {len(gold)} gold, {len(predicted)} predicted"
        )
    return _edit_score(gold, predicted)


def _edit_score(gold, predicted):
    longer = sum(max(len(a), len(b)) for a, b in zip(gold, predicted))
    distance = sum(
        _edit_distances(gold[start : start + _BATCH], predicted[start : start + _BATCH])
        for start in range(0, len(gold), _BATCH)
    )
    return 1.0 - distance / longer if longer else 1.0


def _edit_distances(gold, predicted):
    """Sums the edit distances of some pairs of sequences."""
    import tensorflow as tf

    symbols = {}
    with tf.device("CPU"):
        distances = tf.edit_distance(_sparse(predicted, symbols), _sparse(gold, symbols), normalize=False)
    return int(np.sum(distances))


def _sparse(sequences, symbols):
    """Gives sequences of symbols as rows of a sparse tensor, adding new symbols to `symbols`."""
    import tensorflow as tf

    lengths = [len(sequence) for sequence in sequences]
    places = [(row, column) for row, length in enumerate(lengths) for column in range(length)]
    ids = [symbols.setdefault(symbol, len(symbols)) for sequence in sequences for symbol in sequence]
    indices = np.array(places, dtype=np.int64).reshape(-1, 2)
    return tf.SparseTensor(indices, np.array(ids, dtype=np.int64), (len(sequences), max(lengths)))
