"""Formulas out of papers' LaTeX sources."""

from keras_im2latex.markup.extraction.extract_formulas import extract_formulas
from keras_im2latex.markup.extraction.found_formula import FoundFormula
from keras_im2latex.markup.extraction.paper import Paper
from keras_im2latex.markup.extraction.token_reader import ReadingError

__all__ = ["FoundFormula", "Paper", "ReadingError", "extract_formulas"]
