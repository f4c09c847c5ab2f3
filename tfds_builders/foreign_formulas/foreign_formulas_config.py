"""What a `foreign_formulas` dataset is made of."""

import dataclasses

import tensorflow_datasets as tfds

from tfds_builders.foreign_formulas.renderers import FONTS

_SPLITS = ("validation", "train")


@dataclasses.dataclass(eq=False)
class ForeignFormulasConfig(tfds.core.BuilderConfig):
    """Which formulas to draw, with what, how large and how often.

    Attributes:
        formulas: a file of formulas or a folder of such files; `None` means the folder given as manual_dir.
        split: `"validation"` or `"train"`. The dataset has this one split; of a file that has a column `split`, it
            takes these formulas only, of any other file all.
        packages: folder of the npm packages katex and mathjax; `None` means manual_dir, and what is not there is
            asked of npm.
        fonts: the fonts of each renderer to draw with; a font named twice comes twice as often.
        scales: heights of an x, as multiples of that of IM2LATEX-100K's page (12 points at 200 dots an inch).
        per_scale: pictures of each renderer at each scale.
        plain: share of them without a disturbance.
        seed: what chooses formulas and disturbances.
        prepared: store pictures as the model takes them, by `keras_im2latex.images.prepare_picture`, in 16 grey
            levels, and leave out those that are then over the limits; otherwise as they were taken, in colour.
        magnification: how many times larger than on the model's page prepared pictures are.
        habits: arguments of `keras_im2latex.markup.Habits`, such as `{"fractions": 0.5}` or `{}`, to rewrite each
            formula as another author would have typed it; None for as it stands.
        max_tokens: leave out longer formulas.
        max_height: leave out formulas higher than this on IM2LATEX-100K's page, padded and halved, in pixels.
        max_width: leave out formulas wider than this there.

    Raises:
        ValueError: when an option is none of those named here.

    Example:
        >>> config = ForeignFormulasConfig(name="mine", formulas="formulas.txt.xz", fonts={"mathtext": ("stix",)})
        >>> builder = tfds.builder("foreign_formulas", config=config)
    """

    formulas: str | None = None
    split: str = "validation"
    packages: str | None = None
    fonts: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=lambda: dict(FONTS))
    scales: tuple[float, ...] = (0.5, 0.7, 1.0, 1.4, 2.0, 3.0)
    per_scale: int = 64
    plain: float = 0.5
    seed: int = 0
    prepared: bool = False
    magnification: float = 1.0
    habits: dict | None = None
    max_tokens: int = 150
    max_height: int = 160
    max_width: int = 480

    def __post_init__(self):
        if self.split not in _SPLITS:
            raise ValueError(f"`split` must be one of {_SPLITS}. Received: split={self.split!r}")
        unknown = [
            f"{renderer} {font}"
            for renderer, fonts in self.fonts.items()
            for font in fonts
            if font not in FONTS.get(renderer, ())
        ]
        if unknown or not self.fonts or not all(self.fonts.values()):
            raise ValueError(f"`fonts` must name renderers and fonts out of {FONTS}. Received: fonts={self.fonts}")
        if not self.scales or not all(0.25 <= scale <= 4 for scale in self.scales):
            raise ValueError(f"`scales` must be from 0.25 to 4, at least one. Received: scales={self.scales}")
        if self.per_scale < 1 or not 0 <= self.plain <= 1:
            raise ValueError(
                "`per_scale` must be at least 1 and `plain` from 0 to 1. "
                f"Received: per_scale={self.per_scale}, plain={self.plain}"
            )
