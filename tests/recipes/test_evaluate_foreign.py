"""The recipe on foreign formulas with a reader that knows some of the answers, through real rendering."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
import tensorflow_datasets as tfds

import tfds_builders
from tfds_builders.foreign_formulas.foreign_formulas_config import ForeignFormulasConfig

pytestmark = pytest.mark.skipif(not (shutil.which("latex") and shutil.which("dvipng")), reason="TeX is not installed")

FORMULAS = Path(tfds_builders.__file__).parent / "foreign_formulas" / "dummy_data" / "formulas.txt"


@pytest.fixture(scope="module")
def recipe(load_recipe):
    return load_recipe("evaluate_foreign")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    config = ForeignFormulasConfig(
        name="small",
        formulas=str(FORMULAS),
        fonts={"mathtext": ("cm",), "tex": ("bookman",)},
        scales=(0.5, 2.0),
        per_scale=2,
    )
    tfds.builder("foreign_formulas", config=config, data_dir=folder).download_and_prepare()
    return folder


@pytest.fixture(scope="module")
def records(data_dir):
    builder = tfds.builder("foreign_formulas/small", data_dir=data_dir)
    dataset = builder.as_dataset(split="validation", decoders={"image": tfds.decode.SkipDecoding()})
    return {record["image"]: record for record in tfds.as_numpy(dataset)}


class Reader:
    """Reads what it is told to read right, and everything else as one formula."""

    def __init__(self, records, right=lambda record: True):
        self.records, self.right, self.calls = records, right, []

    def load(self, preset):
        self.preset = preset
        return self

    def generate(self, pictures, **options):
        self.calls.append((len(pictures), options))
        texts = [self.records[png]["latex"].decode() if self.right(self.records[png]) else "q" for png in pictures]
        return [SimpleNamespace(latex="", tokens=text.split(), score=-1.0, error=None) for text in texts]


def arguments(tmp_path, data_dir, *more):
    output = tmp_path / "out" / "results.json"
    command = ["--preset", "tiny", "--dataset", "foreign_formulas/small", "--data-dir", str(data_dir)]
    return [*command, "--resamples", "50", "--output", str(output), *more]


def test_a_reader_that_knows_all_scores_100_in_every_group(recipe, tmp_path, data_dir, records):
    reader = Reader(records)
    results = recipe.main(arguments(tmp_path, data_dir, "--beam-size", "2"), reader.load)
    assert reader.preset == "tiny"
    assert reader.calls == [
        (8, {"n_best": 1, "beam_size": 2, "length_penalty": 1.0, "batch_size": 32, "on_error": "keep"})
    ]
    groups = [scores for grouping in results["scores"].values() for scores in grouping.values()]
    assert {scores["image_match"] for scores in groups} == {scores["pixel_identical"] for scores in groups} == {100.0}
    assert results["scores"]["all"]["all"]["image_match_interval"] == [100.0, 100.0]
    assert json.loads((tmp_path / "out" / "results.json").read_text()) == results


def test_groups_are_those_of_the_records(recipe, tmp_path, data_dir, records, capsys):
    reader = Reader(records, right=lambda record: record["scale"] > 1 and record["renderer"] == b"tex")
    found = recipe.main(arguments(tmp_path, data_dir), reader.load)["scores"]
    match = {grouping: {name: scores["image_match"] for name, scores in found[grouping].items()} for grouping in found}
    assert match["all"] == {"all": 25.0}
    assert match["renderer"] == {"mathtext": 0.0, "tex": 50.0}
    assert match["font"] == {"mathtext cm": 0.0, "tex bookman": 50.0}
    assert list(match["scale"].items()) == [("0.5", 0.0), ("2", 50.0)]
    assert match["renderer and scale"] == {"mathtext 0.5": 0.0, "mathtext 2": 0.0, "tex 0.5": 0.0, "tex 2": 100.0}
    assert found["disturbance"]["plain"]["formulas"] == 4
    assert sum(scores["formulas"] for scores in found["disturbance"].values()) == 8
    assert sum(scores["formulas"] for scores in found["scale, plain"].values()) == 4
    printed = capsys.readouterr().out
    assert (tmp_path / "out" / "results.md").read_text() in printed
    (row,) = [line for line in printed.splitlines() if line.startswith("| tex 2 |")]
    assert row.endswith("| 100.00 | 100.00 | 100.00 | 100.00 | 100.0 to 100.0 |")
    assert (tmp_path / "out" / "results.png").read_bytes().startswith(b"\x89PNG")


def test_what_was_read_is_scored_later(recipe, tmp_path, data_dir, records, monkeypatch):
    command = arguments(tmp_path, data_dir, "--limit", "3")
    with monkeypatch.context() as without_tex:
        without_tex.setenv("PATH", "")
        read = recipe.main([*command, "--read-only"], Reader(records).load)
    assert read["pictures_read"] == 3
    assert "scores" not in read
    scored = recipe.main(command, None)
    assert scored["pictures_read"] == 0
    assert scored["scores"]["all"]["all"]["formulas"] == 3


def test_a_dataset_that_was_not_built_says_so(recipe, tmp_path):
    command = arguments(tmp_path, tmp_path / "empty", "--dataset", "foreign_formulas/default")
    with pytest.raises(SystemExit, match=r"must have been built, see `tfds build`"):
        recipe.main(command, None)
