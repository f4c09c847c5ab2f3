"""Formulas out of papers' LaTeX sources."""

from keras_im2latex.markup.extraction.authors_patterns import extract_by_authors_patterns
from keras_im2latex.markup.extraction.extract_formulas import extract_formulas
from keras_im2latex.markup.extraction.extract_papers import ExtractedPaper, extract_papers
from keras_im2latex.markup.extraction.extraction_summary import ExtractionSummary
from keras_im2latex.markup.extraction.find_papers import UnreadablePaper, find_papers
from keras_im2latex.markup.extraction.found_formula import KINDS, FoundFormula
from keras_im2latex.markup.extraction.paper import Paper
from keras_im2latex.markup.extraction.token_reader import ReadingError

__all__ = [
    "KINDS",
    "ExtractedPaper",
    "ExtractionSummary",
    "FoundFormula",
    "Paper",
    "ReadingError",
    "UnreadablePaper",
    "extract_by_authors_patterns",
    "extract_formulas",
    "extract_papers",
    "find_papers",
]
