"""A preset of a tiny untrained model, and pictures for it."""

import keras
import numpy as np
from PIL import Image

from keras_im2latex.models import Im2Latex


def save_tiny_preset(folder):
    """A model whose formulas differ from picture to picture."""
    keras.utils.set_random_seed(1)
    model = Im2Latex(
        [*"abcxyz+-=", r"\alpha", r"\beta"],
        filters=(8, 8, 8, 8, 16, 16),
        encoder_units=8,
        decoder_units=16,
        embedding_size=8,
    )
    for weight in model.trainable_weights:
        if "convolution" not in weight.path and len(weight.shape) > 1:
            weight.assign(3.0 * weight)
    model.save_to_preset(folder, "Tiny.")
    return str(folder)


def dotted(height, width, seed):
    """A picture of noise with a white margin."""
    pixels = np.full((height, width), 255, np.uint8)
    noise = np.random.default_rng(seed).choice([0, 255], (height - 10, width - 10))
    pixels[5:-5, 5:-5] = noise
    return Image.fromarray(pixels)
