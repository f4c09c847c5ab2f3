import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "recipes"))
import compare_habits


def test_every_place_is_of_one_kind_and_spaces_are_found_in_it():
    formula = r"f \, ( x , ~ y ) = a ^ { b \; c } \; \; , \quad z \hspace { 1 c m } ."
    found = compare_habits.measure([formula, "x = 1"])
    assert found == {
        "in groups": (100, 50),  # b c
        "in brackets": (100, 50),  # of ( x , y ) that after the comma
        "before the last full stop or comma": (100, 50),
        "before other commas": (100, 50),
        "after commas": (100, 50),
        "beside relations": (0, 0),
        "elsewhere": (100, 50),  # f (
        "fractions alone in braces": (0, 0),
        "matrices typed as arrays": (0, 0),
    }


def test_fractions_alone_in_braces_are_counted():
    formulas = [r"{ \frac { a } { b } } c", r"x ^ { \frac { a } { b } c }", r"\frac { { \frac { a } { b } } } { c }"]
    assert compare_habits.measure(formulas)["fractions alone in braces"] == (50, 50)


def test_arrays_in_brackets_are_matrices():
    array, matrix = r"\begin{array} { c c } a & b \end{array}", r"\begin{matrix} a & b \end{matrix}"
    formulas = [rf"\left( {array} \right)", f"( {{ {array} }} )", f"| {array} |", f"x = {array}", matrix]
    assert compare_habits.measure(formulas)["matrices typed as arrays"] == (75, 75)


def test_the_table_is_of_both_files_and_the_second_rewritten(tmp_path, monkeypatch, capsys):
    (tmp_path / "validation.norm.txt").write_text("a , \\quad b .\na , b .\n")
    (tmp_path / "formulas.tsv").write_text("split\tnorm\n" + "train\ta , b .\n" * 400 + "validation\ta \\, .\n")
    files = ["--validation", tmp_path / "validation.norm.txt", "--training", tmp_path / "formulas.tsv"]
    monkeypatch.setattr(sys, "argv", ["compare_habits.py", *map(str, files), "--every", "2"])
    compare_habits.main()
    lines = capsys.readouterr().out.splitlines()
    (row,) = [line.split()[-6:] for line in lines if line.startswith("after commas")]
    assert row[:4] == ["50.0", "50.0", "0.0", "0.0"]
    assert float(row[4]) in (pytest.approx(0, abs=1), pytest.approx(100, abs=1))  # one formula has one author
