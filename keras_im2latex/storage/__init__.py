"""Trained models as folders, read without TensorFlow."""

from keras_im2latex.storage.stored_preset import FOLDER, PRESETS, SCALES, StoredPreset

__all__ = ["FOLDER", "PRESETS", "SCALES", "StoredPreset"]
