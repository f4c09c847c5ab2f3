"""Pictures as small PNG files inside a page."""

import base64
import io

import numpy as np
from PIL import Image

from keras_im2latex.evaluation.report.difference import BOTH, GOLD_ONLY, PAPER, PREDICTED_ONLY
from keras_im2latex.rendering.comparison import INK_LEVEL

# Blue and vermilion of Okabe and Ito, which people of any colour vision tell apart.
COLOURS = {PAPER: (255, 255, 255), BOTH: (150, 150, 150), GOLD_ONLY: (0, 114, 178), PREDICTED_ONLY: (213, 94, 0)}
_PALETTE = [level for _, colour in sorted(COLOURS.items()) for level in colour]
_LARGEST = 4_000_000


def embed_ink(image):
    """Gives a black and white picture as the base64 text of a PNG of one bit a pixel.

    Args:
        image: uint8 array `[height, width]`, 0 is ink and 255 is paper.

    Returns:
        string.
    """
    return _encoded(Image.fromarray(image > INK_LEVEL))


def embed_difference(marked):
    """Gives a picture that `mark_difference` made as the base64 text of a PNG in four colours."""
    image = Image.fromarray(marked, mode="P")
    image.putpalette(_PALETTE)
    return _encoded(image, bits=2)


def embed_input(picture):
    """Gives any picture that a model reads as the base64 text of a grey PNG.

    Args:
        picture: path, bytes of a picture file, or uint8 array `[height, width]` or `[height, width, 1]`.

    Returns:
        string, or `None` if it is no picture that can be read or has more than four million pixels.
    """
    try:
        if isinstance(picture, np.ndarray):
            image = Image.fromarray(picture.reshape(picture.shape[:2]))
        else:
            image = Image.open(io.BytesIO(picture) if isinstance(picture, bytes) else picture)
        if image.width * image.height > _LARGEST:
            return None
        if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
        return _encoded(image.convert("L"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _encoded(image, **options):
    buffer = io.BytesIO()
    image.save(buffer, "PNG", **options)
    return base64.b64encode(buffer.getvalue()).decode("ascii")
