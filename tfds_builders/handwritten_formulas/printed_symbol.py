"""A symbol of a printed formula, with the place it takes."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class PrintedSymbol:
    r"""What is to be written, and where.

    Attributes:
        name: what it is called in print: a character's name, the letters of a word, or `rule`.
        label: CROHME's label of what is written for it, or `None` where there is no sample.
        box: left, upper, right and lower edge of its ink in TeX points, y downwards.
        glyph: font and place of its character, for those without a label.
        bar: for a root, the right edge of the bar over what is under it.
    """

    name: str
    label: str | None
    box: tuple[float, float, float, float]
    glyph: tuple[str, int] | None = None
    bar: float | None = None
