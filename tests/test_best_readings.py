"""What becomes of a search's hypotheses, by hand."""

import pytest

from keras_im2latex.best_readings import best_readings
from keras_im2latex.confidence import Confidence

SOUND = ["x + y", "x - y", "{ x", "y"]
NARROW = [r"\begin{array} { c } a & b \end{array}", r"\begin{array} { c c } a & b \end{array}", "a b", "a"]
WIDENED = r"\begin{array} { c c } a & b \end{array}"
BROKEN = ["{ x", r"\left( x", r"x ^ { 2 }", "x ^ 2"]
HOPELESS = ["{ x", "x }", r"\left( x", "{ }"]
BEAMS = {"sound": SOUND, "narrow": NARROW, "broken": BROKEN, "hopeless": HOPELESS}
OPTIONS = {"n_best": 2, "beam_size": 4, "length_penalty": 1.0}
IN_ORDER = {
    "sound": ["x + y", "x - y"],
    "narrow": [WIDENED, WIDENED],
    "broken": ["x ^ { 2 }", "{ x"],
    "hopeless": ["{ x", "x }"],
}


class Search:
    """Finds known hypotheses, and remembers what it was asked; the hopeless one's last has no probability."""

    def __init__(self):
        self.calls = []

    def __call__(self, pictures, count):
        self.calls.append((list(pictures), count))
        scores = [-1.0, -2.0, -3.0, float("-inf")]
        return [
            [(tuple(formula.split()), score) for formula, score in zip(BEAMS[picture], scores)][:count]
            for picture in pictures
        ]


def formulas(reading):
    return [" ".join(each.tokens) for each in (reading, *reading.alternatives)]


@pytest.mark.parametrize("length_penalty", [0.0, 1.0])
def test_the_first_that_is_well_formed_comes_before_the_others(length_penalty):
    readings = best_readings(Search(), list(BEAMS), **{**OPTIONS, "length_penalty": length_penalty})
    assert dict(zip(BEAMS, map(formulas, readings), strict=True)) == IN_ORDER
    broken = readings[2]
    assert [each.score for each in (broken, *broken.alternatives)] == [-3.0, -1.0]
    assert broken.latex == "x^2"


def test_only_pictures_without_a_well_formed_reading_are_searched_again():
    search = Search()
    best_readings(search, list(BEAMS), **{**OPTIONS, "length_penalty": 0.0})
    assert search.calls == [(list(BEAMS), 2), (["broken", "hopeless"], 4)]
    search.calls.clear()
    best_readings(search, ["sound", "narrow"], **{**OPTIONS, "length_penalty": 0.0})
    assert search.calls == [(["sound", "narrow"], 2)]


@pytest.mark.parametrize("changed", [{"length_penalty": 1.0}, {"n_best": 4}])
def test_nothing_is_searched_again_where_all_have_ended(changed):
    search = Search()
    best_readings(search, list(BEAMS), **{**OPTIONS, "length_penalty": 0.0, **changed})
    assert search.calls == [(list(BEAMS), 4)]


def test_greedy_search_has_its_arrays_widened_alone():
    search = Search()
    readings = best_readings(search, list(BEAMS), n_best=1, beam_size=1, length_penalty=0.0)
    assert [formulas(reading) for reading in readings] == [["x + y"], [WIDENED], ["{ x"], ["{ x"]]
    assert search.calls == [(list(BEAMS), 1)]


def test_the_search_alone():
    search = Search()
    readings = best_readings(search, list(BEAMS), **OPTIONS, well_formed=False)
    assert [formulas(reading) for reading in readings] == [beam[:2] for beam in BEAMS.values()]
    assert search.calls == [(list(BEAMS), 2)]


def test_confidence_is_that_of_the_reading():
    confidence = Confidence(plain=(1.0, -0.5, 2.0, 0.1), verified=(0.0,) * 6, exact=1.0)
    [broken, narrow] = best_readings(Search(), ["broken", "narrow"], **OPTIONS, confidence=confidence)
    assert broken.confidence == confidence.of(-3.0, 5)
    assert narrow.confidence == confidence.of(-1.0, len(WIDENED.split()))
    assert broken.alternatives[0].confidence is None
