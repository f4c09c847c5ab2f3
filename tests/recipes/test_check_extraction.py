"""The recipe that measures the extractor, on two tiny papers."""

import json
import shutil

import pytest

pytestmark = pytest.mark.skipif(not shutil.which("latex"), reason="needs latex and dvipng")


@pytest.fixture(scope="module")
def recipe(load_recipe):
    return load_recipe("check_extraction")


def test_shares_and_reasons(recipe, tmp_path, capsys):
    (tmp_path / "a.tex").write_text(r"$a$ $a$ \[ \bm{b} \] \begin{align} c &= d \\ e &= \undefined \end{align} $\,$")
    (tmp_path / "b.tex").write_text(r"$\mathit{c}$ $\frac{d}{e}$")
    failures = tmp_path / "failures.jsonl"
    assert recipe.main(["--papers", str(tmp_path), "--packages", "bm", "--failures", str(failures)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["2 papers", "inline: 5 found, 4 kept", "  1 dropped: nothing in it"]
    # Inline formulas, displays, rows, all, different ones.
    shares = {line[:24].strip(): line[24:].split() for line in lines if line[24:].count(".") == 5}
    assert shares["page of IM2LATEX-100K"] == ["100.00", "0.00", "50.00", "62.50", "57.14"]
    assert shares["with packages"] == ["100.00", "50.00", "50.00", "75.00", "71.43"]
    assert r"       2  Undefined control sequence \undefined" in lines
    written = [json.loads(line) for line in failures.read_text().splitlines()]
    assert [(line["kind"], line["row"]) for line in written] == [("display", None), ("row", 2)]


def test_enough_that_compiles(recipe, tmp_path):
    (tmp_path / "a.tex").write_text("$a$")
    assert recipe.main(["--papers", str(tmp_path / "a.tex"), "--packages"]) == 0
