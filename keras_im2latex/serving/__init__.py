"""SavedModel export and serving."""

from keras_im2latex.serving.export import export_model

__all__ = ["export_model"]
