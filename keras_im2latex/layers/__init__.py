"""The Keras layers of the paper, one a file."""

from keras_im2latex.layers.attention import (
    AdditiveScore,
    Attention,
    AttentionOutput,
    BilinearScore,
    CoarseOnlyAttention,
    CoarseToFineAttention,
    HardAttention,
    HierarchicalAttention,
    SparsemaxAttention,
    StandardAttention,
)
from keras_im2latex.layers.coarse_encoder import CoarseEncoder
from keras_im2latex.layers.column_maximum import ColumnMaximum
from keras_im2latex.layers.convolutional_encoder import ConvolutionalEncoder
from keras_im2latex.layers.decoder import Decoder, DecoderState
from keras_im2latex.layers.policy_gradient import PolicyGradient
from keras_im2latex.layers.residual_encoder import ResidualEncoder
from keras_im2latex.layers.row_encoder import RowEncoder
from keras_im2latex.layers.sparsemax import sparsemax

__all__ = [
    "AdditiveScore",
    "Attention",
    "AttentionOutput",
    "BilinearScore",
    "CoarseEncoder",
    "CoarseOnlyAttention",
    "CoarseToFineAttention",
    "ColumnMaximum",
    "ConvolutionalEncoder",
    "Decoder",
    "DecoderState",
    "HardAttention",
    "HierarchicalAttention",
    "PolicyGradient",
    "ResidualEncoder",
    "RowEncoder",
    "SparsemaxAttention",
    "StandardAttention",
    "sparsemax",
]
