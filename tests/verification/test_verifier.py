"""Which candidate wins, by pictures whose formula is known."""

import numpy as np
import pytest
from PIL import Image

from keras_im2latex.rendering import Page, available, render
from keras_im2latex.verification import Candidate, GivenPicture, Verifier
from keras_im2latex.verification.picture_match import laid_together

pytestmark = pytest.mark.skipif(not available(), reason="TeX is not installed")


def drawn(formula, page=Page()):  # noqa: B008
    [rendering] = render([formula], page)
    return rendering.image


def candidates(*formulas):
    """The more probable first, as a reader gives them."""
    return [Candidate(formula, score=-1.0 - place) for place, formula in enumerate(formulas)]


def test_the_right_formula_wins_from_any_rank():
    right = [r"\frac{a}{b} + c", r"x^2 - y", r"\int f(x)\,dx"]
    wrong = [[r"\frac{a}{b} - c", r"\frac{a}{h} + c"], [r"x^2 - g"], [r"\int f(x) dx", r"\int f(x)\;dx"]]
    offered = [candidates(*wrong[0], right[0]), candidates(right[1], *wrong[1]), candidates(*wrong[2], right[2])]
    found = Verifier().verify([drawn(formula) for formula in right], offered)
    assert [ordered[0].latex for ordered in found] == right
    assert [[each.exact for each in ordered] for ordered in found] == [[True, *[False] * len(some)] for some in wrong]
    assert [sorted(each.latex for each in ordered) for ordered in found] == [
        sorted(each.latex for each in some) for some in offered
    ]


def test_what_does_not_compile_loses_even_to_what_is_far_off():
    [ordered] = Verifier().verify([drawn("x + y")], [candidates(r"x + \undefined y", r"{x + y", r"\Omega")])
    assert ordered[0].latex == r"\Omega"
    assert not any(each.exact for each in ordered)
    assert [each.error is None for each in ordered] == [True, False, False]
    assert "Undefined control sequence" in ordered[1].error


def test_ties_go_to_the_better_log_probability():
    offered = [Candidate(r"{x} + y", score=-3.0), Candidate("x + y", score=-2.0), Candidate("x+y", score=-2.5)]
    [ordered] = Verifier().verify([drawn("x + y")], [offered])
    assert [each.score for each in ordered] == [-2.0, -2.5, -3.0]
    assert all(each.exact for each in ordered)


def test_the_nearest_wins_where_none_is_exact():
    [ordered] = Verifier().verify([drawn(r"a + b = c + d")], [candidates("a + b", "a + b = c + e", "g - h")])
    assert [each.latex for each in ordered] == ["a + b = c + e", "a + b", "g - h"]
    assert not ordered[0].exact
    assert ordered[0].column_distance < ordered[1].column_distance


@pytest.mark.parametrize("page", [Page(resolution=320, gamma=1.0), Page(resolution=110, gamma=1.5, spread=0.0)])
def test_a_picture_of_another_size_and_ink_is_told_by_its_likeness(page):
    right = r"\sum_{i=1}^n \frac{x_i^2}{2}"
    offered = candidates(r"\sum_{i=1} \frac{x_i^2}{2}", r"\sum_{i=1}^n \frac{x_i}{2}", right)
    [ordered] = Verifier().verify([drawn(right, page)], [offered])
    assert ordered[0].latex == right
    assert ordered[0].exact is False


def test_pictures_at_half_the_resolution():
    from keras_im2latex.images import prepare_picture
    from keras_im2latex.pixels import crop_to_ink

    halved = crop_to_ink(prepare_picture(drawn(r"\alpha + \beta"))[..., 0])
    [ordered] = Verifier(halved=True).verify([halved], [candidates(r"\alpha + b", r"\alpha + \beta")])
    assert (ordered[0].latex, ordered[0].exact) == (r"\alpha + \beta", True)


def test_every_distinct_formula_is_drawn_once(monkeypatch):
    from keras_im2latex.verification import verifier

    seen = []

    def noted(formulas, *arguments, **options):
        seen.append(list(formulas))
        return render(formulas, *arguments, **options)

    monkeypatch.setattr(verifier, "render", noted)
    Verifier().verify([drawn("x"), drawn("y")], [candidates("x", "y"), candidates("y", "x")])
    assert [sorted(some) for some in seen] == [["x", "y"]]


def test_nothing_to_verify():
    assert Verifier().verify([], []) == []
    assert Verifier().verify([drawn("x")], [[]]) == [[]]


def test_likeness_does_not_depend_on_size():
    picture = drawn(r"\sqrt{x + 1}")
    twice = np.asarray(Image.fromarray(picture).resize((2 * picture.shape[1], 2 * picture.shape[0])))
    assert GivenPicture(twice).unlikeness(picture) < 0.02
    assert GivenPicture(picture).unlikeness(drawn(r"\sqrt{x - 2}")) > 0.02


def test_pictures_are_laid_on_each_other_by_their_rows():
    generator = np.random.default_rng(0)
    low = generator.choice([0, 255], (6, 9)).astype(np.uint8)
    tall = np.concatenate([np.full((3, 9), 255, np.uint8), low, generator.choice([250, 255], (2, 9)).astype(np.uint8)])
    first, second = laid_together(tall, low)
    assert first.shape == second.shape == (11, 9)
    np.testing.assert_array_equal(second[3:9], low)
    assert (second[:3] == 255).all()
    assert (second[9:] == 255).all()
