"""The presets in the package: what a stranger gets."""

import json
from pathlib import Path

import pytest

from keras_im2latex.auto_reader import AutoReader
from keras_im2latex.models import FormulaReader
from keras_im2latex.models.presets import FOLDER, PRESETS

EXAMPLES = Path(__file__).parents[2] / "keras_im2latex" / "examples"
PRINTED, HANDWRITTEN = EXAMPLES / "generating_functional.png", EXAMPLES / "handwritten.png"
LATEX = {
    PRINTED: r"Z[J] = \int\mathcal{D}\phi\,\exp\left(i\int d^4 x\left["
    r"\frac{1}{2}\partial_\mu\phi\,\partial^\mu\phi - \frac{\lambda}{4!}\phi^4 + J\phi\right]\right)",
    HANDWRITTEN: r"\int x^2 dx = \frac{x^3}{3} + C",
}


@pytest.mark.parametrize("name", PRESETS)
def test_preset_reads_the_example(name):
    model = FormulaReader.from_preset(name)
    assert model.count_params() == PRESETS[name]["parameters"]
    example = HANDWRITTEN if model.handwriting else PRINTED
    assert model.generate(example).latex == LATEX[example]


def test_print_and_handwriting_are_told_apart_and_read():
    reader = AutoReader(*map(FormulaReader.from_preset, ("standard", "handwritten")))
    assert [reading.latex for reading in reader.generate(list(LATEX))] == list(LATEX.values())


def test_the_default_preset_is_there():
    assert "standard" in PRESETS


@pytest.mark.parametrize("name", PRESETS)
def test_preset_says_what_it_is_and_how_well_it_reads(name):
    facts = PRESETS[name]
    assert facts["description"].endswith(".")
    assert {"bleu", "image_match", "pixel_identical"} <= facts["scores"].keys()


def test_presets_fit_a_package_index():
    sizes = {folder.name: sum(file.stat().st_size for file in folder.iterdir()) for folder in FOLDER.iterdir()}
    assert sizes["standard"] < 25e6
    assert sum(sizes.values()) < 88e6
    assert all("vocabulary" not in json.loads((FOLDER / name / "config.json").read_text())["config"] for name in sizes)


@pytest.mark.parametrize("name", PRESETS)
def test_model_card_has_the_scores_of_the_preset(name):
    card = (FOLDER / name / "README.md").read_text(encoding="utf-8")
    parts = ("## What it was trained on", "## Scores", "## What it can't read", "## Licence")
    assert [part for part in parts if part not in card] == []
    facts = PRESETS[name]
    figures = [f"{facts['parameters']:,}"]
    figures += [f"{facts['val_perplexity']:.4f}"] if "val_perplexity" in facts else []  # a mean of presets has none
    figures += [f"{score:.2f}" for score in facts["scores"].values() if not isinstance(score, str)]
    assert [figure for figure in figures if figure not in card] == []
