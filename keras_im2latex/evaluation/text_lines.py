"""Text files a line at a time, plain or compressed."""

import gzip
import lzma
import zlib
from pathlib import Path

from keras_im2latex.evaluation.input_error import EvaluationInputError

_OPENERS = {".gz": gzip.open, ".xz": lzma.open}


def text_lines(path):
    """Reads a UTF-8 text file a line at a time.

    Args:
        path: path of the file; `.gz` and `.xz` name the compression.

    Yields:
        Strings without their line ends. Only newlines end a line, not form feeds and the like.

    Raises:
        EvaluationInputError: if the file is not there, is broken or, at a line that the message names, not UTF-8.
    """
    path = Path(path)
    try:
        with _OPENERS.get(path.suffix, open)(path, "rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    yield line.rstrip(b"\r\n").decode("utf-8")
                except UnicodeDecodeError as error:
                    raise EvaluationInputError(f"{path}: line {number} must be UTF-8. Received: {error}") from error
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise EvaluationInputError(f"{path}: cannot be read. Received: {reason}") from error
