"""How a dataset of rendered formulas stores its pictures, and which it drops."""

import dataclasses

import tensorflow_datasets as tfds

FOR_TRAINING = {"prepared": True, "max_tokens": 150, "max_height": 160, "max_width": 480}
"""The options of every config to train on: pictures as a model takes them, and the paper's limits."""


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
        variety: arguments of `keras_im2latex.rendering.PageVariety`, such as `{"seed": 1}` or `{}`, to draw with many
            fonts, sizes, resolutions and inks; `None` draws all on the page of IM2LATEX-100K.
    """

    columns: tuple[str, ...] = ()
    prepared: bool = False
    max_tokens: int | None = None
    max_height: int | None = None
    max_width: int | None = None
    workers: int | None = None
    variety: dict | None = None
