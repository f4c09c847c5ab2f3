"""A renderer that is not installed."""


class MissingRenderer(RuntimeError):
    """A program or package that a renderer needs is not there; the message says how to get it."""
