"""`im2latex evaluate` through the command line, with readers and predictions that know some of the answers."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

import tfds_builders  # noqa: F401 - registers them
from keras_im2latex import cli
from keras_im2latex.commands import evaluate

pytestmark = pytest.mark.skipif(not (shutil.which("latex") and shutil.which("dvipng")), reason="TeX is not installed")

FORMULAS = [r"x ^ { 2 } + 1", r"\frac { a } { b }", r"\notacommand", r"\alpha + \beta"]


class Reader:
    """Answers every picture with one formula, and remembers what it was asked; one picture cannot be read."""

    def __init__(self, unreadable=()):
        self.unreadable, self.pictures, self.calls = unreadable, [], []

    def generate(self, pictures, **options):
        self.calls.append(options)
        readings = []
        for picture in pictures:
            error = "broken" if len(self.pictures) in self.unreadable else None
            self.pictures.append(picture)
            tokens = () if error else tuple(FORMULAS[0].split())
            readings.append(SimpleNamespace(tokens=tokens, score=float("nan") if error else -1.0, error=error))
        return readings


@pytest.fixture
def reader(monkeypatch):
    reader = Reader()
    monkeypatch.setattr(evaluate, "load_model", lambda preset: reader)
    return reader


@pytest.fixture
def formulas(tmp_path):
    path = tmp_path / "formulas.txt"
    path.write_text("".join(f"{formula}\n" for formula in FORMULAS))
    return path


def run(capsys, tmp_path, *arguments):
    output = tmp_path / "out"
    options = ["--output", output, "--resamples", 20]
    status = cli.main([str(argument) for argument in ("evaluate", *arguments, *options)])
    captured = capsys.readouterr()
    results = json.loads((output / "results.json").read_text()) if (output / "results.json").exists() else None
    return status, captured.out, captured.err, results


def test_predictions_of_any_system(capsys, tmp_path, formulas):
    predictions = tmp_path / "theirs.tsv"
    predictions.write_text("1\t\\frac{a}{b}\n0.png\tx^2+1\n3\t\\alpha+\\gamma\n")
    status, out, err, results = run(capsys, tmp_path, formulas, "--predictions", predictions)
    assert status == 0
    assert "no line for 1 of 4 formulas, which count as wrong: 2" in err
    assert (results["form"], results["without_a_line"], results["dataset"]) == ("latex", 1, "formulas.txt")
    overall = results["overall"]
    assert (overall["formulas"], overall["image_formulas"], overall["gold_failures"]) == (4, 3, 1)
    assert overall["token_exact_match"] == 50.0
    assert overall["pixel_identical"] == pytest.approx(200 / 3)
    assert results["by_construct"]["fractions"]["image_match"] == 100.0
    assert [formula["predicted_latex"] for formula in results["formulas"]][:2] == ["x^2+1", r"\frac{a}{b}"]
    assert "50.00" in next(line for line in out.splitlines() if line.startswith("token exact match"))
    assert "theirs.tsv on formulas.txt" in (tmp_path / "out" / "report.html").read_text()


def test_preset_reads_drawn_formulas_and_goes_on(capsys, tmp_path, formulas, reader):
    status, _, _, results = run(capsys, tmp_path, formulas, "--preset", "tiny", "--beam-size", 2, "--limit", 2)
    assert status == 0
    assert (results["preset"], results["beam_size"], results["undrawable"]) == ("tiny", 2, 0)
    assert results["overall"]["token_exact_match"] == 50.0
    assert [(picture.dtype, picture.ndim) for picture in reader.pictures] == [(np.uint8, 2)] * 2
    *_, results = run(capsys, tmp_path, formulas, "--preset", "tiny", "--beam-size", 2)
    assert len(reader.pictures) == 3
    assert (results["undrawable"], [formula["index"] for formula in results["formulas"]]) == (1, [0, 1, 3])
    status, _, err, _ = run(capsys, tmp_path, formulas, "--preset", "tiny", "--beam-size", 3)
    assert status == 2
    assert 'predictions made with {"beam_size": 2' in err


@pytest.fixture
def sample(tmp_path):
    folder = tmp_path / "sample"
    (folder / "images").mkdir(parents=True)
    for name in ("first.png", "second.png"):
        Image.fromarray(np.full((8, 40), 90, np.uint8)).save(folder / "images" / name)
    lines = ["image\tnormalized", f"first.png\t{FORMULAS[0]}", f"second.png\t{FORMULAS[1]}"]
    (folder / "formulas.tsv").write_text("\n".join(lines) + "\n")
    return folder


def test_folder_of_pictures_and_one_that_cannot_be_read(capsys, tmp_path, sample, reader):
    reader.unreadable = (1,)
    status, _, err, results = run(capsys, tmp_path, sample, "--preset", "tiny")
    assert status == 1
    assert "im2latex: second.png: broken" in err
    assert [Path(picture).name for picture in reader.pictures] == ["first.png", "second.png"]
    assert reader.calls[0]["already_downsampled"]
    assert (results["unreadable"], results["overall"]["missing_predictions"]) == (1, 1)
    assert [formula["name"] for formula in results["formulas"]] == ["first.png", "second.png"]
    assert '"input":' in (tmp_path / "out" / "report.html").read_text()


def test_a_picture_that_could_not_be_read_is_named_by_every_run(capsys, tmp_path, sample, reader):
    reader.unreadable = (0,)
    run(capsys, tmp_path, sample, "--preset", "tiny")
    status, _, err, results = run(capsys, tmp_path, sample, "--preset", "tiny")
    assert (status, results["unreadable"], len(reader.pictures)) == (1, 1, 2)
    assert "im2latex: first.png: could not be read by the run before this one" in err


def test_folder_at_full_resolution(capsys, tmp_path, sample, reader):
    run(capsys, tmp_path, sample, "--preset", "tiny", "--full-resolution")
    assert not reader.calls[0]["already_downsampled"]


def test_tensorflow_dataset(capsys, tmp_path, reader):
    (tmp_path / "formulas").mkdir()
    (tmp_path / "formulas" / "validation.txt").write_text("".join(f"{formula}\n" for formula in FORMULAS))
    data = tmp_path / "data"
    for config, downsampled in (("full_resolution", False), ("prepared", True)):
        builder = tfds.builder(f"latex_formulas/{config}", data_dir=data)
        settings = tfds.download.DownloadConfig(manual_dir=tmp_path / "formulas")
        builder.download_and_prepare(download_config=settings)
        name = f"latex_formulas/{config}"
        status, *_, results = run(capsys, tmp_path, name, "--data-dir", data, "--preset", config)
        assert status == 0
        assert reader.calls[-1]["already_downsampled"] is downsampled
        assert {formula["gold"]: formula["name"] for formula in results["formulas"]} == {
            FORMULAS[0]: "0",
            FORMULAS[1]: "1",
            FORMULAS[3]: "3",
        }
        assert all(picture.startswith(b"\x89PNG") for picture in reader.pictures)
        assert results["overall"]["token_exact_match"] == pytest.approx(100 / 3)
        shutil.rmtree(tmp_path / "out")
    status, _, err, _ = run(capsys, tmp_path, name, "--data-dir", data, "--preset", "x", "--split", "test")
    assert (status, "split must be one of ['validation']. Received: test" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing here", "--preset", "x"], "no dataset, file or folder: nothing here"),
        (["{tmp}", "--preset", "x"], "formulas.tsv: cannot be read. Received: No such file"),
        (["{tmp}/formulas.txt", "--predictions", "{tmp}/none.tsv"], "none.tsv: cannot be read. Received: No such file"),
        (["{tmp}/formulas.txt", "--predictions", "{tmp}/formulas.txt"], "line 1 must be image, tab, latex"),
        (["{tmp}/formulas.txt", "--preset", "no such preset"], "`preset` must be"),
        (["{tmp}/formulas.txt", "--preset", "x", "--pictures", "-1"], "must be at least 0. Received: -1"),
    ],
)
def test_wrong_usage(capsys, tmp_path, formulas, arguments, message):
    status, out, err, _ = run(capsys, tmp_path, *(argument.replace("{tmp}", str(tmp_path)) for argument in arguments))
    assert (status, out) == (2, "")
    assert message in err.splitlines()[-1]
    assert err.splitlines()[-1].startswith("im2latex: ")


@pytest.mark.parametrize("arguments", [[], ["--preset", "x", "--predictions", "y"]])
def test_one_system_is_asked_for(capsys, formulas, arguments):
    with pytest.raises(SystemExit) as ended:
        cli.main(["evaluate", str(formulas), *arguments])
    assert ended.value.code == 2
    assert "--preset" in capsys.readouterr().err
