"""What a `latex_formulas` dataset is made of."""

import dataclasses

import tensorflow_datasets as tfds


@dataclasses.dataclass(eq=False)
class LatexFormulasConfig(tfds.core.BuilderConfig):
    """Which formulas to render, and how to store their pictures.

    Attributes:
        formulas: a file of formulas or a folder of such files; `None` means the folder given as manual_dir.
        column: the column of a `.tsv` that holds the normalized tokens. Files without it are tokenized here.
        columns: further columns to store, as text.
        prepared: store pictures as a model takes them (8 white pixels around, halved, 16 grey levels) instead
            of crops at full resolution, and leave out the raw formula.
        max_tokens: drop longer formulas.
        max_height: drop pictures higher than this once padded and halved, in pixels.
        max_width: drop pictures wider than this once padded and halved, in pixels.
        workers: TeX processes to run at once; `None` leaves the number to the renderer.

    Example:
        >>> config = LatexFormulasConfig(name="mine", formulas="formulas.tsv.xz", prepared=True)
        >>> builder = tfds.builder("latex_formulas", config=config)
    """

    formulas: str | None = None
    column: str = "norm"
    columns: tuple[str, ...] = ()
    prepared: bool = False
    max_tokens: int | None = None
    max_height: int | None = None
    max_width: int | None = None
    workers: int | None = None
