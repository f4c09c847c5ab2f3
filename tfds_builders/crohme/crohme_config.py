"""What a `crohme` dataset is made of."""

import dataclasses

import tensorflow_datasets as tfds

from tfds_builders.crohme.ink_variation import InkVariation
from tfds_builders.crohme.stroke_pictures import STROKE_WIDTH, SYMBOL_SIZE


@dataclasses.dataclass(eq=False)
class CrohmeConfig(tfds.core.BuilderConfig):
    """How ink becomes pictures, and which files make which split.

    Attributes:
        ink: the folder that holds the archives or folders of ink; `None` means the folder given as manual_dir.
        splits: patterns of names there, by split, in any case. A split without a match is left out.
        prepared: store pictures as a model takes them (8 white pixels around, halved, 16 grey levels) instead of crops
            at full resolution.
        symbol_size: longer side of a usual stroke, in pixels before halving.
        stroke_width: width of the pen, in pixels before halving.
        max_height: draw a formula smaller that would be higher than this once padded and halved, in pixels.
        max_width: draw a formula smaller that would be wider than this once padded and halved, in pixels.
        held_out: share of the writers of the split `train` whose files make the split `validation` instead.
        variants: further drawings of each formula of the split `train`, varied.
        variation: how far they are varied; `None` for `InkVariation()`.
        seed: what chooses how each is varied.
        with_ink: whether strokes and symbols are stored beside the pictures.

    Example:
        >>> config = CrohmeConfig(name="mine", splits={"train": ("*.zip",)}, prepared=True)
        >>> builder = tfds.builder("crohme", config=config)
    """

    ink: str | None = None
    splits: dict[str, tuple[str, ...]] = dataclasses.field(
        default_factory=lambda: {
            "train": ("*train*",),
            **{f"test_{year}": (f"*test*{year}*", f"*{year}*test*") for year in (2013, 2014, 2016, 2019)},
        }
    )
    prepared: bool = False
    symbol_size: float = SYMBOL_SIZE
    stroke_width: float = STROKE_WIDTH
    max_height: int = 160
    max_width: int = 480
    held_out: float = 0.0
    variants: int = 0
    variation: InkVariation | None = None
    seed: int = 0
    with_ink: bool = True

    def __post_init__(self):
        for name in ("symbol_size", "stroke_width"):
            if not getattr(self, name) > 0:
                raise ValueError(f"`{name}` must be more than 0 pixels. Received: {name}={getattr(self, name)}")
        for name in ("max_height", "max_width"):
            if not getattr(self, name) >= 32:
                raise ValueError(f"`{name}` must be at least 32 pixels. Received: {name}={getattr(self, name)}")
        if not 0 <= self.held_out < 1:
            raise ValueError(f"`held_out` must be from 0 to less than 1. Received: held_out={self.held_out}")
        if not self.variants >= 0:
            raise ValueError(f"`variants` must be at least 0. Received: variants={self.variants}")
        self.variation = self.variation or InkVariation()
