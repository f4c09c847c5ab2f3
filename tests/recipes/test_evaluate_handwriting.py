"""The evaluation of handwriting with a reader that knows some answers: real ink, real rendering."""

import io
import json
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

import tfds_builders

sys.path.insert(0, str(Path(__file__).parents[2] / "recipes"))
import evaluate_handwriting
from paper.measurement import read_results

pytestmark = pytest.mark.skipif(not (shutil.which("latex") and shutil.which("dvipng")), reason="TeX is not installed")

INK = (
    '<ink><annotation type="truth">${}$</annotation><trace>0 0, 10 20</trace><trace>10 0, 0 20</trace>'
    "<trace>{} 0, 40 30</trace></ink>"
)
# A formula, what is read of it, and how many tokens are wrong.
FORMULAS = [("x^2", "x ^ { 2 }", 0), ("x+y", "x - y", 1), ("ab", "a b", 0), ("3", "", 1), ("\\frac{x}{3}", "x", 6)]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    assert tfds_builders
    folder = tmp_path_factory.mktemp("data")
    for part, formulas in (("2013_test", FORMULAS), ("train", FORMULAS[:1])):
        (folder / "ink" / part).mkdir(parents=True)
        for place, (label, _, _) in enumerate(formulas):
            (folder / "ink" / part / f"{place}.inkml").write_text(INK.format(label, 50 + 10 * place))
    builder = tfds.builder("crohme/prepared", data_dir=folder / "data")
    builder.download_and_prepare(download_config=tfds.download.DownloadConfig(manual_dir=folder / "ink"))
    return folder / "data"


class Reader:
    """Knows pictures by their widths, which grow with their formulas' numbers."""

    def __init__(self):
        self.options = []

    def generate(self, pictures, **options):
        self.options.append(options)
        widths = [Image.open(io.BytesIO(picture)).width for picture in pictures]
        order = np.argsort(np.argsort(widths))
        return [SimpleNamespace(tokens=FORMULAS[place][1].split(), score=-1.0, latex="", error=None) for place in order]


def run(data_dir, folder, reader, *more):
    arguments = ["--preset", "tiny", "--data-dir", data_dir, "--output", folder / "results.json", *more]
    return evaluate_handwriting.main([str(argument) for argument in arguments], lambda preset: reader)


def test_all_pictures_are_read_and_scored_by_label_and_by_picture(data_dir, tmp_path, capsys):
    reader = Reader()
    run(data_dir, tmp_path, reader, "--beam-size", 2)
    [asked] = reader.options
    assert asked == {"n_best": 1, "beam_size": 2, "batch_size": 32, "well_formed": True, "already_downsampled": True}
    scores = json.loads((tmp_path / "results.json").read_text())["runs"]["rendered"]
    assert scores["formulas"] == scores["pictures_read"] == 5
    assert scores["token_exact_match"] == scores["pixel_identical"] == 40.0
    assert (scores["within_1"], scores["within_2"], scores["missing_predictions"]) == (80.0, 80.0, 1)
    assert read_results(tmp_path / "results.json")["formulas"] == 5
    printed = {line[:27].strip(): line[27:].split() for line in capsys.readouterr().out.splitlines()}
    assert printed["ours"][-1] == "40.00"
    assert printed["MyScript"] == ["-", "-", "-", "-", "60.36"]
    assert printed["IM2TEX, standard"] == ["60.84", "33.53", "34.72", "-", "-"]
    # By hand: 1.96 sqrt(40 * 60 / 5)
    assert "± 42.94 (95 %)" in " ".join(printed["5 formulas; expression rate"])


def test_the_search_alone(data_dir, tmp_path):
    reader = Reader()
    assert "well_formed" not in run(data_dir, tmp_path, reader, "--plain", "--read-only")
    assert [options["well_formed"] for options in reader.options] == [False]
    head = (tmp_path / "results.predictions.tsv").read_text().partition("\n")[0]
    assert json.loads(head[2:]).keys() == {"weights", "beam_size", "pictures"}
    with pytest.raises(SystemExit, match='"well_formed": true'):
        run(data_dir, tmp_path, reader, "--read-only")


def test_reading_and_scoring_may_be_on_two_machines(data_dir, tmp_path):
    results = run(data_dir, tmp_path, Reader(), "--read-only")
    assert set(results["runs"]["rendered"]) == {"pictures_read", "reading_seconds"}
    assert read_results(tmp_path / "results.json") == {}
    results = run(data_dir, tmp_path, None)
    assert results["runs"]["rendered"]["pictures_read"] == 0
    assert results["runs"]["rendered"]["token_exact_match"] == 40.0


def test_without_the_dataset_the_error_says_so(tmp_path):
    with pytest.raises(SystemExit, match="crohme/prepared: must have been built"):
        run(tmp_path, tmp_path, Reader())
