"""Formulas out of text, tab-separated and JSON files, compressed or not, a line at a time."""

import bz2
import contextlib
import gzip
import json
import lzma
import os
import re
import sys
from typing import NamedTuple

STANDARD_INPUT = "-"
COLUMNS = ("norm", "latex", "raw")

_OPENERS = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}
_MAX_LINE = 1 << 20  # what of a longer line lies beyond is passed over: no formula is so long
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*\n[ \t]*")
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]+")


class FormulaLine(NamedTuple):
    """One line of a file.

    Attributes:
        latex: str. The formula on one line; what of it is no text is replaced.
        source: str or bytes. What to draw.
        error: str or `None`. Why the line holds no formula.
    """

    latex: str
    source: str | bytes
    error: str | None = None


def read_formula_lines(path, column=None):
    """Reads the formulas of a file.

    A `.tsv` names its columns in its first line; a `.jsonl` has an object a line; in any other file each line is a
    formula. `.xz`, `.gz` and `.bz2` are unpacked. A column `norm` holds tokens separated by spaces.

    Args:
        path: str. The file, or "-" for text on standard input.
        column: str or `None`. The column, or the field of the objects. Default: the first that is there of `norm`,
            `latex` and `raw`; `latex` in a `.jsonl`.

    Yields:
        `FormulaLine`, one for each line.

    Raises:
        OSError: if the file can't be read.
        ValueError: if a `.tsv` lacks the column.
    """
    kind = _kind(path)
    with _opened(path) as stream:
        lines = _lines(stream)
        if kind == ".tsv":
            header = next(lines, b"").decode("utf-8", "replace").split("\t")
            column = column or next((name for name in COLUMNS if name in header), COLUMNS[1])
            if column not in header:
                raise ValueError(f"no column {column!r}. Received a file with the columns {header}")
            place = header.index(column)
            for line in lines:
                cells = line.split(b"\t")
                if place < len(cells):
                    yield _formula(cells[place], tokens=column == "norm")
                else:
                    yield FormulaLine("", "", f"no column {column!r} in this line")
        elif kind == ".jsonl":
            column = column or "latex"
            for line in lines:
                yield _field(line, column)
        else:
            for line in lines:
                yield _formula(line)


def _kind(path):
    stem, suffix = os.path.splitext(path)
    return os.path.splitext(stem)[1] if suffix in _OPENERS else suffix


@contextlib.contextmanager
def _opened(path):
    if path == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    opener = _OPENERS.get(os.path.splitext(path)[1], open)
    try:
        with opener(path, "rb") as stream:
            yield stream
    except (EOFError, lzma.LZMAError) as error:  # what is broken in a compressed file is no OSError everywhere
        raise OSError(f"{path}: {error}") from error


def _lines(stream):
    # Only "\n" ends a line: form feeds and the like occur inside formulas.
    while line := stream.readline(_MAX_LINE):
        rest = line
        while not rest.endswith(b"\n") and (rest := stream.readline(_MAX_LINE)):
            pass
        yield line.rstrip(b"\r\n")


def _formula(line, tokens=False):
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return FormulaLine(_one_line(line.decode("utf-8", "replace")), line)
    if tokens:
        from keras_im2latex.markup import detokenize

        try:
            text = detokenize(text)
        except ValueError as error:
            return FormulaLine(_one_line(text), "", str(error).split(" Received:")[0])
    return FormulaLine(_one_line(text), text)


def _field(line, column):
    try:
        fields = json.loads(line)
        text = fields[column]
        if not isinstance(text, str):
            raise TypeError
    except (ValueError, RecursionError) as error:
        return FormulaLine(_one_line(line.decode("utf-8", "replace")), "", f"not JSON: {error}")
    except (KeyError, TypeError):
        return FormulaLine(_one_line(line.decode("utf-8", "replace")), "", f"no text in a field {column!r}")
    text = re.sub(r"[\t\n\r]+", " ", _COMMENT.sub(r"\1", text))
    latex = _one_line(text.encode("utf-8", "replace").decode("utf-8"))  # an escaped half of a character is no text
    return FormulaLine(latex, text)


def _one_line(text):
    return _CONTROL_CHARACTERS.sub(" ", text)
