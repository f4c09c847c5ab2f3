"""A trained model as a folder: config, vocabulary, and weights in float16 or in 8 bits."""

import json
from pathlib import Path

import keras
import numpy as np

from keras_im2latex.confidence import Confidence
from keras_im2latex.storage.integer_weights import quantize_channels
from keras_im2latex.storage.stored_preset import CONFIG, FOLDER, PRESETS, SCALES, VOCABULARY, WEIGHTS, StoredPreset

__all__ = ["FOLDER", "PRESETS", "WEIGHT_TYPES", "load_preset", "save_preset"]

WEIGHT_TYPES = ("float16", "int8")
"""How a preset may store its weights."""

_FEWEST = 16  # values in a channel; with fewer, its scale would take up much of what 8 bits save


def save_preset(model, folder, description="", *, weights="float16", **metadata):
    """Writes a model to a folder that `load_preset` reads.

    Args:
        model: a `FormulaReader` or another registered Keras model with a `vocabulary`.
        folder: the folder; made where it is missing.
        description: one sentence on what the model was trained on.
        weights: `"float16"`, or `"int8"` for half the size: kernels and embeddings as 8-bit integers with a scale for
            each channel of the last axis. Biases, batch normalization and other weights of fewer than 16 values a
            channel stay in float16.
        **metadata: further facts, such as scores, kept beside the description.

    Raises:
        ValueError: `weights` is neither, a weight has no name of its own, or is beyond float16.
    """
    if weights not in WEIGHT_TYPES:
        raise ValueError(f"`weights` must be one of {WEIGHT_TYPES}. Received: weights={weights!r}")
    arrays = _arrays(model, weights)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    config = model.get_config()
    config.pop("vocabulary")
    facts = {"description": description, "parameters": model.count_params(), **metadata}
    confidence = getattr(model, "confidence", None)
    if confidence is not None:
        facts.setdefault("confidence", confidence.to_dict())
    if getattr(model, "handwriting", False):
        facts["handwriting"] = True
    if getattr(model, "magnification", 1.0) != 1.0:
        facts["magnification"] = model.magnification
    name = keras.saving.get_registered_name(type(model))
    text = json.dumps({"model": name, "config": config, "metadata": facts}, indent=2)
    (folder / CONFIG).write_text(text + "\n", encoding="utf-8")
    model.vocabulary.save(folder / VOCABULARY)
    np.savez(folder / WEIGHTS, **arrays)


def _arrays(model, weights):
    """What is stored, by name: each weight under its path, and the scales of those in 8 bits."""
    pairs = []
    for variable in model.weights:
        values = variable.numpy()
        largest = np.abs(values).max(initial=0.0)
        if not largest <= np.finfo(np.float16).max:
            raise ValueError(
                f"`model` must have weights that float16 can hold. Received: {variable.path} with {largest}"
            )
        if weights == "int8" and np.prod(values.shape[:-1]) >= _FEWEST:
            integers, scales = quantize_channels(values)
            pairs += [(variable.path, integers), (variable.path + SCALES, scales)]
        else:
            pairs.append((variable.path, values.astype(np.float16)))
    arrays = dict(pairs)
    if len(arrays) != len(pairs):
        raise ValueError(
            "`model` must have weights of distinct paths, to tell them apart in a file. "
            f"Received: {len(pairs)} arrays with {len(arrays)} names"
        )
    return arrays


def load_preset(model_class, preset):
    """Builds a model from a shipped preset's name or from a folder, however its weights are stored.

    Args:
        model_class: the class that the model must be of.
        preset: name in `PRESETS`, or path of a folder.

    Returns:
        The model with its trained weights.

    Raises:
        ValueError: `preset` is neither, or holds another kind of model.
    """
    stored = StoredPreset(preset)
    stored_class = keras.saving.get_registered_object(stored.model)
    if stored_class is None or not issubclass(stored_class, model_class):
        raise ValueError(f"`preset` must hold a {model_class.__name__}. Received: {str(preset)!r}, a {stored.model}")
    model = stored_class(vocabulary=stored.vocabulary(), **stored.config)
    weights = stored.weights()
    for variable in model.weights:
        variable.assign(weights[variable.path].astype(variable.dtype))
    if "confidence" in stored.metadata:
        model.confidence = Confidence.from_dict(stored.metadata["confidence"])
    if stored.metadata.get("handwriting"):
        model.handwriting = True
    if "magnification" in stored.metadata:
        model.magnification = stored.metadata["magnification"]
    return model
