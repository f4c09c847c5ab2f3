"""What the benchmark's report makes of its figures; nothing is timed here."""

import math

import pytest
from PIL import Image

CELLS = [64, 256, 1024, 4096]
SPEEDS = {"standard": 1.0, "coarse_only": 1 / 16, "hierarchical": 1.1, "sparsemax": 1 / 14, "hard": 1 / 15}


@pytest.fixture(scope="module")
def report(load_recipe):
    return load_recipe("attention_report")


def results(memory=True):
    """Times that grow in proportion to the grid, after a constant share."""
    times = [
        {"attention": name, "batch": batch, "cells": cells, "step_ms": batch * (1 + speed * cells / 100)}
        for name, speed in SPEEDS.items()
        for batch in (1, 32)
        for cells in CELLS
    ]
    for row in times:
        row |= {"attention_ms": row["step_ms"] / 2, "fine_cells": 16.0}
    facts = {"batch": 8, "tokens": 64, "xla": False}
    peaks = [{"attention": name, "cells": cells, **facts, "mib": 100.0 + cells} for name in SPEEDS for cells in CELLS]
    return {"device": "cpu", "name": "a processor", "times": times, "memory": peaks if memory else []}


def test_crossing_is_where_the_faster_one_stays_faster(report):
    cells = [64, 256, 1024]
    assert report.crossing(cells, [1, 2, 8], [0.5, 1, 1]) == 0.0
    assert report.crossing(cells, [1, 2, 3], [0.5, 1, 4]) == math.inf
    # A gain of -ln 2 at 64 and ln 2 at 256: half-way between, in the logarithm.
    assert report.crossing(cells, [1, 4, 16], [2, 2, 2]) == pytest.approx(128)
    assert report.crossing(cells, [2, 1, 16], [1, 2, 8]) == pytest.approx(512)
    assert report.crossing(cells, [1, 2, 8], [1, 1, 1]) == pytest.approx(64)


def test_table_says_how_much_faster(report):
    text = report.table(results())
    first = text.split("Batch 32")[0]
    assert "| 4,096 | 41.96 (20.98) |" in first
    assert "- hard: faster than standard on every grid; times as fast: 1.57, 3.04, 6.68, 11.25." in first
    assert "- hierarchical: faster than standard on none" in first
    assert "| ns for each further cell | 10,000 | 625 | 11,000 | 714 | 667 |" in first
    assert "Training, batch 8, 64 tokens: MiB at the peak" in text
    assert "| 4,096 | 4,196 |" in text
    assert "Training" not in report.table(results(memory=False))


def test_chart_is_a_row_for_each_device(report, tmp_path):
    pytest.importorskip("matplotlib")
    report.draw_chart([results()], tmp_path / "one.png")
    report.draw_chart([results(), {**results(memory=False), "device": "gpu"}], tmp_path / "two.png")
    with Image.open(tmp_path / "one.png") as one, Image.open(tmp_path / "two.png") as two:
        assert two.size == (one.width, 2 * one.height)
