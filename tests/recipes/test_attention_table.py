"""The table of the five attentions, from files as evaluate.py writes them."""

import importlib.util
import json
from pathlib import Path

import pytest

STANDARD = {
    "formulas": 8475,
    "bleu": 90.0,
    "image_match": 80.0,
    "image_match_without_whitespace": 82.5,
    "pixel_identical": 60.0,
    "coarse_cells": 0.0,
    "fine_cells": 320.0,
}
SPARSE = {**STANDARD, "bleu": 89.25, "pixel_identical": 61.0, "coarse_cells": 21.04, "fine_cells": 72.0}


@pytest.fixture(scope="module")
def recipe():
    path = Path(__file__).parents[2] / "recipes" / "attention_table.py"
    specification = importlib.util.spec_from_file_location("attention_table", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def write(tmp_path):
    def write(name, scores, run="rendered"):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps({"runs": {run: scores}}))
        return f"{name}={path}"

    return write


def test_ours_stand_beside_the_papers(recipe, write, capsys):
    recipe.main(["--results", write("standard", STANDARD), write("sparsemax", SPARSE)])
    lines = capsys.readouterr().out.splitlines()
    split = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[:7]]
    assert {len(cells) for cells in split} == {12}
    rows = {name: cells for name, *cells in split[2:]}
    assert list(rows) == ["standard", "coarse-only", "hierarchical", "sparsemax", "hard"]
    published = ["86.97", "76.15", "78.10", "22", "74"]
    assert rows["sparsemax"][:-1:2] == published
    assert rows["sparsemax"][1::2] == ["89.25", "80.00", "82.50", "21.0", "72.0"]
    assert rows["sparsemax"][-1] == "61.00"
    assert rows["hard"][1::2] + rows["hard"][-1:] == ["not trained"] * 6
    assert lines[8] == "- sparsemax: BLEU -0.75, pixel-identical +1.00, #F 0.225 of standard's"
    assert lines[-1] == "Ours on 8,475 formulas."


def test_without_results_the_papers_alone(recipe, capsys):
    recipe.main([])
    out = capsys.readouterr().out
    assert out.count("not trained") == 5 * 6
    assert "Ours on" not in out


def test_results_that_do_not_fit_are_refused(recipe, write):
    plain = {name: value for name, value in STANDARD.items() if "cells" not in name}
    with pytest.raises(SystemExit, match="no coarse_cells, fine_cells; evaluate with --count-cells"):
        recipe.main(["--results", write("hard", plain)])
    with pytest.raises(SystemExit, match="no run 'rendered', but authors' images"):
        recipe.main(["--results", write("hard", STANDARD, "authors' images")])
    for pair in ("soft=results.json", "hard"):
        with pytest.raises(SystemExit, match=f"Received: {pair}"):
            recipe.main(["--results", pair])
