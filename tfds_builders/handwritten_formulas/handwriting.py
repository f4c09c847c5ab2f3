"""One hand, that writes a formula in place of its print."""

import math
import random

import numpy as np

from tfds_builders.handwritten_formulas.glyph_skeleton import glyph_skeleton
from tfds_builders.handwritten_formulas.habits import Habits
from tfds_builders.handwritten_formulas.root_shape import split_root, stretch_root
from tfds_builders.handwritten_formulas.symbol_fitting import fitting_scales
from tfds_builders.handwritten_formulas.symbol_shape import SymbolShape

_ROOT = SymbolShape.of_strokes([np.array([[0.0, 0.65], [0.12, 0.6], [0.3, 1.0], [0.5, 0.0], [1.0, 0.0]])])
_ACROSS = SymbolShape.of_strokes([np.array([[0.0, 0.0], [1.0, 0.0]])])
_UPRIGHT = SymbolShape.of_strokes([np.array([[0.0, 0.0], [0.0, 1.0]])])
_TRIES = 8  # to find a sample that looks like a root, or a bar of about the length


class Handwriting:
    """Writes one formula.

    Args:
        samples: `SymbolSamples`.
        seed: decides everything: the writer, the samples, size, slant, line and pen.
        habits: `Habits`.
        em: size of the print's font in TeX points.
        resolution: pixels an inch.

    Attributes:
        pen: width of the pen, in pixels.
        size: factor by which the hand is larger than the print.
    """

    def __init__(self, samples, seed, habits=Habits(), *, em=12.0, resolution=200):  # noqa: B008
        self.samples = samples
        self.habits = habits
        self.em = em * resolution / 72.27
        self._chance = chance = random.Random(seed)
        self._writer = chance.choice(samples.writers)
        self.size = math.exp(chance.gauss(0, habits.size))
        self._scale = resolution / 72.27 * self.size
        self.em *= self.size
        self._spread = chance.uniform(1, habits.spread)
        self._rise = chance.uniform(1, habits.rise)
        self._slant = chance.gauss(0, habits.slant)
        self._turn = math.radians(chance.gauss(0, habits.line_turn))
        height = chance.gauss(0, habits.wave) * self.em
        self._wave = height, chance.uniform(8, 25) * self.em, chance.uniform(0, 2 * math.pi)
        self.pen = min(max(habits.pen * math.exp(chance.gauss(0, habits.pen_width)), 2.0), 6.0)

    def write(self, symbols) -> list[np.ndarray]:
        """Writes symbols.

        Args:
            symbols: list of `PrintedSymbol`, at least one.

        Returns:
            Strokes in pixels, float64 arrays `(points, 2)`, y downwards.
        """
        points, lengths = [], []
        for symbol in symbols:
            written, numbers = self._write_root(symbol) if symbol.bar is not None else self._write_symbol(symbol)
            points.append(written)
            lengths.extend(numbers)
        points = self._along_the_line(np.concatenate(points))
        return np.split(points, np.cumsum(lengths)[:-1])

    def _write_symbol(self, symbol):
        left, top, right, bottom = (edge * self._scale for edge in symbol.box)
        width, height = right - left, bottom - top
        center = (left + right) / 2 * self._spread, (top + bottom) / 2 * self._rise
        if symbol.name == "rule":
            width, height = width * self._spread, height * self._rise
        elif height > 1.3 * self.em:
            height *= self._rise
        if symbol.label is not None:
            shape = self._sample(symbol.label, width / self.em)
        elif symbol.glyph is not None:
            shape = self._bent(glyph_skeleton(*symbol.glyph))
        else:
            shape = _ACROSS if width > height else _UPRIGHT
        scales = fitting_scales(symbol.label, shape.size, width, height)
        return self._place(shape, scales, center), shape.lengths

    def _sample(self, label, length):
        writer = self._writer if self._chance.random() < self.habits.loyalty else None
        sample = self.samples.choose(label, writer, self._chance)
        if label == "-" and length > 1.5:
            # A minus sign drawn out to a fraction bar shows every tremor.
            for _ in range(_TRIES):
                if sample.size[0] > 12 * sample.size[1]:
                    break
                sample = self.samples.choose(label, None, self._chance)
        return sample

    def _write_root(self, symbol):
        left, top, right, bottom = (edge * self._scale for edge in symbol.box)
        edges = left * self._spread, right * self._spread, symbol.bar * self._scale * self._spread
        edges = (min(edges[0], edges[1] - (right - left)), edges[1], edges[2] + 0.1 * self.em)
        top, bottom = top * self._rise, bottom * self._rise
        if symbol.label is not None:
            for _ in range(_TRIES):
                sample = self._sample(symbol.label, 0)
                corner = split_root(sample)
                if corner is not None:
                    return stretch_root(sample, corner, edges, (top, bottom)), sample.lengths
        return stretch_root(_ROOT, 0.5, edges, (top, bottom)), _ROOT.lengths

    def _place(self, shape, scales, center):
        chance, habits = self._chance, self.habits
        size = math.exp(chance.gauss(0, habits.symbol_size))
        width, height = shape.size[0] * scales[0], shape.size[1] * scales[1]
        # What is long shows each degree.
        turn = math.radians(chance.gauss(0, habits.symbol_turn)) * min(1.0, self.em / max(width, height, 1e-6))
        cosine, sine = math.cos(turn) * size, math.sin(turn) * size
        matrix = np.array([[scales[0] * cosine, scales[0] * sine], [-scales[1] * sine, scales[1] * cosine]])
        shift = np.array([chance.gauss(0, habits.symbol_place) * self.em for _ in range(2)])
        middle = np.array(shape.size) / 2
        return shape.points @ matrix + (shift + center - middle @ matrix)

    def _bent(self, shape):
        """A shape whose lines are less straight than print."""
        chance = self._chance
        extent = max(*shape.size, 1e-6)
        shifts = []
        for axis in (1, 0):
            height, pace = chance.gauss(0, 0.03) * extent, chance.uniform(2, 6) / extent
            shifts.append(height * np.sin(shape.points[:, axis] * pace + chance.uniform(0, 2 * math.pi)))
        return SymbolShape(shape.points + np.stack(shifts, axis=1), shape.lengths, shape.size)

    def _along_the_line(self, points):
        height, length, start = self._wave
        x, y = points[:, 0], points[:, 1]
        y = y + height * np.sin(2 * math.pi * x / length + start)
        x = x - self._slant * y
        cosine, sine = math.cos(self._turn), math.sin(self._turn)
        return np.column_stack([x * cosine - y * sine, x * sine + y * cosine])
