"""A paper: its main file and the files it may read."""

import dataclasses
import os
import posixpath
import stat

from keras_im2latex.markup.extraction.token_reader import ReadingError

MAX_FILE_BYTES = 20_000_000


@dataclasses.dataclass(frozen=True)
class Paper:
    """A paper's sources, in a folder or in memory. Nothing outside them is ever read.

    Args:
        name: string. What the paper is called in what is written about it.
        main: string. The main file, relative to the paper's folder, parts separated by `/`.
        folder: string or `None`. The folder, if the paper is on disk.
        contents: dict of string to bytes, or `None`. Its files, if it is in memory.

    Example:

    >>> Paper("1609.04938", "main.tex", contents={"main.tex": b"$x$"}).read("main.tex")
    b'$x$'
    """

    name: str
    main: str
    folder: str | None = None
    contents: dict[str, bytes] | None = None

    def read(self, file):
        r"""Returns the bytes of one of the paper's files.

        Args:
            file: string. Its name relative to the paper's folder, as in `\\input`.

        Raises:
            ReadingError: if it is outside the paper's folder, missing, no regular file, or too large.
        """
        path = posixpath.normpath(file)
        if "\0" in path or path.startswith(("/", "~")) or path.split("/")[0] == "..":
            raise ReadingError("a file outside the paper's folder")
        content = self.contents.get(path) if self.folder is None else self._read_from_disk(path)
        if content is None:
            raise ReadingError("a file that is missing")
        if len(content) > MAX_FILE_BYTES:
            raise ReadingError(f"a file of more than {MAX_FILE_BYTES:,} bytes")
        return content

    def _read_from_disk(self, path):
        full = self.folder
        for part in path.split("/"):
            full = os.path.join(full, part)
            if os.path.islink(full) and full != os.path.join(self.folder, self.main):
                raise ReadingError("a symbolic link")
        try:
            # A pipe must not be waited for.
            descriptor = os.open(full, os.O_RDONLY | os.O_NONBLOCK)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise ReadingError(f"a file that can't be opened ({error.strerror})") from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise ReadingError("no regular file")
        with open(descriptor, "rb") as stream:
            return stream.read(MAX_FILE_BYTES + 1)


def decode_source(content):
    """Returns the text of a LaTeX file: UTF-8 or, where it is none, Latin-1.

    Example:

    >>> decode_source("é".encode()), decode_source("é".encode("latin-1"))
    ('é', 'é')
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
