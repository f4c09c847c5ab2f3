"""The pages of a DVI file as arrays of grey levels."""

from pathlib import Path

import numpy as np
from PIL import Image

from keras_im2latex.rendering import sandbox


def draw(folder, count, page, seconds):
    """Draws the pages of `formulas.dvi` with one run of dvipng.

    Args:
        folder: the private folder that holds the file.
        count: int, how many pages it has.
        page: a `Page`.
        seconds: float, the time that the run may take.

    Returns:
        A list of `count` uint8 arrays cropped to their ink, `None` for a blank page; or `None` where dvipng failed.
    """
    folder = Path(folder)
    command = ["dvipng", "-q", "-D", str(page.resolution), "-T", "tight", "--noghostscript", "-z", "1"]
    status = sandbox.run([*command, "-o", "%d.png", "formulas.dvi"], folder, seconds)
    files = [folder / f"{number}.png" for number in range(1, count + 1)]
    if status != 0 or not all(file.exists() for file in files):
        return None
    levels = _levels(page)
    return [_read(file, levels) for file in files]


def _levels(page):
    """The grey level that each of dvipng's grey levels becomes."""
    drawn = np.arange(256)
    touched = np.where(drawn < 255, 0, 255)
    return np.rint(page.ink * touched + (1 - page.ink) * drawn).astype("uint8")


def _read(file, levels):
    with Image.open(file) as opened:
        image = np.asarray(opened.convert("L"))
    file.unlink()
    touched = image < 255
    rows, columns = np.flatnonzero(touched.any(axis=1)), np.flatnonzero(touched.any(axis=0))
    if not rows.size:
        return None
    return levels[image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]]
