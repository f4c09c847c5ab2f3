import collections
import dataclasses
import random

import numpy as np
import pytest

from tfds_builders.foreign_formulas.disturbance import KINDS, Disturbance
from tfds_builders.foreign_formulas.drawing import Drawing
from tfds_builders.foreign_formulas.foreign_formulas_config import ForeignFormulasConfig
from tfds_builders.foreign_formulas.pictures import draw_pictures

INK = np.zeros((20, 60), np.uint8)
INK[5:15, 5:55] = 255  # a frame
NEIGHBOUR = np.zeros((30, 90), np.uint8)
FIELDS = {
    "plain": set(),
    "colour": {"paper", "ink"},
    "dark": {"paper", "ink"},
    "jpeg": {"jpeg_quality"},
    "blur": {"blur"},
    "rotation": {"rotation"},
    "loose": {"margins"},
    "neighbour": {"neighbour", "gap", "reach"},
}


def changed(disturbance):
    plain = Disturbance()
    fields = {field.name for field in dataclasses.fields(Disturbance)} - {"kind"}
    return {name for name in fields if getattr(disturbance, name) != getattr(plain, name)}


def test_plain_is_the_drawing_with_two_pixels_of_paper():
    image = Disturbance().apply(INK, NEIGHBOUR, 15)
    np.testing.assert_array_equal(image, np.pad(INK, 2, constant_values=255)[..., None].repeat(3, -1))


@pytest.mark.parametrize("kind", FIELDS)
def test_each_kind_changes_only_what_is_its_own(kind):
    for seed in range(30):
        disturbance = Disturbance.of_kind(kind, random.Random(seed))
        assert changed(disturbance) == FIELDS[kind]
        assert disturbance == Disturbance.of_kind(kind, random.Random(seed))
        image = disturbance.apply(INK, NEIGHBOUR, 15)
        assert image.dtype == np.uint8
        assert disturbance.light_on_dark == (kind == "dark")
        if kind in ("colour", "dark"):
            paper, ink = image[0, 0].astype(int).sum(), image[2, 2].astype(int).sum()
            assert abs(paper - ink) > 150
            assert (ink > paper) == (kind == "dark")


def test_several_are_two_or_three_that_go_together():
    several = [Disturbance.of_kind("several", random.Random(seed)) for seed in range(300)]
    numbers = collections.Counter(
        sum(FIELDS[kind] <= changed(disturbance) for kind in KINDS if kind != "dark") for disturbance in several
    )
    assert set(numbers) == {2, 3}
    assert min(numbers.values()) > 60


@pytest.mark.parametrize(("side", "turns"), [("top", 0), ("right", 1), ("bottom", 2), ("left", 3)])
def test_a_neighbour_reaches_in_from_its_side_and_leaves_the_formula_alone(side, turns):
    image = Disturbance(neighbour=side, gap=0.8, reach=0.4).apply(INK, NEIGHBOUR, 15)[..., 0]
    upright = np.rot90(image, turns)
    assert upright.shape[0] == np.rot90(INK, turns).shape[0] + 4 + 6 + 10  # reach 6, gap 12 less the margin
    assert (upright[:6] == 0).any(axis=1).all()
    assert (upright[6:18] == 255).all()
    np.testing.assert_array_equal(upright[18:-2, 2:-2], np.rot90(INK, turns))


def test_blur_and_margins_mean_the_same_at_every_scale():
    line = np.zeros((4, 400), np.uint8)
    spread = []
    for x_height in (15, 30):
        column = Disturbance(blur=0.08).apply(np.kron(line, np.ones((x_height // 15, 1), np.uint8)), line, x_height)
        ink = 255.0 - column[:, 200, 0]
        center = (ink * np.arange(len(ink))).sum() / ink.sum()
        spread.append(((ink * (np.arange(len(ink)) - center) ** 2).sum() / ink.sum()) ** 0.5)
    assert 1.5 < spread[1] / spread[0] < 2.2
    loose = Disturbance(margins=(1.0, 2.0, 3.0, 4.0))
    assert loose.apply(INK, INK, 10).shape == (20 + 4 + 60, 60 + 4 + 40, 3)
    assert loose.apply(INK, INK, 20).shape == (20 + 4 + 120, 60 + 4 + 80, 3)


class Rectangles:
    """Draws each formula as a block as high as its em's tenth; refuses some."""

    def draw(self, formulas, font, em):
        for formula in formulas:
            if formula.endswith("7"):
                yield Drawing(error="unlucky")
            else:
                yield Drawing.of_page(np.zeros((round(em / 10), 50), np.uint8))


@dataclasses.dataclass
class Named:
    key: str


def pictures(**options):
    config = ForeignFormulasConfig(name="test", fonts={"mathtext": ("cm", "stix")}, **options)
    candidates = ((Named(str(number)), str(number), str(number)) for number in range(500))
    refused = collections.Counter()
    return list(draw_pictures(Rectangles(), "mathtext", candidates, config, refused)), refused


def test_scales_fonts_and_disturbances_come_in_their_shares():
    found, refused = pictures(scales=(0.5, 2.0), per_scale=64)
    assert collections.Counter((picture.scale, picture.font) for picture in found) == {
        (scale, font): 32 for scale in (0.5, 2.0) for font in ("cm", "stix")
    }
    assert refused == {"unlucky": len([number for number in range(128 + 14) if number % 10 == 7])}
    for scale in (0.5, 2.0):
        kinds = collections.Counter(picture.disturbance.kind for picture in found if picture.scale == scale)
        assert kinds["plain"] == 32
        assert kinds["several"] == 10
        assert all(kinds[kind] in (3, 4) for kind in KINDS)


def test_scale_is_the_height_of_an_x():
    found, _ = pictures(scales=(0.5, 2.0), per_scale=4, plain=1.0)
    heights = {picture.scale: picture.image.shape[0] - 4 for picture in found}
    # These rectangles are as high as this renderer's x.
    assert heights == {0.5: round(0.5 * 15), 2.0: 30}


def test_candidates_that_run_out_leave_fewer_pictures():
    found, refused = pictures(scales=(1.0,), per_scale=1000)
    assert len(found) == 450
    assert refused == {"unlucky": 50}
