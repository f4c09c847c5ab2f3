"""Formulas out of papers' LaTeX sources, rendered here."""

import json

import tensorflow_datasets as tfds

from keras_im2latex.markup.extraction import find_papers
from tfds_builders.arxiv_formulas.arxiv_formulas_config import ArxivFormulasConfig
from tfds_builders.latex_formulas.features import formula_features
from tfds_builders.latex_formulas.picture_config import FOR_TRAINING
from tfds_builders.latex_formulas.small_shards import SmallShards

_COUNTS = "refused.json"


class Builder(SmallShards, tfds.core.GeneratorBasedBuilder):
    """Formulas of papers and their pictures, found, normalized and rendered through Apache Beam.

    After a build, `builder.info.metadata["refused"]` holds how many formulas of each split are not in the dataset, by
    reason; under `unreadable_papers` and `problems`, what else could not be read.

    Example:
        >>> builder = tfds.builder("arxiv_formulas/prepared")
        >>> builder.download_and_prepare(download_config=tfds.download.DownloadConfig(manual_dir="papers"))
        >>> dataset = builder.as_dataset(split="train")
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = """
    Put papers into manual_dir: LaTeX files, folders of them, or archives (.tar, .tar.gz, .zip, .gz) as arXiv has them.
    """
    BUILDER_CONFIGS = [
        ArxivFormulasConfig(name="full_resolution", description="Every formula, cropped, as TeX drew it."),
        ArxivFormulasConfig(
            name="prepared",
            description="For training: halved, 16 grey levels, the paper's limits on length and size.",
            **FOR_TRAINING,
        ),
    ]

    def _info(self):
        return self.dataset_info_from_configs(
            features=formula_features(self.builder_config),
            supervised_keys=("image", "latex"),
            metadata=tfds.core.MetadataDict(refused={}),
        )

    def _split_generators(self, dl_manager, pipeline):
        import apache_beam as beam  # reading a finished dataset needs no Beam

        from tfds_builders.arxiv_formulas import beam_stages as stages

        config = self.builder_config
        found, refused = (
            pipeline
            | "Papers" >> beam.Create([str(config.papers or dl_manager.manual_dir)])
            | "FindPapers" >> beam.FlatMap(find_papers)
            | "SpreadPapers" >> beam.Reshuffle()
            | "Extract" >> beam.FlatMap(stages.paper_to_formulas, config).with_outputs(stages.REFUSED, main="found")
        )
        refusals = [refused]
        keyed = found | "KeyByTokens" >> beam.Map(stages.with_occurrences)
        if config.unique:
            keyed |= "KeepFirst" >> beam.CombinePerKey(stages.first_of_equals)
            refusals.append(keyed | "Repetitions" >> beam.FlatMap(stages.repetitions))
        examples, refused = (
            keyed
            | "KeyByPaper" >> beam.Map(stages.formula_of)
            | "GroupByPaper" >> beam.GroupByKey()
            | "Render" >> beam.FlatMap(stages.formulas_to_examples, config).with_outputs(stages.REFUSED, main="drawn")
        )
        refusals.append(refused)
        _ = (
            refusals
            | "Refusals" >> beam.Flatten()
            | "CountRefusals" >> beam.combiners.Count.PerElement()
            | "CollectCounts" >> beam.combiners.ToDict()
            | "WriteCounts" >> beam.Map(stages.write_counts, str(self.data_path / _COUNTS))
        )
        splits = ["train", "validation"] if config.validation_percent else ["train"]
        return {
            split: examples
            | f"Select_{split}" >> beam.Filter(stages.is_of_split, split)
            | f"Examples_{split}" >> beam.Map(stages.example_of)
            for split in splits
        }

    def _generate_examples(self):
        raise NotImplementedError("`_split_generators` makes the examples of all splits at once.")

    def _process_pipeline_result(self, pipeline_result):
        counts = self.data_path / _COUNTS
        self.info.metadata["refused"] = json.loads(counts.read_text())
        counts.unlink()
