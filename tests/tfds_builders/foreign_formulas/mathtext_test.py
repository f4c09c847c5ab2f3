import pytest

from tfds_builders.foreign_formulas.mathtext_renderer import MathtextRenderer
from tfds_builders.foreign_formulas.scale import x_height_share


def test_what_mathtext_refuses_or_lacks_a_glyph_for_costs_only_itself():
    formulas = ["x", r"\notacommand", r"\left( x", r"\substack { { k } \, { r } }", "\U00013000", "x"]
    with MathtextRenderer() as renderer:
        first, unknown, unclosed, mistaken, glyphless, last = renderer.draw(formulas, "cm", 30.0)
    assert (first.image == last.image).all()
    assert unknown.error == r"Unknown symbol: \notacommand"
    assert unclosed.error
    assert "not callable" in mistaken.error  # a TypeError of matplotlib's own
    assert "does not have a glyph" in glyphless.error
    assert {drawing.image is None for drawing in (unknown, unclosed, mistaken, glyphless)} == {True}


@pytest.mark.parametrize("font", MathtextRenderer.FONTS)
def test_the_em_that_a_font_is_drawn_at_gives_the_x_height_asked_for(font):
    with MathtextRenderer() as renderer:
        share = x_height_share(renderer, font)
        for x_height in (7.5, 15, 45):
            (drawing,) = renderer.draw(["x"], font, x_height / share)
            # Every row that ink touches counts here, two of them perhaps for the least part of an edge.
            assert -1 <= drawing.image.shape[0] - x_height <= 2
