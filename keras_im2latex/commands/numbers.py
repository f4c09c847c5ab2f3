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


def port(text):
    """The number of a TCP port, 0 for any that is free, as `type=` of an argument.

    Example:
        >>> port("8501")
        8501
    """
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 65535, received {text}")
    return number
