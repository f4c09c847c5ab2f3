"""Formulas to hold a system to, and their pictures."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class FormulaSet:
    """Gold formulas in order, what their pictures are called, and the pictures where there are any.

    Attributes:
        title: string. What to call the set, such as its file's name.
        formulas: list of strings, normalized formulas.
        names: list of strings. The pictures' file names, or the formulas' numbers.
        pictures: function from a list of indices to a list of what `Im2Latex.generate` reads (paths, bytes or
            arrays), `None` for a formula without one; or `None` if the formulas have no pictures of their own.
        already_downsampled: bool. The pictures are at 100 dots an inch, not at 200.
    """

    title: str
    formulas: list[str]
    names: list[str]
    pictures: Callable | None = None
    already_downsampled: bool = False
