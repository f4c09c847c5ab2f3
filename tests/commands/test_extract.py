"""`im2latex extract`: what it writes where, and how it ends."""

import json
import os
import stat

import pytest

from keras_im2latex import cli

PAPER = r"""\documentclass{article} \def\R{\mathbb{R}}
$x \in \R$ and $\R$ and $\R$
\begin{align} a &= b \\ c &= d \end{align} \[ \]
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "one.tex").write_text(PAPER)
    (tmp_path / "papers" / "two.tex").write_text(PAPER + "$y$")
    return tmp_path / "papers"


def run(capsys, *arguments):
    status = cli.main(["extract", *map(str, arguments)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.parametrize("workers", [1, 2])
def test_a_line_for_each_formula(capsys, folder, tmp_path, workers):
    status, out, err = run(capsys, folder, "-o", tmp_path / "formulas.jsonl", "--workers", workers)
    assert (status, out) == (0, "")
    lines = [json.loads(line) for line in (tmp_path / "formulas.jsonl").read_text().splitlines()]
    assert len(lines) == 13
    assert lines[0] == {
        "paper": "papers/one",
        "kind": "inline",
        "environment": "$",
        "file": "one.tex",
        "line": 2,
        "offset": PAPER.index("$"),
        "row": None,
        "latex": r"x \in\mathbb{R}",
    }
    assert [(line["kind"], line["row"]) for line in lines[3:6]] == [("display", None), ("row", 1), ("row", 2)]
    assert err.splitlines() == [
        "2 papers",
        "inline: 7 found, 7 kept",
        "display: 4 found, 2 kept",
        "  2 dropped: nothing in it",
        "row: 4 found, 4 kept",
    ]
    assert sorted(os.listdir(tmp_path)) == ["formulas.jsonl", "papers"]
    assert stat.S_IMODE((tmp_path / "formulas.jsonl").stat().st_mode) & 0o400


def test_standard_output_and_unique(capsys, folder):
    status, out, err = run(capsys, folder, "-o", "-", "--unique")
    latex = [json.loads(line)["latex"] for line in out.splitlines()]
    assert status == 0
    assert latex == [
        r"x \in\mathbb{R}",
        r"\mathbb{R}",
        r"\begin{aligned}a&= b\\c&= d\end{aligned}",
        "a = b",
        "c = d",
        "y",
    ]
    assert "  4 dropped: seen before" in err.splitlines()


def test_the_authors_patterns(capsys, folder, tmp_path):
    (tmp_path / "paper.tex").write_text("$" + r"\x+" * 20 + "$ $x$")
    _, out, err = run(capsys, tmp_path / "paper.tex", "-o", "-", "--paper")
    (line,) = out.splitlines()
    assert json.loads(line)["latex"] == r"\x+" * 20
    assert "  1 dropped: 40 characters or fewer" in err.splitlines()


def test_summary_as_json(capsys, folder, tmp_path):
    run(capsys, folder, "-o", "-", "--summary", tmp_path / "summary.json", "--max-length", 5)
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["papers"] == 2
    assert summary["kinds"]["row"] == {"found": 4, "kept": 4, "dropped": {}}
    dropped = {"more than 5 characters": 6}
    assert summary["kinds"]["inline"] == {"found": 7, "kept": 1, "dropped": dropped}
    assert summary["problems"] == {}


def test_unreadable_papers_get_a_line_and_the_status(capsys, folder, tmp_path):
    (tmp_path / "broken.tar.gz").write_bytes(b"\x1f\x8bnothing")
    status, out, err = run(capsys, tmp_path / "broken.tar.gz", folder, "-o", "-")
    assert status == 1
    assert len(out.splitlines()) == 13
    assert err.startswith(f"im2latex: {tmp_path / 'broken.tar.gz'}: an archive that can't be read")
    assert "2 papers, 1 unreadable" in err


def test_wrong_usage(capsys, folder, tmp_path):
    status, out, err = run(capsys, tmp_path / "nowhere", "-o", "-")
    assert (status, out) == (2, "")
    assert err == f"im2latex: no such file or folder: {tmp_path / 'nowhere'}\n"
    status, _, err = run(capsys, folder, "-o", tmp_path / "nowhere" / "formulas.jsonl")
    assert status == 2
    assert "cannot be written" in err


def test_an_output_that_was_there_stays_until_the_new_one_is_complete(capsys, folder, tmp_path, monkeypatch):
    output = tmp_path / "formulas.jsonl"
    output.write_text("old")

    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(json, "dumps", interrupt)
    assert run(capsys, folder, "-o", output, "--workers", 1)[0] == 130
    assert output.read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["formulas.jsonl", "papers"]
