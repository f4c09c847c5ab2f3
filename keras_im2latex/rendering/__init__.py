"""LaTeX to pictures with a sandboxed TeX, and the comparison of two pictures."""

from keras_im2latex.rendering.page import FONTS, Page
from keras_im2latex.rendering.pipeline import available, render
from keras_im2latex.rendering.rendered_formula import Rendering

__all__ = ["FONTS", "Page", "Rendering", "available", "render"]
