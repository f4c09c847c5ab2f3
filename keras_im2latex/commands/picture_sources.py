"""The pictures that a command line names."""

import importlib.util
import os
import sys

from keras_im2latex.commands.clipboard import clipboard_picture
from keras_im2latex.commands.exit_status import UsageError
from keras_im2latex.pixels import PictureError, draw_pdf_page
from keras_im2latex.pixels.picture_error import LARGEST_FILE

SUFFIXES = (".png", ".jpg", ".jpeg")
STANDARD_INPUT, CLIPBOARD = "-", "clipboard"
_PDF, _PDF_START = ".pdf", b"%PDF-"


class PictureSources:
    """Files, folders, standard input, the clipboard and pages of PDF files, one after the other.

    Args:
        paths: list of str, paths of pictures, PDF files and folders; `-` is standard input.
        clipboard: bool, whether the clipboard's picture comes after them.
        page: int, the page of PDF files; see `draw_pdf_page`.
        box: four numbers, the part of that page.

    Raises:
        UsageError: what is named can't be had.
    """

    def __init__(self, paths, clipboard=False, page=None, box=None):
        self.several = len(paths) + clipboard > 1 or (bool(paths) and os.path.isdir(paths[0]))
        self._paths = paths
        self._clipboard = clipboard
        self._page = page
        self._box = box
        if paths.count(STANDARD_INPUT) > 1:
            raise UsageError("standard input (-) can be read once only")
        documents = [path for path in paths if _is_pdf(path)]
        if (page is not None or box is not None) and not documents and STANDARD_INPUT not in paths:
            raise UsageError(f"--page and --box need a PDF file. Received: {', '.join(paths) or CLIPBOARD}")
        if documents:
            _require_pdfium()

    @property
    def repeatable(self):
        """Whether all of them can be read once more."""
        return not self._clipboard and STANDARD_INPUT not in self._paths

    def names(self):
        """Yields a name for each picture, folders walked in alphabetical order; a folder without any is named itself.

        A picture that is named twice comes twice.
        """
        for path in self._paths:
            if path == STANDARD_INPUT or not os.path.isdir(path):
                yield path
                continue
            empty = True
            for folder, folders, files in os.walk(path):
                folders.sort()
                for name in sorted(files):
                    if name.lower().endswith(SUFFIXES):
                        empty = False
                        yield os.path.join(folder, name)
            if empty:
                yield path
        if self._clipboard:
            yield CLIPBOARD

    def picture(self, name):
        """What `generate` is given for a name.

        Args:
            name: one of `names()`.

        Returns:
            The picture's path, or its bytes.

        Raises:
            PictureError: there is no such picture.
            UsageError: it can't be had.
        """
        if self._clipboard and name == CLIPBOARD:
            name = clipboard_picture()
            if name is None:
                raise PictureError("no picture in it")
            if isinstance(name, bytes):
                return name
        if name == STANDARD_INPUT:
            data = _standard_input()
            if not data.startswith(_PDF_START):
                return data
            _require_pdfium()
            return draw_pdf_page(data, self._page, self._box)
        if os.path.isdir(name):
            raise PictureError(f"no picture ({', '.join(SUFFIXES)}) in this folder")
        return draw_pdf_page(name, self._page, self._box) if _is_pdf(name) else name


def _is_pdf(path):
    return path.lower().endswith(_PDF) and not os.path.isdir(path)


def _require_pdfium():
    if importlib.util.find_spec("pypdfium2") is None:
        raise UsageError("a PDF page needs pypdfium2: pip install 'keras-im2latex[pdf]'")


def _standard_input():
    return sys.stdin.buffer.read(LARGEST_FILE + 1)
