"""Handwritten symbols out of CROHME's training ink."""

import collections

import numpy as np

from tfds_builders.crohme.ink_files import read_ink_files
from tfds_builders.crohme.inkml import UnreadableInk, read_inkml
from tfds_builders.crohme.writers import is_held_out, writer_of
from tfds_builders.handwritten_formulas.symbol_shape import SymbolShape

_MOST_POINTS = 32  # of a stroke
_RARE = 0.02  # share of a label's samples below which a number of strokes is taken for a slip of the marking
_ODD = 0.02  # share at each end of the range of shapes that is left out
_TORN = 0.005  # share with the least line for its size that is left out: what lacks a stroke
_ENOUGH = 20  # samples of a label from which on the odd ones are left out


class SymbolSamples:
    """Samples by label and writer.

    Args:
        samples: dict of label to dict of writer to list of `SymbolShape`.

    Attributes:
        labels: the labels, a frozenset.
        writers: the writers, by how many labels they wrote, most first.

    Example:
        >>> samples = SymbolSamples.read("crohme_train.tar.xz")
        >>> samples.choose("x", samples.writers[0], random.Random(0)).size
    """

    def __init__(self, samples):
        self._samples = {label: dict(by_writer) for label, by_writer in samples.items() if by_writer}
        self._all = {
            label: [sample for found in by_writer.values() for sample in found]
            for label, by_writer in self._samples.items()
        }
        self.labels = frozenset(self._samples)
        counts = collections.Counter(writer for by_writer in self._samples.values() for writer in by_writer)
        self.writers = tuple(writer for writer, _ in counts.most_common())

    @classmethod
    def read(cls, path, held_out=0.0):
        """Reads the marked symbols of all InkML files of a folder or archive.

        Files that can't be read, symbols in unmarked files, and symbols that are likely marked wrong are left out.

        Args:
            path: see `read_ink_files`. Training ink only: what is drawn with the symbols of a test is no training set.
            held_out: share of the writers that are left out; those that `crohme` holds out with the same share.
        """
        found = collections.defaultdict(list)
        for name, data in read_ink_files(path):
            try:
                ink = read_inkml(data)
            except UnreadableInk:
                continue
            writer = writer_of(ink, name)
            if is_held_out(writer, held_out):
                continue
            for symbol in ink.symbols:
                shape = SymbolShape.of_strokes([_fewer(ink.strokes[place]) for place in symbol.strokes])
                found[symbol.label].append((writer, shape))
        samples = collections.defaultdict(lambda: collections.defaultdict(list))
        for label, candidates in found.items():
            for writer, sample in _likely(candidates):
                samples[label][writer].append(sample)
        return cls(samples)

    def count(self, label) -> int:
        """How many samples there are of a label."""
        return len(self._all.get(label, ()))

    def choose(self, label, writer, chance) -> SymbolShape:
        """A sample of a label, by a certain writer where there is one.

        Args:
            label: one of `labels`.
            writer: one of `writers`, or any other name.
            chance: `random.Random`.
        """
        return chance.choice(self._samples[label].get(writer) or self._all[label])


def _fewer(stroke):
    places = np.unique(np.linspace(0, len(stroke) - 1, min(len(stroke), _MOST_POINTS)).astype(int))
    return stroke[places]


def _likely(candidates):
    if len(candidates) < _ENOUGH:
        return candidates
    numbers = collections.Counter(len(sample.lengths) for _, sample in candidates)
    shapes = np.array([_slope(sample) for _, sample in candidates])
    low, high = np.quantile(shapes, [_ODD, 1 - _ODD])
    lines = np.array([_line(sample) for _, sample in candidates])
    least = np.quantile(lines, _TORN)
    return [
        (writer, sample)
        for (writer, sample), shape, line in zip(candidates, shapes, lines)
        if low <= shape <= high and line >= least and numbers[len(sample.lengths)] >= _RARE * len(candidates)
    ]


def _slope(sample):
    """The angle of the box's diagonal."""
    return np.arctan2(sample.size[1], sample.size[0])


def _line(sample):
    """The length of all strokes over the box's diagonal."""
    strokes = np.split(sample.points, np.cumsum(sample.lengths)[:-1])
    drawn = sum(np.linalg.norm(np.diff(stroke, axis=0), axis=1).sum() for stroke in strokes)
    return drawn / max(np.hypot(*sample.size), 1e-9)
