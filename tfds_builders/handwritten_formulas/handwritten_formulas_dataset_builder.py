"""Printed formulas, redrawn in handwriting."""

from collections import Counter

import numpy as np
import tensorflow_datasets as tfds
from etils import epath

from tfds_builders.crohme.ink_files import is_ink_source
from tfds_builders.crohme.stroke_pictures import PREPARED_STROKE_WIDTH, PREPARED_SYMBOL_SIZE
from tfds_builders.crohme.writers import HELD_OUT
from tfds_builders.handwritten_formulas.habits import Habits
from tfds_builders.handwritten_formulas.handwritten_formulas_config import HandwrittenFormulasConfig
from tfds_builders.handwritten_formulas.symbol_samples import SymbolSamples
from tfds_builders.handwritten_formulas.written_records import write_records
from tfds_builders.latex_formulas.formula_files import find_formula_files, find_splits, read_formulas
from tfds_builders.latex_formulas.small_shards import SmallShards


class Builder(SmallShards, tfds.core.GeneratorBasedBuilder):
    """Formulas as TeX sets them, with each symbol replaced by one that somebody wrote for CROHME.

    After a build, `builder.info.metadata` holds under `"refused"` how many formulas of each split are not in the
    dataset, by reason; under `"unsampled"` how many formulas of each split have which printed symbol without a sample;
    under `"samples"` how many samples there are of which symbol.

    Example:
        >>> builder = tfds.builder("handwritten_formulas/prepared")
        >>> builder.download_and_prepare(download_config=tfds.download.DownloadConfig(manual_dir="formulas_and_ink"))
        >>> dataset = builder.as_dataset(split="train")
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = """
    Put files of formulas into manual_dir, as for latex_formulas, and beside them CROHME's training ink, an archive or
    folder of InkML files with `train` in its name, such as crohme_train.tar.xz.
    """
    BUILDER_CONFIGS = [
        HandwrittenFormulasConfig(name="full_resolution", description="Every formula, cropped, at full resolution."),
        HandwrittenFormulasConfig(
            name="prepared",
            description="For a reader of handwriting: as large as `crohme/prepared`, without its held-out writers.",
            prepared=True,
            max_tokens=150,
            symbol_size=PREPARED_SYMBOL_SIZE,
            habits=Habits(pen=PREPARED_STROKE_WIDTH, pen_width=0.15),
            held_out=HELD_OUT,
        ),
    ]

    def _info(self):
        config = self.builder_config
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=(None, None, 1), encoding_format="png"),
                    "latex": tfds.features.Text(doc="Tokens separated by spaces."),
                    "index": tfds.features.Scalar(np.int64, doc="Place in the file, from 0."),
                    "unsampled": tfds.features.Text(doc="Names of the printed symbols without a sample."),
                    **{name: tfds.features.Text() for name in config.columns},
                }
            ),
            supervised_keys=("image", "latex"),
            metadata=tfds.core.MetadataDict(refused={}, unsampled={}, samples={}),
        )

    def _split_generators(self, dl_manager):
        config = self.builder_config
        files = find_formula_files(config.formulas or dl_manager.manual_dir)
        samples = SymbolSamples.read(config.ink or _find_ink(dl_manager.manual_dir), config.held_out)
        if not samples.labels:
            raise ValueError(f"`ink` must hold InkML files with marked symbols. Received: ink={config.ink!r}")
        self.info.metadata["samples"] = {label: samples.count(label) for label in sorted(samples.labels)}
        splits = find_splits(files, column=config.column)
        return {split: self._generate_examples(files, split, samples) for split in splits}

    def _generate_examples(self, files, split, samples):
        config, metadata = self.builder_config, self.info.metadata
        refused = metadata["refused"].setdefault(split, Counter())
        unsampled = metadata["unsampled"].setdefault(split, Counter())
        formulas = (
            formula for file in files for formula in read_formulas(file, column=config.column) if formula.split == split
        )
        empty = True
        for record in write_records(formulas, config, samples):
            unsampled.update(record.unsampled)
            if record.refusal:
                refused[record.refusal] += 1
            else:
                empty = False
                yield record.key, record.example
        if empty:
            reasons = ", ".join(f"{count} {reason}" for reason, count in refused.most_common())
            raise ValueError(f"Split {split!r} must keep at least one formula. Received: {reasons}")


def _find_ink(folder):
    sources = [path for path in sorted(epath.Path(folder).iterdir()) if is_ink_source(path)]
    for path in sources:
        if "train" in path.name.lower():
            return path
    raise FileNotFoundError(
        f"manual_dir must hold CROHME's training ink, with `train` in its name, or `ink` name it. Received: {folder} "
        f"with {', '.join(path.name for path in sources) or 'no archive or folder'}"
    )
