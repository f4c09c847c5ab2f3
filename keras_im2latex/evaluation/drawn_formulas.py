"""Pictures of formulas, kept in a folder."""

import hashlib
from pathlib import Path

import numpy as np
from PIL import Image

from keras_im2latex.markup import detokenize
from keras_im2latex.rendering import Page, render


class DrawnFormulas:
    """Draws formulas, keeping the pictures in a folder if there is one.

    Args:
        folder: path or `None`. Pictures found there are not drawn again, nor are formulas tried again that TeX
            refused before; so a filled folder serves on a machine without TeX.
        workers: int or `None`. TeX processes at a time.

    Example:
        >>> [picture.dtype for picture in DrawnFormulas().draw(["x ^ { 2 }"])]
        [dtype('uint8')]
    """

    def __init__(self, folder=None, workers=None):
        self.folder = Path(folder) if folder else None
        self.workers = workers
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)

    def draw(self, formulas):
        """Gives a uint8 array `[height, width]` for each formula, `None` for one that does not compile."""
        pictures = {text: self._saved(text) for text in formulas}
        wanted = [text for text, picture in pictures.items() if picture is None and text and not self._refused(text)]
        renderings = render([detokenize(text) for text in wanted], page=Page(), workers=self.workers) if wanted else []
        for text, rendering in zip(wanted, renderings, strict=True):
            pictures[text] = rendering.image
            if self.folder and rendering.png is not None:
                self._path(text).write_bytes(rendering.png)
            elif self.folder:
                self._path(text, ".txt").write_text(rendering.error + "\n", encoding="utf-8")
        return [pictures[text] for text in formulas]

    def _path(self, text, suffix=".png"):
        return self.folder / f"{hashlib.sha1(text.encode()).hexdigest()[:16]}{suffix}"

    def _refused(self, text):
        return self.folder is not None and self._path(text, ".txt").exists()

    def _saved(self, text):
        if self.folder is None or not self._path(text).exists():
            return None
        with Image.open(self._path(text)) as picture:
            return np.asarray(picture.convert("L"))
