"""Trained models as folders, read without TensorFlow."""

from keras_im2latex.storage.stored_preset import (
    CARD,
    FOLDER,
    PRESETS,
    SCALES,
    StoredPreset,
    preset_folder,
    weights_digest,
)

__all__ = ["CARD", "FOLDER", "PRESETS", "SCALES", "StoredPreset", "preset_folder", "weights_digest"]
