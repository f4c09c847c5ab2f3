"""Checking the token lists that text metrics take."""


def check_token_lists(gold, predicted):
    """Refuses anything but two equally long sequences of token lists.

    Args:
        gold: sequence of token lists.
        predicted: sequence of token lists, as many as in `gold`.

    Raises:
        ValueError: if the lengths differ, or an entry is a plain string (characters, not tokens).
    """
    if len(gold) != len(predicted):
        raise ValueError(
            "`predicted` must hold one token list for each one in `gold`. "
            f"Received: {len(gold)} gold, {len(predicted)} predicted"
        )
    for name, lists in (("gold", gold), ("predicted", predicted)):
        for tokens in lists:
            if isinstance(tokens, str):
                raise ValueError(f"`{name}` must hold lists of tokens; split strings first. Received: {tokens[:80]!r}")
