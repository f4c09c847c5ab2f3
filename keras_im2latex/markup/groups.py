"""Where a group of tokens ends."""


def group_end(tokens, place):
    """The place behind the group that a `{` at a place opens, or behind the token there if it is none.

    Args:
        tokens: list of strings.
        place: int, number of a token.

    Returns:
        An int; the number of tokens if the group has no end.

    Example:
        >>> group_end(["{", "a", "}", "b"], 0)
        3
    """
    depth = 0
    for index in range(place, len(tokens)):
        depth += (tokens[index] == "{") - (tokens[index] == "}")
        if depth <= 0:
            return index + 1
    return len(tokens)
