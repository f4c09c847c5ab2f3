"""Numbers on the command line."""

import argparse


def positive(text):
    """An integer from 1 on, as `type=` of an argument.

    Example:
        >>> positive("32")
        32
    """
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1 on, received {text}")
    return number
