"""What has been drawn, kept so that a killed run need not draw it again."""

import collections
import contextlib
import hashlib
import os
import shutil
import struct
import tempfile
import zlib

from keras_im2latex.rendering.render import render
from keras_im2latex.rendering.rendering import Rendering

_BEGIN = b"keras_im2latex renderings 1\n"
_HEAD = struct.Struct("<II")  # length and CRC-32 of what follows
_KEY_BYTES = 16
_PICTURE, _ERROR = b"p", b"e"
_SUFFIX = ".renderings"


class RenderingJournal:
    """A folder that remembers renderings by formula and page.

    Each process appends to a file of its own, and reads those of the processes before it. A record that is not whole,
    as a kill or a full disk leaves it, ends its file; all before it count. The folder is made with the first
    rendering.

    Args:
        path: path of the folder.

    Attributes:
        drawn: int. How many formulas this process has drawn and written.
        recalled: int. How many it found drawn already.

    Example:
    ```python
    with RenderingJournal("journal") as journal:
        for rendering in journal.render(formulas, Page()):
            ...
    journal.delete()
    ```
    """

    def __init__(self, path):
        self.path = os.fspath(path)
        self.drawn = self.recalled = 0
        self._places = {}
        self._streams = contextlib.ExitStack()
        self._writer = None

    def __enter__(self):
        if os.path.isdir(self.path):
            for name in sorted(os.listdir(self.path)):
                if name.endswith(_SUFFIX):
                    self._read(os.path.join(self.path, name))
        return self

    def __exit__(self, *exception):
        self._streams.close()
        self._places, self._writer = {}, None

    def __len__(self):
        return len(self._places)

    def render(self, formulas, page, **options):
        """Yields what `render` does for the same arguments, drawing only what is not in the journal.

        Raises:
            OSError: if a rendering can't be written; what was written before stays usable.
        """
        waiting = collections.deque()

        def unknown():
            for formula in formulas:
                key = _key(formula, page, options)
                waiting.append(key)
                if key not in self._places:
                    yield formula

        for rendering in render(unknown(), page, **options):
            while waiting[0] in self._places:
                yield self._recall(waiting.popleft())
            self._add(waiting.popleft(), rendering)
            yield rendering
        while waiting:
            yield self._recall(waiting.popleft())

    def delete(self):
        """Deletes the folder, if there is one."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _read(self, path):
        stream = self._streams.enter_context(open(path, "rb"))  # noqa: SIM115
        if stream.read(len(_BEGIN)) != _BEGIN:
            return
        while len(head := stream.read(_HEAD.size)) == _HEAD.size:
            length, checksum = _HEAD.unpack(head)
            place = stream.tell()
            record = stream.read(length)
            if len(record) < length or zlib.crc32(record) != checksum or length <= _KEY_BYTES:
                return
            self._places[record[:_KEY_BYTES]] = (stream, place + _KEY_BYTES, length - _KEY_BYTES)

    def _recall(self, key):
        stream, place, length = self._places[key]
        record = os.pread(stream.fileno(), length, place)
        self.recalled += 1
        if record[:1] == _PICTURE:
            return Rendering(png=record[1:])
        return Rendering(error=record[1:].decode("utf-8"))

    def _add(self, key, rendering):
        if self._writer is None:
            os.makedirs(self.path, exist_ok=True)
            descriptor, _ = tempfile.mkstemp(dir=self.path, suffix=_SUFFIX)
            self._writer = self._streams.enter_context(open(descriptor, "wb", buffering=0))  # noqa: SIM115
            self._write(_BEGIN)
        if rendering.error is None:
            record = key + _PICTURE + rendering.png
        else:
            record = key + _ERROR + rendering.error.encode("utf-8", "replace")
        self._write(_HEAD.pack(len(record), zlib.crc32(record)) + record)
        self.drawn += 1

    def _write(self, data):
        start = self._writer.tell()
        try:
            while data:  # a disk that is nearly full takes a part
                data = data[self._writer.write(data) :]
        except OSError as error:
            self._writer.seek(start)
            self._writer.truncate()
            raise OSError(error.errno, error.strerror, self.path) from None


def _key(formula, page, options):
    """What a rendering is known by: the formula, and all that decides what becomes of it."""
    text = formula if isinstance(formula, bytes) else formula.encode("utf-8", "surrogatepass")
    settings = {name: value for name, value in options.items() if name in ("timeout", "max_length", "max_side")}
    drawn_with = repr((page, sorted(settings.items()))).encode("utf-8")
    return hashlib.blake2b(text, digest_size=_KEY_BYTES, key=hashlib.sha256(drawn_with).digest()).digest()
