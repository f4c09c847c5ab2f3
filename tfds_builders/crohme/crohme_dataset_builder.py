"""CROHME's handwritten formulas, drawn from their ink."""

import fnmatch
import random

import numpy as np
import tensorflow_datasets as tfds
from etils import epath

from keras_im2latex.images import PADDING
from keras_im2latex.rendering import encode_png
from tfds_builders.crohme.crohme_config import CrohmeConfig
from tfds_builders.crohme.ink_file import InkFile
from tfds_builders.crohme.ink_files import is_ink_source, read_ink_files
from tfds_builders.crohme.inkml import UnreadableInk, read_inkml
from tfds_builders.crohme.labels import read_label
from tfds_builders.crohme.stroke_pictures import (
    PREPARED_STROKE_WIDTH,
    PREPARED_SYMBOL_SIZE,
    draw_strokes,
    pen_width,
    scale_strokes,
)
from tfds_builders.crohme.writers import HELD_OUT, is_held_out
from tfds_builders.latex_formulas import pictures

_TRAIN, _VALIDATION = "train", "validation"


class Builder(tfds.core.GeneratorBasedBuilder):
    """Handwritten formulas of CROHME, the competition on recognition of online handwritten mathematical expressions.

    After a build, `builder.info.metadata["problems"]` names the files of each split that are not in the dataset, with
    the reason, and `builder.info.metadata["read"]` says how many are.

    Example:
        >>> builder = tfds.builder("crohme/prepared")
        >>> builder.download_and_prepare(download_config=tfds.download.DownloadConfig(manual_dir="ink"))
        >>> dataset = builder.as_dataset(split="train")
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = """
    Put CROHME's archives of InkML files, or folders of such files, into manual_dir: crohme_train.tar.xz and
    crohme_2013_test.tar.xz for the splits train and test_2013. The option `splits` names the patterns.
    """
    BUILDER_CONFIGS = [
        CrohmeConfig(name="full_resolution", description="Pictures at the size of IM2LATEX-100K's 200 dots an inch."),
        CrohmeConfig(
            name="prepared",
            description="For a reader of handwriting: padded, halved, 16 grey levels; some writers held out.",
            prepared=True,
            symbol_size=PREPARED_SYMBOL_SIZE,
            stroke_width=PREPARED_STROKE_WIDTH,
            held_out=HELD_OUT,
        ),
        CrohmeConfig(
            name="augmented",
            description="The same, and each training formula ten times more, its symbols resized and rotated.",
            prepared=True,
            symbol_size=PREPARED_SYMBOL_SIZE,
            stroke_width=PREPARED_STROKE_WIDTH,
            held_out=HELD_OUT,
            variants=10,
            with_ink=False,
        ),
    ]

    def _info(self):
        features = {
            "image": tfds.features.Image(shape=(None, None, 1), encoding_format="png"),
            "latex": tfds.features.Text(doc="Tokens separated by spaces, in `handwritten_form`."),
            "raw": tfds.features.Text(doc="The label as the file has it."),
            "name": tfds.features.Text(doc="The file's path in its archive, without .inkml."),
            "writer": tfds.features.Text(doc="Who wrote it; empty where the file doesn't say."),
        }
        if self.builder_config.with_ink:
            features |= {
                "strokes": tfds.features.Sequence(
                    tfds.features.Sequence(tfds.features.Tensor(shape=(2,), dtype=np.float32)),
                    doc="Points of each stroke, x to the right and y downwards, in the file's own unit.",
                ),
                "symbols": tfds.features.Sequence(
                    tfds.features.Text(), doc="What the marked symbols are; empty where nobody marked them."
                ),
                "stroke_symbols": tfds.features.Sequence(
                    np.int64, doc="For each stroke the place of its symbol in `symbols`; -1: none."
                ),
            }
        if self.builder_config.variants:
            features["variant"] = tfds.features.Scalar(np.int64, doc="0: as it was written; from 1 on: varied.")
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(features),
            supervised_keys=("image", "latex"),
            metadata=tfds.core.MetadataDict(problems={}, read={}),
        )

    def _split_generators(self, dl_manager):
        config = self.builder_config
        folder = epath.Path(config.ink or dl_manager.manual_dir).expanduser()
        sources = sorted(path for path in folder.iterdir() if is_ink_source(path))
        matches = {
            split: [path for path in sources if any(_matches(path.name, pattern) for pattern in patterns)]
            for split, patterns in config.splits.items()
        }
        if not any(matches.values()):
            raise FileNotFoundError(
                f"`splits` must name archives or folders in {folder}. Received: splits={config.splits}, and a folder "
                f"with {', '.join(path.name for path in sources) or 'none'}"
            )
        read = {split: self._read(split, paths) for split, paths in matches.items() if paths}
        parts = {}
        for split, files in read.items():
            for file in files:
                held_out = split == _TRAIN and is_held_out(file.writer, config.held_out)
                parts.setdefault(_VALIDATION if held_out else split, []).append(file)
        return {split: self._generate_examples(split, files) for split, files in parts.items()}

    def _read(self, split, paths):
        """The formulas of a split; what is no formula goes to the metadata with its reason."""
        metadata = self.info.metadata
        problems = metadata["problems"].setdefault(split, {})
        files = []
        for path in paths:
            for name, data in read_ink_files(path):
                try:
                    ink = read_inkml(data)
                    raw, latex = read_label(ink)
                except UnreadableInk as error:
                    problems[name] = str(error)
                    continue
                files.append(InkFile(f"{path.name}:{name}", name, ink, raw, latex))
        metadata["read"][split] = len(files)
        return files

    def _generate_examples(self, split, files):
        config = self.builder_config
        for file in files:
            example = {"latex": file.latex, "raw": file.raw, "name": file.name, "writer": file.ink.writer}
            if config.with_ink:
                stroke_symbols = np.full(len(file.ink.strokes), -1, np.int64)
                for place, symbol in enumerate(file.ink.symbols):
                    stroke_symbols[list(symbol.strokes)] = place
                example |= {
                    "strokes": list(file.ink.strokes),
                    "symbols": [symbol.label for symbol in file.ink.symbols],
                    "stroke_symbols": stroke_symbols,
                }
            yield file.key, example | {"image": draw_ink(file.ink.strokes, config)} | self._variant(0)
            for variant in range(1, config.variants + 1 if split == _TRAIN else 1):
                chance = random.Random(f"{config.seed} {variant} {file.name.rpartition('/')[2]}")
                strokes = config.variation.vary(file.ink, chance)
                size, pen = config.variation.vary_size(chance)
                image = draw_ink(strokes, config, size=size, pen=pen)
                yield f"{file.key}:{variant}", example | {"image": image} | self._variant(variant)

    def _variant(self, number):
        return {"variant": number} if self.builder_config.variants else {}


def _matches(name, pattern):
    return fnmatch.fnmatchcase(name.lower(), pattern.lower())


def draw_ink(strokes, config, *, size=1.0, pen=1.0):
    """Draws a handwritten formula as a config says.

    Args:
        strokes: arrays `(points, 2)`, at least one, in any unit.
        config: `CrohmeConfig`.
        size: factor of the usual stroke's size.
        pen: factor of the pen's width.

    Returns:
        The bytes of a PNG file.
    """
    width = config.stroke_width * pen
    border = 2 * PADDING + width + 2
    strokes, smaller = scale_strokes(
        strokes,
        symbol_size=config.symbol_size * size,
        max_height=2 * config.max_height - border,
        max_width=2 * config.max_width - border,
    )
    image = draw_strokes(strokes, pen_width(width, smaller))
    if config.prepared:
        return pictures.encode_16_grey_png(pictures.pad_and_downsample(image))
    return encode_png(image)
