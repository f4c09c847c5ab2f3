"""LaTeX to pictures with a sandboxed TeX, and the comparison of two pictures."""

from keras_im2latex.rendering.font_family import FONT_FAMILIES, FontFamily
from keras_im2latex.rendering.glyph import Glyph
from keras_im2latex.rendering.ink import encode_png
from keras_im2latex.rendering.page import FONT_SIZES, WEIGHTS, Page
from keras_im2latex.rendering.page_variety import PageVariety
from keras_im2latex.rendering.picture_folder import PictureFolder
from keras_im2latex.rendering.render import render
from keras_im2latex.rendering.rendering import Rendering
from keras_im2latex.rendering.rendering_journal import RenderingJournal
from keras_im2latex.rendering.rule import Rule
from keras_im2latex.rendering.sandbox import MissingTeX, available
from keras_im2latex.rendering.typeset import typeset
from keras_im2latex.rendering.typesetting import Typesetting

__all__ = [
    "FONT_FAMILIES",
    "FONT_SIZES",
    "WEIGHTS",
    "FontFamily",
    "Glyph",
    "MissingTeX",
    "Page",
    "PageVariety",
    "PictureFolder",
    "Rendering",
    "RenderingJournal",
    "Rule",
    "Typesetting",
    "available",
    "encode_png",
    "render",
    "typeset",
]
