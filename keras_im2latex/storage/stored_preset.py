"""The folder of a trained model: config, vocabulary, and weights in float16 or in 8 bits."""

import hashlib
import json
from pathlib import Path

import numpy as np

from keras_im2latex.markup import Vocabulary
from keras_im2latex.storage.integer_weights import dequantize_channels

FOLDER = Path(__file__).parents[1] / "models" / "presets"
"""Where the package keeps the presets it ships."""

CONFIG, VOCABULARY, WEIGHTS = "config.json", "vocabulary.txt", "weights.npz"
"""The files of a preset."""

CARD = "README.md"
"""The model card of a shipped preset: what it was trained on, its scores, what it can't read."""

SCALES = ".scales"
"""After a weight's path, the name of what its 8-bit integers are multiples of."""


def _shipped():
    found = {}
    for path in sorted(FOLDER.glob(f"*/{CONFIG}")):
        found[path.parent.name] = json.loads(path.read_text(encoding="utf-8"))["metadata"]
    return found


PRESETS = _shipped()
"""Each shipped preset's name with its description, number of parameters, and scores."""


def preset_folder(preset):
    """Where a preset lies.

    Args:
        preset: name in `PRESETS`, or path of a folder.

    Returns:
        The `pathlib.Path` of its folder, which need not be there.
    """
    return FOLDER / preset if preset in PRESETS else Path(preset)


def weights_digest(preset):
    """What tells a preset's weights, and how large pictures are shown to them, from others, wherever its folder lies.

    Args:
        preset: name in `PRESETS`, or path of a folder.

    Returns:
        16 hexadecimal digits of the SHA-256 of its file of weights, and of its magnification if it has one;
        `str(preset)` where there is no such file.
    """
    folder = preset_folder(preset)
    if not (folder / WEIGHTS).is_file():
        return str(preset)
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes())
    if (folder / CONFIG).is_file():
        metadata = json.loads((folder / CONFIG).read_text(encoding="utf-8"))["metadata"]
        if "magnification" in metadata:
            digest.update(f"magnification {metadata['magnification']}".encode())
    return digest.hexdigest()[:16]


class StoredPreset:
    """A trained model as it lies in its folder.

    Args:
        preset: name in `PRESETS`, or path of a folder.

    Attributes:
        folder: the folder's `pathlib.Path`.
        model: registered name of the model's class, such as `"keras_im2latex>Im2Latex"`.
        config: dict, the arguments of the class's constructor but for the vocabulary.
        metadata: dict of what else is known of the model: description, scores, and how its confidence is calibrated.

    Raises:
        ValueError: `preset` is neither.

    Example:
        >>> StoredPreset("standard").config["attention"]
        'standard'
    """

    def __init__(self, preset):
        self.folder = preset_folder(preset)
        missing = [name for name in (CONFIG, VOCABULARY, WEIGHTS) if not (self.folder / name).is_file()]
        if missing:
            raise ValueError(
                f"`preset` must be one of {sorted(PRESETS)} or a folder that holds {CONFIG}, {VOCABULARY} and "
                f"{WEIGHTS}. Received: preset={str(preset)!r}, which lacks {', '.join(missing)}"
            )
        stored = json.loads((self.folder / CONFIG).read_text(encoding="utf-8"))
        self.model, self.config, self.metadata = (stored[part] for part in ("model", "config", "metadata"))

    def vocabulary(self):
        """The model's `Vocabulary`."""
        return Vocabulary.load(self.folder / VOCABULARY)

    def weights(self):
        """Each weight's path with its values: a dict of arrays, float32 where 8 bits were stored, else as stored."""
        with np.load(self.folder / WEIGHTS) as arrays:
            stored = dict(arrays)
        weights = {}
        for path, values in stored.items():
            if values.dtype == np.int8:
                weights[path] = dequantize_channels(values, stored[path + SCALES])
            elif not path.endswith(SCALES):
                weights[path] = values
        return weights
