"""Reads formulas out of text and tab-separated files, compressed or not, a line at a time."""

import bz2
import dataclasses
import gzip
import lzma
from collections.abc import Iterator

from etils import epath

from keras_im2latex.markup import detokenize, tokenize

_OPENERS = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}
_SPLITS = ("train", "validation", "test")


@dataclasses.dataclass(frozen=True)
class Formula:
    """One formula of a file.

    Attributes:
        file: the file's name, without its folder.
        index: its line in the file, from 0; the header of a `.tsv` does not count.
        split: the split it belongs to.
        latex: its normalized tokens, separated by spaces; empty when the tokens are those of `raw`.
        raw: the formula as written, or as the line of a file without columns has it.
        columns: what else the file says of it, by the header's name.
        drawn: the LaTeX to draw, where `latex` does not draw what the formula does.
    """

    file: str
    index: int
    split: str
    latex: str
    raw: str
    columns: dict[str, str] = dataclasses.field(default_factory=dict)
    drawn: str = ""

    @property
    def key(self) -> str:
        """What this formula is known by in a dataset: the same in every build from the same file."""
        return f"{self.file}:{self.index}"


def find_formula_files(path) -> list[epath.Path]:
    """The formula files under a path.

    Args:
        path: a file, or a folder whose `.txt` and `.tsv` files, also as `.xz`, `.gz` or `.bz2`, are meant.

    Returns:
        The files, by name.

    Raises:
        FileNotFoundError: when there is none.
    """
    path = epath.Path(path).expanduser()
    if path.is_file():
        return [path]
    files = []
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if _kind(file) in (".txt", ".tsv"))
    if not files:
        raise FileNotFoundError(
            "`formulas` must be a .txt or .tsv file (.xz, .gz and .bz2 too), or a folder that holds some. "
            f"Received: {path}"
        )
    return files


def find_splits(files, *, column="norm") -> list[str]:
    """The splits that occur in some files, in the order train, validation, test, then by name."""
    splits = set()
    for file in files:
        if has_split_column(file):
            splits.update(formula.split for formula in read_formulas(file, column=column))
        else:
            splits.add(_split_of(file))
    return [split for split in _SPLITS if split in splits] + sorted(splits - set(_SPLITS))


def has_split_column(file) -> bool:
    """Whether a file says of each of its formulas which split it belongs to."""
    return "split" in _header(epath.Path(file))


def read_formulas(file, *, column="norm") -> Iterator[Formula]:
    """Reads one file, a line at a time.

    A `.tsv` names its columns in its first line. `split`, `raw` and the one named by `column` have a meaning
    of their own, the others are handed on. In any other file each line is a formula. Where no column says the
    split, the file's name does: `train.txt`, `validation.txt`, `test.txt`; every other name means train.

    Args:
        file: path of the file.
        column: the column of a `.tsv` that holds normalized tokens. Where the file lacks it, `raw` is used.

    Yields:
        A `Formula` for every line that is not blank.

    Raises:
        ValueError: when a `.tsv` has neither `column` nor `raw`.
    """
    file = epath.Path(file)
    header = _header(file)
    if header and not {column, "raw"} & set(header):
        raise ValueError(
            f"`column` must name a column of {file.name}, or the file must have a column `raw`. "
            f"Received: column={column!r}, and a file with the columns {header}"
        )
    split = _split_of(file)
    first = 1 if header else 0
    for number, line in enumerate(_lines(file)):
        if number < first or not line.strip():
            continue
        if header:
            columns = dict(zip(header, line.split("\t")))
            latex, raw = columns.pop(column, "").strip(), columns.pop("raw", "")
            yield Formula(file.name, number - first, columns.pop("split", split), latex, raw, columns)
        else:
            yield Formula(file.name, number, split, "", line)


def tokenized(formula) -> Formula:
    """A formula whose tokens are to be those of `raw`, and whose picture stays that of its normalized tokens."""
    drawn = formula.drawn or detokenize(formula.latex)
    return dataclasses.replace(formula, latex="", drawn=drawn)


def tokens_of(formula, habits=None) -> str:
    """The normalized tokens of a formula between spaces, or else those of what was written.

    Args:
        formula: a `Formula`.
        habits: `Habits` of the author who types it anew, or None for as it stands.

    Raises:
        ValueError: what was written is no formula.
    """
    latex = formula.latex or " ".join(tokenize(formula.raw))
    return latex if habits is None else habits.rewrite(latex, seed=latex)


def _lines(file):
    # Only "\n" ends a line: str.splitlines would also break at form feeds and the like inside a formula.
    with file.open("rb") as stream:
        opener = _OPENERS.get(file.suffix)
        for line in opener(stream) if opener else stream:
            yield line.rstrip(b"\r\n").decode("utf-8", errors="replace")


def _header(file):
    return next(_lines(file), "").split("\t") if _kind(file) == ".tsv" else []


def _kind(file):
    return epath.Path(file.stem).suffix if file.suffix in _OPENERS else file.suffix


def _split_of(file):
    stem = file.name.split(".")[0]
    return stem if stem in _SPLITS else _SPLITS[0]
