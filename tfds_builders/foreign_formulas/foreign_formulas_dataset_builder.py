"""Formulas as other people's screens and papers show them."""

from collections import Counter

import tensorflow_datasets as tfds

from tfds_builders.foreign_formulas.candidates import Candidates
from tfds_builders.foreign_formulas.foreign_formulas_config import ForeignFormulasConfig
from tfds_builders.foreign_formulas.npm_packages import VERSIONS, find_package, package_version
from tfds_builders.foreign_formulas.pictures import draw_pictures
from tfds_builders.foreign_formulas.records import picture_features, picture_record
from tfds_builders.foreign_formulas.renderers import FONTS, make_renderer
from tfds_builders.foreign_formulas.side_by_side import side_by_side
from tfds_builders.latex_formulas.small_shards import SmallShards

FOR_TRAINING = {
    "split": "train",
    "fonts": {name: fonts for name, fonts in FONTS.items() if name != "tex"},
    "scales": (0.5, 0.6, 0.75, 0.9, 1.1, 1.35, 1.7, 2.2, 3.0),
    "per_scale": 1_600,
    "prepared": True,
}
"""The options of every config to train on, one seed each: another seed deals other formulas."""
LARGER = {**FOR_TRAINING, "magnification": 1.25, "habits": {}}
"""The options of pictures that are to be shown a quarter larger."""


class Builder(SmallShards, tfds.core.GeneratorBasedBuilder):
    """Formulas drawn by KaTeX, MathJax, matplotlib and TeX in other fonts, at six scales, half of them disturbed.

    It measures how well a reader copes with pictures that its training renderer did not draw; the config `training`
    teaches it three of the four renderers. After a build, `builder.info.metadata` holds under `"refused"` how many
    formulas each renderer did not draw, by reason, and under `"versions"` which KaTeX and MathJax drew.

    Example:
        >>> builder = tfds.builder("foreign_formulas")
        >>> builder.download_and_prepare(download_config=tfds.download.DownloadConfig(manual_dir="formulas"))
        >>> dataset = builder.as_dataset(split="validation")
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = """
    Put a file of formulas into manual_dir, such as the validation formulas of IM2LATEX-100K, normalized: .txt with one
    formula a line, or .tsv with a header that names the columns (norm, raw, split); .xz, .gz and .bz2 too. What
    `npm pack katex@0.19.1 mathjax@3.2.2` brings goes there as well where npm can't be asked during the build.
    """
    BUILDER_CONFIGS = [
        ForeignFormulasConfig(name="default", description="64 pictures of each renderer at each of six scales."),
        ForeignFormulasConfig(
            name="training",
            description="Prepared pictures of training formulas. TeX in other fonts stays unseen.",
            **FOR_TRAINING,
        ),
        ForeignFormulasConfig(
            name="training_habits",
            description="As `training`, and formulas as other authors would have typed them: spaces, braces.",
            **FOR_TRAINING,
            seed=1,
            habits={},
        ),
        ForeignFormulasConfig(
            name="training_habits_more",
            description="As `training_habits`, of other formulas.",
            **FOR_TRAINING,
            seed=2,
            habits={},
        ),
        ForeignFormulasConfig(
            name="training_mathtext",
            description="As `training_habits`, twice as many by mathtext, whose families differ most, and by it alone.",
            **{**FOR_TRAINING, "fonts": {"mathtext": FONTS["mathtext"]}, "per_scale": 3_200},
            seed=3,
            habits={},
        ),
        ForeignFormulasConfig(
            name="training_larger", description="As `training_habits`, a quarter larger.", **LARGER, seed=4
        ),
        ForeignFormulasConfig(
            name="training_larger_more", description="As `training_larger`, of other formulas.", **LARGER, seed=5
        ),
        ForeignFormulasConfig(
            name="training_larger_mathtext",
            description="As `training_larger`, twice as many by mathtext and by it alone.",
            **{**LARGER, "fonts": {"mathtext": FONTS["mathtext"]}, "per_scale": 3_200},
            seed=6,
        ),
    ]

    def _info(self):
        return self.dataset_info_from_configs(
            features=picture_features(self.builder_config),
            supervised_keys=("image", "latex"),
            metadata=tfds.core.MetadataDict(refused={}, versions={}),
        )

    def _split_generators(self, dl_manager):
        config = self.builder_config
        candidates = Candidates(config.formulas or dl_manager.manual_dir, config)
        packages = {}
        for name in VERSIONS:
            if name in config.fonts:
                packages[name] = find_package(name, config.packages or _manual_dir(dl_manager), dl_manager)
                self.info.metadata["versions"][name] = package_version(packages[name])
        return {config.split: self._generate_examples(candidates, packages)}

    def _generate_examples(self, candidates, packages):
        fonts, metadata = self.builder_config.fonts, self.info.metadata["refused"]
        dealt = {name: candidates.deal(player, len(fonts)) for player, name in enumerate(fonts)}
        refused = {name: metadata.setdefault(name, Counter()) for name in fonts}
        yield from side_by_side([self._of_renderer(name, packages, dealt[name], refused[name]) for name in fonts])
        metadata["no renderer"] = candidates.refused

    def _of_renderer(self, name, packages, candidates, refused):
        config = self.builder_config
        with make_renderer(name, packages.get) as renderer:
            for picture in draw_pictures(renderer, name, candidates, config, refused):
                record = picture_record(name, picture, config)
                if record.refusal:
                    refused[record.refusal] += 1
                else:
                    yield record.key, record.example


def _manual_dir(dl_manager):
    try:
        return dl_manager.manual_dir
    except AssertionError:  # what TFDS raises when nobody made the folder
        return None
