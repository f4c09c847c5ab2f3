"""The demo page: a picture of a formula in, its LaTeX out, in the browser."""

from keras_im2latex.serving.demo.demo_reader import DemoReader
from keras_im2latex.serving.demo.demo_server import DemoServer

__all__ = ["DemoReader", "DemoServer"]
