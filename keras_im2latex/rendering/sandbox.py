"""Runs TeX's programs with no shell, no file outside their folder, and bounded time and memory."""

import os
import signal
import subprocess
import tempfile
from pathlib import Path

LARGEST_MEMORY = 1 << 30
LARGEST_FILE = 256 << 20


def private_folder():
    """A temporary folder, in memory where the system has room there."""
    memory = Path("/dev/shm")
    chosen = os.environ.get("TMPDIR")
    if chosen is None and memory.is_dir() and os.access(memory, os.W_OK):
        chosen = memory
    return tempfile.TemporaryDirectory(prefix="keras_im2latex_", dir=chosen, ignore_cleanup_errors=True)


def run(command, folder, seconds):
    """Runs a program in a folder and ends it, and all it started, after some seconds.

    Args:
        command: list of str, the program and its arguments.
        folder: the folder it runs in and is confined to by TeX's own rules.
        seconds: float. It is interrupted, so that it can write its log, after this time, and killed a second later.

    Returns:
        Its exit status, or `None` where it had to be ended.
    """
    limits = (
        f"ulimit -c 0; ulimit -t {int(2 * seconds) + 5}; ulimit -v {LARGEST_MEMORY >> 10}; "
        f'ulimit -f {LARGEST_FILE >> 9}; exec "$@"'
    )
    process = subprocess.Popen(
        ["/bin/sh", "-c", limits, "sh", *command],
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            pass
        return None
    finally:
        _kill(process)


def _kill(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _environment(folder):
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "HOME": str(folder),
        "TEXMFOUTPUT": str(folder),
        "TMPDIR": str(folder),
        "openin_any": "p",
        "openout_any": "p",
        "shell_escape": "f",
        "MKTEXPK": "0",
        "MKTEXTFM": "0",
        "MKTEXMF": "0",
        "max_print_line": "10000",
        "error_line": "254",
        "half_error_line": "238",
    }
