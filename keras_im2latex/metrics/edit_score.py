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


def edit_distances(gold, predicted):
    """Counts the symbols to insert, delete or replace, pair by pair.

    Args:
        gold: sequence of token lists, or of strings, whose symbols are their characters.
        predicted: sequence of the same kind, as many.

    Returns:
        int64 array `[pairs]`.

    Example:
        >>> edit_distances(["x^2", "y"], ["x^3", ""])
        array([1, 1])
    """
    import tensorflow as tf

    distances = np.zeros(len(gold), np.int64)
    unequal = np.flatnonzero([one != other for one, other in zip(gold, predicted)])
    for start in range(0, len(unequal), _BATCH):
        rows = unequal[start : start + _BATCH]
        symbols = {}
        with tf.device("CPU"):
            sparse = [_sparse([side[row] for row in rows], symbols) for side in (predicted, gold)]
            distances[rows] = tf.edit_distance(*sparse, normalize=False)
    return distances


def _edit_score(gold, predicted):
    longer = sum(max(len(a), len(b)) for a, b in zip(gold, predicted))
    return 1.0 - int(edit_distances(gold, predicted).sum()) / longer if longer else 1.0


def _sparse(sequences, symbols):
    """Gives sequences of symbols as rows of a sparse tensor, adding new symbols to `symbols`."""
    import tensorflow as tf

    lengths = [len(sequence) for sequence in sequences]
    places = [(row, column) for row, length in enumerate(lengths) for column in range(length)]
    ids = [symbols.setdefault(symbol, len(symbols)) for sequence in sequences for symbol in sequence]
    indices = np.array(places, dtype=np.int64).reshape(-1, 2)
    return tf.SparseTensor(indices, np.array(ids, dtype=np.int64), (len(sequences), max(lengths)))
