"""Running TeX's programs with bounded time, memory and disk, in a folder of their own."""

import contextlib
import errno
import functools
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

DEBIAN_PACKAGES = "texlive-latex-base texlive-latex-recommended texlive-latex-extra dvipng cm-super-minimal"
_PROGRAMS = ("pdftex", "kpsewhich", "dvipng")
TERMINAL = "terminal"  # the file in a run's folder that takes what the program prints
_MEGABYTE = 2**20
_MAX_FILE_BYTES = 32 * _MEGABYTE
_PREFIX = "keras_im2latex_"
_ABANDONED_SECONDS = 3600
_MIN_ROOM = _MEGABYTE // 4
_MEMORY_FOLDER = "/dev/shm"
_MIN_MEMORY_FOLDER = 1024 * _MEGABYTE


class MissingTeX(RuntimeError):
    """A program or package of TeX that rendering needs is not installed."""


def available():
    """Tells whether the programs that rendering needs are installed: pdftex, kpsewhich and dvipng.

    Returns:
        bool.
    """
    return all(map(shutil.which, _PROGRAMS))


def require_programs():
    """Raises `MissingTeX`, naming the Debian packages to install, unless `available()`."""
    missing = [program for program in _PROGRAMS if not shutil.which(program)]
    if missing:
        raise MissingTeX(
            "Rendering needs LaTeX and dvipng. On Debian or Ubuntu install them with "
            f"`apt-get install --no-install-recommends {DEBIAN_PACKAGES}`. Not found: {', '.join(missing)}"
        )


def scratch_folder():
    """Returns a context manager that makes an empty folder, gives its path, and deletes it at its end.

    The folder is in memory where there is room (thousands of small files come and go), unless the environment
    variable `TMPDIR` says otherwise.
    """
    parent = None
    if "TMPDIR" not in os.environ and os.access(_MEMORY_FOLDER, os.W_OK):
        room = os.statvfs(_MEMORY_FOLDER)
        if room.f_bavail * room.f_frsize >= _MIN_MEMORY_FOLDER:
            parent = _MEMORY_FOLDER
    remove_abandoned_folders(parent or tempfile.gettempdir())
    return tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}_", dir=parent)


@functools.cache
def remove_abandoned_folders(parent):
    """Removes, once for each process, the scratch folders that killed processes left over an hour ago."""
    with contextlib.suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            owner = re.match(rf"{_PREFIX}(\d+)_", entry.name)
            if owner and not os.path.exists(f"/proc/{owner.group(1)}") and os.path.exists("/proc/self"):
                with contextlib.suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    if status.st_uid == os.getuid() and time.time() - status.st_mtime > _ABANDONED_SECONDS:
                        shutil.rmtree(entry.path, ignore_errors=True)


def require_room(folder):
    """Raises `OSError` if the disk that holds a folder is full: what failed there then is no formula's fault."""
    room = os.statvfs(folder)
    if room.f_bavail * room.f_frsize < _MIN_ROOM or (room.f_files and not room.f_favail):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fspath(folder))


def run_sandboxed(arguments, folder, *, seconds, cpu_seconds=None, memory=1024 * _MEGABYTE):
    """Runs a program in a folder, with TeX confined to it, and waits for its end.

    Args:
        arguments: list of str. The program and its arguments.
        folder: path. Working directory, home, and the one place where TeX may write.
        seconds: float. After so long by the clock the program and its children are killed.
        cpu_seconds: int or `None`. The processor time it may take. Default: `seconds`, rounded up.
        memory: int. Bytes of address space it may take. Default 1 GiB.

    Returns:
        The exit status (negative: the signal that ended it), or `None` if it ran out of time.
    """
    limits = (
        f"ulimit -c 0; ulimit -t {cpu_seconds or int(seconds) + 1}; ulimit -v {memory // 1024}; "
        f'ulimit -f {_MAX_FILE_BYTES // 512}; exec "$@"'
    )
    with open(os.path.join(folder, TERMINAL), "wb") as output:
        process = subprocess.Popen(
            ["/bin/sh", "-c", limits, "sh", *arguments],
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        status = process.wait(seconds)
    except subprocess.TimeoutExpired:
        status = None
    finally:
        # The group may outlive its leader, and a KeyboardInterrupt must not leave TeX running.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return None if status == -signal.SIGXCPU else status


def _environment(folder):
    folder = os.fspath(folder)
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": folder,
        "TMPDIR": folder,
        "LC_ALL": "C",
        # Nothing outside the folder may be read or written, except TeX's own tree; no program may be started.
        "openin_any": "p",
        "openout_any": "p",
        "shell_escape": "f",
        "TEXMFOUTPUT": folder,
        "TEXMFHOME": folder,
        "TEXMFVAR": folder,
        "TEXMFCONFIG": folder,
        "MKTEXTFM": "0",
        "MKTEXPK": "0",
        # Log lines are not folded.
        "max_print_line": "10000",
        "error_line": "254",
        "half_error_line": "238",
    }
