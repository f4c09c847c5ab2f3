"""Bringing formulas to one spelling, the authors' way or faithfully to the picture."""

from keras_im2latex.markup.normalization.errors import NormalizationError
from keras_im2latex.markup.normalization.normalize import MAX_LENGTH, normalize

__all__ = ["MAX_LENGTH", "NormalizationError", "normalize"]
