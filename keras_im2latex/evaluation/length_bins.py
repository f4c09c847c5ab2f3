"""Ranges of formula lengths, by which scores are looked at."""

UPPER_EDGES = (20, 40, 60, 80, 100, 120, 150)
"""Most tokens of the formulas in each range but the last, which is open; the paper's limit is 150."""


def length_bin(tokens):
    """The range that a number of tokens falls in.

    Args:
        tokens: int, at least 0.

    Returns:
        A string such as `"21-40"`.

    Example:
        >>> length_bin(20), length_bin(21), length_bin(400)
        ('0-20', '21-40', 'over 150')
    """
    first = 0
    for last in UPPER_EDGES:
        if tokens <= last:
            return f"{first}-{last}"
        first = last + 1
    return f"over {UPPER_EDGES[-1]}"


def length_bins():
    """All ranges, the shortest formulas first.

    Returns:
        List of strings, as `length_bin` gives them.
    """
    return [length_bin(edge) for edge in (*UPPER_EDGES, UPPER_EDGES[-1] + 1)]
