"""The pages of a DVI file as arrays of grey levels."""

import numpy as np

from keras_im2latex.rendering import page_pictures, sandbox

LARGEST_SIDE = 20_000
LARGEST_AREA = 100_000_000
TOO_LARGE = f"larger than {LARGEST_SIDE} x {LARGEST_SIDE} pixels"
TOO_LARGE_AN_AREA = f"more than {LARGEST_AREA // 1_000_000} million pixels"
BLANK = "blank: nothing was drawn"


def draw(folder, count, page, seconds, stop=None):
    """Draws the pages of `formulas.dvi` with one run of dvipng.

    Args:
        folder: the private folder that holds the file.
        count: int, how many pages it has.
        page: a `Page`.
        seconds: float, the time that the run may take.
        stop: `threading.Event` or `None`: see `sandbox.run`.

    Returns:
        A list of `count` uint8 arrays cropped to their ink, or, in an array's place, the reason why there is none;
        `None` where dvipng failed.

    Raises:
        Stopped: `stop` was set.
    """
    command = ["dvipng", "-q", "-D", str(page.resolution), "-T", "tight", "--noghostscript", "-z", "1"]
    status, stream = sandbox.run([*command, "-o", "{output}", "formulas.dvi"], folder, seconds, stop)
    files = page_pictures.split(stream) if status == 0 else None
    if files is None or len(files) != count:
        return None
    levels = _levels(page.ink)
    return [_picture(file, levels) for file in files]


def _picture(file, levels):
    height, width = page_pictures.size(file)
    if max(height, width) > LARGEST_SIDE:
        return TOO_LARGE
    if height * width > LARGEST_AREA:
        return TOO_LARGE_AN_AREA
    image = page_pictures.read(file, levels)
    return BLANK if image is None else image


def _levels(ink):
    """The grey level that each of dvipng's grey levels becomes."""
    drawn = np.arange(256)
    touched = np.where(drawn < 255, 0, 255)
    return np.rint(ink * touched + (1 - ink) * drawn).astype("uint8")
