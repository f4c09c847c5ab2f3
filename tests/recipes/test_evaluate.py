"""The evaluation recipe with a reader that knows some of the answers, through real rendering."""

import json
import lzma
import shutil
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from keras_im2latex import models
from keras_im2latex.evaluation import drawn_formulas

pytestmark = pytest.mark.skipif(not (shutil.which("latex") and shutil.which("dvipng")), reason="TeX is not installed")

FORMULAS = [r"x ^ { 2 } + 1", r"\frac { a } { b }", r"\notacommand", r"\alpha + \beta", "", r"y = z"]
DRAWABLE = [0, 1, 3, 5]


@pytest.fixture(scope="module")
def evaluate(load_recipe):
    return load_recipe("evaluate")


class Reader:
    """Answers every picture with one formula, and remembers what it was asked."""

    def __init__(self, answer="x ^ { 2 } + 1", stop_after=None):
        self.answer, self.stop_after, self.pictures, self.calls = answer, stop_after, [], []

    def load(self, preset):
        self.preset = preset
        return self

    def generate(self, pictures, **options):
        self.calls.append(options)
        readings = []
        for picture in pictures:
            if self.stop_after is not None and len(self.pictures) == self.stop_after:
                raise KeyboardInterrupt
            self.pictures.append(picture)
            readings.append(SimpleNamespace(latex="", tokens=self.answer.split(), score=-1.5, error=None))
        return readings


@pytest.fixture
def formulas(tmp_path):
    path = tmp_path / "formulas.txt.xz"
    with lzma.open(path, "wt") as file:
        file.write("".join(f"{formula}\n" for formula in FORMULAS))
    return path


def arguments(tmp_path, *more):
    return ["--preset", "tiny", "--output", str(tmp_path / "out" / "results.json"), *map(str, more)]


def test_verified_readings_are_asked_for_and_logged_as_such(evaluate, tmp_path, formulas):
    reader = Reader()
    results = evaluate.main(arguments(tmp_path, "--formulas", formulas, "--verify"), reader.load)
    assert [call["verify"] for call in reader.calls] == [True]
    assert results["verify"] is True
    with pytest.raises(SystemExit, match="verify"):  # nothing of the one is taken for the other
        evaluate.main(arguments(tmp_path, "--formulas", formulas), reader.load)


def test_the_search_alone_is_logged_as_it_was_before_there_was_a_choice(evaluate, tmp_path, formulas):
    reader = Reader()
    command = arguments(tmp_path, "--formulas", formulas)
    results = evaluate.main([*command, "--plain"], reader.load)
    assert [(call["well_formed"], call["maximum_length"]) for call in reader.calls] == [(False, 200)]
    assert "well_formed" not in results
    log = tmp_path / "out" / "results.predictions.tsv"
    settings = json.loads(log.read_text().partition("\n")[0][2:])
    assert settings.keys() == {"weights", "pictures", "beam_size", "length_penalty"}
    with pytest.raises(SystemExit, match=r'wanted .*"maximum_length": 400, .*"well_formed": true'):
        evaluate.main(command, reader.load)
    log.unlink()
    assert evaluate.main(command, reader.load)["well_formed"] is True


def test_reads_scores_and_writes(evaluate, tmp_path, formulas, capsys):
    reader = Reader()
    evaluate.main(arguments(tmp_path, "--formulas", formulas, "--beam-size", 3), reader.load)
    assert reader.preset == "tiny"
    how = {"beam_size": 3, "length_penalty": 1.0, "well_formed": True, "maximum_length": 400}
    assert reader.calls == [{"n_best": 1, "batch_size": 32, **how}]
    assert [(picture.dtype, picture.ndim) for picture in reader.pictures] == [(np.uint8, 2)] * 4
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    run = results["runs"]["rendered"]
    assert (run["formulas"], run["undrawable"], run["pictures_read"]) == (4, 2, 4)
    assert run["token_exact_match"] == run["pixel_identical"] == 25.0
    printed = capsys.readouterr().out
    assert [line.split()[-1] for line in printed.splitlines() if "token exact match" in line] == ["25.00"]
    rows = (tmp_path / "out" / "results.predictions.tsv").read_text().splitlines()
    assert rows[2:] == [f"{i}\t{FORMULAS[i]}\tx ^ {{ 2 }} + 1\t-1.500000" for i in DRAWABLE]


def test_a_run_cut_short_goes_on(evaluate, tmp_path, formulas, monkeypatch):
    monkeypatch.setattr(evaluate, "read_pictures", partial(evaluate.read_pictures, chunk=2))
    command = arguments(tmp_path, "--formulas", formulas)
    with pytest.raises(KeyboardInterrupt):
        evaluate.main(command, Reader(stop_after=2).load)
    log = tmp_path / "out" / "results.predictions.tsv"
    with log.open("a") as file:
        file.write("3\t\\alpha + \\be")  # what a kill in the middle of a line leaves
    second = Reader()
    results = evaluate.main(command, second.load)
    assert len(second.pictures) == 2
    assert results["runs"]["rendered"]["formulas"] == 4
    assert len(log.read_text().splitlines()) == 2 + 4
    third = Reader()
    assert evaluate.main(command, third.load)["runs"]["rendered"]["bleu"] == results["runs"]["rendered"]["bleu"]
    assert third.pictures == []


def test_what_was_read_without_tex_is_scored_where_there_is_tex(evaluate, tmp_path, formulas, monkeypatch):
    command = arguments(tmp_path, "--formulas", formulas, "--images", tmp_path / "pictures")
    drawn_formulas.DrawnFormulas(tmp_path / "pictures").draw(FORMULAS)
    with monkeypatch.context() as without_tex:
        without_tex.setenv("PATH", "")
        read = evaluate.main([*command, "--read-only"], Reader().load)
    assert read["runs"]["rendered"].keys() == {"pictures_read", "reading_seconds"}
    scored = evaluate.main(command, None)
    assert scored["runs"]["rendered"]["formulas"] == 4


def test_predictions_of_something_else_are_refused(evaluate, tmp_path, formulas):
    evaluate.main(arguments(tmp_path, "--formulas", formulas), Reader().load)
    with pytest.raises(SystemExit, match='"beam_size": 2'):
        evaluate.main(arguments(tmp_path, "--formulas", formulas, "--beam-size", 2), Reader().load)
    with lzma.open(formulas, "wt") as file:
        file.write("other + formula\n" * 6)
    with pytest.raises(SystemExit, match=r"formula 0 is 'x \^ { 2 } \+ 1', but now 'other \+ formula'"):
        evaluate.main(arguments(tmp_path, "--formulas", formulas), Reader().load)


def test_pictures_are_kept_and_found_again(evaluate, tmp_path, formulas, monkeypatch):
    folder = tmp_path / "pictures"
    first = Reader()
    evaluate.main(arguments(tmp_path, "--formulas", formulas, "--images", folder), first.load)
    assert len(list(folder.glob("*.png"))) == 4
    drawn = []
    monkeypatch.setattr(drawn_formulas, "render", lambda texts, **_: drawn.extend(texts) or [])
    pictures = evaluate.DrawnFormulas(folder).draw(FORMULAS)
    assert drawn == []
    pictures = [pictures[i] for i in DRAWABLE]
    for picture, before in zip(pictures, first.pictures, strict=True):
        np.testing.assert_array_equal(picture, before)


def test_original_sample_stands_beside_the_same_formulas_rendered(evaluate, tmp_path, capsys):
    sample = tmp_path / "sample"
    (sample / "images").mkdir(parents=True)
    lines = ["image\tnormalized\traw"]
    for index, formula in enumerate(FORMULAS):
        Image.new("L", (64, 32), 255).save(sample / "images" / f"{index}.png")
        lines.append(f'{index}.png\t{formula}\t"{formula}')
    (sample / "formulas.tsv").write_text("\n".join(lines) + "\n")
    reader = Reader()
    results = evaluate.main(arguments(tmp_path, "--original-sample", sample), reader.load)
    assert [call.get("already_downsampled", False) for call in reader.calls] == [True, False]
    assert [Path(path).name for path in reader.pictures[:4]] == [f"{i}.png" for i in DRAWABLE]
    assert all(isinstance(picture, np.ndarray) for picture in reader.pictures[4:])
    both = [results["runs"][name] for name in ("authors' images", "same, rendered")]
    assert [(run["formulas"], run["undrawable"]) for run in both] == [(4, 2)] * 2
    assert "authors' images   same, rendered" in capsys.readouterr().out


def test_cells_are_counted_on_demand(evaluate, tmp_path, formulas, monkeypatch, capsys):
    monkeypatch.setattr(evaluate, "CHUNK", 3)
    asked = []

    def count_cells(model, pictures, formulas, **options):
        asked.append((model, [picture.ndim for picture in pictures], formulas, options))
        tokens = 10 * len(pictures)
        return models.CellCounts(22.0, 16.0 if len(asked) == 1 else 80.0, tokens)

    monkeypatch.setattr(models, "count_cells", count_cells)
    command = arguments(tmp_path, "--formulas", formulas)
    plain = evaluate.main(command, Reader().load)["runs"]["rendered"]
    assert asked == []
    assert "coarse_cells" not in plain
    assert "#F" not in capsys.readouterr().out
    reader = Reader()
    counted = evaluate.main([*command, "--count-cells", "--batch-size", "2"], reader.load)["runs"]["rendered"]
    answer = reader.answer.split()
    assert asked == [
        (reader, [2] * 3, [answer] * 3, {"batch_size": 2}),
        (reader, [2], [answer], {"batch_size": 2}),
    ]
    assert reader.pictures == []  # they had been read before
    assert (counted["coarse_cells"], counted["fine_cells"]) == (22.0, 32.0)
    assert counted["bleu"] == plain["bleu"]
    printed = capsys.readouterr().out
    assert [line.split()[-1] for line in printed.splitlines() if "#C" in line or "#F" in line] == ["22.0", "32.0"]


@pytest.mark.parametrize("reader", [models.CtcReader, models.Im2Latex])
def test_every_kind_of_reader_is_loaded(evaluate, tmp_path, reader):
    reader(["a"], filters=(2,) * 6).save_to_preset(tmp_path)
    assert type(evaluate.load_preset(tmp_path)) is reader


def test_something_to_evaluate_is_required(evaluate, capsys):
    with pytest.raises(SystemExit):
        evaluate.main(["--preset", "tiny"])
    assert "give --formulas, --original-sample, or both" in capsys.readouterr().err
