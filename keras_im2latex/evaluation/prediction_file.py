"""Files of predictions that any system may write."""

from pathlib import Path

from keras_im2latex.evaluation.input_error import EvaluationInputError
from keras_im2latex.evaluation.text_lines import text_lines

_NAMED = 5


def read_predictions(path, formula_set, limited=False):
    """Reads lines of `image<TAB>latex` and brings them into the order of a set of formulas.

    `image` is a picture's file name, with or without folder and suffix, or the formula's number, from 0. A line
    with nothing after its tab is an empty prediction. Empty lines, and lines that start with `#`, are skipped.

    Args:
        path: path of the file, plain or compressed (`.gz`, `.xz`).
        formula_set: `FormulaSet` that the predictions are for.
        limited: bool. The set was cut short: predictions for further numbers or names are left aside rather than
            refused. Defaults to `False`.

    Returns:
        List of strings or `None`s, as many as formulas; `None` where the file has no line for a formula.

    Raises:
        EvaluationInputError: if the file is not there, is broken or not UTF-8, a line has no tab or more than one, or
            a picture is unknown or named twice.
    """
    path = Path(path)
    places = _places(formula_set.names)
    found, unknown = {}, []
    for number, line in enumerate(text_lines(path), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 2:
            raise EvaluationInputError(
                f"{path}: line {number} must be image, tab, latex. Received: {len(fields)} columns: {line[:80]!r}"
            )
        place = _place(fields[0].strip(), places, len(formula_set.names))
        if place is None:
            unknown.append(fields[0])
        elif place in found:
            raise EvaluationInputError(
                f"{path}: every picture must come once. Received: {fields[0]!r} again on line {number}, first on "
                f"line {found[place][0]}"
            )
        else:
            found[place] = number, fields[1].strip()
    if unknown and not limited:
        raise EvaluationInputError(
            f"{path}: every picture must be one of {formula_set.title}. Received: {len(unknown)} unknown: "
            f"{', '.join(unknown[:_NAMED])}{', …' if len(unknown) > _NAMED else ''}"
        )
    if not found:
        raise EvaluationInputError(f"{path}: must hold predictions for {formula_set.title}. Received: none")
    return [found[place][1] if place in found else None for place in range(len(formula_set.names))]


def _places(names):
    """Places by name, also without the suffix where that is no other's name."""
    places = {name: place for place, name in enumerate(names)}
    for place, name in enumerate(names):
        places.setdefault(Path(name).stem, place)
    return places


def _place(image, places, count):
    name = Path(image).name
    for key in (image, name, Path(name).stem):
        if key in places:
            return places[key]
    stem = Path(name).stem
    return int(stem) if stem.isascii() and stem.isdigit() and int(stem) < count else None
