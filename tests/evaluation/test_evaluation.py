"""A small evaluation through real rendering, and its report."""

import base64
import dataclasses
import hashlib
import io
import json
import re
import shutil
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from keras_im2latex.evaluation import evaluate_predictions, score_table, write_report
from keras_im2latex.metrics import score_predictions

pytestmark = pytest.mark.skipif(not (shutil.which("latex") and shutil.which("dvipng")), reason="TeX is not installed")

GOLD = [
    r"x ^ { 2 } + y = \frac { 1 } { 2 }",  # right
    r"\alpha _ { i } + \beta _ { j }",  # other tokens, same picture
    r"\sum _ { n } a _ { n } \frac { b } { c }",  # wrong
    r"\mathbf { E } = m c ^ { 2 } + K",  # prediction does not compile
    r"\int f ( x ) d x = 0",  # prediction is missing
    r"\notacommand { x }",  # gold does not compile
    " + ".join(["a"] * 15),  # a longer one, right
]
PREDICTED = [
    r"x ^ { 2 } + y = \frac { 1 } { 2 }",
    r"{ \alpha } _ { i } + { \beta } _ { j }",
    r"\prod _ { m n } X _ { p q } \frac { b + d + e } { c } </script><b>",
    r"\mathbf { E } = m c ^ { 2 + K",
    "",
    r"x",
    " + ".join(["a"] * 15),
]


@pytest.fixture(scope="module")
def evaluation():
    return evaluate_predictions(GOLD, PREDICTED, resamples=50, progress=False)


def test_overall_scores_are_those_of_the_metrics(evaluation):
    assert evaluation.overall.scores == score_predictions(GOLD, PREDICTED, progress=False)


def test_groups_are_scored_alone(evaluation):
    assert {name: group.scores.formulas for name, group in evaluation.by_length.items()} == {"0-20": 6, "21-40": 1}
    groups = {name: group.scores for name, group in evaluation.by_construct.items()}
    assert {name: scores.formulas for name, scores in groups.items()} == {"fractions": 2, "scripts": 4, "fonts": 1}
    chosen = [0, 1, 2, 3]
    expected = score_predictions(*([side[i] for i in chosen] for side in (GOLD, PREDICTED)), progress=False)
    assert groups["scripts"] == expected


def test_intervals_hold_their_scores(evaluation):
    for group in (evaluation.overall, *evaluation.by_length.values(), *evaluation.by_construct.values()):
        for name, (low, high) in group.intervals.items():
            assert 0 <= low <= high <= 100
            if name != "bleu":  # a small sample's BLEU is often 0
                assert low - 1e-9 <= getattr(group.scores, name) <= high + 1e-9
    assert evaluate_predictions(GOLD, PREDICTED, resamples=50, progress=False) == evaluation


def test_formulas_say_what_happened(evaluation):
    wrong = evaluation.formulas[2]
    assert (wrong.index, wrong.name, wrong.pixel_identical, wrong.constructs) == (
        2,
        "2",
        False,
        ("fractions", "scripts"),
    )
    assert 0 < wrong.column_distance <= wrong.columns
    assert evaluation.formulas[1].pixel_identical
    assert not evaluation.formulas[1].token_exact_match
    assert evaluation.formulas[1].token_distance == 4
    assert evaluation.formulas[3].predicted_error
    assert "Undefined control sequence" in evaluation.formulas[5].gold_error
    assert [formula.predicted_error for formula in (evaluation.formulas[0], evaluation.formulas[4])] == [None, None]


def test_worst_first(evaluation):
    # All columns are wrong in 2, 3 and 4; what is right comes after them, what cannot be compared last.
    order = [formula.index for formula in evaluation.worst_first()]
    assert set(order[:3]) == {2, 3, 4}
    assert order[3:] == [1, 0, 6, 5]


def test_names_and_latex_form():
    evaluation = evaluate_predictions(
        [r"\operatorname { s i n } x", "y"],
        [r"\sin x", ""],
        indices=[4, 9],
        names=["a.png", "b.png"],
        form="latex",
        progress=False,
    )
    assert [(formula.index, formula.name) for formula in evaluation.formulas] == [(4, "a.png"), (9, "b.png")]
    assert evaluation.formulas[0].predicted_latex == r"\sin x"
    assert evaluation.overall.scores.token_exact_match == evaluation.overall.scores.pixel_identical == 50.0


def test_wrong_input_is_named():
    with pytest.raises(ValueError, match="Received: 2 gold, 1 predicted, 2 indices, 2 names"):
        evaluate_predictions(["x", "y"], ["x"])
    with pytest.raises(ValueError, match="Received: 0 gold"):
        evaluate_predictions([], [])


def test_json(evaluation):
    results = json.loads(json.dumps(evaluation.to_dict()))
    assert results["overall"]["bleu"] == evaluation.overall.scores.bleu
    assert results["overall"]["intervals"]["image_match"][0] <= results["overall"]["image_match"]
    assert results["formulas"][2] == {
        **dataclasses.asdict(evaluation.formulas[2]),
        "constructs": ["fractions", "scripts"],
    }


def test_score_table(evaluation):
    table = score_table(
        {"one": evaluation.overall.to_dict(), "two": evaluation.overall.to_dict()}, {"formulas": "formulas"}
    )
    lines = table.splitlines()
    assert lines[0].split() == ["one", "two"]
    assert lines[-1].split() == ["formulas", "7", "7"]


class Page(HTMLParser):
    """What a browser would find in the report."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.stack, self.text = [], [], {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.stack.append(dict(attributes).get("id") or tag)

    def handle_endtag(self, tag):
        self.stack.pop()

    def handle_data(self, data):
        if self.stack:
            self.text[self.stack[-1]] = self.text.get(self.stack[-1], "") + data


@pytest.fixture(scope="module")
def report(evaluation, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    read = Image.new("L", (30, 10), 200)

    def inputs(indices):
        assert sorted(indices) == list(range(len(GOLD)))
        return [None if index == 6 else np.asarray(read) for index in indices]

    write_report(evaluation, path, title="A <system>", facts={"seed": "0"}, inputs_of=inputs)
    return path.read_text(encoding="utf-8")


def test_report_loads_nothing(report):
    page = Page(report)
    assert "default-src 'none'" in next(a["content"] for t, a in page.elements if a.get("http-equiv"))
    assert not [attributes for _, attributes in page.elements if {"src", "href", "action"} & set(attributes)]
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest", report)


def test_report_says_what_the_policy_allows(report):
    for kind, tag in (("style", "style"), ("script", "script")):
        text = re.search(rf"<{tag}>(.*?)</{tag}>", report, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in report


def test_predictions_cannot_break_the_page(report):
    page = Page(report)
    data = json.loads(page.text["data"])
    assert data["formulas"][[entry["index"] for entry in data["formulas"]].index(2)]["predicted"] == PREDICTED[2]
    assert "<b>" not in page.text["data"]
    assert "A &lt;system&gt;" in report


def test_report_holds_every_formula_and_its_pictures(report, evaluation):
    data = json.loads(Page(report).text["data"])
    assert [entry["index"] for entry in data["formulas"]] == [formula.index for formula in evaluation.worst_first()]
    entries = {entry["index"]: entry for entry in data["formulas"]}
    assert {index: entry["verdict"] for index, entry in entries.items()} == {
        0: "identical",
        1: "identical",
        2: "different",
        3: "failed",
        4: "missing",
        5: "undrawable",
        6: "identical",
    }
    kinds = {index: sorted(entry["pictures"]) for index, entry in entries.items()}
    assert kinds == {
        0: ["gold", "input"],
        1: ["gold", "input"],
        2: ["difference", "gold", "input", "predicted"],
        3: ["gold", "input"],
        4: ["gold", "input"],
        5: ["input", "predicted"],
        6: ["gold"],
    }
    sizes = {}
    for kind, text in entries[2]["pictures"].items():
        with Image.open(io.BytesIO(base64.b64decode(text))) as picture:
            sizes[kind] = picture.size
    assert sizes["input"] == (30, 10)
    assert max(sizes["gold"][0], sizes["predicted"][0]) == evaluation.formulas[2].columns
    assert sizes["difference"][0] <= sizes["gold"][0] + sizes["predicted"][0]


def test_report_without_pictures(evaluation, tmp_path):
    write_report(evaluation, tmp_path / "report.html", title="Without", pictures=0)
    assert '"pictures"' not in Page((tmp_path / "report.html").read_text()).text["data"]
