"""What the demo page shows of a picture, as JSON can hold it."""

import base64
import io
import math

import numpy as np
from PIL import Image

from keras_im2latex.auto_reader import AutoReader
from keras_im2latex.images import CELL, prepare_picture
from keras_im2latex.layers.attention import SUPPORT
from keras_im2latex.models import Im2Latex, attention_map


class DemoReader:
    """Reads pictures, and tells where the model looked.

    Args:
        model: a `FormulaReader`, or an `AutoReader` of two; one without an attention tells what it read alone.
        beam_size: int, hypotheses kept; all of them are shown. Default: 5.

    Example:
        >>> reader = DemoReader(Im2Latex.from_preset("standard"))
        >>> reader.read(Path("formula.png").read_bytes())["readings"][0]["latex"]
        'E = mc^2'
    """

    def __init__(self, model, beam_size=5):
        self.beam_size = beam_size
        self._model = model

    def read(self, image_bytes):
        """Reads one picture.

        Args:
            image_bytes: bytes of a picture file; see `prepare_picture` for its formats.

        Returns:
            A dict: `picture`, a data address of what the model saw, with its `width` and `height` in pixels;
            `readings`, best first, each with `latex`, `tokens`, `score` (natural log-probability) and `confidence`
            (from 0 to 1, or None where the model gives none); and the best one's `attention`, as `look` gives it.

        Raises:
            PictureError: the picture can't be read.
        """
        model = self._model_for(image_bytes)
        best = model.generate(image_bytes, beam_size=self.beam_size, n_best=self.beam_size)
        # A beam may hold fewer formulas than it has room for.
        readings = [best, *(reading for reading in best.alternatives if math.isfinite(reading.score))]
        return {
            "picture": _shown(prepare_picture(image_bytes, **getattr(model, "preparation", {}))),
            "readings": [_fields(reading) for reading in readings],
            "attention": _look(model, image_bytes, best.tokens),
        }

    def look(self, image_bytes, tokens):
        """Follows the attention through one formula of a picture.

        Args:
            image_bytes: bytes of a picture file.
            tokens: iterable of str, the formula's tokens.

        Returns:
            None where the model has no attention; else a dict: `tokens`, the end token included, and the grids `fine`
            and `coarse`, either None where the attention has no such grid. A grid has `rows`, `columns`, the side
            of its `cell` in pixels of the picture, and `weights`: a byte a cell, step by step and row by row, in
            base64, 255 for the most probable cell of each step.

        Raises:
            PictureError: the picture can't be read.
        """
        return _look(self._model_for(image_bytes), image_bytes, tokens)

    def _model_for(self, image_bytes):
        return self._model.reader_of(image_bytes) if isinstance(self._model, AutoReader) else self._model


def _look(model, image_bytes, tokens):
    if not isinstance(model, Im2Latex):
        return None
    looked = attention_map(model, image_bytes, tokens)
    return {
        "tokens": looked.tokens,
        "fine": _grid(looked.fine, CELL),
        "coarse": _grid(looked.coarse, CELL * SUPPORT),
    }


def _shown(prepared):
    height, width = prepared.shape[:2]
    buffer = io.BytesIO()
    Image.fromarray(prepared[..., 0]).save(buffer, "png")
    address = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    return {"address": address, "width": width, "height": height}


def _fields(reading):
    confidence = getattr(reading, "confidence", None)
    return {
        "latex": reading.latex,
        "tokens": reading.tokens,
        "score": _finite(reading.score),
        "confidence": None if confidence is None else _finite(confidence),
    }


def _finite(number):
    return float(number) if math.isfinite(number) else None


def _grid(weights, cell):
    if not weights.size:
        return None
    strongest = weights.max(axis=(1, 2), keepdims=True)
    shares = np.round(255 * weights / np.maximum(strongest, 1e-9)).astype(np.uint8)
    _, rows, columns = weights.shape
    return {"rows": rows, "columns": columns, "cell": cell, "weights": base64.b64encode(shares.tobytes()).decode()}
