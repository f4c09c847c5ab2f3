"""Files of formulas and predictions as people make them, and break them."""

import gzip
import lzma

import numpy as np
import pytest
from PIL import Image

from keras_im2latex.evaluation import (
    EvaluationInputError,
    FormulaSet,
    guess_form,
    read_formula_file,
    read_predictions,
    read_prepared_dataset,
    read_sample_folder,
    tokens_and_latex,
)


def write(path, data):
    if isinstance(data, str):
        data = data.encode()
    path.write_bytes({".gz": gzip.compress, ".xz": lzma.compress}.get(path.suffix, bytes)(data))
    return path


@pytest.mark.parametrize("name", ["formulas.txt", "formulas.txt.gz", "formulas.norm.txt.xz"])
def test_formula_files(tmp_path, name):
    path = write(tmp_path / name, "x ^ { 2 }\n\ny  = z\r\n")
    found = read_formula_file(path)
    assert (found.formulas, found.names, found.pictures) == (["x ^ { 2 }", "", "y = z"], ["0", "1", "2"], None)
    assert read_formula_file(path, limit=1).formulas == ["x ^ { 2 }"]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"x\ny \xff\n", "a.txt: line 2 must be UTF-8"),
        ("a.txt", b"\n \n", "must hold normalized formulas.*Received: none"),
        ("a.txt.xz", None, "cannot be read"),
        ("a.txt.gz", None, "cannot be read"),
    ],
)
def test_broken_formula_files(tmp_path, name, data, message):
    path = tmp_path / name
    path.write_bytes(b"no archive at all" if data is None else data)
    with pytest.raises(EvaluationInputError, match=message):
        read_formula_file(path)


def test_cut_off_archive_and_missing_file(tmp_path):
    path = write(tmp_path / "a.txt.xz", "x + y\n" * 1000)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(EvaluationInputError, match="cannot be read"):
        read_formula_file(path)
    with pytest.raises(EvaluationInputError, match="No such file"):
        read_formula_file(tmp_path / "none.txt")


@pytest.fixture
def sample(tmp_path):
    folder = tmp_path / "sample"
    (folder / "images").mkdir(parents=True)
    for name in ("a1.png", "b2.png"):
        Image.fromarray(np.zeros((4, 4), np.uint8)).save(folder / "images" / name)
    write(folder / "formulas.tsv", 'image\tnormalized\traw\na1.png\tx  + y\t"x+y\nb2.png\tz\tz\n')
    return folder


def test_sample_folder(sample):
    found = read_sample_folder(sample)
    assert (found.formulas, found.names, found.already_downsampled) == (["x + y", "z"], ["a1.png", "b2.png"], True)
    assert found.pictures([1]) == [str(sample / "images" / "b2.png")]
    assert read_sample_folder(sample, limit=1).names == ["a1.png"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("image\tlatex\na1.png\tx\n", r"must name the columns image and normalized. Received: \['image', 'latex'\]"),
        ("image\tnormalized\na1.png\n", "line 2 must have 2 columns. Received: 1: 'a1.png'"),
        ("image\tnormalized\na1.png\tx\nc.png\ty\nd.png\tz\n", "Received: 2 of 3 missing: c.png, d.png"),
        ("image\tnormalized\n", "must hold formulas. Received: none"),
    ],
)
def test_broken_sample_folders(sample, table, message):
    write(sample / "formulas.tsv", table)
    with pytest.raises(EvaluationInputError, match=message):
        read_sample_folder(sample)


@pytest.fixture
def formula_set():
    return FormulaSet("sample", ["x", "y", "z"], ["a1.png", "b2.png", "c3.png"])


@pytest.mark.parametrize(
    "text",
    [
        "a1.png\tX\nc3.png\tZ\n",
        "c3\tZ\nsome/folder/a1.png\tX\n",
        "# a comment\n2\tZ\n\n0.png\tX\n",
    ],
)
def test_predictions_find_their_formulas(tmp_path, formula_set, text):
    assert read_predictions(write(tmp_path / "p.tsv.gz", text), formula_set) == ["X", None, "Z"]


def test_empty_predictions_are_not_absent_ones(tmp_path, formula_set):
    assert read_predictions(write(tmp_path / "p.tsv", "a1.png\t\n"), formula_set) == ["", None, None]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a1.png X\n", r"p.tsv: line 1 must be image, tab, latex. Received: 1 columns: 'a1.png X'"),
        ("a1.png\tX\nb2.png\tY\t-1.5\n", "line 2 must be.*Received: 3 columns"),
        ("a1.png\tX\nd4.png\tY\n7\tZ\n", "must be one of sample. Received: 2 unknown: d4.png, 7"),
        ("a1.png\tX\n0\tY\n", "must come once. Received: '0' again on line 2, first on line 1"),
        ("# nothing\n", "must hold predictions for sample. Received: none"),
    ],
)
def test_wrong_prediction_files(tmp_path, formula_set, text, message):
    with pytest.raises(EvaluationInputError, match=message):
        read_predictions(write(tmp_path / "p.tsv", text), formula_set)


def test_predictions_beyond_the_limit_are_left_aside(tmp_path, formula_set):
    path = write(tmp_path / "p.tsv", "a1.png\tX\nd4.png\tY\n")
    assert read_predictions(path, formula_set, limited=True) == ["X", None, None]


def test_form_is_guessed_from_all_lines():
    assert guess_form([r"\frac { a } { b }", "", "x"]) == "tokens"
    assert guess_form([r"\frac { a } { b }", r"\frac{a}{b}"]) == "latex"
    assert guess_form(["x", "ä"]) == "latex"


def test_both_forms_of_one_prediction_agree():
    written = r"\operatorname { s i n } ^ { 2 } x _ { 1 }"
    assert tokens_and_latex(rf"{written} \hspace {{ 3 m m }}", "tokens")[1] == r"\sin^2 x_1\hspace{3mm}"
    assert (
        tokens_and_latex(written, "tokens")
        == tokens_and_latex(r"\sin^2 x_1", "latex")
        == (written.split(), r"\sin^2 x_1")
    )
    assert tokens_and_latex(" ", "latex") == ([], "")


def test_latex_that_cannot_be_normalized_keeps_its_tokens():
    assert tokens_and_latex(r"x^{2", "latex") == (["x", "^", "{", "2"], "x^{2")
    assert tokens_and_latex("ä +", "latex")[0]
    with pytest.raises(ValueError, match="Received: form='html'"):
        tokens_and_latex("x", "html")


def test_dataset_that_is_not_there(tmp_path):
    with pytest.raises(EvaluationInputError, match="no dataset, file or folder: no_such_dataset"):
        read_prepared_dataset("no_such_dataset", data_dir=tmp_path)
