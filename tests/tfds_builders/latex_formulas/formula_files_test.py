import bz2
import gzip
import lzma

import pytest

from tfds_builders.latex_formulas.formula_files import (
    Formula,
    find_formula_files,
    find_splits,
    read_formulas,
)

TABLE = b"split\tkind\tnorm\traw\ntrain\tsingle\tx _ { 1 }\tx_1\n\nvalidation\trow\t\ty\n"


def test_a_table_gives_tokens_raw_formula_split_and_other_columns(tmp_path):
    (tmp_path / "formulas.tsv").write_bytes(TABLE)
    assert list(read_formulas(tmp_path / "formulas.tsv")) == [
        Formula("formulas.tsv", 0, "train", "x _ { 1 }", "x_1", {"kind": "single"}),
        Formula("formulas.tsv", 2, "validation", "", "y", {"kind": "row"}),
    ]


def test_another_column_may_hold_the_tokens(tmp_path):
    (tmp_path / "test.tsv").write_bytes(b"tokens\tnorm\na b\tc\n")
    (formula,) = read_formulas(tmp_path / "test.tsv", column="tokens")
    assert formula == Formula("test.tsv", 0, "test", "a b", "", {"norm": "c"})


def test_a_table_without_formulas_is_an_error(tmp_path):
    (tmp_path / "formulas.tsv").write_bytes(b"latex\nx\n")
    with pytest.raises(ValueError, match=r"Received: column='norm', and a file with the columns \['latex'\]"):
        list(read_formulas(tmp_path / "formulas.tsv"))


def test_a_text_file_has_a_formula_a_line_and_its_split_in_its_name(tmp_path):
    (tmp_path / "validation.txt").write_bytes(b"x_1\r\n   \na\x0cb\x85\n")
    assert list(read_formulas(tmp_path / "validation.txt")) == [
        Formula("validation.txt", 0, "validation", "", "x_1"),
        Formula("validation.txt", 2, "validation", "", "a\x0cb\ufffd"),
    ]


@pytest.mark.parametrize(("suffix", "module"), [(".xz", lzma), (".gz", gzip), (".bz2", bz2)])
def test_compressed_files_read_alike(tmp_path, suffix, module):
    (tmp_path / "formulas.tsv").write_bytes(TABLE)
    (tmp_path / f"formulas.tsv{suffix}").write_bytes(module.compress(TABLE))
    plain = [formula.latex for formula in read_formulas(tmp_path / "formulas.tsv")]
    packed = [formula.latex for formula in read_formulas(tmp_path / f"formulas.tsv{suffix}")]
    assert plain == packed == ["x _ { 1 }", ""]


def test_keys_tell_formulas_of_several_files_apart(tmp_path):
    for name in ("b.txt", "a.txt", "test.txt.gz"):
        text = b"x\ny\n"
        (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    (tmp_path / "notes.md").write_text("not a formula")
    files = find_formula_files(tmp_path)
    assert [file.name for file in files] == ["a.txt", "b.txt", "test.txt.gz"]
    assert find_splits(files) == ["train", "test"]
    keys = [formula.key for file in files for formula in read_formulas(file)]
    assert keys == ["a.txt:0", "a.txt:1", "b.txt:0", "b.txt:1", "test.txt.gz:0", "test.txt.gz:1"]


def test_splits_come_in_their_usual_order(tmp_path):
    (tmp_path / "formulas.tsv").write_bytes(b"split\tnorm\nhard\tx\nvalidation\tx\ntrain\tx\n")
    assert find_splits([tmp_path / "formulas.tsv"]) == ["train", "validation", "hard"]


def test_a_folder_without_formulas_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=f"Received: {tmp_path}"):
        find_formula_files(tmp_path)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        find_formula_files(tmp_path / "nowhere")
