"""The pictures of one renderer: every font, scale and disturbance in its share."""

import dataclasses
import itertools
import random
from collections import Counter

from tfds_builders.foreign_formulas.disturbance import KINDS, Disturbance
from tfds_builders.foreign_formulas.scale import own_x_height, x_height_share

_AT_ONCE = 100  # pictures that memory holds
_SEVERAL_EVERY = 3  # of the disturbed pictures, one in so many has several disturbances


@dataclasses.dataclass(frozen=True)
class ForeignPicture:
    """A formula as a foreign renderer drew it and as somebody took it.

    Attributes:
        formula: the `Formula` it is.
        tokens: its normalized tokens, separated by spaces.
        font: the renderer's font.
        scale: height of its x, as a multiple of that of IM2LATEX-100K's page.
        disturbance: `Disturbance`.
        image: uint8 array `(height, width, 3)`.
    """

    formula: object
    tokens: str
    font: str
    scale: float
    disturbance: Disturbance
    image: object


def draw_pictures(renderer, name, candidates, config, refused: Counter):
    """Draws one renderer's pictures, the same in every run.

    Args:
        renderer: what `make_renderer` made, entered.
        name: its name, a key of `config.fonts`.
        candidates: iterator of `(formula, tokens, latex)`. What the renderer refuses is replaced by what follows.
        config: `ForeignFormulasConfig`.
        refused: counts the formulas that the renderer did not draw, by reason.

    Yields:
        A `ForeignPicture` for each place of each scale; fewer when the candidates run out.
    """
    fonts = config.fonts[name]
    shares = {font: x_height_share(renderer, font) for font in fonts}
    for scale in config.scales:
        x_height = scale * own_x_height()
        kinds = _kinds(config, random.Random(f"{config.seed} {name} {scale} kinds"))
        places = [(font, kind) for font, kind in zip(itertools.cycle(fonts), kinds)]
        for font in sorted(set(fonts), key=fonts.index):
            kinds_here = [kind for place, kind in places if place == font]
            em = x_height / shares[font]
            for start in range(0, len(kinds_here), _AT_ONCE):
                some = kinds_here[start : start + _AT_ONCE]
                drawn = list(_draw(renderer, font, em, candidates, len(some), refused))
                for number, ((formula, tokens, _), drawing) in enumerate(drawn):
                    chance = random.Random(f"{config.seed} {name} {font} {scale} {formula.key}")
                    disturbance = Disturbance.of_kind(some[number], chance)
                    neighbour = drawn[number - 1][1].image
                    image = disturbance.apply(drawing.image, neighbour, x_height)
                    yield ForeignPicture(formula, tokens, font, scale, disturbance, image)


def _kinds(config, chance):
    """The kind of disturbance of each picture of a scale, shuffled."""
    plain = round(config.plain * config.per_scale)
    disturbed = config.per_scale - plain
    several = disturbed // _SEVERAL_EVERY
    # A rotation of the list by chance, so that what doesn't divide evenly falls on other kinds elsewhere.
    first = chance.randrange(len(KINDS))
    single = itertools.islice(itertools.cycle(KINDS[first:] + KINDS[:first]), disturbed - several)
    kinds = ["plain"] * plain + ["several"] * several + list(single)
    chance.shuffle(kinds)
    return kinds


def _draw(renderer, font, em, candidates, number, refused):
    """Draws until so many are drawn or no candidates are left."""
    left = number
    while left:
        some = list(itertools.islice(candidates, left))
        if not some:
            return
        for candidate, drawing in zip(some, renderer.draw([latex for *_, latex in some], font, em), strict=True):
            if drawing.error:
                refused[drawing.error] += 1
            else:
                left -= 1
                yield candidate, drawing
