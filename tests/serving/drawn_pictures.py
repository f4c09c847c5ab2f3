"""Pictures with ink, as files."""

import io

import numpy as np
from PIL import Image


def encoded(pixels, file_format="png", **options):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, file_format, **options)
    return buffer.getvalue()


def dotted(height, width, seed):
    pixels = np.full((height, width), 255, np.uint8)
    pixels[5:-5, 5:-5] = np.random.default_rng(seed).choice([0, 255], (height - 10, width - 10))
    return pixels
