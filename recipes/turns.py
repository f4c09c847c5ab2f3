"""Turns of several trainings on one GPU: one compiles, one trains, the others wait."""

import contextlib
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


class Turns:
    """Lets one of several processes compile and one train at a time.

    Processes that compile on the same GPU spoil each other's timings of algorithms, processes that train share its
    time; one that compiles while another trains costs little. Locks end with the process that holds them, however it
    ends.

    Args:
        folder: folder of the locks, the same for all processes that take turns.

    Example:
        >>> with Turns("/tmp/gpu0") as turns:  # waits until no other compiles
        ...     model = compile_model()
        ...     with turns.training():  # lets another compile, waits until no other trains
        ...         model.fit(data)
    """

    def __init__(self, folder):
        if fcntl is None:
            raise OSError("turns need POSIX's file locks, which this system has not")
        self._folder = Path(folder)
        self._held = contextlib.ExitStack()
        self._compiling = None

    def __enter__(self):
        self._folder.mkdir(parents=True, exist_ok=True)
        self._compiling = self._lock("compiling")
        return self

    @contextlib.contextmanager
    def training(self):
        """Gives the turn to compile to another, and waits for that to train, which ends with the block."""
        self._compiling.close()
        with self._lock("training"):
            yield

    def __exit__(self, *exception):
        self._held.close()

    def _lock(self, name):
        file = self._held.enter_context((self._folder / f"{name}.lock").open("w"))
        fcntl.flock(file, fcntl.LOCK_EX)
        return file
