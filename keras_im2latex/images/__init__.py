"""Pictures to arrays: one set of graph operations for training, prediction and serving."""

from keras_im2latex.images.augmentation import Augmentation
from keras_im2latex.images.buckets import BUCKETS, CELL, GRANULARITY, canvas_size
from keras_im2latex.images.pictures import prepare_picture, read_picture
from keras_im2latex.images.preparation import (
    PADDING,
    crop_to_ink,
    lay_on_canvas,
    pad_and_downsample,
    prepare,
)
from keras_im2latex.images.reading import normalize_ink, read_image
from keras_im2latex.images.scale import measure_scale, scale_to_correct
from keras_im2latex.pixels import PictureError, draw_pdf_page

__all__ = [
    "BUCKETS",
    "CELL",
    "GRANULARITY",
    "PADDING",
    "Augmentation",
    "PictureError",
    "canvas_size",
    "crop_to_ink",
    "draw_pdf_page",
    "lay_on_canvas",
    "measure_scale",
    "normalize_ink",
    "pad_and_downsample",
    "prepare",
    "prepare_picture",
    "read_image",
    "read_picture",
    "scale_to_correct",
]
