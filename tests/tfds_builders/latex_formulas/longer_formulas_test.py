import dataclasses
import re

import pytest

from tfds_builders.latex_formulas.formula_files import Formula
from tfds_builders.latex_formulas.longer_formulas import COLUMNS, LongerFormulas


def formulas(*latex, papers="", split="train"):
    papers = papers or len(latex) * "p"
    return [
        Formula("lines.tsv", index, split, one, "raw", {"paper": paper})
        for index, (one, paper) in enumerate(zip(latex, papers))
    ]


def joined(parts, **options):
    return [formula.latex for formula in LongerFormulas(**options).join(parts)]


LINES = {"arrays": 0, "matrices": 0}
ARRAYS = {"arrays": 1, "matrices": 0}
MATRICES = {"arrays": 0, "matrices": 1}


def many(number):
    return formulas(*(f"x _ {{ {index} }} = \\frac {{ a }} {{ b }} + {index}" for index in range(number)))


def test_lines_that_go_on_from_others_follow_at_once():
    (line, *_) = joined(formulas("a = b", *20 * ["= c + d", r"\leq e"]), minimum_tokens=8, **LINES)
    assert re.fullmatch(r"a = b( = c \+ d \\leq e)+( = c \+ d)?", line)


def test_formulas_of_a_line_have_spaces_or_commas_between_them_and_no_two_commas():
    seen = set()
    for letter in "abcdefghijklmnopqrstuvwxyz":
        (line, *_) = joined(formulas(f"{letter} = b ,", *20 * ["c = d ."]), minimum_tokens=7, **LINES)
        between = re.match(rf"{letter} = b (.*?) c = d", line).group(1)
        assert sum(token in (",", ".", ";") for token in between.split()) <= 1
        assert line.endswith("c = d .")
        seen.add(between)
    assert len(seen) > 4


def test_each_formula_is_in_one_longer_formula_at_most_and_order_is_kept():
    found = joined(many(200), minimum_tokens=60, maximum_tokens=320, **LINES)
    numbers = [int(number) for line in found for number in re.findall(r"x _ \{ (\d+) \}", line)]
    assert numbers == sorted(set(numbers))
    assert len(numbers) > 150


def test_papers_and_splits_do_not_mix():
    parts = formulas(*9 * ["1 = 1"], *9 * ["2 = 2"], *9 * ["1 = 1"], papers=9 * "p" + 9 * "q" + 9 * "r")
    lines = joined([*parts, *formulas(*9 * ["3 = 3"], papers=9 * "r", split="validation")], minimum_tokens=6, **LINES)
    numbers = [set(re.findall(r"\d", line)) for line in lines]
    assert {len(of_line) for of_line in numbers} == {1}
    assert set.union(*numbers) == {"1", "2", "3"}


@pytest.mark.parametrize("options", [LINES, ARRAYS, MATRICES, {}])
def test_lengths_are_within_the_limits(options):
    lengths = [len(line.split()) for line in joined(many(3000), minimum_tokens=80, maximum_tokens=130, **options)]
    shortest = 80 if options is LINES else 40
    assert len(lengths) > 30
    assert shortest <= min(lengths)
    assert max(lengths) <= 130


def test_rows_of_an_array_are_the_formulas_cut_at_their_relations():
    seen = set()
    for array in joined(many(1500), minimum_tokens=120, **ARRAYS):
        columns = re.search(r"\\begin\{array\} \{ ([a-z ]+) \}", array).group(1)
        rows = re.sub(r".*\\begin\{array\} \{ [a-z ]+ \} | \\\\ \\end\{array\}.*|\\displaystyle ", "", array)
        rows = [row.split(" & ") for row in rows.split(r" \\ ")]
        assert {len(row) for row in rows} == {len(columns.split())}
        seen.add(columns)
        for row in rows:
            if any(cell != "{ }" for cell in row):
                number = re.search(r"x _ \{ (\d+) \}", row[0]).group(1)
                left, right = f"x _ {{ {number} }}", rf"\frac {{ a }} {{ b }} + {number}"
                whole = f"{{ {left} = {right} }}"
                cut_once = [f"{{ {left} }}", f"{{ = {right} }}"]
                cut_twice = [f"{{ {left} }}", "{ = }", f"{{ {right} }}"]
                assert row in ([whole], cut_once, cut_twice) or (columns == "l l" and row[0] == whole)
    assert seen == set(COLUMNS)


def test_relations_in_groups_and_delimiters_cut_nothing():
    part = r"\sum _ { i = 1 } \left( a = b \right) > c"
    arrays = {
        line
        for number in range(40)
        for line in joined(formulas(f"{number} {part}", f"{number} {part}"), minimum_tokens=30, **ARRAYS)
    }
    cells = {cell for array in arrays for cell in re.findall(r"& (\{ = .*?|\{ > .*?) (?:\\\\|&)", array)}
    assert cells == {"{ > c }", "{ > }"}


def test_entries_of_matrices_are_terms_of_the_formulas_and_zeros():
    for matrix in joined(many(2000), minimum_tokens=60, **MATRICES):
        entries = re.sub(r".*\\begin\{array\} \{ [clr ]+ \}|\\end\{array\}.*", "", matrix)
        for entry in re.split(r" & | \\\\ ?", entries.strip()):
            if entry:
                assert re.fullmatch(r"\{ (0 |1 |- 1 |x _ \{ \d+ \} |\\frac \{ a \} \{ b \} |\d+ )?\}", entry), entry
        assert re.match(r"x _ \{ \d+ \} = \\left", matrix)


def test_what_is_put_together_is_a_formula_again_and_the_same_in_every_build():
    options = {"minimum_tokens": 60}
    found = joined(many(1000), **options)
    assert found == joined(many(1000), **options)
    for line in found:
        assert line.split().count("{") == line.split().count("}")
        assert line.count(r"\begin{array}") == line.count(r"\end{array}")
        assert len(re.findall(r"\\left[({\\[|.]", line)) == len(re.findall(r"\\right[)}\\\]|.]", line))
    assert {"array" in line for line in found} == {True, False}


def test_records_keep_their_first_part_s_place_and_lose_what_was_written():
    parts = many(40)
    for formula in LongerFormulas(minimum_tokens=60, **LINES).join(parts):
        (part,) = [part for part in parts if part.key == formula.key]
        assert formula.latex.startswith(part.latex)
        assert (formula.raw, formula.split, formula.columns) == ("", "train", {"paper": "p"})


def test_formulas_of_raw_text_are_tokenized_and_what_is_none_is_left_out():
    raw = ("a=b", " ", *9 * ["=c"])
    parts = [dataclasses.replace(part, latex="", raw=one) for part, one in zip(many(11), raw)]
    (line, *_) = joined(parts, minimum_tokens=5, **LINES)
    assert re.fullmatch("a = b( = c)+", line)


def test_what_is_longer_than_a_part_may_be_is_passed_over():
    parts = formulas(*20 * ["x = y", "u + v + w + t = z", "p < q"])
    lines = joined(parts, minimum_tokens=12, longest_part=3, **LINES)
    assert {token for line in lines for token in line.split()} & set("xyuvwtzpq") == set("xypq")
    assert len(lines) > 2
