"""A file of readings that a killed run leaves usable, and the next one goes on with."""

import hashlib
import json
import os

from keras_im2latex.commands.exit_status import UsageError

try:
    import fcntl
except ImportError:  # Windows: two runs at once are not told
    fcntl = None

_START = b'{"path": "'


class ReadingFile:
    """Lines of JSON, each an object with the `path` of a picture and what was read in it, or an `error`.

    Lines are on the disk when `write` returns. The last line of a run that was killed may be half there: it goes when
    the file is opened, and its picture is read again. Beside the file lies `FILE.settings.json`, what the readings
    depend on, so that one file holds no readings of two kinds.

    Args:
        path: path of the file; made where it is missing.
        settings: dict, of what JSON can hold.

    Attributes:
        failed: int, how many of the pictures have an `error`.

    Raises:
        UsageError: the file holds something else, or readings of other settings, or another run writes to it, or it
            can't be written.

    Example:
        >>> with ReadingFile("readings.jsonl", {"preset": "standard"}) as readings:
        ...     if "a.png" not in readings:
        ...         readings.write([{"path": "a.png", "latex": "x"}])
    """

    def __init__(self, path, settings):
        self.path = os.fspath(path)
        self.failed = 0
        self._settings = settings
        self._known = set()
        self._stream = None

    def __enter__(self):
        try:
            self._stream = open(self.path, "a+b", buffering=0)
        except OSError as error:
            raise UsageError(f"--output: {self.path}: {error.strerror or error}") from None
        try:
            self._lock()
            size = self._read_lines()
            self._check_settings(size)
            self._stream.truncate(size)
        except OSError as error:
            self._stream.close()
            raise UsageError(f"--output: {error.filename or self.path}: {error.strerror or error}") from None
        except BaseException:
            self._stream.close()
            raise
        return self

    def __exit__(self, *_):
        self._stream.close()

    def __len__(self):
        return len(self._known)

    def __contains__(self, path):
        return _digest(path) in self._known

    def write(self, objects):
        """Adds pictures to the file.

        Args:
            objects: iterable of dict, each with a str `path`.

        Raises:
            OSError: they can't be written; the file has those of earlier calls.
        """
        objects = list(objects)
        data = b"".join(json.dumps(fields).encode() + b"\n" for fields in objects)
        while data:  # a disk that is nearly full takes a part
            data = data[self._stream.write(data) :]
        os.fsync(self._stream.fileno())
        for fields in objects:
            self._add(fields)

    def _add(self, fields):
        self._known.add(_digest(fields["path"]))
        self.failed += "error" in fields

    def _lock(self):
        if fcntl is None:
            return
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"--output: {self.path} is being written by another run") from None

    def _read_lines(self):
        """Takes note of the pictures that are there; the bytes up to the end of the last whole line."""
        self._stream.seek(0)
        end = 0
        with open(self.path, "rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.endswith(b"\n"):
                    if line[: len(_START)] != _START[: len(line)]:
                        raise self._foreign(number)
                    break
                try:
                    fields = json.loads(line)
                    self._add(fields)
                except (ValueError, TypeError, KeyError, AttributeError):
                    raise self._foreign(number) from None
                end += len(line)
        return end

    def _foreign(self, number):
        return UsageError(f"--output must be a new file, or one of readings. Received: {self.path}, see line {number}")

    def _check_settings(self, size):
        path = f"{self.path}.settings.json"
        held = None
        if size:
            try:
                with open(path, encoding="utf-8") as stream:
                    held = json.load(stream)
            except (FileNotFoundError, ValueError):
                held = None  # whoever moved the file alone knows what it holds
        if held is None:
            with open(path, "w", encoding="utf-8") as stream:
                json.dump(self._settings, stream)
                stream.write("\n")
        elif held != self._settings:
            names = sorted(name for name in {*held, *self._settings} if held.get(name) != self._settings.get(name))
            there, received = ({name: options.get(name) for name in names} for options in (held, self._settings))
            raise UsageError(
                f"--output: {self.path} holds readings with {_listed(there)}. Received: {_listed(received)}"
            )


def _digest(path):
    return hashlib.blake2b(path.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _listed(options):
    return ", ".join(f"{name} {value}" for name, value in options.items())
