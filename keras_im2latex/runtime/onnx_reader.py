"""Reads pictures of formulas with ONNX Runtime."""

import concurrent.futures
import itertools
import json
from pathlib import Path

import numpy as np
import onnxruntime

from keras_im2latex.best_readings import best_readings
from keras_im2latex.confidence import Confidence
from keras_im2latex.markup import Vocabulary
from keras_im2latex.pixels import PictureError, crop_to_ink, prepare_picture, read_picture
from keras_im2latex.pixels.picture_source import is_one
from keras_im2latex.reading import Reading
from keras_im2latex.runtime.export import DECODER, ENCODER, exported
from keras_im2latex.runtime.search import search
from keras_im2latex.search_options import LENGTH_PENALTY, MAXIMUM_LENGTH, check_options
from keras_im2latex.storage.stored_preset import CONFIG, VOCABULARY

_CELL = 8
_WINDOW = 512  # pictures that are sorted by size at a time
_LARGEST_BATCH = 32_768  # cells of a batch, padding included
_STATE = ("hidden", "cell", "output")
_OUTSIDE = np.float32(-1e9)


class OnnxReader:
    """A trained model in ONNX Runtime: starts in a fraction of a second, without TensorFlow.

    It reads what `Im2Latex.generate` reads, by the same preparation and the same search. Pictures are encoded one by
    one, each in its own size, and decoded together.

    Args:
        folder: what `export_onnx` wrote.
        threads: processor cores to use; all by default.

    Example:
        >>> OnnxReader.from_preset("standard").generate("formula.png").latex
        'E = mc^2'
    """

    def __init__(self, folder, threads=None):
        self.vocabulary = Vocabulary.load(Path(folder) / VOCABULARY)
        metadata = json.loads((Path(folder) / CONFIG).read_text(encoding="utf-8"))["metadata"]
        self.confidence = Confidence.from_dict(metadata["confidence"]) if "confidence" in metadata else None
        self.handwriting = bool(metadata.get("handwriting"))
        self.preparation = {"handwriting": self.handwriting, "magnification": metadata.get("magnification", 1.0)}
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or 0
        # A step is too short to wait for by spinning: on busy cores that takes twice the time.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._encoder, self._decoder = (
            onnxruntime.InferenceSession(Path(folder) / name, options, providers=["CPUExecutionProvider"])
            for name in (ENCODER, DECODER)
        )
        shapes = {each.name: each.shape for each in self._decoder.get_inputs()}
        self._units = [shapes[part][-1] for part in _STATE]

    @classmethod
    def from_preset(cls, preset="standard", threads=None):
        """Loads a trained model; on first use its graphs are written to the user's cache, which needs `onnx`.

        Args:
            preset: name of a shipped preset, path of a preset's folder, or of one that `export_onnx` wrote.
            threads: processor cores to use; all by default.

        Raises:
            ValueError: `preset` is none of them, or holds another kind of model than `export_onnx` takes.
        """
        return cls(exported(preset), threads)

    def generate(
        self,
        pictures,
        *,
        beam_size=5,
        n_best=1,
        batch_size=32,
        maximum_length=MAXIMUM_LENGTH,
        length_penalty=LENGTH_PENALTY,
        well_formed=True,
        already_downsampled=False,
        verify=False,
        on_error="raise",
    ):
        """Reads pictures of formulas.

        Args:
            pictures: one picture or an iterable of them: paths, bytes, Pillow images or uint8 arrays.
            beam_size: hypotheses kept for each picture; 1 is greedy search.
            n_best: readings returned for each picture, at most `beam_size`; all but the best as its `alternatives`.
            batch_size: pictures decoded at once; fewer where they are large.
            maximum_length: tokens after which a formula is cut.
            length_penalty: exponent of the length by which hypotheses are compared; 0, the paper's way, compares sums.
            well_formed: whether readings that compile are preferred: arrays get the columns that their rows have, and
                where the best hypothesis is not well formed even so, the first of the beam that is takes its place.
                False gives the search alone.
            already_downsampled: the pictures are at 100 dots an inch instead of 200.
            verify: whether to draw all hypotheses of the beam and order them by how well their drawings match the
                picture; see `Verifier`. Needs TeX.
            on_error: "raise", or "keep" to give an unreadable picture a `Reading` with its `error`.

        Returns:
            A `Reading`, or a list of them in the order of the pictures.

        Raises:
            PictureError: a picture can't be read, and `on_error` is "raise".
            MissingTeX: `verify` is asked for, and TeX or dvipng is not installed.
            ValueError: an option is out of its range.
        """
        check_options(
            beam_size=beam_size, n_best=n_best, on_error=on_error, verify=verify, handwriting=self.handwriting
        )
        single = is_one(pictures)
        verify_window = _verifying(already_downsampled, n_best, self.confidence) if verify else None
        wanted = beam_size if verify else n_best
        how = {"beam_size": beam_size, "length_penalty": length_penalty, "well_formed": well_formed}

        def search_together(pictures, count):
            return self._hypotheses(pictures, beam_size, count, maximum_length, length_penalty)

        def prepare(picture):
            try:
                return prepare_picture(picture, already_downsampled, **self.preparation)
            except PictureError as error:
                if on_error == "raise":
                    raise
                return Reading(error=str(error))

        readings = []
        sources = iter([pictures] if single else pictures)
        with concurrent.futures.ThreadPoolExecutor() as threads:
            while window := list(itertools.islice(sources, _WINDOW)):
                prepared = list(threads.map(prepare, window))
                found = {index: each for index, each in enumerate(prepared) if isinstance(each, Reading)}
                cells = {index: _cells(each) for index, each in enumerate(prepared) if index not in found}
                for batch in _batches(cells, batch_size):
                    chosen = [prepared[index] for index in batch]
                    read = best_readings(search_together, chosen, n_best=wanted, confidence=self.confidence, **how)
                    found.update(zip(batch, read))
                if verify_window:
                    found.update(verify_window({index: (found[index], window[index]) for index in cells}))
                readings.extend(found[index] for index in range(len(window)))
        return readings[0] if single else readings

    def _hypotheses(self, pictures, beam_size, n_best, maximum_length, length_penalty):
        """For each of the prepared pictures, decoded together, its best hypotheses: pairs of tokens and score."""
        found = search(
            self._step_function(min(beam_size, len(self.vocabulary))),
            tuple(np.zeros((len(pictures), beam_size, units), np.float32) for units in self._units),
            self._memory(pictures),
            beam_size=beam_size,
            n_best=n_best,
            maximum_length=maximum_length,
            length_penalty=length_penalty,
            start_id=self.vocabulary.start_id,
            end_id=self.vocabulary.end_id,
            padding_id=self.vocabulary.padding_id,
        )
        return [[(self._written(each.tokens), each.score) for each in hypotheses] for hypotheses in found]

    def _memory(self, pictures):
        """Keys and values of all cells, and where there are none, each laid out by the most cells of a picture."""
        encoded = [self._encoder.run(("keys", "values"), {"image": _on_whole_cells(each)}) for each in pictures]
        if len(encoded) == 1:
            keys, values = encoded[0]
            return keys, values, np.zeros((1, 1, keys.shape[1]), np.float32)
        most = max(keys.shape[1] for keys, _ in encoded)
        keys, values = (np.zeros((len(encoded), most, part.shape[2]), np.float32) for part in encoded[0])
        outside = np.full((len(encoded), 1, most), _OUTSIDE)
        for row, (its_keys, its_values) in enumerate(encoded):
            count = its_keys.shape[1]
            keys[row, :count], values[row, :count], outside[row, :, :count] = its_keys[0], its_values[0], 0.0
        return keys, values, outside

    def _step_function(self, count):
        names = ("next_tokens", "log_probabilities", *(f"next_{part}" for part in _STATE))
        count = np.array([count])

        def step(tokens, state, memory):
            inputs = {"tokens": tokens, "count": count, **dict(zip(_STATE, state))}
            inputs.update(zip(("keys", "values", "outside"), memory))
            following, gains, *state = self._decoder.run(names, inputs)
            return following, gains, tuple(state)

        return step

    def _written(self, tokens):
        special = (self.vocabulary.padding_id, self.vocabulary.start_id, self.vocabulary.end_id)
        return tuple(self.vocabulary.tokens[each] for each in tokens if each not in special)


def _verifying(already_downsampled, n_best, confidence):
    """A function that draws readings, each given with its picture, and puts those that match better first."""
    # Whoever reads without verifying need not wait for what draws.
    from keras_im2latex.verification import Verifier, verified_readings

    verifier = Verifier(halved=already_downsampled)

    def verify(read):
        inks = [crop_to_ink(read_picture(picture)) for _, picture in read.values()]
        readings = [reading for reading, _ in read.values()]
        return zip(read, verified_readings(verifier, readings, inks, n_best, confidence))

    return verify


def _on_whole_cells(picture):
    """A prepared picture `(1, 1, height, width)` with sides that are multiples of 8."""
    height, width = picture.shape
    padding = ((0, -height % _CELL), (0, -width % _CELL))
    return np.pad(picture, padding, constant_values=255)[None, None]


def _cells(picture):
    height, width = picture.shape
    return -(-height // _CELL) * -(-width // _CELL)


def _batches(cells, batch_size):
    """Cuts pictures, given by their cells, into batches of similar size: lists of keys."""
    batches = []
    for key in sorted(cells, key=cells.get):
        batch = batches[-1] if batches else []
        if batch and len(batch) < batch_size and (len(batch) + 1) * cells[key] <= _LARGEST_BATCH:
            batch.append(key)
        else:
            batches.append([key])
    return batches
