"""The recipe that calibrates confidence, with a reader whose errors are known."""

import itertools
import json
import math
import random

import numpy as np
import pytest
from PIL import Image

from keras_im2latex.markup import detokenize
from keras_im2latex.models import Confidence, Reading
from keras_im2latex.rendering import Page, available, render

pytestmark = pytest.mark.skipif(not available(), reason="TeX is not installed")
FORMULAS = [f"{a} _ {{ {b} }} + {c}" for a, b, c in itertools.product("xyzuvw", "ijkm", "abcdefgh")]
PAGES = {"own": Page(), "varied": Page(resolution=150, gamma=1.0)}


@pytest.fixture(scope="module")
def calibrate(load_recipe):
    return load_recipe("calibrate")


class HalfBlindReader:
    """Knows each picture's formula, and is the surer of its best hypothesis the oftener that is right."""

    def __init__(self):
        self._known = {}
        for page in PAGES.values():
            drawn = render([detokenize(formula) for formula in FORMULAS], page)
            self._known |= {rendering.image.tobytes(): formula for rendering, formula in zip(drawn, FORMULAS)}
        self._chance = random.Random(1)
        self.calls = 0

    def generate(self, pictures, beam_size, n_best, batch_size):
        self.calls += 1
        return [self._reading(self._known[picture.tobytes()]) for picture in pictures]

    def _reading(self, formula):
        share = self._chance.choice([0.1, 0.5, 0.9])
        offered = [formula.replace("+", "-"), formula.replace("+", "=")]
        # The true formula leads with this probability, and is otherwise second, or missing.
        place = 0 if self._chance.random() < share else self._chance.choice([1, 2])
        offered.insert(place, formula)
        scores = [math.log(share), math.log(0.05)]
        best, other = (
            Reading(detokenize(text), tuple(text.split()), score) for text, score in zip(offered[:2], scores)
        )
        return Reading(best.latex, best.tokens, best.score, (other,))


@pytest.fixture(scope="module")
def run(calibrate, tmp_path_factory):
    folder = tmp_path_factory.mktemp("calibration")
    path = folder / "formulas.txt"
    path.write_text("\n".join(FORMULAS) + "\n")
    (folder / "preset").mkdir()
    (folder / "preset" / "config.json").write_text(json.dumps({"metadata": {"description": "Half blind."}}))
    arguments = [
        "--formulas",
        path,
        "--number",
        96,
        "--varied-number",
        96,
        "--beam-size",
        2,
        "--output",
        folder,
        "--update-preset",
    ]
    arguments = [str(argument) for argument in [*arguments, "--preset", folder / "preset"]]
    reader = HalfBlindReader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibrate, "PAGES", PAGES)
        first = calibrate.main(arguments, lambda name: reader)
        calls = reader.calls
        again = calibrate.main(arguments, lambda name: reader)
    return folder, first, again, reader.calls - calls


def test_confidence_follows_the_share_that_is_right(run):
    folder, results, _, _ = run
    confidence = Confidence.from_dict(results["confidence"])
    sure, doubtful = confidence.of(math.log(0.9), 6), confidence.of(math.log(0.1), 6)
    assert sure > 0.7 > 0.35 > doubtful
    assert confidence.exact > 0.95
    assert results["share_right"]["verified, own pages"] > results["share_right"]["plain"] + 0.1
    assert results["expected_calibration_error"]["verified, own pages"] < 0.05
    stored = json.loads((folder / "preset" / "config.json").read_text())["metadata"]
    assert stored["description"] == "Half blind."
    assert Confidence.from_dict(stored["confidence"]) == confidence


def test_what_was_read_is_not_read_again(run):
    _, first, again, calls = run
    assert calls == 0
    assert again == first


def test_the_plot_shows_something(run):
    with Image.open(run[0] / "reliability.png") as picture:
        assert len(np.unique(np.asarray(picture.convert("L")))) > 10


def test_samples_share_no_formula(calibrate):
    chosen = calibrate.sample(50, 20, 10)
    assert [len(set(indices)) for indices in chosen.values()] == [20, 10]
    assert set(chosen["own"]).isdisjoint(chosen["varied"])


def test_less_alike_is_never_the_likelier(calibrate):
    generator = np.random.default_rng(2)
    features = np.column_stack([np.ones(2000), generator.normal(size=(2000, 2))])
    right = generator.random(2000) < 1 / (1 + np.exp(-features @ [0.0, 1.0, -2.0]))
    assert calibrate.fit_verified(features, right)[-1] == pytest.approx(-2.0, abs=0.3)
    features[:, -1] *= -1
    weights = calibrate.fit_verified(features, right)
    assert weights[-1] == 0.0
    assert weights[1] > 0.5
