"""Functional models out of the layers, and their presets."""

from keras_im2latex.models.attention_map import AttentionMap, attention_map
from keras_im2latex.models.attention_picture import (
    draw_attention_frames,
    draw_attention_sheet,
    save_attention_picture,
)
from keras_im2latex.models.cell_counts import CellCounts, count_cells
from keras_im2latex.models.generation import Reading
from keras_im2latex.models.im2latex import Im2Latex

__all__ = [
    "AttentionMap",
    "CellCounts",
    "Im2Latex",
    "Reading",
    "attention_map",
    "count_cells",
    "draw_attention_frames",
    "draw_attention_sheet",
    "save_attention_picture",
]
