"""The paper's attentions, one a file, under one contract (`base.py`)."""

from keras_im2latex.layers.attention.base import Attention, AttentionOutput
from keras_im2latex.layers.attention.scores import AdditiveScore, BilinearScore
from keras_im2latex.layers.attention.standard import StandardAttention

__all__ = ["AdditiveScore", "Attention", "AttentionOutput", "BilinearScore", "StandardAttention"]
