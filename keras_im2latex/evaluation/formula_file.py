"""Files of normalized formulas."""

import itertools
from pathlib import Path

from keras_im2latex.evaluation.formula_set import FormulaSet
from keras_im2latex.evaluation.input_error import EvaluationInputError
from keras_im2latex.evaluation.text_lines import text_lines


def read_formula_file(path, limit=None):
    """Reads normalized formulas, one a line, from a text file, plain or compressed by gzip or xz.

    Args:
        path: path of the file; `.gz` and `.xz` name the compression.
        limit: int or `None`. Only so many formulas from the first on. Defaults to `None`.

    Returns:
        `FormulaSet` without pictures. A formula's name is its number, from 0; empty lines stay.

    Raises:
        EvaluationInputError: if the file is not there, is broken, is not UTF-8 or holds no formula.
    """
    path = Path(path)
    formulas = [" ".join(line.split()) for line in itertools.islice(text_lines(path), limit)]
    if not any(formulas):
        raise EvaluationInputError(f"{path}: must hold normalized formulas, one a line. Received: none")
    return FormulaSet(path.name, formulas, [str(index) for index in range(len(formulas))])
