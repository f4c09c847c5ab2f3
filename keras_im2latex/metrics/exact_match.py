"""Exact match of token sequences."""

from keras_im2latex.metrics.token_lists import check_token_lists


def token_exact_match(gold, predicted):
    """Share of formulas predicted token for token.

    Not the paper's "Match", which compares pictures: many different token sequences draw the same picture,
    and the system with 77 % image match was re-measured at 41 % token exact match.

    Args:
        gold: sequence of token lists.
        predicted: sequence of token lists, as many.

    Returns:
        float between 0 and 1; 0 for an empty corpus.

    Example:
        >>> token_exact_match([["a"], ["b"]], [["a"], ["c"]])
        0.5
    """
    check_token_lists(gold, predicted)
    right = sum(list(a) == list(b) for a, b in zip(gold, predicted))
    return right / len(gold) if len(gold) else 0.0
