"""Archives of LaTeX sources, read in memory and never unpacked to disk."""

import bz2
import gzip
import io
import lzma
import posixpath
import tarfile
import zipfile
import zlib

from keras_im2latex.markup.extraction.paper import MAX_FILE_BYTES
from keras_im2latex.markup.extraction.token_reader import ReadingError

ARCHIVE_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".gz", ".xz", ".bz2", ".zip")
SOURCE_SUFFIXES = (".tex", ".ltx", ".latex", ".sty")

# All sources of one paper, or of one folder at an archive's top.
_MAX_SOURCES_BYTES = 64_000_000
# What unpacks to more than this and so many times its size is no archive of papers.
_FREE_BYTES = 1_000_000
_MAX_RATIO = 100
_OPENERS = {b"\x1f\x8b": gzip.open, b"\xfd7": lzma.open, b"BZ": bz2.open}
_BROKEN = (OSError, EOFError, tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, ValueError)
_BROKEN += (NotImplementedError, RuntimeError)  # a zip with a password, or packed in a way Python does not know


def read_archive(path, stream=None, names_only=False):
    """Reads the LaTeX sources in an archive.

    Tar archives, compressed by gzip, xz, bzip2 or not, zip archives, and single compressed files are known by what
    they begin with. Links and names that lead outside the archive are passed over.

    Args:
        path: string. The archive's name.
        stream: binary file or `None`. The archive itself, if `path` is not on disk; read from its start.
        names_only: bool. Whether to leave the contents empty, which takes no memory. Default `False`.

    Yields:
        (string, bytes) for each source: its name in the archive and its content. Archives in an archive, as arXiv's
        bulk downloads have them, come with their content as it is.

    Raises:
        ReadingError: if it is no archive, is broken, or unpacks to what no archive of papers would.
    """
    try:
        if stream is None:
            with open(path, "rb") as file:
                yield from _read(path, file, names_only)
        else:
            stream.seek(0)
            yield from _read(path, stream, names_only)
    except _BROKEN as error:
        raise ReadingError(f"an archive that can't be read ({type(error).__name__}: {error})") from error


def _read(path, file, names_only):
    start = file.read(6)
    file.seek(0)
    if start[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        yield from _read_zip(file, names_only)
        return
    opener = _OPENERS.get(start[:2])
    unpacked = _Bounded(opener(file), file) if opener else file
    with io.BufferedReader(unpacked, 512 * 1024) if opener else unpacked as stream:
        head = stream.peek(512)[:512] if hasattr(stream, "peek") else _peek(stream)
        if _is_tar(head):
            yield from _read_tar(stream, names_only)
        elif opener:
            name = posixpath.basename(path.replace("\\", "/")).rpartition(".")[0]
            content = stream.read(MAX_FILE_BYTES + 1)
            if len(content) > MAX_FILE_BYTES:
                raise ReadingError(f"a file of more than {MAX_FILE_BYTES:,} bytes")
            yield (name if name.endswith(SOURCE_SUFFIXES) else f"{name}.tex"), content
        else:
            raise ReadingError("neither LaTeX nor an archive")


def _peek(stream):
    head = stream.read(512)
    stream.seek(0)
    return head


def _is_tar(head):
    try:
        return len(head) == 512 and bool(tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape"))
    except tarfile.HeaderError:
        return False


def _read_tar(stream, names_only):
    with tarfile.open(fileobj=stream, mode="r|", errorlevel=1) as archive:
        while (member := archive.next()) is not None:
            archive.members = []  # or it would remember them all
            name = _inside(member.name)
            if member.isreg() and name and _is_wanted(name):
                _check_size(name, member.size)
                yield name, b"" if names_only else archive.extractfile(member).read()


def _read_zip(file, names_only):
    size = file.seek(0, io.SEEK_END)
    with zipfile.ZipFile(file) as archive:
        count = 0
        for member in archive.infolist():
            name = _inside(member.filename)
            is_link = member.external_attr >> 28 == 0o12
            if name and _is_wanted(name) and not member.is_dir() and not is_link:
                _check_size(name, member.file_size)
                if names_only:
                    yield name, b""
                    continue
                with archive.open(member) as stream:
                    content = stream.read(MAX_FILE_BYTES + 1)
                _check_size(name, len(content))
                count += len(content)
                _check_proportion(count, size)
                yield name, content


def _inside(name):
    """A member's name in one form, or `None` if it leads outside."""
    path = posixpath.normpath(name.replace("\\", "/"))
    return None if path.startswith(("/", "..")) or path == "." else path


def _is_wanted(name):
    lowered = name.lower()
    return lowered.endswith(SOURCE_SUFFIXES + ARCHIVE_SUFFIXES) or "." not in posixpath.basename(lowered)


def _check_proportion(unpacked, packed):
    if unpacked > _FREE_BYTES + _MAX_RATIO * packed:
        raise ReadingError("an archive that unpacks to too much")


def _check_size(name, size):
    limit = _MAX_SOURCES_BYTES if name.lower().endswith(ARCHIVE_SUFFIXES) else MAX_FILE_BYTES
    if size > limit:
        raise ReadingError(f"a file of more than {limit:,} bytes in an archive")


class _Bounded(io.RawIOBase):
    """What a file unpacks to, until that is out of all proportion."""

    def __init__(self, unpacked, packed):
        self._unpacked = unpacked
        self._packed = packed
        self._count = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        data = self._unpacked.read(len(buffer))
        self._count += len(data)
        _check_proportion(self._count, self._packed.tell())
        buffer[: len(data)] = data
        return len(data)
