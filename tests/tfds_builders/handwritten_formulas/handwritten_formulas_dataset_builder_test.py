import shutil

import numpy as np
import pytest
import tensorflow_datasets as tfds
from etils import epath

import tfds_builders
from tfds_builders.handwritten_formulas import handwritten_formulas_dataset_builder
from tfds_builders.handwritten_formulas.habits import Habits
from tfds_builders.handwritten_formulas.handwritten_formulas_config import HandwrittenFormulasConfig
from tfds_builders.handwritten_formulas.symbol_samples import SymbolSamples
from tfds_builders.handwritten_formulas.written_records import write_records
from tfds_builders.latex_formulas.formula_files import Formula, read_formulas

FOLDER = epath.Path(handwritten_formulas_dataset_builder.__file__).parent
DUMMY_DATA = FOLDER / "dummy_data"
FORMULAS = DUMMY_DATA / "formulas.tsv"

pytestmark = pytest.mark.skipif(not shutil.which("latex"), reason="needs latex and its fonts")


class HandwrittenFormulasTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = handwritten_formulas_dataset_builder.Builder
    SPLITS = {"train": 2, "validation": 1}


@pytest.fixture
def build(tmp_path):
    def build(name="test", **options):
        options = {"formulas": str(FORMULAS), "ink": str(DUMMY_DATA / "train"), **options}
        config = HandwrittenFormulasConfig(name=name, **options)
        builder = tfds.builder("handwritten_formulas", config=config, data_dir=tmp_path / "data")
        builder.download_and_prepare()
        return builder

    return build


@pytest.fixture(scope="module")
def samples():
    return SymbolSamples.read(DUMMY_DATA / "train")


def records(builder, split="train"):
    return {int(record["index"]): record for record in tfds.as_numpy(builder.as_dataset(split=split))}


def written(formulas, samples, **options):
    config = HandwrittenFormulasConfig(name="test", **options)
    return list(
        write_records([Formula("f", place, "train", "", tex) for place, tex in enumerate(formulas)], config, samples)
    )


def test_the_builder_is_registered_by_importing_the_package():
    assert tfds_builders
    assert "handwritten_formulas" in tfds.list_builders(with_community_datasets=False)


def test_targets_are_what_the_hand_shows_or_the_printed_formula(build):
    handwritten, printed = build(), build("printed", form="printed")
    assert records(handwritten)[0]["latex"] == rb"\frac { x } { \sqrt { 2 } } + 1"
    assert records(handwritten)[1]["latex"] == rb"\operatorname { s i n } ( x ) - 2"
    assert records(printed)[1]["latex"] == rb"\operatorname { s i n } \left( x \right) - 2"
    assert records(handwritten, "validation")[2]["latex"] == b"x _ { Q } ^ { 2 }"


def test_the_build_says_what_is_refused_and_what_had_no_sample(build):
    metadata = build().info.metadata
    assert metadata["refused"] == {"train": {}, "validation": {"Undefined control sequence \\undefinedcommand": 1}}
    assert metadata["unsampled"] == {"train": {}, "validation": {"Q": 1}}
    assert metadata["samples"]["x"] == 3
    assert metadata["samples"][r"\sin"] == 1
    validation = records(build("again"), "validation")
    assert validation[2]["unsampled"] == b"Q"


def test_formulas_without_samples_can_be_refused(samples):
    drawn, refused = written(["x", "x Q"], samples, unsampled="refuse")
    assert drawn.example
    assert refused.example is None
    assert (refused.refusal, refused.unsampled) == ("a symbol without a sample", ("Q",))


def test_any_cut_and_any_number_of_processes_gives_the_same_pictures(samples):
    formulas = list(read_formulas(FORMULAS)) + [Formula("f", place, "train", "", "x" * place) for place in range(1, 5)]
    config, parallel = (HandwrittenFormulasConfig(name="test", workers=workers) for workers in (1, 2))
    whole = list(write_records(formulas, config, samples))
    pieces = [record for part in (formulas[:1], formulas[1:]) for record in write_records(part, config, samples)]
    assert pieces == whole
    assert list(write_records(formulas, parallel, samples)) == whole


def test_another_seed_is_another_hand(samples):
    first, again, other = (written(["x+2"], samples, seed=seed)[0].example["image"] for seed in (1, 1, 2))
    assert first == again != other


def test_a_formula_can_be_brought_to_the_size_of_ink(samples):
    habits = Habits(**dict.fromkeys(["size", "symbol_size", "symbol_turn", "slant", "line_turn", "wave"], 0.0))
    for size in (20, 60):
        (record,) = written(["1"], samples, symbol_size=float(size), habits=habits)
        height = int.from_bytes(record.example["image"][20:24], "big")
        assert abs(height - (size + 3)) <= 3  # the stroke of a 1, and the pen around it


def test_what_is_too_large_is_written_smaller_or_refused(samples):
    # Two hundred x are about 8 by 200 pixels in print, halved.
    smaller, refused = written(["x" * 40, "x" * 200], samples, prepared=True, max_width=300, habits=Habits(spread=1.0))
    width = int.from_bytes(smaller.example["image"][16:20], "big")
    assert 150 < width <= 300
    assert refused.refusal == "too large"
    (tight,) = written(["x" * 40], samples, prepared=True, max_width=250, smallest=0.3)
    assert 240 <= int.from_bytes(tight.example["image"][16:20], "big") <= 250


def test_a_split_of_which_nothing_is_left_is_an_error(build, tmp_path):
    (tmp_path / "lines.txt").write_text("a+b\n% c\n")
    with pytest.raises(ValueError, match="1 more than 2 tokens, 1 no tokens"):
        build(formulas=str(tmp_path / "lines.txt"), max_tokens=2)


def test_without_ink_the_error_says_what_is_there(tmp_path):
    (tmp_path / "manual" / "crohme_2013_test").mkdir(parents=True)
    (tmp_path / "manual" / "formulas.txt").write_text("x\n")
    builder = tfds.builder("handwritten_formulas/prepared", data_dir=tmp_path / "data")
    download_config = tfds.download.DownloadConfig(manual_dir=tmp_path / "manual")
    with pytest.raises(FileNotFoundError, match=r"training ink.* Received: .* with crohme_2013_test"):
        builder.download_and_prepare(download_config=download_config)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"form": "raw"}, "`form` must be one of .* Received: form='raw'"),
        ({"unsampled": "skip"}, "`unsampled` must be one of"),
        ({"workers": 0}, "`workers` must be at least 1"),
        ({"smallest": 0}, "`smallest` must be over 0"),
        ({"symbol_size": 0}, "`symbol_size` must be more than 0 pixels"),
        ({"held_out": 1}, "`held_out` must be from 0 to less than 1"),
    ],
)
def test_a_config_of_no_use_says_why(options, message):
    with pytest.raises(ValueError, match=message):
        HandwrittenFormulasConfig(name="test", **options)


def test_pictures_are_dark_strokes_on_paper_of_about_the_print_s_size(build):
    for record in records(build()).values():
        image = record["image"][..., 0]
        assert image.min() == 0
        assert 0.5 < np.mean(image == 255) < 0.98
        assert 20 < image.shape[0] < 160
