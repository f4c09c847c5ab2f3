import io
import subprocess
import sys
import tarfile
import zipfile

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from etils import epath

import tfds_builders
from keras_im2latex import images
from tfds_builders.crohme import crohme_dataset_builder
from tfds_builders.crohme.crohme_config import CrohmeConfig
from tfds_builders.handwritten_formulas.symbol_samples import SymbolSamples

FOLDER = epath.Path(crohme_dataset_builder.__file__).parent
DUMMY_DATA = FOLDER / "dummy_data"


class CrohmeTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = crohme_dataset_builder.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["full_resolution", "prepared"]
    SPLITS = {"train": 2, "test_2013": 1}


class AugmentedCrohmeTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = crohme_dataset_builder.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["augmented"]
    SPLITS = {"train": 22, "test_2013": 1}


@pytest.fixture
def build(tmp_path):
    def build(name="test", ink=DUMMY_DATA, **options):
        config = CrohmeConfig(name=name, ink=str(ink), **options)
        builder = tfds.builder("crohme", config=config, data_dir=tmp_path / "data")
        builder.download_and_prepare()
        return builder

    return build


def records(builder, split="train"):
    return {record["name"].decode(): record for record in tfds.as_numpy(builder.as_dataset(split=split))}


def test_the_builder_is_registered_by_importing_the_package():
    assert tfds_builders
    assert "crohme" in tfds.list_builders(with_community_datasets=False)


def test_records_hold_labels_ink_and_symbols(build):
    found = records(build())
    assert set(found) == {"HAMEX/formula_1", "mathml_only"}
    record = found["HAMEX/formula_1"]
    assert record["latex"] == b"x ^ { 2 } < 1"
    assert record["raw"] == rb"$\mbox{x}^2 \lt 1$"
    assert record["writer"] == b"hand1"
    strokes = [[[0, 0], [10, 20]], [[10, 0], [0, 20]], [[12, -8], [16, -10], [18, -6], [12, 0], [18, 0]]]
    strokes += [[[40, 0], [26, 8], [40, 16]], [[50, 0], [50, 20]]]
    assert record["strokes"].to_list() == strokes
    assert [record["symbols"][place] for place in record["stroke_symbols"]] == [b"x", b"x", b"2", rb"\lt", b"1"]
    other = found["mathml_only"]
    assert other["latex"] == rb"\frac { \Delta } { \sqrt { 2 } }"
    assert other["strokes"].to_list()[0] == [[0, 0], [200, 0], [100, 300], [0, 0]]
    assert len(other["strokes"].to_list()) == 4
    assert set(other["stroke_symbols"]) == {-1}
    assert len(other["symbols"]) == 0


def test_every_file_is_counted_or_named_with_its_reason(build, tmp_path):
    metadata = build().info.metadata
    problems = dict(metadata["problems"]["train"])
    assert "not well-formed XML" in problems.pop("cut_off")
    assert problems == {"empty": "empty file", "unlabelled": "no label (no LaTeX; no MathML)"}
    assert metadata["read"] == {"train": 2, "test_2013": 1}
    again = tfds.builder("crohme/test", data_dir=tmp_path / "data")
    assert again.info.metadata["problems"] == metadata["problems"]


def test_archives_give_what_their_folders_give(build, tmp_path):
    packed = tmp_path / "packed"
    packed.mkdir()
    with tarfile.open(packed / "CROHME_Train.tar.xz", "w:xz") as archive:
        archive.add(DUMMY_DATA / "train", "./TrainINKML")
        archive.addfile(tarfile.TarInfo("TrainINKML/._formula_1.inkml"), io.BytesIO())
    with zipfile.ZipFile(packed / "TEST2013_GT.zip", "w") as archive:
        archive.write(DUMMY_DATA / "2013_test" / "point.inkml", "TEST2013_GT/point.inkml")
        archive.writestr("TEST2013_GT/list.txt", "point.inkml")
    (packed / "notes.txt").write_text("no ink")
    folders, archives = build(), build("packed", packed)
    assert {name.removeprefix("TrainINKML/") for name in records(archives)} == set(records(folders))
    for name, record in records(folders).items():
        np.testing.assert_array_equal(record["image"], records(archives)[f"TrainINKML/{name}"]["image"])
    assert set(records(archives, "test_2013")) == {"TEST2013_GT/point"}
    assert len(archives.info.metadata["problems"]["train"]) == 3


def test_pictures_have_the_size_asked_for_and_prepared_ones_are_padded_and_halved(build):
    full, prepared = records(build()), records(build("small", prepared=True))
    # Longer sides of the strokes: 20, 20, 10, 16, 20. Six in ten are no longer than 20, which becomes 20 pixels.
    height, width = full["HAMEX/formula_1"]["image"].shape[:2]
    assert abs(height - (30 + 3)) <= 1
    assert abs(width - (50 + 3)) <= 1
    for name, record in full.items():
        halved = images.prepare(tf.constant(record["image"]), any_scale=False).numpy().astype(int)
        assert np.abs(prepared[name]["image"] - halved).max() <= 9  # 16 levels are 17 apart
    larger = records(build("larger", symbol_size=40.0, stroke_width=3.0))["HAMEX/formula_1"]["image"]
    assert abs(larger.shape[1] - (100 + 3)) <= 1


def test_what_is_too_large_is_drawn_smaller(build):
    options = {"symbol_size": 100.0, "max_height": 48, "max_width": 64}
    for prepared in (False, True):
        found = records(build(f"small_{prepared}", prepared=prepared, **options))
        for record in found.values():
            image = tf.constant(record["image"])
            height, width = (image if prepared else images.prepare(image, any_scale=False)).shape[:2]
            assert height <= 48
            assert width <= 64
            assert height > 44 or width > 60


def test_a_single_point_is_a_round_dot(build):
    (record,) = records(build(stroke_width=9.0), "test_2013").values()
    dot = 255 - record["image"][..., 0].astype(float)
    assert dot.shape == (9, 9)
    assert abs(dot.sum() / 255 - np.pi * 4.5**2) < 3
    assert dot[0, 0] == 0


def test_held_out_writers_are_in_validation_alone(build, tmp_path):
    text = (DUMMY_DATA / "train" / "HAMEX" / "formula_1.inkml").read_text()
    assert "hand1" in text
    for place in range(60):
        file = tmp_path / "ink" / "train" / f"{place}.inkml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.replace("hand1", f"hand{place % 20}"))
    builder = build(ink=tmp_path / "ink", held_out=0.3)
    writers = {split: {r["writer"] for r in records(builder, split).values()} for split in ("train", "validation")}
    assert not writers["train"] & writers["validation"]
    assert len(writers["train"] | writers["validation"]) == 20
    assert 1 <= len(writers["validation"]) <= 12
    assert sum(part.num_examples for part in builder.info.splits.values()) == 60
    assert builder.info.metadata["read"] == {"train": 60}
    drawn_with = SymbolSamples.read(tmp_path / "ink" / "train", held_out=0.3).writers
    assert set(drawn_with) == {writer.decode() for writer in writers["train"]}


def test_variants_are_of_training_formulas_alone_and_the_first_is_as_written(build):
    plain, varied = build(), build("varied", variants=3, with_ink=False)
    found = list(tfds.as_numpy(varied.as_dataset(split="train")))
    assert len(found) == 4 * 2
    assert "strokes" not in found[0]
    pictures = {}
    for record in found:
        name = record["name"].decode()
        assert record["latex"] == records(plain)[name]["latex"]
        pictures[name, int(record["variant"])] = record["image"]
    for name, record in records(plain).items():
        np.testing.assert_array_equal(pictures[name, 0], record["image"])
        assert len({pictures[name, variant].tobytes() for variant in range(4)}) == 4
    assert len(records(varied, "test_2013")) == 1
    again = build("again", variants=3, with_ink=False)
    for record in tfds.as_numpy(again.as_dataset(split="train")):
        np.testing.assert_array_equal(record["image"], pictures[record["name"].decode(), int(record["variant"])])
    other = build("other", variants=3, with_ink=False, seed=1)
    different = [
        pictures[record["name"].decode(), int(record["variant"])].tobytes() != record["image"].tobytes()
        for record in tfds.as_numpy(other.as_dataset(split="train"))
    ]
    assert sum(different) == 3 * 2


def test_without_matching_names_the_error_says_what_is_there(build):
    with pytest.raises(FileNotFoundError, match=r"Received: splits=.*2013_test, train"):
        build(splits={"validation": ("*validation*",)})


@pytest.mark.parametrize("option", ["symbol_size", "stroke_width", "max_height", "max_width"])
def test_a_config_of_no_use_says_why(option):
    with pytest.raises(ValueError, match=f"`{option}` must be .* Received: {option}=0"):
        CrohmeConfig(name="test", **{option: 0})


@pytest.mark.parametrize("options", [{"held_out": 1.0}, {"held_out": -0.1}, {"variants": -1}])
def test_shares_and_numbers_are_checked(options):
    (name,) = options
    with pytest.raises(ValueError, match=f"`{name}` must be .* Received: {name}="):
        CrohmeConfig(name="test", **options)


def test_the_command_line_builds_from_manual_dir(tmp_path):
    script = "from tensorflow_datasets.scripts.cli.main import launch_cli; launch_cli()"
    arguments = ["--config", "prepared", "--manual_dir", DUMMY_DATA, "--data_dir", tmp_path]
    command = [sys.executable, "-c", script, "build", FOLDER, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, cwd=FOLDER.parent.parent)
    assert result.returncode == 0, result.stderr[-2000:]
    assert len(records(tfds.builder("crohme/prepared", data_dir=tmp_path))) == 2
