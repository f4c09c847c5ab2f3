"""The size at which a picture shows its formula, measured in NumPy."""

import functools
from pathlib import Path

import numpy as np

from keras_im2latex.pixels.scale_measures import relative_measures

SMALLEST_SCALE = np.float32(0.25)
"""Pictures are enlarged no further than this allows: what is smaller can't be read."""

LARGEST_SCALE = np.float32(12.0)
"""A measure is never larger."""

TOLERANCE = np.float32(1.12)
"""A picture whose scale is measured within this factor of the model's page, or of half of it, is taken to have it."""

FEW_LEVELS = 3
"""Grey levels of a picture that was drawn without antialiasing, like those that the model learned from."""

FEW_LEVELS_TOLERANCE = np.float32(1.3)
"""The tolerance for such a picture, of the model's page alone: it is likely one of its own and not to be changed."""

WEIGHTS = Path(__file__).parents[1] / "images" / "scale.npz"

HANDWRITING_WEIGHTS = WEIGHTS.with_name("handwriting_scale.npz")


def measure_scale(image, handwriting=False):
    """Measures how large a formula is shown, as `keras_im2latex.images.measure_scale` does.

    Args:
        image: uint8 array `(height, width)`, 255 is paper, cut to its ink.
        handwriting: whether it is written by hand.

    Returns:
        A float32: the height of an x as a multiple of that on the model's page; of handwriting, the usual length of a
        stroke as a multiple of 30 pixels. A picture without ink has 1.
    """
    if not (image < 255).any():
        return np.float32(1.0)
    weights = network_weights(HANDWRITING_WEIGHTS if handwriting else WEIGHTS)
    measures = relative_measures(image)
    inputs = (measures - weights["mean"]) / weights["deviation"]
    last = sum(name.startswith("kernel") for name in weights) - 1
    hidden = inputs
    for layer in range(last):
        hidden = np.tanh(hidden @ weights[f"kernel_{layer}"] + weights[f"bias_{layer}"])
    logarithm = hidden @ weights[f"kernel_{last}"] + weights[f"bias_{last}"] + inputs @ weights["linear"]
    return np.clip(np.exp(logarithm[0]), SMALLEST_SCALE, LARGEST_SCALE)


def scale_to_correct(image, handwriting=False):
    """The factor by which a picture is larger than the model expects, as `keras_im2latex.images.scale_to_correct`.

    Args:
        image: as `measure_scale`'s.
        handwriting: whether it is written by hand.

    Returns:
        A float32, exactly 1 or 0.5 where the picture passes for one at the model's resolution or at half of it.
        Handwriting's is what is measured.
    """
    scale = measure_scale(image, handwriting)
    if handwriting:
        return scale
    few = np.count_nonzero(np.bincount(image.reshape(-1), minlength=256)) <= FEW_LEVELS
    if abs(np.log(scale)) < np.log(FEW_LEVELS_TOLERANCE if few else TOLERANCE):
        return np.float32(1.0)
    return np.float32(0.5) if abs(np.log(2 * scale)) < np.log(TOLERANCE) else scale


@functools.cache
def network_weights(path):
    """The arrays of a network by name, and what its inputs are scaled with; read once."""
    with np.load(path) as file:
        return dict(file)
