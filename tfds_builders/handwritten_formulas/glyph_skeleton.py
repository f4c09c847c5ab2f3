"""The strokes a pen would make to write a printed character."""

import functools

import numpy as np

from tfds_builders.handwritten_formulas.glyph_shape import glyph_shape
from tfds_builders.handwritten_formulas.symbol_shape import SymbolShape

_SIZE = 72  # pixels of the longer side of the picture that is thinned
_SPUR = 7  # a shorter branch comes of the outline's corners, in pixels
_SMOOTHING = np.array([0.25, 0.5, 0.25])
_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))


@functools.cache
def glyph_skeleton(font: str, code: int) -> SymbolShape:
    """Thins a character's outline to the lines in its middle.

    Args:
        font: TeX's name of the font.
        code: the character's place in it. It must have a `glyph_shape`.

    Returns:
        A `SymbolShape` in ems.
    """
    shape = glyph_shape(font, code)
    left, lower, right, upper = shape.box
    scale = _SIZE / max(right - left, upper - lower)
    filled = _fill(shape, scale)
    # Of a dot nothing may be left.
    lines = _without_spurs(_trace(_thin(filled))) or [np.argwhere(filled).mean(axis=0, keepdims=True)]
    return SymbolShape.of_strokes([_smooth(line)[:, ::-1] / scale for line in lines])


def _fill(shape, scale):
    """The character as a boolean picture with two pixels of paper around."""
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.path import Path
    from matplotlib.transforms import IdentityTransform

    left, lower, right, upper = shape.box
    width, height = (int(np.ceil(extent * scale)) + 4 for extent in (right - left, upper - lower))
    renderer = RendererAgg(width, height, 72)
    context = renderer.new_gc()
    context.set_linewidth(0)
    vertices = (shape.vertices - [left, upper]) * scale + [1.5, height - 1.5]
    renderer.draw_path(context, Path(vertices, shape.codes), IdentityTransform(), (0.0, 0.0, 0.0))
    filled = np.asarray(renderer.buffer_rgba())[..., 3] > 127
    return np.pad(filled, 1)


def _thin(picture):
    """Zhang and Suen's thinning, https://doi.org/10.1145/357994.358023."""
    picture = picture.copy()
    while True:
        before = picture.sum()
        for first, second in (((0, 2, 4), (2, 4, 6)), ((0, 2, 6), (0, 4, 6))):
            around = [np.roll(picture, (-row, -column), (0, 1)) for row, column in _AROUND]
            number = np.sum(around, axis=0)
            turns = np.sum([~around[place] & around[(place + 1) % 8] for place in range(8)], axis=0)
            kept = np.logical_and.reduce([around[place] for place in first])
            kept |= np.logical_and.reduce([around[place] for place in second])
            picture &= ~((number >= 2) & (number <= 6) & (turns == 1) & ~kept)
        if picture.sum() == before:
            return picture


def _trace(picture):
    """Cuts a thinned picture into lines between ends and junctions: pairs of pixels and whether each end is free."""
    pixels = {tuple(pixel) for pixel in np.argwhere(picture).tolist()}
    neighbours = {pixel: _neighbours(pixel, pixels) for pixel in pixels}
    lines, walked = [], set()
    nodes = [pixel for pixel in sorted(pixels) if len(neighbours[pixel]) != 2]
    for start in [*nodes, *sorted(pixels)]:  # what no node leads to is a closed curve
        if start not in nodes and any(start in line for line, _ in lines):
            continue
        for second in neighbours[start]:
            if (start, second) in walked:
                continue
            line = [start, second]
            while len(neighbours[line[-1]]) == 2 and line[-1] != start:
                onward = [pixel for pixel in neighbours[line[-1]] if pixel != line[-2]]
                line.append(onward[0])
            walked.update([(start, second), (line[-1], line[-2])])
            lines.append((line, [len(neighbours[end]) == 1 for end in (line[0], line[-1])]))
        if not neighbours[start]:
            lines.append(([start], [True, True]))
    return lines


def _neighbours(pixel, pixels):
    row, column = pixel
    present = [(row + down, column + right) in pixels for down, right in _AROUND]
    # A diagonal step counts only where no straight one leads to the same pixel.
    return [
        (row + down, column + right)
        for place, (down, right) in enumerate(_AROUND)
        if present[place] and (place % 2 == 0 or not (present[place - 1] or present[(place + 1) % 8]))
    ]


def _without_spurs(lines):
    return [np.array(line, np.float64) for line, free in lines if len(line) >= _SPUR or all(free) or not any(free)]


def _smooth(line):
    if len(line) < 3:
        return line
    closed = np.array_equal(line[0], line[-1])
    for _ in range(3):
        padded = np.concatenate([line[-2:-1], line, line[1:2]] if closed else [line[:1], line, line[-1:]])
        inner = np.stack([np.convolve(padded[:, axis], _SMOOTHING, "valid") for axis in (0, 1)], axis=1)
        line = inner if closed else np.concatenate([line[:1], inner[1:-1], line[-1:]])
    places = np.unique(np.linspace(0, len(line) - 1, max(2, len(line) // 3)).astype(int))
    return line[places]
