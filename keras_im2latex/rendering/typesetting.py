"""What became of one formula: where TeX put its characters, or why it did not."""

import dataclasses

from keras_im2latex.rendering.glyph import Glyph
from keras_im2latex.rendering.rule import Rule


@dataclasses.dataclass(frozen=True)
class Typesetting:
    """A formula's characters and rules in the order TeX set them, or the reason why there are none.

    Args:
        glyphs: tuple of `Glyph`.
        rules: tuple of `Rule`. Those without width or height, which draw nothing, are left out.
        error: str or `None`. As in `Rendering`.
    """

    glyphs: tuple[Glyph, ...] = ()
    rules: tuple[Rule, ...] = ()
    error: str | None = None
