"""The comparison with another package: who reads when, what counts as read right, and the table."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from keras_im2latex import rendering


@pytest.fixture(scope="module")
def recipe(load_recipe):
    return load_recipe("benchmark_peers")


def test_systems_read_a_picture_one_after_the_other(recipe):
    calls = []

    def system(name):
        def read(picture):
            calls.append((name, picture))
            return f"{name} {picture}", float(len(calls))

        return read

    latex, seconds = recipe.read_in_turns({name: system(name) for name in "xyz"}, ["a", "b"], turns=2)
    assert [picture for _, picture in calls] == [*"aaabbb"] * 2
    assert ["".join(name for name, _ in calls[start : start + 3]) for start in (0, 3, 6, 9)] == [
        "xyz",
        "yzx",
        "yzx",
        "zxy",
    ]
    assert latex == {name: [f"{name} a", f"{name} b"] for name in "xyz"}
    assert seconds["x"] == [1.0, 6.0, 9.0, 11.0]


def test_no_other_picture_is_begun_after_the_limit(recipe, monkeypatch):
    clock = iter(range(100))
    monkeypatch.setattr(recipe.time, "perf_counter", lambda: next(clock))
    systems = {"x": lambda picture: (picture, 1.0), "y": lambda picture: (picture, 2.0)}
    latex, seconds = recipe.read_in_turns(systems, ["a", "b", "c", "d"], turns=1, limit=2.5)
    assert latex == {"x": ["a", "b"], "y": ["a", "b"]}
    assert seconds == {"x": [1.0, 1.0], "y": [2.0, 2.0]}


@pytest.mark.parametrize(
    ("written", "formula"),
    [
        (r"\begin{equation*}a+b\end{equation*}", "a+b"),
        (r"\begin{equation}a+b\end{equation}", "a+b"),
        (r"\begin{align*}a+b\end{align*}", "a+b"),
        (r"\begin{align}a&b\end{align}", r"\begin{align}a&b\end{align}"),
        ("$$a$$", "a"),
        (" $a$ ", "a"),
        (r"\[a\]", "a"),
        (r"\(a\)", "a"),
        ("$a$ and $b$", "$a$ and $b$"),
        (r"\begin{array}{c}a\end{array}", r"\begin{array}{c}a\end{array}"),
    ],
)
def test_what_puts_a_formula_on_a_page_is_taken_off(recipe, written, formula):
    assert recipe.without_wrapper(written) == formula


@pytest.mark.parametrize(
    ("size", "expected"), [((30, 200), (192, 768)), ((39, 1000), (254, 1016)), ((300, 40), (316, 1264))]
)
def test_a_formula_lies_in_the_middle_of_its_page(recipe, size, expected):
    page = recipe.on_page(np.zeros(size, np.uint8))
    assert page.shape == expected
    rows, columns = np.flatnonzero((page == 0).any(axis=1)), np.flatnonzero((page == 0).any(axis=0))
    assert (len(rows), len(columns)) == size
    for places, side in ((rows, expected[0]), (columns, expected[1])):
        assert abs(places[0] - (side - 1 - places[-1])) <= 1


@pytest.mark.skipif(not rendering.available(), reason="TeX is not installed")
def test_exact_is_by_the_pixels(recipe):
    drawn = [rendering.image for rendering in rendering.render(["a+b", "x^2", "c"])]
    margin = np.pad(drawn[1], 9, constant_values=255)
    written = [r"\begin{equation*}{a} + b\end{equation*}", "x^{2}", r"\undefined"]
    assert recipe.count_exact(written, [drawn[0], margin, drawn[2]]) == 2
    assert recipe.count_exact(["a-b", "x^2", "c"], drawn) == 2


def test_table(recipe):
    results = {
        "ours": {"seconds": recipe.quartiles([4.0, 1.0, 2.0, 3.0, 5.0]), "exact": [4, 5], "pictures_a_second": 12.34},
        "theirs": {"seconds": recipe.quartiles([20.0]), "exact": [0, 5]},
    }
    assert recipe.table(results).splitlines()[2:] == [
        "| ours | 3 (2 to 4) | 12.3 | 4 of 5 |",
        "| theirs | 20 (20 to 20) | not measured | 0 of 5 |",
    ]


SIDE = """
import json, sys
print(json.dumps({"threads": 1}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({"latex": asked["pictures"], "seconds": [asked["beam_size"]]}), flush=True)
"""


def test_a_peer_is_asked_and_answers(recipe, monkeypatch, tmp_path):
    (tmp_path / "peers_side.py").write_text(SIDE)
    monkeypatch.setattr(recipe, "__file__", str(tmp_path / "benchmark_peers.py"))
    with recipe.Peer(sys.executable, threads=1) as peer:
        assert peer.about == {"threads": 1}
        assert peer.read([Path("a"), "b"], 3, together=True) == (["a", "b"], [3])
    (tmp_path / "peers_side.py").write_text("raise SystemExit(1)")
    with pytest.raises(SystemExit, match="the peer's side failed"):
        recipe.Peer(sys.executable, threads=1)


def test_our_reading_is_timed_alone_and_together(recipe):
    class Model:
        def generate(self, pictures, beam_size):
            return [type("Reading", (), {"latex": json.dumps([picture, beam_size])}) for picture in pictures]

    read = recipe.our_reading(Model())
    for together, count in ((False, 3), (True, 1)):
        latex, seconds = read(["a", "b", "c"], 2, together)
        assert latex == ['["a", 2]', '["b", 2]', '["c", 2]']
        assert len(seconds) == count
        assert min(seconds) >= 0
