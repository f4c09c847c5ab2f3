"""Reading without TensorFlow: trained models in ONNX Runtime."""

from keras_im2latex.runtime.export import export_onnx
from keras_im2latex.runtime.onnx_reader import OnnxReader

__all__ = ["OnnxReader", "export_onnx"]
