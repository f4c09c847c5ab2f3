"""Pictures to arrays: one set of graph operations for training, prediction and serving."""

from keras_im2latex.images.buckets import BUCKETS, CELL, GRANULARITY, canvas_size
from keras_im2latex.images.preparation import (
    PADDING,
    crop_to_ink,
    lay_on_canvas,
    pad_and_downsample,
    prepare,
)
from keras_im2latex.images.reading import normalize_ink, read_image

__all__ = [
    "BUCKETS",
    "CELL",
    "GRANULARITY",
    "PADDING",
    "canvas_size",
    "crop_to_ink",
    "lay_on_canvas",
    "normalize_ink",
    "pad_and_downsample",
    "prepare",
    "read_image",
]
