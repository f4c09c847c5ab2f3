"""Folders of pictures in the layout of IM2LATEX-100K's sample."""

import itertools
from pathlib import Path

from keras_im2latex.evaluation.formula_set import FormulaSet
from keras_im2latex.evaluation.input_error import EvaluationInputError
from keras_im2latex.evaluation.text_lines import text_lines

_NAMED = 5


def read_sample_folder(folder, limit=None, already_downsampled=True):
    """Reads `formulas.tsv`, with the columns `image` and `normalized`, and finds its pictures in `images/`.

    Args:
        folder: path of the folder.
        limit: int or `None`. Only so many formulas from the first on. Defaults to `None`.
        already_downsampled: bool. The pictures are at 100 dots an inch, as the authors' own. Defaults to `True`.

    Returns:
        `FormulaSet`, whose pictures are paths.

    Raises:
        EvaluationInputError: if the table is not there, lacks a column, or if pictures are missing; the
            message names the first of them.
    """
    folder = Path(folder)
    table = folder / "formulas.tsv"
    lines = text_lines(table)
    header = next(lines, "").split("\t")
    if not {"image", "normalized"} <= set(header):
        raise EvaluationInputError(
            f"{table}: its first line must name the columns image and normalized. Received: {header}"
        )
    rows = []
    for number, line in enumerate(itertools.islice(lines, limit), start=2):
        fields = line.split("\t")
        if len(fields) != len(header):
            raise EvaluationInputError(
                f"{table}: line {number} must have {len(header)} columns. Received: {len(fields)}: {line[:80]!r}"
            )
        rows.append(dict(zip(header, fields)))
    if not rows:
        raise EvaluationInputError(f"{table}: must hold formulas. Received: none")
    names = [row["image"] for row in rows]
    paths = [folder / "images" / name for name in names]
    absent = [name for name, path in zip(names, paths) if not path.is_file()]
    if absent:
        raise EvaluationInputError(
            f"{folder / 'images'}: must hold every picture of formulas.tsv. Received: {len(absent)} of {len(names)} "
            f"missing: {', '.join(absent[:_NAMED])}{', …' if len(absent) > _NAMED else ''}"
        )
    return FormulaSet(
        folder.name,
        [" ".join(row["normalized"].split()) for row in rows],
        names,
        pictures=lambda indices: [str(paths[index]) for index in indices],
        already_downsampled=already_downsampled,
    )
