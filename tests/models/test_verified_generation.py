"""`generate(verify=True)` with a reader whose n best are known."""

import math

import numpy as np
import pytest
import tensorflow as tf

from keras_im2latex import cli
from keras_im2latex.decoding import Hypotheses
from keras_im2latex.markup import Vocabulary, detokenize
from keras_im2latex.models import Confidence, generation
from keras_im2latex.rendering import MissingTeX, available, render

needs_tex = pytest.mark.skipif(not available(), reason="TeX is not installed")
BEAM = ["x - y", r"\frac { x } {", "x + y", "x + z", "+ y"]
"""What the reader makes of every picture, the most probable first: the second does not compile."""


class FakeReader:
    """Reads the same hypotheses in every picture."""

    def __init__(self, beam=BEAM):
        self.vocabulary = Vocabulary([*"xyz+-{}", r"\frac"])
        self._beam = beam

    def search(self, image, size, *, beam_size=5, n_best=None, maximum_length=200, length_penalty=0.0):
        beam = [self.vocabulary.encode(formula.split()) for formula in self._beam[:beam_size]]
        length = max(map(len, beam)) + 1
        ended = [[*formula, *[self.vocabulary.end_id] * (length - len(formula))] for formula in beam]
        pictures = tf.shape(image)[0]
        scores = tf.constant([[-0.5 * (place + 1) for place in range(len(beam))]])
        return Hypotheses(tf.repeat(tf.constant([ended]), pictures, 0), tf.repeat(scores, pictures, 0))

    def generate(self, pictures, **options):
        return generation.generate(self, pictures, **options)


def drawn(formula):
    [rendering] = render([formula])
    return rendering.image


@needs_tex
def test_the_third_best_wins_where_its_drawing_is_the_picture():
    with_margin = np.pad(drawn("x + y"), 7, constant_values=255)
    assert FakeReader().generate(with_margin).latex == "x - y"
    reading = FakeReader().generate(with_margin, verify=True)
    assert (reading.latex, reading.tokens, reading.exact) == ("x + y", ("x", "+", "y"), True)
    assert reading.score == pytest.approx(-1.5)
    assert reading.alternatives == ()


@needs_tex
def test_each_picture_is_held_against_its_own_drawings():
    pictures = [drawn("x + z"), drawn("x - y"), b"no picture", drawn("x + y + z")]
    readings = FakeReader().generate(pictures, verify=True, n_best=5, on_error="keep")
    assert [reading.latex for reading in readings[:2]] == ["x + z", "x - y"]
    assert [reading.exact for reading in readings] == [True, True, None, False]
    assert readings[2].error.startswith("not a picture")
    for reading in (readings[0], readings[1], readings[3]):
        found = [each.latex for each in (reading, *reading.alternatives)]
        assert sorted(found) == sorted(detokenize(formula) for formula in BEAM)
        assert found[-1] == detokenize(BEAM[1])  # what does not compile


@needs_tex
def test_confidence_knows_of_the_drawing():
    reader = FakeReader()
    reader.confidence = Confidence(plain=(0.0,) * 4, verified=(-1.0,) + (0.0,) * 5, exact=0.99)
    plain = reader.generate(drawn("x + y"))
    exact, other = reader.generate([drawn("x + y"), drawn("x + y + z")], verify=True)
    assert (plain.confidence, exact.confidence) == (0.5, 0.99)
    assert other.confidence == pytest.approx(1 / (1 + math.e))


@needs_tex
def test_light_ink_on_dark_paper_is_exact_too():
    assert FakeReader().generate(255 - drawn("x + y"), verify=True).exact


def test_unverified_readings_say_so(make_model, pictures):
    reading = make_model().generate(pictures[0][..., 0], beam_size=2, n_best=2, maximum_length=5)
    assert reading.exact is None
    assert reading.alternatives[0].exact is None
    assert not math.isnan(reading.score)


def test_without_tex_nothing_is_read(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTeX, match=r"apt-get install .*Not found: pdftex"):
        FakeReader().generate("missing.png", verify=True)
    assert cli.main(["predict", "missing.png", "--verify"]) == 2
    assert capsys.readouterr().err.startswith("im2latex: --verify: Rendering needs LaTeX and dvipng.")
