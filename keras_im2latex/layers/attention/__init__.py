"""The paper's attentions, one a file, under one contract (`base.py`)."""

from keras_im2latex.layers.attention.base import Attention, AttentionOutput
from keras_im2latex.layers.attention.coarse_only import CoarseOnlyAttention
from keras_im2latex.layers.attention.coarse_to_fine import CoarseToFineAttention
from keras_im2latex.layers.attention.hard import HardAttention
from keras_im2latex.layers.attention.hierarchical import HierarchicalAttention
from keras_im2latex.layers.attention.scores import AdditiveScore, BilinearScore
from keras_im2latex.layers.attention.sparsemax import SparsemaxAttention
from keras_im2latex.layers.attention.standard import StandardAttention
from keras_im2latex.layers.attention.supports import SUPPORT, coarse_size

__all__ = [
    "SUPPORT",
    "AdditiveScore",
    "Attention",
    "AttentionOutput",
    "BilinearScore",
    "CoarseOnlyAttention",
    "CoarseToFineAttention",
    "HardAttention",
    "HierarchicalAttention",
    "SparsemaxAttention",
    "StandardAttention",
    "coarse_size",
]
