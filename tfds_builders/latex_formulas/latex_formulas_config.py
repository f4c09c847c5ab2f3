"""What a `latex_formulas` dataset is made of."""

import dataclasses

from tfds_builders.latex_formulas.picture_config import PictureConfig


@dataclasses.dataclass(eq=False)
class LatexFormulasConfig(PictureConfig):
    """Which formulas to render; `PictureConfig` says how to store their pictures.

    Attributes:
        formulas: a file of formulas or a folder of such files; `None` means the folder given as manual_dir.
        column: the column of a `.tsv` that holds the normalized tokens. Files without it are tokenized here.
        targets: `normalized`, the normalized tokens where a file has them; or `tokenized`, the tokens of the formula
            as its author wrote it, beside the same picture. Formulas of which a file holds only the normalized tokens
            are then refused.
        habits: arguments of `keras_im2latex.markup.Habits`, such as `{"fractions": 0.5}` or `{}`, to rewrite each
            formula as another author would have typed it, and draw that; `None` leaves them as they are.
        longer: arguments of `LongerFormulas`, such as `{"arrays": 0.5}` or `{}`, to put formulas together to longer
            ones first; `None` leaves them as they are.

    Raises:
        ValueError: when `targets` is neither, or is `tokenized` where there are `habits` or `longer`.

    Example:
        >>> config = LatexFormulasConfig(name="mine", formulas="formulas.tsv.xz", prepared=True)
        >>> builder = tfds.builder("latex_formulas", config=config)
    """

    formulas: str | None = None
    column: str = "norm"
    targets: str = "normalized"
    habits: dict | None = None
    longer: dict | None = None

    def __post_init__(self):
        if self.targets not in ("normalized", "tokenized"):
            raise ValueError(f"`targets` must be 'normalized' or 'tokenized'. Received: targets={self.targets!r}")
        for option in ("habits", "longer"):
            if getattr(self, option) is not None and self.targets != "normalized":
                raise ValueError(f"`targets` must be 'normalized' with `{option}`. Received: targets={self.targets!r}")
