"""Pages of many looks, for pictures that other people's look like as well."""

import dataclasses
import functools
import hashlib
import math
import random

from keras_im2latex.rendering.font_family import FONT_FAMILIES
from keras_im2latex.rendering.page import Page


@dataclasses.dataclass(frozen=True)
class PageVariety:
    """A number of pages drawn at random, and a page among them for each formula.

    A model that has seen one renderer reads no other: typefaces, scale, and the darkness of strokes must vary in
    what it learns from. A formula's page depends on its text and the seed alone, so that any part of a collection,
    in any order, gives the same pictures.

    Args:
        number: int. How many pages. Each needs TeX runs of its own: few make rendering fast. Default 40.
        seed: int. What chooses the pages, and the page of a formula. Default 0.
        font_families: tuple of str. Keys of `FONT_FAMILIES`, all about equally often. Default: all.
        font_sizes: tuple of int. Sizes of the text, in points. Default 10, 11 and 12.
        weights: tuple of str. What is named twice comes twice as often; a family without bold mathematics is
            medium. On a bold page `\\mathbf` can't be told from other letters: name medium alone where it must be.
            Default: one page in four is bold.
        resolutions: tuple of two ints. Lowest and highest resolution, in pixels an inch. Default 140 and 280.
        gammas: tuple of float. Exponents of darkness, as in `Page`. Default 1, 1.5, 2.5 and `math.inf`.
        spreads: tuple of two floats. Least and most ink lent downwards, as in `Page`. Default 0 and 0.4.
        page: `Page`. What gives packages, preamble and harmless commands to all pages. Default `Page()`.

    Example:
    ```python
    variety = PageVariety(seed=1, font_families=("times", "palatino"))
    variety.page_of("x^2").font_family
    renderings = render(formulas, variety)
    ```
    """

    number: int = 40
    seed: int = 0
    font_families: tuple[str, ...] = tuple(FONT_FAMILIES)
    font_sizes: tuple[int, ...] = (10, 11, 12)
    weights: tuple[str, ...] = ("medium", "medium", "medium", "bold")
    resolutions: tuple[int, int] = (140, 280)
    gammas: tuple[float, ...] = (1.0, 1.5, 2.5, math.inf)
    spreads: tuple[float, float] = (0.0, 0.4)
    page: Page = dataclasses.field(default_factory=Page)

    def __post_init__(self):
        if self.number < 1:
            raise ValueError(f"`number` must be at least 1. Received: number={self.number}")
        for name in ("font_families", "font_sizes", "weights", "resolutions", "gammas", "spreads"):
            values = tuple(getattr(self, name))
            object.__setattr__(self, name, values)
            if not values:
                raise ValueError(f"`{name}` must name at least one. Received: {name}={values}")
        for name in ("resolutions", "spreads"):
            values = getattr(self, name)
            if len(values) != 2 or values[0] > values[1]:
                raise ValueError(f"`{name}` must be the lowest and the highest. Received: {name}={values}")
        for family in self.font_families:
            for size in self.font_sizes:
                dataclasses.replace(self.page, font_family=family, font_size=size, weight="medium")
        for name in ("resolutions", "gammas", "spreads"):
            for value in getattr(self, name):
                dataclasses.replace(self.page, weight="medium", **{name.removesuffix("s"): value})
        for weight in self.weights:
            if weight != "bold":
                dataclasses.replace(self.page, weight=weight)

    @functools.cached_property
    def pages(self):
        """The pages, a tuple of `Page`."""
        chance = random.Random(f"keras_im2latex pages {self.seed}")
        families = list(self.font_families)
        chance.shuffle(families)
        # A typeface costs TeX a format of its own, a resolution or an ink do not: so two pages share a typeface.
        typefaces = [self._typeface(families[place % len(families)], chance) for place in range(-(-self.number // 2))]
        return tuple(
            dataclasses.replace(
                self.page,
                **typefaces[place % len(typefaces)],
                resolution=chance.randint(*self.resolutions),
                gamma=chance.choice(self.gammas),
                spread=round(chance.uniform(*self.spreads), 2),
            )
            for place in range(self.number)
        )

    def page_of(self, formula):
        """Returns the `Page` of a formula, given as str or bytes."""
        text = formula if isinstance(formula, bytes) else formula.encode("utf-8", "surrogatepass")
        digest = hashlib.blake2b(text, digest_size=8, key=str(self.seed).encode()).digest()
        return self.pages[int.from_bytes(digest, "big") % len(self.pages)]

    def _typeface(self, family, chance):
        size, weight = chance.choice(self.font_sizes), chance.choice(self.weights)
        return {
            "font_family": family,
            "font_size": size,
            "weight": weight if FONT_FAMILIES[family].bold else "medium",
        }
