"""A trained model as a folder: config, vocabulary and float16 weights."""

import json
from pathlib import Path

import keras
import numpy as np

from keras_im2latex.markup import Vocabulary

FOLDER = Path(__file__).parent / "presets"
"""Where the package keeps the presets it ships."""

_CONFIG, _VOCABULARY, _WEIGHTS = "config.json", "vocabulary.txt", "weights.npz"


def _shipped():
    """Name, description and figures of every preset in the package."""
    found = {}
    for path in sorted(FOLDER.glob(f"*/{_CONFIG}")):
        found[path.parent.name] = json.loads(path.read_text(encoding="utf-8"))["metadata"]
    return found


PRESETS = _shipped()
"""Each shipped preset's name with its description, number of parameters, and scores."""


def save_preset(model, folder, description="", **metadata):
    """Writes a model to a folder that `load_preset` reads.

    Args:
        model: a `FormulaReader` or another registered Keras model with a `vocabulary`.
        folder: the folder; made where it is missing.
        description: one sentence on what the model was trained on.
        **metadata: further facts, such as scores, kept beside the description.

    Raises:
        ValueError: a weight has no name of its own, or is beyond float16.
    """
    weights = _half_precision(model)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    config = model.get_config()
    config.pop("vocabulary")
    facts = {"description": description, "parameters": model.count_params(), **metadata}
    name = keras.saving.get_registered_name(type(model))
    text = json.dumps({"model": name, "config": config, "metadata": facts}, indent=2)
    (folder / _CONFIG).write_text(text + "\n", encoding="utf-8")
    model.vocabulary.save(folder / _VOCABULARY)
    np.savez(folder / _WEIGHTS, **weights)


def _half_precision(model):
    """Each weight's path with its values in float16."""
    weights = {}
    for variable in model.weights:
        values = variable.numpy()
        largest = np.abs(values).max(initial=0.0)
        if not largest <= np.finfo(np.float16).max:
            raise ValueError(
                f"`model` must have weights that float16 can hold. Received: {variable.path} with {largest}"
            )
        weights[variable.path] = values.astype(np.float16)
    if len(weights) != len(model.weights):
        raise ValueError(
            "`model` must have weights of distinct paths, to tell them apart in a file. "
            f"Received: {len(model.weights)} weights with {len(weights)} paths"
        )
    return weights


def load_preset(model_class, preset):
    """Builds a model from a shipped preset's name or from a folder.

    Args:
        model_class: the class that the model must be of.
        preset: name in `PRESETS`, or path of a folder.

    Returns:
        The model with its trained weights.

    Raises:
        ValueError: `preset` is neither, or holds another kind of model.
    """
    folder = FOLDER / preset if preset in PRESETS else Path(preset)
    missing = [name for name in (_CONFIG, _VOCABULARY, _WEIGHTS) if not (folder / name).is_file()]
    if missing:
        raise ValueError(
            f"`preset` must be one of {sorted(PRESETS)} or a folder that holds {_CONFIG}, {_VOCABULARY} and "
            f"{_WEIGHTS}. Received: preset={str(preset)!r}, which lacks {', '.join(missing)}"
        )
    stored = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
    stored_class = keras.saving.get_registered_object(stored["model"])
    if stored_class is None or not issubclass(stored_class, model_class):
        raise ValueError(f"`preset` must hold a {model_class.__name__}. Received: {str(preset)!r}, a {stored['model']}")
    model = stored_class(vocabulary=Vocabulary.load(folder / _VOCABULARY), **stored["config"])
    with np.load(folder / _WEIGHTS) as weights:
        for variable in model.weights:
            variable.assign(weights[variable.path].astype(variable.dtype))
    return model
