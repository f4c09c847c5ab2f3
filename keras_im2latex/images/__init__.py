"""Pictures to arrays: one set of graph operations for training, prediction and serving."""

from keras_im2latex.images.augmentation import Augmentation
from keras_im2latex.images.buckets import BUCKETS, CELL, GRANULARITY, canvas_size
from keras_im2latex.images.pictures import PictureError, prepare_picture
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
    "Augmentation",
    "PictureError",
    "canvas_size",
    "crop_to_ink",
    "lay_on_canvas",
    "normalize_ink",
    "pad_and_downsample",
    "prepare",
    "prepare_picture",
    "read_image",
]
