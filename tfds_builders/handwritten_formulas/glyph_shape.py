"""The shapes of a TeX font's characters."""

import dataclasses
import functools
import subprocess

import numpy as np

_EM = 1000  # units an em, at which outlines are asked for


@dataclasses.dataclass(frozen=True)
class GlyphShape:
    """A character's name and outline.

    Attributes:
        name: the name the font's maker gave it, the same in many fonts: `alpha`, `parenleftbig`.
        box: left, lower, right and upper edge of its ink from its reference point, in ems, upwards.
        vertices: float64 array `(points, 2)`, its outline in ems, upwards.
        codes: the outline's `matplotlib.path.Path` codes.
    """

    name: str
    box: tuple[float, float, float, float]
    vertices: np.ndarray
    codes: np.ndarray


@functools.cache
def glyph_shape(font: str, code: int) -> GlyphShape | None:
    """Reads the shape of a character.

    Args:
        font: TeX's name of the font, such as `cmmi12`; a Type 1 font of that name must be installed.
        code: its place in the font.

    Returns:
        A `GlyphShape`; `None` where the font has no Type 1 form or the character no ink.
    """
    face = _face(font)
    if face is None:
        return None
    index = face.get_char_index(code)
    if not index:
        return None
    face.load_glyph(index, flags=_no_hinting())
    vertices, codes = face.get_path()
    if not len(vertices):
        return None
    vertices = vertices / _EM
    return GlyphShape(face.get_glyph_name(index), _extents(vertices, codes), vertices, codes)


@functools.cache
def _face(font):
    from matplotlib.ft2font import FT2Font  # only a build needs matplotlib

    command = ["kpsewhich", f"{font}.pfb"]
    path = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    if not path:
        return None
    face = FT2Font(path)
    face.set_size(_EM, 72)
    face.set_charmap(face.num_charmaps - 1)  # the font's own encoding, which is TeX's, comes after Unicode
    return face


def _extents(vertices, codes):
    """The ink's own box: the points that steer a curve lie outside."""
    from matplotlib.path import Path

    return tuple(map(float, Path(vertices, codes).get_extents().extents))


def _no_hinting():
    from matplotlib.ft2font import LoadFlags

    return LoadFlags.NO_HINTING
