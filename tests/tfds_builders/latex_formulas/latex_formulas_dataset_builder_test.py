import dataclasses
import functools
import shutil
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from etils import epath

from keras_im2latex import images, rendering
from keras_im2latex.markup import Habits, detokenize
from tfds_builders.latex_formulas import latex_formulas_dataset_builder
from tfds_builders.latex_formulas.formula_files import read_formulas
from tfds_builders.latex_formulas.latex_formulas_config import LatexFormulasConfig
from tfds_builders.latex_formulas.longer_formulas import LongerFormulas
from tfds_builders.latex_formulas.records import render_records

FOLDER = epath.Path(latex_formulas_dataset_builder.__file__).parent
FORMULAS = FOLDER / "dummy_data" / "formulas.tsv"

pytestmark = pytest.mark.skipif(not shutil.which("latex"), reason="needs latex and dvipng")


class LatexFormulasTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = latex_formulas_dataset_builder.Builder
    SPLITS = {"train": 3, "validation": 2}
    # The few formulas of dummy_data make no longer one.
    BUILDER_CONFIG_NAMES_TO_TEST = [config.name for config in DATASET_CLASS.BUILDER_CONFIGS if config.longer is None]


@pytest.fixture
def build(tmp_path):
    def build(name="test", formulas=FORMULAS, **options):
        config = LatexFormulasConfig(name=name, formulas=str(formulas), **options)
        builder = tfds.builder("latex_formulas", config=config, data_dir=tmp_path / "data")
        builder.download_and_prepare()
        return builder

    return build


def records(builder, split="train"):
    dataset = tfds.as_numpy(builder.as_dataset(split=split))
    return {int(record["index"]): record for record in dataset}


def test_pictures_are_those_of_the_renderer(build):
    builder = build(columns=("kind",))
    train, validation = records(builder), records(builder, "validation")
    (drawn,) = rendering.render([r"E = mc^2"])
    np.testing.assert_array_equal(train[0]["image"][..., 0], drawn.image)
    assert train[0]["latex"] == b"E = m c ^ { 2 }"
    assert train[0]["raw"] == b"E=mc^2"
    assert [train[index]["kind"] for index in sorted(train)] == [b"single", b"inline", b"row"]
    assert validation[5]["latex"] == rb"\sum _ n n"


def test_prepared_pictures_are_padded_halved_and_of_16_levels(build):
    full, prepared = records(build()), records(build("small", prepared=True))
    assert "raw" not in prepared[0]
    for index, record in full.items():
        halved = images.pad_and_downsample(tf.constant(record["image"])).numpy().astype(int)
        difference = np.abs(prepared[index]["image"] - halved)
        assert set(np.unique(prepared[index]["image"] % 17)) == {0}
        assert difference.max() <= 9
        assert prepared[index]["image"][0].min() == 255


def test_tokenized_targets_are_as_written_beside_the_same_pictures(build, tmp_path):
    (tmp_path / "formulas.tsv").write_text(
        "norm\traw\n"
        "\\frac { a } { b } _ { 1 } ^ { 2 }\t{a \\over b}^2_1\n"  # the normalizer's words and order
        "x _ { 1 }\t\n"
        "\tsin x'\n"
        "\\mathrm { i f ~ } x\t\\mbox{if }x\n"
    )
    build = functools.partial(build, formulas=tmp_path / "formulas.tsv", prepared=True)
    normalized, written = build(), build("written", targets="tokenized")
    as_written = {
        0: rb"{ a \over b } ^ 2 _ 1",
        2: b"s i n x '",
        3: rb"\mbox { i f } x",
    }
    assert {index: record["latex"] for index, record in records(written).items()} == as_written
    assert written.info.metadata["refused"] == {"train": {"no tokens": 1}}
    pictures = {index: record["image"] for index, record in records(normalized).items()}
    for index, record in records(written).items():
        np.testing.assert_array_equal(record["image"], pictures[index])
    with pytest.raises(ValueError, match="Received: targets='raw'"):
        LatexFormulasConfig(name="test", targets="raw")


def test_habits_rewrite_both_the_formula_and_its_picture(build, tmp_path):
    formulas = [f"a = {letter} , c ." for letter in "abcdefghijklmnopqrst"]
    (tmp_path / "train.txt").write_text("".join(f"{formula}\n" for formula in formulas))
    found = records(build(formulas=tmp_path / "train.txt", habits={"before_punctuation": 0.5, "after_commas": 1.0}))
    changed = 0
    for index, formula in enumerate(formulas):
        latex = Habits(before_punctuation=0.5, after_commas=1.0).rewrite(formula, seed=formula)
        assert found[index]["latex"].decode() == latex
        changed += latex != formula
        (drawn,) = rendering.render([detokenize(latex)])
        np.testing.assert_array_equal(found[index]["image"][..., 0], drawn.image)
    assert changed == 20
    (tmp_path / "train.txt").write_text("a = b .\nx = é .\n")
    builder = build("broken", formulas=tmp_path / "train.txt", habits={})
    assert list(records(builder)) == [0]
    assert sum(builder.info.metadata["refused"]["train"].values()) == 1
    with pytest.raises(ValueError, match="with `habits`\\. Received: targets='tokenized'"):
        LatexFormulasConfig(name="test", targets="tokenized", habits={})


def test_longer_formulas_are_drawn_as_what_they_were_put_together_to(build, tmp_path):
    lines = [f"{letter} = {letter} ^ 2" for letter in "abcdefghijklmnopqrstuvwxyz"]
    (tmp_path / "train.txt").write_text("".join(f"{line}\n" for line in lines))
    longer = {"minimum_tokens": 20, "arrays": 0.5, "matrices": 0.2}
    found = records(build(formulas=tmp_path / "train.txt", longer=longer))
    wanted = {one.index: one.latex for one in LongerFormulas(**longer).join(read_formulas(tmp_path / "train.txt"))}
    assert {index: record["latex"].decode() for index, record in found.items()} == wanted
    assert 3 < len(found) < 12
    for record in found.values():
        (drawn,) = rendering.render([detokenize(record["latex"].decode())])
        np.testing.assert_array_equal(record["image"][..., 0], drawn.image)
    with pytest.raises(ValueError, match="with `longer`\\. Received: targets='tokenized'"):
        LatexFormulasConfig(name="test", targets="tokenized", longer={})


@pytest.mark.parametrize(
    ("base", "name", "option"),
    [
        ("prepared", "prepared_varied", "variety"),
        ("prepared", "prepared_tokenized", "targets"),
        ("prepared", "prepared_habits", "habits"),
        ("prepared_varied", "prepared_varied_habits", "habits"),
        ("prepared_habits", "prepared_strokes", "variety"),
        ("prepared_longer", "prepared_longer_strokes", "variety"),
    ],
)
def test_prepared_and_its_variants_differ_in_nothing_else(base, name, option):
    prepared, written = (
        dataclasses.asdict(latex_formulas_dataset_builder.Builder.builder_configs[one]) for one in (base, name)
    )
    different = {name for name in prepared if prepared[name] != written[name]}
    assert different == {"name", "description", option}


def test_variety_draws_each_formula_on_its_page(build):
    variety = {"seed": 2, "number": 3, "font_families": ["times"], "font_sizes": [12], "resolutions": [100, 150]}
    pages = rendering.PageVariety(**variety)
    for record in records(build(variety=variety)).values():
        latex = detokenize(record["latex"].decode())
        (drawn,) = rendering.render([latex], pages.page_of(latex))
        np.testing.assert_array_equal(record["image"][..., 0], drawn.image)


def test_refused_formulas_are_counted_by_reason_and_remembered(build, tmp_path):
    refused = build(max_tokens=7).info.metadata["refused"]
    assert refused["train"].pop("more than 7 tokens") == 1
    (reason,) = refused["train"]
    assert "ndefined" in reason
    assert refused["train"] == {reason: 1}
    assert refused["validation"] == {"more than 7 tokens": 1}
    again = tfds.builder("latex_formulas/test", data_dir=tmp_path / "data")
    assert again.info.metadata["refused"]["validation"] == {"more than 7 tokens": 1}
    assert set(records(again)) == {1, 3}


def test_pictures_over_the_limits_are_refused(build, tmp_path):
    (tmp_path / "lines.txt").write_text("E=mc^2\n\\frac12\namxcmxczmxmx\nx\n")
    build = functools.partial(build, formulas=tmp_path / "lines.txt", prepared=True)
    everything = records(build("everything"))
    sizes = {index: record["image"].shape for index, record in everything.items()}
    height, width = sizes[0][:2]
    builder = build("limited", max_height=height, max_width=width)
    assert sizes[1][0] > height
    assert sizes[2][1] > width
    assert set(records(builder)) == {0, 3}
    refused = {f"higher than {height} pixels": 1, f"wider than {width} pixels": 1}
    assert builder.info.metadata["refused"] == {"train": refused}


def test_a_split_of_which_nothing_is_left_is_an_error(build, tmp_path):
    (tmp_path / "lines.txt").write_text("a+b\n% c\n")
    message = r"1 more than 2 tokens, 1 no tokens"
    with pytest.raises(ValueError, match=message):
        build(formulas=tmp_path / "lines.txt", max_tokens=2)


def test_any_cut_into_batches_gives_the_same_records():
    config = LatexFormulasConfig(name="test")
    formulas = list(read_formulas(FORMULAS))
    whole = {record.key: record for record in render_records(formulas, config)}
    parts = [formulas[:1], formulas[1:3], formulas[3:]]
    pieces = {record.key: record for part in parts for record in render_records(part, config)}
    assert list(whole) == [f"formulas.tsv:{index}" for index in range(6)]
    assert whole == pieces


def test_a_line_that_is_no_latex_costs_only_itself(tmp_path):
    (tmp_path / "train.txt").write_bytes(b"x_1\n\xff\xfe\n% only a comment\ny\n")
    outcomes = list(render_records(read_formulas(tmp_path / "train.txt"), LatexFormulasConfig(name="test")))
    refusals = {record.key: record.refusal for record in outcomes}
    assert refusals["train.txt:0"] is refusals["train.txt:3"] is None
    assert "printable ASCII" in refusals["train.txt:1"]
    assert "\ufffd" not in refusals["train.txt:1"]
    assert refusals["train.txt:2"] == "no tokens"


def test_the_command_line_builds_from_manual_dir(tmp_path):
    script = "from tensorflow_datasets.scripts.cli.main import launch_cli; launch_cli()"
    arguments = ["--config", "prepared", "--manual_dir", FORMULAS.parent, "--data_dir", tmp_path]
    command = [sys.executable, "-c", script, "build", FOLDER, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, cwd=FOLDER.parent.parent)
    assert result.returncode == 0, result.stderr[-2000:]
    assert "Generating train examples" in result.stderr
    assert len(records(tfds.builder("latex_formulas/prepared", data_dir=tmp_path))) == 3
