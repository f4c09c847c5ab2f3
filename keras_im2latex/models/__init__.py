"""Functional models out of the layers, and their presets."""

from keras_im2latex.confidence import Confidence
from keras_im2latex.models.attention_map import AttentionMap, attention_map
from keras_im2latex.models.attention_picture import (
    draw_attention_frames,
    draw_attention_sheet,
    save_attention_picture,
)
from keras_im2latex.models.cell_counts import CellCounts, count_cells
from keras_im2latex.models.ctc_reader import CtcReader
from keras_im2latex.models.im2latex import Im2Latex
from keras_im2latex.models.language_model import LanguageModel
from keras_im2latex.models.n_gram_model import NGramModel
from keras_im2latex.models.reader import FormulaReader
from keras_im2latex.reading import Reading

__all__ = [
    "AttentionMap",
    "CellCounts",
    "Confidence",
    "CtcReader",
    "FormulaReader",
    "Im2Latex",
    "LanguageModel",
    "NGramModel",
    "Reading",
    "attention_map",
    "count_cells",
    "draw_attention_frames",
    "draw_attention_sheet",
    "save_attention_picture",
]
