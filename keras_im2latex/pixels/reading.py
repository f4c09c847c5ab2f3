"""Any picture as grey levels, in NumPy and Pillow: the pixels that `keras_im2latex.images` reads."""

import numpy as np
import PIL.Image

from keras_im2latex.pixels.picture_error import SMALLEST_CONTRAST, PictureError
from keras_im2latex.pixels.picture_source import BROKEN, check_array, file_bytes, open_picture

_LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)


def read_picture(picture):
    """Reads one picture, wherever it comes from, as dark ink on white paper, at its own size and with its margins.

    Args:
        picture: a path, the bytes of a picture file, a Pillow image, or a uint8 array `(height, width)`,
            `(height, width, 1)` or `(height, width, 3)`; as for `keras_im2latex.images.read_picture`.

    Returns:
        A uint8 array `(height, width)`: 255 is paper, 0 the darkest ink; white throughout where there is none.

    Raises:
        PictureError: the picture is missing, empty, broken or too large.

    Example:
        >>> int(read_picture(np.full((20, 30), 7, np.uint8)).min())
        255
    """
    return _normalize_ink(_grey(picture))


def _grey(picture):
    """Grey levels, float32 `(height, width)`, of any kind of picture."""
    if isinstance(picture, PIL.Image.Image):
        return _pixels(picture)
    if isinstance(picture, np.ndarray):
        return _from_array(picture)
    return _pixels(open_picture(file_bytes(picture)))


def _from_array(pixels):
    check_array(pixels)
    if pixels.ndim == 3 and pixels.shape[-1] == 3:
        return _luminance(pixels)
    return pixels.reshape(pixels.shape[:2]).astype(np.float32)


def _pixels(picture):
    """Grey levels of a Pillow image, its transparent parts laid on the paper that shows their ink."""
    try:
        if picture.mode.startswith("I"):
            levels = (np.clip(np.asarray(picture), 0, 65535) >> 8).astype(np.float32)
            hidden = picture.info.get("transparency")
            if not isinstance(hidden, int) or picture.format != "PNG":
                return levels
            return _laid_on_paper(levels, (np.asarray(picture) != hidden).astype(np.float32))
        if picture.format == "JPEG":
            return _luminance(_without_black(picture) if picture.mode == "CMYK" else np.asarray(picture.convert("RGB")))
        if picture.mode in ("1", "L", "RGB") and "transparency" not in picture.info:
            pixels = np.asarray(picture.convert("L" if picture.mode == "1" else picture.mode))
            return pixels.astype(np.float32) if pixels.ndim == 2 else _luminance(pixels)
        pixels = np.asarray(picture.convert("RGBA"))
    except BROKEN as error:
        raise PictureError(f"broken: the {picture.format or 'Pillow'} data can't be decoded") from error
    return _laid_on_paper(_luminance(pixels[..., :3]), pixels[..., 3].astype(np.float32) / np.float32(255.0))


def _without_black(picture):
    """Red, green and blue of cyan, magenta, yellow and black."""
    inks = 255 - np.asarray(picture).astype(np.int32)
    return (inks[..., :3] * inks[..., 3:] // 255).astype(np.uint8)


def _luminance(colours):
    weighted = colours.astype(np.float32) * _LUMINANCE
    return weighted[..., 0] + weighted[..., 1] + weighted[..., 2]


def _laid_on_paper(grey, opacity):
    if opacity.min() >= 1.0:
        return grey
    drawn = (grey * opacity).sum() / max(opacity.sum(), 1.0)
    transparent = opacity.min() < 0.5
    paper = np.float32(0.0 if transparent and drawn > 127.5 else 255.0)
    return grey * opacity + paper * (1 - opacity)


def _normalize_ink(grey):
    """Stretches grey levels so that paper is 255 and the darkest ink 0, whichever of the two was light."""
    levels = np.rint(grey).astype(np.uint8)
    present = np.bincount(levels.reshape(-1), minlength=256)
    paper = np.float32(np.argmax(present))
    darkest, lightest = np.flatnonzero(present)[[0, -1]].astype(np.float32)
    light_on_dark = lightest - paper > paper - darkest
    contrast = abs(paper - (lightest if light_on_dark else darkest))
    if contrast < SMALLEST_CONTRAST:
        return np.full_like(levels, 255)
    each = np.arange(256, dtype=np.float32)
    lightness = np.float32(255.0) * (1 - np.abs(each - paper) / contrast)
    between = each > paper if light_on_dark else each < paper
    table = np.where(between, np.rint(np.clip(lightness, 0.0, 255.0)), 255.0).astype(np.uint8)
    return table[levels]
