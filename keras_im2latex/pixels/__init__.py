"""Pictures to arrays with NumPy and Pillow alone, pixel for pixel as `keras_im2latex.images` makes them."""

from keras_im2latex.pixels.kind import handwriting_probability
from keras_im2latex.pixels.pdf_page import draw_pdf_page
from keras_im2latex.pixels.picture_error import PictureError
from keras_im2latex.pixels.preparation import crop_to_ink, pad_and_downsample, prepare_picture
from keras_im2latex.pixels.reading import read_picture

__all__ = [
    "PictureError",
    "crop_to_ink",
    "draw_pdf_page",
    "handwriting_probability",
    "pad_and_downsample",
    "prepare_picture",
    "read_picture",
]
