"""How a dataset of rendered formulas stores its pictures, and which it drops."""

import dataclasses

import tensorflow_datasets as tfds


@dataclasses.dataclass(eq=False)
class PictureConfig(tfds.core.BuilderConfig):
    """What the builders that render formulas have in common.

    Attributes:
        columns: further columns to store, as text.
        prepared: store pictures as a model takes them (8 white pixels around, halved, 16 grey levels) instead
            of crops at full resolution, and leave out the raw formula.
        max_tokens: drop longer formulas.
        max_height: drop pictures higher than this once padded and halved, in pixels.
        max_width: drop pictures wider than this once padded and halved, in pixels.
        workers: TeX processes to run at once; `None` leaves the number to the renderer.
    """

    columns: tuple[str, ...] = ()
    prepared: bool = False
    max_tokens: int | None = None
    max_height: int | None = None
    max_width: int | None = None
    workers: int | None = None
