"""A handwritten formula as its pen wrote it."""

import dataclasses
import xml.etree.ElementTree as ElementTree

import numpy as np


@dataclasses.dataclass(frozen=True)
class InkSymbol:
    r"""One symbol of a formula, as somebody marked it in the ink.

    Attributes:
        label: what it is, by CROHME's name: `x`, `\alpha`, `\sqrt`; a fraction bar is a `-`.
        strokes: places of its strokes among the formula's.
    """

    label: str
    strokes: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Ink:
    """A handwritten formula.

    Attributes:
        strokes: float32 arrays `(points, 2)`, x to the right and y downwards, in the order they were written.
        truth: the formula in LaTeX as the file has it; empty where it has none.
        mathml: the formula as an element of MathML; `None` where the file has none.
        symbols: the strokes cut into symbols; empty where nobody marked them.
        writer: who wrote it, by the file's own name; empty where it says nothing.
    """

    strokes: tuple[np.ndarray, ...]
    truth: str = ""
    mathml: ElementTree.Element | None = None
    symbols: tuple[InkSymbol, ...] = ()
    writer: str = ""
