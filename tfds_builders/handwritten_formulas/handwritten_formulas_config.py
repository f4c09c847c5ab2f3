"""What a `handwritten_formulas` dataset is made of."""

import dataclasses

import tensorflow_datasets as tfds

from tfds_builders.handwritten_formulas.habits import Habits

FORMS = ("handwritten", "printed")
UNSAMPLED = ("redraw", "refuse")


@dataclasses.dataclass(eq=False)
class HandwrittenFormulasConfig(tfds.core.BuilderConfig):
    """Which formulas to write, with whose symbols, and how to store their pictures.

    Attributes:
        formulas: a file of formulas or a folder of such files; `None` means the folder given as manual_dir.
        column: the column of a `.tsv` that holds the normalized tokens. Files without it are tokenized here.
        ink: an archive or folder of CROHME's training ink; `None` means what has `train` in its name in manual_dir.
        form: `handwritten`, targets in the form of the labels of `crohme`; or `printed`, as the file has them.
        unsampled: what becomes of a formula with a symbol that the ink has no sample of: `redraw`, the middle line of
            its printed shape, bent; or `refuse`.
        habits: how far hands differ; `None` for `Habits()`.
        symbol_size: bring each formula to this usual longer side of a stroke, in pixels before halving, as `crohme`
            does, and vary its size from there; `None` for the size of print.
        held_out: share of the ink's writers whose symbols are not used: those that `crohme` holds out.
        seed: what chooses writers and symbols.
        columns: further columns to store, as text.
        prepared: store pictures as a model takes them (8 white pixels around, halved, 16 grey levels) instead of crops
            at full resolution.
        max_tokens: drop longer formulas.
        max_height: write a formula smaller that would be higher than this once padded and halved, in pixels.
        max_width: write a formula smaller that would be wider than this once padded and halved, in pixels.
        smallest: drop a formula that would have to be written smaller than this, as a factor.
        workers: processes that write at once.

    Example:
        >>> config = HandwrittenFormulasConfig(name="mine", formulas="formulas.tsv.xz", ink="crohme_train.tar.xz")
        >>> builder = tfds.builder("handwritten_formulas", config=config)
    """

    formulas: str | None = None
    column: str = "norm"
    ink: str | None = None
    form: str = "handwritten"
    unsampled: str = "redraw"
    habits: Habits | None = None
    symbol_size: float | None = None
    held_out: float = 0.0
    seed: int = 0
    columns: tuple[str, ...] = ()
    prepared: bool = False
    max_tokens: int | None = None
    max_height: int = 160
    max_width: int = 480
    smallest: float = 0.7
    workers: int = 1

    def __post_init__(self):
        for name, choices in (("form", FORMS), ("unsampled", UNSAMPLED)):
            if getattr(self, name) not in choices:
                raise ValueError(f"`{name}` must be one of {choices}. Received: {name}={getattr(self, name)!r}")
        for name, least in (("max_height", 32), ("max_width", 32), ("workers", 1)):
            if not getattr(self, name) >= least:
                raise ValueError(f"`{name}` must be at least {least}. Received: {name}={getattr(self, name)}")
        if self.symbol_size is not None and not self.symbol_size > 0:
            raise ValueError(f"`symbol_size` must be more than 0 pixels. Received: symbol_size={self.symbol_size}")
        if not 0 <= self.held_out < 1:
            raise ValueError(f"`held_out` must be from 0 to less than 1. Received: held_out={self.held_out}")
        if not 0 < self.smallest <= 1:
            raise ValueError(f"`smallest` must be over 0 and at most 1. Received: smallest={self.smallest}")
        self.habits = self.habits or Habits()
