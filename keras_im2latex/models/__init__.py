"""Functional models out of the layers, and their presets."""

from keras_im2latex.models.ctc_reader import CtcReader
from keras_im2latex.models.generation import Reading
from keras_im2latex.models.im2latex import Im2Latex
from keras_im2latex.models.language_model import LanguageModel
from keras_im2latex.models.reader import FormulaReader

__all__ = ["CtcReader", "FormulaReader", "Im2Latex", "LanguageModel", "Reading"]
