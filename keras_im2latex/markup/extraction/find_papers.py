"""The papers in files, folders and archives."""

import dataclasses
import io
import os
import posixpath
import re
import stat

from keras_im2latex.markup.extraction.paper import Paper
from keras_im2latex.markup.extraction.tex_archive import ARCHIVE_SUFFIXES, read_archive
from keras_im2latex.markup.extraction.token_reader import ReadingError

_TEX_SUFFIXES = (".tex", ".ltx", ".latex")
_MAX_PAPER_BYTES = 64_000_000
_MAX_HEAD = 1_000_000
# A file of \documentclass{subfiles} or {standalone} is read by another one.
_MAIN = re.compile(rb"^[^%\n\r]*\\document(?:class|style)(?![^{}]{0,1000}\{(?:subfiles|standalone)\})", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class UnreadablePaper:
    """Something that should hold papers and cannot be read.

    Args:
        name: string. The file or folder, or the archive and the file in it.
        reason: string. What is wrong with it.
    """

    name: str
    reason: str


def find_papers(path):
    r"""Finds the papers in a file, a folder or an archive.

    A paper is a file with a `\documentclass` (or `\documentstyle`), together with what it reads from its own folder
    and the folders in that. So a folder of many such files holds as many papers, and an arXiv source of a main file
    and a supplement holds two. Where a folder or archive has no such file, each of its `.tex` files is a paper. Of
    an archive with several folders at its top, each is looked at for itself; archives in folders and in archives
    count as folders.

    Args:
        path: string. A `.tex` file; a `.tar` (also `.gz`, `.xz`, `.bz2`), `.zip` or `.gz` archive; or a folder.

    Yields:
        `Paper` or `UnreadablePaper`, in the order of their names; those of an archive as they come in it. An archive
        is read as they are asked for, one of its folders at a time.

    Example:
    ```python
    for paper in find_papers("arxiv_papers.tar.xz"):
        print(paper.name)
    ```
    """
    name = os.path.basename(os.path.abspath(path))
    if os.path.isdir(path):
        yield from _in_folder(path, name)
    elif name.lower().endswith(_TEX_SUFFIXES) or not os.path.exists(path):
        yield from _in_file(path)
    else:
        yield from _in_archive(path, _stem(name), None, depth=0)


def _in_file(path):
    if not os.path.isfile(path):
        yield UnreadablePaper(path, "no such file" if not os.path.exists(path) else "no regular file")
        return
    folder, main = os.path.split(os.path.abspath(path))
    yield Paper(_stem(main), main, folder=folder)


def _in_folder(root, name):
    mains, sources, found = [], [], False
    for folder, folders, files in os.walk(root):
        folders.sort()
        for file in sorted(files):
            path = os.path.join(folder, file)
            lowered = file.lower()
            if lowered.endswith(_TEX_SUFFIXES) and _is_regular(path):
                sources.append(path)
                if _is_main_on_disk(path):
                    mains.append(path)
            elif lowered.endswith(ARCHIVE_SUFFIXES) and _is_regular(path):
                found = True
                relative = os.path.relpath(path, root).replace(os.sep, "/")
                yield from _in_archive(path, _stem(f"{name}/{relative}"), None, depth=0)
    for path in mains or sources:
        folder, main = os.path.split(path)
        relative = os.path.relpath(path, root).replace(os.sep, "/")
        yield Paper(_stem(f"{name}/{relative}"), main, folder=folder)
    if not found and not sources:
        yield UnreadablePaper(root, "no LaTeX file in this folder")


def _in_archive(path, name, stream, depth):
    found = False
    try:
        for file, content in _parts(path, stream):
            if file is None:
                papers = _in_memory(name, content)
            elif depth < 1:
                papers = _in_archive(file, _stem(f"{name}/{file}"), io.BytesIO(content), depth + 1)
            else:
                papers = ()
            for paper in papers:
                found = True
                yield paper
        if not found:
            yield UnreadablePaper(path, "no LaTeX file in this archive")
    except ReadingError as error:
        yield UnreadablePaper(path if depth == 0 else name, error.reason)


def _parts(path, stream):
    """What an archive consists of: (`None`, files by name) for sources, (name, content) for archives in it.

    With sources at its top it is one part; otherwise each folder at its top is, and they are not held together.
    """
    whole = any("/" not in file and _is_source(file) for file, _ in read_archive(path, stream, names_only=True))
    top, contents, size = None, {}, 0
    for file, content in read_archive(path, stream):
        if file.lower().endswith(ARCHIVE_SUFFIXES):
            yield file, content
            continue
        folder = file.split("/")[0]
        if folder != top and not whole:
            yield None, contents
            top, contents, size = folder, {}, 0
        contents[file] = content
        size += len(content)
        if size > _MAX_PAPER_BYTES:
            raise ReadingError(f"more than {_MAX_PAPER_BYTES:,} bytes of LaTeX in one folder of an archive")
    yield None, contents


def _is_source(file):
    return not file.lower().endswith((*ARCHIVE_SUFFIXES, ".sty"))


def _in_memory(name, contents):
    sources = [file for file in sorted(contents) if file.lower().endswith(_TEX_SUFFIXES) or _is_main(contents[file])]
    mains = [file for file in sources if _is_main(contents[file])]
    for file in mains or sources:
        folder, main = posixpath.split(file)
        prefix = f"{folder}/" if folder else ""
        own = {other[len(prefix) :]: content for other, content in contents.items() if other.startswith(prefix)}
        single = len(contents) == 1 and not folder
        yield Paper(name if single else _stem(f"{name}/{file}"), main, contents=own)


def _is_main(content):
    return _MAIN.search(content[:_MAX_HEAD]) is not None


def _is_main_on_disk(path):
    try:
        with open(path, "rb") as stream:
            return _is_main(stream.read(_MAX_HEAD))
    except OSError:
        return False


def _is_regular(path):
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _stem(name):
    for suffix in sorted(_TEX_SUFFIXES + ARCHIVE_SUFFIXES, key=len, reverse=True):
        if name.lower().endswith(suffix):
            return name[: -len(suffix)]
    return name
