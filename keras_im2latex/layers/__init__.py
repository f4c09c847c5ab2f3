"""The Keras layers of the paper, one a file."""

from keras_im2latex.layers.attention import (
    AdditiveScore,
    Attention,
    AttentionOutput,
    BilinearScore,
    StandardAttention,
)
from keras_im2latex.layers.convolutional_encoder import ConvolutionalEncoder
from keras_im2latex.layers.decoder import Decoder, DecoderState
from keras_im2latex.layers.row_encoder import RowEncoder

__all__ = [
    "AdditiveScore",
    "Attention",
    "AttentionOutput",
    "BilinearScore",
    "ConvolutionalEncoder",
    "Decoder",
    "DecoderState",
    "RowEncoder",
    "StandardAttention",
]
