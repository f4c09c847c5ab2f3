"""Runs TensorFlow without the lines it writes about itself, the processor and the graphics card."""

import contextlib
import os
import sys
import tempfile

_STANDARD_ERROR = 2


@contextlib.contextmanager
def silent_tensorflow():
    """Holds back what is written to standard error while TensorFlow is imported, or its graphs are run.

    TensorFlow's libraries write to the file descriptor, before any of their log levels counts: when they are
    loaded, when devices are opened, and when a graph runs for the first time (oneDNN, on processors without
    AVX-512). What they wrote is shown after all when the block raises an exception.

    Example:
        >>> with silent_tensorflow():
        ...     import tensorflow
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        terminal = os.dup(_STANDARD_ERROR)
    except OSError:  # standard error is closed: nothing can be written to it
        yield
        return
    with tempfile.TemporaryFile() as held_back:
        sys.stderr.flush()
        os.dup2(held_back.fileno(), _STANDARD_ERROR)
        try:
            yield
        except Exception:
            held_back.seek(0)
            os.write(terminal, held_back.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(terminal, _STANDARD_ERROR)
            os.close(terminal)
