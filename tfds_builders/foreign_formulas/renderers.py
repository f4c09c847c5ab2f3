"""The renderers by name."""

from tfds_builders.foreign_formulas.katex_renderer import KatexRenderer
from tfds_builders.foreign_formulas.mathjax_renderer import MathjaxRenderer
from tfds_builders.foreign_formulas.mathtext_renderer import MathtextRenderer
from tfds_builders.foreign_formulas.npm_packages import VERSIONS
from tfds_builders.foreign_formulas.tex_renderer import TexRenderer

_RENDERERS = {"katex": KatexRenderer, "mathjax": MathjaxRenderer, "mathtext": MathtextRenderer, "tex": TexRenderer}

FONTS = {name: renderer.FONTS for name, renderer in _RENDERERS.items()}
"""The fonts that each renderer has."""


def make_renderer(name, package_of):
    """Makes a renderer.

    Args:
        name: a key of `FONTS`.
        package_of: function from the name of an npm package to its folder, called for renderers that are one.

    Returns:
        A context manager that gives itself, with `draw(formulas, font, em)` that yields a `Drawing` for each formula.
    """
    return _RENDERERS[name](package_of(name)) if name in VERSIONS else _RENDERERS[name]()
