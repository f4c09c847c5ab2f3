"""Whether a picture's formula was written by hand, told by its strokes alone."""

from pathlib import Path

import numpy as np

from keras_im2latex.pixels.scale import network_weights
from keras_im2latex.pixels.scale_measures import relative_measures

WEIGHTS = Path(__file__).parents[1] / "images" / "handwriting_kind.npz"


def handwriting_probability(image) -> float:
    """How likely a formula was written by hand rather than printed, whatever its size.

    A small dense network reads how the lengths of strokes, gaps and letters are spread, relative to how thick the
    strokes are, and how soft their edges.

    Args:
        image: uint8 array `(height, width)`, 255 is paper, cut to its ink.

    Returns:
        A number from 0 to 1; 0 for a picture without ink.

    Example:
        >>> handwriting_probability(crop_to_ink(read_picture("formula.png"))) < 0.1
        True

    Reference:
        `recipes/fit_handwriting.py` fits the network and says how often it is right.
    """
    if not (image < 255).any():
        return 0.0
    weights = network_weights(WEIGHTS)
    inputs = (relative_measures(image)[1:] - weights["mean"]) / weights["deviation"]
    hidden = np.tanh(inputs @ weights["kernel_0"] + weights["bias_0"])
    (logit,) = hidden @ weights["kernel_1"] + weights["bias_1"]
    return float(1.0 / (1.0 + np.exp(-np.clip(logit, -50.0, 50.0))))
