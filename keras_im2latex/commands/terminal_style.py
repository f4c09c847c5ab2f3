"""Colours, where a person looks at a terminal."""

import os
import sys

_STYLES = {"error": "1;31", "path": "35"}


def styled(text, style, stream):
    """Text in a colour, if it goes to a terminal that shows colours.

    The environment variable `NO_COLOR`, or a `TERM` of `dumb`, asks for none (https://no-color.org).

    Args:
        text: str.
        style: `"error"` or `"path"`.
        stream: the file that the text will be written to.

    Returns:
        str, `text` itself for anything but a terminal.

    Example:
        >>> print(styled("im2latex:", "error", sys.stderr), "no such file", file=sys.stderr)
    """
    return f"\033[{_STYLES[style]}m{text}\033[0m" if _shows_colours(stream) else text


def _shows_colours(stream):
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    if sys.platform == "win32" and "WT_SESSION" not in os.environ:
        return False
    return stream.isatty()
