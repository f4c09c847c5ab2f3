"""What happens to a formula between its renderer and somebody's clipboard."""

import dataclasses
import io
import random

import numpy as np
from PIL import Image, ImageFilter

KINDS = ("colour", "dark", "jpeg", "blur", "rotation", "loose", "neighbour")
"""The kinds of disturbance."""

_PAPERS = ("#f6f0e0", "#eeeeee", "#e3ecf7", "#fdf6e3", "#e8f3e4", "#d9d9d9", "#fff7c9")
_INKS = ("#111111", "#333333", "#24292e", "#1a237e", "#7f1d1d", "#004d40", "#555555")
_DARK_PAPERS = ("#000000", "#1e1e1e", "#0d1117", "#282c34", "#002b36", "#36393f")
_LIGHT_INKS = ("#ffffff", "#e6edf3", "#d4d4d4", "#abb2bf", "#eee8d5", "#ffd866")
_QUALITIES = (25, 40, 60, 80)
_SIDES = ("top", "bottom", "left", "right")
_TIGHT = 2


@dataclasses.dataclass(frozen=True)
class Disturbance:
    """How a picture is taken. `Disturbance()` is a screenshot cut close to black ink on white paper.

    Lengths are in heights of an x, so that a disturbance means the same at every scale.

    Attributes:
        kind: `"plain"`, one of `KINDS`, or `"several"`.
        paper: colour of the paper, `#rrggbb`.
        ink: colour of the ink.
        jpeg_quality: quality of a JPEG file in between, 0 for none.
        blur: standard deviation of a Gaussian.
        rotation: degrees, counterclockwise.
        margins: paper left, above, right and below, beside the two pixels that are always there.
        neighbour: side from which another formula's ink reaches into the picture, or `""`.
        gap: distance of that ink.
        reach: how much of that ink is seen.
    """

    kind: str = "plain"
    paper: str = "#ffffff"
    ink: str = "#000000"
    jpeg_quality: int = 0
    blur: float = 0.0
    rotation: float = 0.0
    margins: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    neighbour: str = ""
    gap: float = 0.0
    reach: float = 0.0

    @classmethod
    def of_kind(cls, kind, chance: random.Random) -> "Disturbance":
        """Draws one at random.

        Args:
            kind: `"plain"`, one of `KINDS`, or `"several"` for two or three of them together.
            chance: where randomness comes from.
        """
        kinds = {kind}
        if kind == "several":
            kinds = set(chance.sample(KINDS, chance.choice((2, 3))))
            if {"colour", "dark"} <= kinds:
                kinds.discard("colour")
                kinds.add(chance.choice(KINDS[2:]))
        # Each kind draws its numbers in a fixed order.
        options = {}
        if "colour" in kinds:
            options |= {"paper": chance.choice(_PAPERS), "ink": chance.choice(_INKS)}
        if "dark" in kinds:
            options |= {"paper": chance.choice(_DARK_PAPERS), "ink": chance.choice(_LIGHT_INKS)}
        if "jpeg" in kinds:
            options["jpeg_quality"] = chance.choice(_QUALITIES)
        if "blur" in kinds:
            options["blur"] = round(chance.uniform(0.03, 0.08), 3)
        if "rotation" in kinds:
            options["rotation"] = round(chance.choice((-1, 1)) * chance.uniform(0.5, 2.0), 2)
        if "loose" in kinds:
            options["margins"] = tuple(round(chance.uniform(0.5, limit), 2) for limit in (8.0, 4.0, 8.0, 4.0))
        if "neighbour" in kinds:
            options["neighbour"] = chance.choice(_SIDES)
            options |= {"gap": round(chance.uniform(0.6, 1.2), 2), "reach": round(chance.uniform(0.2, 0.6), 2)}
        return cls(kind=kind, **options)

    @property
    def light_on_dark(self) -> bool:
        """Whether the ink is lighter than the paper."""
        return sum(_rgb(self.ink)) > sum(_rgb(self.paper))

    def apply(self, image, neighbour, x_height) -> np.ndarray:
        """Takes the picture.

        Args:
            image: uint8 array `(height, width)`, black on white and cropped to its ink.
            neighbour: the same of another formula, of which a strip may be seen.
            x_height: height of an x in pixels.

        Returns:
            A uint8 array `(height, width, 3)`.
        """
        left, above, right, below = (round(margin * x_height) + _TIGHT for margin in self.margins)
        page = np.pad(image, ((above, below), (left, right)), constant_values=255)
        if self.neighbour:
            page = self._with_strip(page, neighbour, x_height)
        picture = Image.fromarray(page)
        if self.rotation:
            picture = picture.rotate(self.rotation, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
        if self.blur:
            picture = picture.filter(ImageFilter.GaussianBlur(self.blur * x_height))
        share = np.arange(256, dtype=np.float32)[:, None] / 255
        colours = share * np.array(_rgb(self.paper)) + (1 - share) * np.array(_rgb(self.ink))
        pixels = np.rint(colours).astype(np.uint8)[np.asarray(picture)]
        if not self.jpeg_quality:
            return pixels
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "JPEG", quality=self.jpeg_quality)
        return np.asarray(Image.open(buffer).convert("RGB"))

    def _with_strip(self, page, neighbour, x_height):
        """Lays the near edge of a neighbour beside a page; all four sides are brought to the top first."""
        turns = {"top": 0, "right": 1, "bottom": 2, "left": 3}[self.neighbour]
        page, neighbour = np.rot90(page, turns), np.rot90(neighbour, turns)
        strip = neighbour[-max(round(self.reach * x_height), 1) :]
        width = page.shape[1]
        strip = strip[:, np.flatnonzero((strip < 255).any(axis=0))[0] :][:, :width]
        strip = np.pad(strip, ((0, 0), (0, width - strip.shape[1])), constant_values=255)
        gap = np.full((max(round(self.gap * x_height) - _TIGHT, 0), width), 255, np.uint8)
        return np.rot90(np.concatenate([strip, gap, page]), -turns)


def _rgb(colour):
    return tuple(bytes.fromhex(colour[1:]))
