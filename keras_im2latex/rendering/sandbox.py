"""Runs TeX's programs with no shell, no file outside their folder, and bounded time and memory."""

import os
import select
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

# In bytes: what one program may take of memory, write to one file, and give as output.
LARGEST_MEMORY = 1 << 30
LARGEST_FILE = 256 << 20
LARGEST_OUTPUT = 256 << 20
# Seconds between an interruption, upon which TeX writes its log, and the end; and between looks at `stop`.
_GRACE = 1.0
_TICK = 0.2


class Stopped(Exception):
    """Nobody waits for the result any more."""


class Outcome(NamedTuple):
    """How a program ended.

    Attributes:
        status: int, the exit status; `None` where it was ended for its time or its output.
        output: bytes, what it wrote to the file that `{output}` stood for.
    """

    status: int | None
    output: bytes


def private_folder():
    """A temporary folder, in memory where the system has room there."""
    memory = Path("/dev/shm")
    chosen = None
    if "TMPDIR" not in os.environ and memory.is_dir() and os.access(memory, os.W_OK | os.X_OK):
        chosen = memory
    return tempfile.TemporaryDirectory(prefix="keras_im2latex_", dir=chosen, ignore_cleanup_errors=True)


def run(command, folder, seconds, stop=None):
    """Runs a program in a folder; when its time is over, ends it and all that it started.

    Args:
        command: list of str, the program and its arguments. `{output}` in an argument becomes the name of a pipe.
        folder: the folder it runs in and, by TeX's own rules, is confined to.
        seconds: float. After this time it is interrupted, and killed a second later.
        stop: `threading.Event` or `None`. The program is killed when it is set.

    Returns:
        An `Outcome`.

    Raises:
        Stopped: `stop` was set.
    """
    limits = (
        f"ulimit -c 0; ulimit -t {int(2 * seconds) + 5}; ulimit -v {LARGEST_MEMORY >> 10}; "
        f'ulimit -f {LARGEST_FILE >> 9}; exec "$@"'
    )
    reading, writing = os.pipe()
    process = None
    try:
        try:
            process = subprocess.Popen(
                ["/bin/sh", "-c", limits, "sh"]
                + [part.replace("{output}", f"/dev/fd/{writing}") for part in command],
                cwd=folder,
                env=_environment(folder),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                pass_fds=(writing,),
            )
        finally:
            os.close(writing)
        return _wait(process, reading, seconds, stop)
    finally:
        os.close(reading)
        if process is not None:
            _kill(process)


def _wait(process, reading, seconds, stop):
    """Collects the output until the program ends, which closes the pipe, or has to be ended."""
    deadline, interrupted, output, length = time.monotonic() + seconds, False, [], 0
    while True:
        if stop is not None and stop.is_set():
            raise Stopped
        remaining = deadline - time.monotonic()
        if remaining <= 0 or length > LARGEST_OUTPUT:
            if interrupted or length > LARGEST_OUTPUT:
                return Outcome(None, b"")
            interrupted, deadline = True, time.monotonic() + _GRACE
            os.killpg(process.pid, signal.SIGINT)
        elif select.select([reading], [], [], min(remaining, _TICK))[0]:
            part = os.read(reading, 1 << 20)
            if not part:
                break
            output.append(part)
            length += len(part)
    if interrupted:
        return Outcome(None, b"")
    try:
        return Outcome(process.wait(timeout=max(0, deadline - time.monotonic()) + _GRACE), b"".join(output))
    except subprocess.TimeoutExpired:
        return Outcome(None, b"")


def _kill(process):
    """Ends what is left of the program and of what it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # all of it has ended
    process.wait()


def _environment(folder):
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        # TeX's own rules: no shell, no file but below its folder and in its own tree, no fonts made on demand.
        "shell_escape": "f",
        "openin_any": "p",
        "openout_any": "p",
        "TEXMFOUTPUT": str(folder),
        "MKTEXPK": "0",
        "MKTEXTFM": "0",
        "MKTEXMF": "0",
        # Lines of the log that are not broken.
        "max_print_line": "10000",
        "error_line": "254",
        "half_error_line": "238",
    }
