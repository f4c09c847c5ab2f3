"""Functional models out of the layers, and their presets."""

from keras_im2latex.models.generation import Reading
from keras_im2latex.models.im2latex import Im2Latex

__all__ = ["Im2Latex", "Reading"]
