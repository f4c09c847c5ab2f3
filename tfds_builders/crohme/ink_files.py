"""Finds InkML files in folders and archives."""

import tarfile
import zipfile
from collections.abc import Iterator

from etils import epath

_SUFFIX = ".inkml"
_TAR_ENDINGS = (".tar", ".tar.xz", ".tar.gz", ".tar.bz2", ".tgz")


def read_ink_files(path) -> Iterator[tuple[str, bytes]]:
    """Reads all InkML files of a folder or archive, however deep they lie.

    Args:
        path: a folder, or a `.zip`, `.tar`, `.tar.xz`, `.tar.gz`, `.tar.bz2` or `.tgz` file.

    Yields:
        Each file's path below `path`, without `.inkml`, and its contents.

    Raises:
        ValueError: when `path` is none of these.
    """
    path = epath.Path(path)
    if path.is_dir():
        yield from _read_folder(path, "")
    elif path.name.endswith(_TAR_ENDINGS):
        with path.open("rb") as stream, tarfile.open(fileobj=stream, mode="r:*") as archive:
            for member in archive:
                if member.isfile() and _is_ink(member.name):
                    yield _key(member.name), archive.extractfile(member).read()
    elif path.name.endswith(".zip"):
        with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            for name in archive.namelist():
                if _is_ink(name):
                    yield _key(name), archive.read(name)
    else:
        raise ValueError(f"`path` must be a folder, or a .zip or .tar file (.tar.xz, .tar.gz too). Received: {path}")


def is_ink_source(path) -> bool:
    """Whether `read_ink_files` takes a path."""
    path = epath.Path(path)
    return path.is_dir() or path.name.endswith((*_TAR_ENDINGS, ".zip"))


def _read_folder(folder, prefix):
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            yield from _read_folder(path, f"{prefix}{path.name}/")
        elif _is_ink(path.name):
            yield _key(prefix + path.name), path.read_bytes()


def _is_ink(name):
    # macOS puts a file named ._NAME beside each into its archives.
    return name.endswith(_SUFFIX) and not name.rpartition("/")[2].startswith("._")


def _key(name):
    return name.removeprefix("./").removesuffix(_SUFFIX)
