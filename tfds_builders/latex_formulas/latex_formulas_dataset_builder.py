"""Any file of formulas, rendered here."""

import math
from collections import Counter

import tensorflow_datasets as tfds

from keras_im2latex.markup import Habits
from tfds_builders.latex_formulas.features import formula_features
from tfds_builders.latex_formulas.formula_files import find_formula_files, find_splits, read_formulas, tokenized
from tfds_builders.latex_formulas.journaled_rendering import JournaledRendering
from tfds_builders.latex_formulas.latex_formulas_config import LatexFormulasConfig
from tfds_builders.latex_formulas.longer_formulas import LongerFormulas
from tfds_builders.latex_formulas.picture_config import FOR_TRAINING
from tfds_builders.latex_formulas.records import render_records
from tfds_builders.latex_formulas.small_shards import SmallShards

_RESOLUTIONS = (180, 240)
"""Pixels an inch at which 10 and 12 points come out 0.75 to 1.2 times as large as on the page of `prepared`."""
_VARIETY = {
    "number": 48,
    "font_sizes": (10, 12),
    "weights": ("medium",) * 5 + ("bold",),
    "resolutions": _RESOLUTIONS,
}
_FOR_LONGER = FOR_TRAINING | {"max_tokens": 320, "max_height": 200, "max_width": 800}
"""The options of the configs whose formulas are put together: larger pictures."""
_STROKES = {
    "number": 8,
    "seed": 2,
    "font_families": ("computer-modern",),
    "font_sizes": (12,),
    "weights": ("medium",),
    "resolutions": (200, 200),
    "gammas": (math.inf,),
    "spreads": (0.0, 1.0),
}
"""The page of `prepared` in eight thicknesses of strokes: bars are one or two pixels thick, as the authors' are."""


class Builder(JournaledRendering, SmallShards, tfds.core.GeneratorBasedBuilder):
    """Formulas and their pictures, rendered by TeX on this machine.

    After a build, `builder.info.metadata["refused"]` holds how many formulas of each split are not in the
    dataset, by reason. A build that was killed is simply started again: what it had drawn is not drawn again.

    Example:
        >>> builder = tfds.builder("latex_formulas/prepared")
        >>> builder.download_and_prepare(download_config=tfds.download.DownloadConfig(manual_dir="formulas"))
        >>> dataset = builder.as_dataset(split="train")
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = """
    Put files of formulas into manual_dir: .txt with one formula a line, or .tsv with a header that names the
    columns (norm, raw, split); .xz, .gz and .bz2 too. train.txt, validation.txt and test.txt become these
    splits.
    """
    BUILDER_CONFIGS = [
        LatexFormulasConfig(name="full_resolution", description="Every formula, cropped, as TeX drew it."),
        LatexFormulasConfig(
            name="prepared",
            description="For training: halved, 16 grey levels, the paper's limits on length and size.",
            **FOR_TRAINING,
        ),
        LatexFormulasConfig(
            name="prepared_varied",
            description="The formulas of `prepared` in many typefaces, inks and resolutions about the model's.",
            **FOR_TRAINING,
            variety=_VARIETY,
        ),
        LatexFormulasConfig(
            name="prepared_tokenized",
            description="The pictures of `prepared`; formulas as their authors wrote them, only split into tokens.",
            **FOR_TRAINING,
            targets="tokenized",
        ),
        LatexFormulasConfig(
            name="prepared_habits",
            description="The formulas of `prepared` as other authors would have typed them: spaces, braces.",
            **FOR_TRAINING,
            habits={},
        ),
        LatexFormulasConfig(
            name="prepared_varied_habits",
            description="The formulas of `prepared_habits`, drawn as `prepared_varied` is.",
            **FOR_TRAINING,
            variety=_VARIETY,
            habits={},
        ),
        LatexFormulasConfig(
            name="prepared_larger",
            description="As `prepared_varied_habits`, a quarter larger, on pages of another draw.",
            **{**FOR_TRAINING, "max_height": 200, "max_width": 600},
            variety={**_VARIETY, "seed": 1, "resolutions": (225, 300)},
            habits={},
        ),
        LatexFormulasConfig(
            name="prepared_longer",
            description="Formulas of `prepared_habits` put together to ones of 151 to 320 tokens, on larger pictures.",
            **_FOR_LONGER,
            habits={},
            longer={},
        ),
        LatexFormulasConfig(
            name="prepared_strokes",
            description="The formulas of `prepared_habits`, strokes in eight thicknesses.",
            **FOR_TRAINING,
            variety=_STROKES,
            habits={},
        ),
        LatexFormulasConfig(
            name="prepared_longer_strokes",
            description="The formulas of `prepared_longer`, strokes in eight thicknesses.",
            **_FOR_LONGER,
            variety=_STROKES,
            habits={},
            longer={},
        ),
        LatexFormulasConfig(
            name="prepared_rows",
            description="Short formulas of `prepared_habits` in the rows of arrays, strokes in eight thicknesses.",
            **_FOR_LONGER | {"max_tokens": 400},
            variety=_STROKES,
            habits={},
            longer={"minimum_tokens": 240, "maximum_tokens": 400, "arrays": 1.0, "matrices": 0.0, "longest_part": 40},
        ),
    ]

    def _info(self):
        return self.dataset_info_from_configs(
            features=formula_features(self.builder_config),
            supervised_keys=("image", "latex"),
            metadata=tfds.core.MetadataDict(refused={}),
        )

    def _split_generators(self, dl_manager):
        config = self.builder_config
        files = find_formula_files(config.formulas or dl_manager.manual_dir)
        splits = find_splits(files, column=config.column)
        return {split: self._generate_examples(files, split) for split in splits}

    def _generate_examples(self, files, split):
        config = self.builder_config
        refused = self.info.metadata["refused"].setdefault(split, Counter())
        formulas = (
            formula for file in files for formula in read_formulas(file, column=config.column) if formula.split == split
        )
        if config.targets == "tokenized":
            formulas = map(tokenized, formulas)
        if config.longer is not None:
            formulas = LongerFormulas(**config.longer).join(formulas)
        habits = None if config.habits is None else Habits(**config.habits)
        empty = True
        with self.journaled_render() as draw:
            for record in render_records(formulas, config, draw, habits):
                if record.refusal:
                    refused[record.refusal] += 1
                else:
                    empty = False
                    yield record.key, record.example
        if empty:
            reasons = ", ".join(f"{count} {reason}" for reason, count in refused.most_common())
            raise ValueError(f"Split {split!r} must keep at least one formula. Received: {reasons}")
