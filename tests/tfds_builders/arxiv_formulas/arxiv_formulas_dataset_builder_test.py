import pickle
import shutil

import numpy as np
import pytest
import tensorflow_datasets as tfds
from apache_beam.options.pipeline_options import PipelineOptions
from etils import epath

from keras_im2latex import rendering
from keras_im2latex.markup.extraction import find_papers
from keras_im2latex.markup.normalization import normalize
from tfds_builders.arxiv_formulas import arxiv_formulas_dataset_builder
from tfds_builders.arxiv_formulas.arxiv_formulas_config import ArxivFormulasConfig
from tfds_builders.arxiv_formulas.paper_formulas import normalized_formulas, split_of

PAPERS = epath.Path(arxiv_formulas_dataset_builder.__file__).parent / "dummy_data"
# Of the three papers only `first` is in the first half by its hash.
HALF = 50

pytestmark = pytest.mark.skipif(not shutil.which("latex"), reason="needs latex and dvipng")


class ArxivFormulasTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = arxiv_formulas_dataset_builder.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["full_resolution"]
    SPLITS = {"train": 2, "validation": 2}


@pytest.fixture
def build(tmp_path):
    def build(*beam_options, name="test", **options):
        options = {"papers": str(PAPERS), "validation_percent": HALF, **options}
        config = ArxivFormulasConfig(name=name, **options)
        builder = tfds.builder("arxiv_formulas", config=config, data_dir=tmp_path / "data")
        beam = tfds.download.DownloadConfig(beam_options=PipelineOptions(list(beam_options)))
        builder.download_and_prepare(download_config=beam)
        return builder

    return build


def records(builder):
    found = {}
    for split in builder.info.splits:
        for record in tfds.as_numpy(builder.as_dataset(split=split)):
            found[split, record["paper"].decode(), int(record["index"])] = record
    return found


def test_papers_become_pictures_and_refusals_are_counted(build):
    builder = build()
    found = records(builder)
    assert {key: record["latex"].decode() for key, record in found.items()} == {
        ("train", "first", 2): "a = b",
        ("validation", "laplace", 0): "E = m _ { 0 } c ^ { 2 }",
        ("validation", "laplace", 1): r"\int _ { 0 } ^ { 1 } x \, d x = \frac { 1 } { 2 }",
        ("validation", "1234.00001/main", 0): r"\sum _ { n } \frac { 1 } { 2 } ^ { n } = 1",
    }
    record = found["validation", "laplace", 1]
    (drawn,) = rendering.render([r"\int_0^1 x\,dx = \frac12"])
    np.testing.assert_array_equal(record["image"][..., 0], drawn.image)
    assert record["raw"] == rb"\int_0^1 x\,dx = \frac12"
    assert record["kind"] == b"display"
    undefined = r"Undefined control sequence \undefinedcommand"
    assert builder.info.metadata["refused"] == {
        "train": {undefined: 2, "seen before": 1},
        "validation": {"an empty line inside": 1},
    }
    again = tfds.builder("arxiv_formulas/test", data_dir=builder.data_dir_root)
    assert again.info.metadata["refused"]["train"][undefined] == 2


def test_records_are_the_same_with_several_workers(build):
    one = records(build(name="one"))
    several = records(build("--direct_running_mode=multi_threading", "--direct_num_workers=3", name="several"))
    assert set(one) == set(several)
    for key, record in one.items():
        assert record["latex"] == several[key]["latex"]
        np.testing.assert_array_equal(record["image"], several[key]["image"])


def test_options(build):
    builder = build(
        papers=str(PAPERS / "laplace.tex"),
        kinds=("display",),
        normalization="im2markup",
        prepared=True,
        validation_percent=0,
        unique=False,
    )
    ((key, record),) = records(builder).items()
    assert key == ("train", "laplace", 1)
    assert record["latex"].decode() == normalize(r"\int_0^1 x\,dx = \frac12", mode="im2markup")
    assert "raw" not in record
    assert set(np.unique(record["image"] % 17)) == {0}


def test_what_workers_are_handed_can_be_pickled():
    config = ArxivFormulasConfig(name="test", min_tokens=7)
    paper = next(paper for paper in find_papers(str(PAPERS)) if paper.name.endswith("laplace"))
    outcomes = list(normalized_formulas(pickle.loads(pickle.dumps(paper)), pickle.loads(pickle.dumps(config))))
    assert [outcome.latex for outcome in outcomes] == [
        "E = m _ { 0 } c ^ { 2 }",
        r"\int _ { 0 } ^ { 1 } x \, d x = \frac { 1 } { 2 }",
    ]
    config.min_tokens = 13
    outcomes = list(normalized_formulas(paper, config))
    assert outcomes[0] == ("validation", "fewer than 13 tokens")


def test_the_split_hangs_on_the_paper_alone():
    names = [f"{number:04}" for number in range(4000)]
    splits = [split_of(name, 5) for name in names]
    assert 150 < splits.count("validation") < 250
    assert set(splits) == {"train", "validation"}
    assert all(split_of(name, 50) == "validation" for name, split in zip(names, splits) if split == "validation")
    assert {split_of(name, 0) for name in names} == {"train"}
