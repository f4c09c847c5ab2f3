"""Both stages of training on handwriting, their evaluation and the sheets, end to end with a tiny model."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

import tfds_builders
from keras_im2latex.markup import Vocabulary

sys.path.insert(0, str(Path(__file__).parents[2] / "recipes"))
import evaluate_handwriting
import handwriting_sheets
import train

RECIPES = Path(train.__file__).parent

pytestmark = pytest.mark.skipif(not (shutil.which("latex") and shutil.which("dvipng")), reason="TeX is not installed")

SYMBOLS = {
    "x": "<trace id='{0}'>{1} 0, {2} 20</trace>",
    "1": "<trace id='{0}'>{1} 0, {1} 20</trace>",
    "2": "<trace id='{0}'>{1} 0, {2} 5, {1} 20, {2} 20</trace>",
}
CONFIG = """
import sys
sys.path.insert(0, {folder!r})
from handwritten import {stage}

def get_config():
    model = {{"filters": (8, 8, 8, 8, 16, 16), "encoder_units": 8, "decoder_units": 16, "embedding_size": 8}}
    return {stage}(model, {initial} batch_size=4, epochs=1, warmup_steps=2, canvases=((64, 128),),
                   precision="float32", xla=False)
"""


def ink(label, writer):
    traces = groups = ""
    for place, symbol in enumerate(label):
        traces += SYMBOLS[symbol].format(place, 25 * place, 25 * place + 12)
        groups += f'<traceGroup><annotation type="truth">{symbol}</annotation>'
        groups += f'<traceView traceDataRef="{place}"/></traceGroup>'
    truth = f'<annotation type="truth">${label}$</annotation><annotation type="writer">{writer}</annotation>'
    return f"<ink>{truth}{traces}<traceGroup>{groups}</traceGroup></ink>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The two datasets, as `tfds build` makes them of ink and a corpus."""
    assert tfds_builders
    folder = tmp_path_factory.mktemp("handwriting")
    for part, number in (("train", 60), ("2013_test", 21)):
        (folder / "ink" / part).mkdir(parents=True)
        for place in range(number):
            label = "".join("x12"[(place + step) % 3] for step in range(1 + place % 4))
            (folder / "ink" / part / f"{place}.inkml").write_text(ink(label, f"hand{place}"))
    (folder / "manual").mkdir()
    (folder / "manual" / "train").symlink_to(folder / "ink" / "train")
    rows = ["split\tkind\tnorm"]
    rows += [f"{split}\tarxiv\tx ^ {{ {place % 3} }} 1 2" for place in range(8) for split in ("train", "validation")]
    (folder / "manual" / "corpus.tsv").write_text("\n".join(rows) + "\n")
    for name, manual in (
        ("crohme/augmented", "ink"),
        ("crohme/prepared", "ink"),
        ("handwritten_formulas/prepared", "manual"),
    ):
        builder = tfds.builder(name, data_dir=folder / "data")
        builder.download_and_prepare(download_config=tfds.download.DownloadConfig(manual_dir=folder / manual))
    return folder


def run_train(folder, name, monkeypatch, **config):
    path = folder / f"{name}.py"
    path.write_text(CONFIG.format(folder=str(RECIPES / "configs"), **config))
    arguments = ["--config", path, "--data-dir", folder / "data", "--output", folder / "runs" / name, "--verbose", 0]
    monkeypatch.setattr(sys, "argv", ["train.py", *map(str, arguments)])
    train.main()
    log = [json.loads(line) for line in (folder / "runs" / name / "log.jsonl").read_text().splitlines()]
    assert len(log) == 1
    assert np.isfinite(log[0]["val_perplexity"])
    return folder / "runs" / name / "preset"


def test_both_stages_and_what_comes_after(folder, monkeypatch, capsys):
    first = run_train(folder, "first", monkeypatch, stage="pretraining_config", initial="None,")
    second = run_train(folder, "second", monkeypatch, stage="fine_tuning_config", initial=f"{str(first)!r},")
    vocabularies = [Vocabulary.load(preset / "vocabulary.txt").tokens for preset in (first, second)]
    assert vocabularies[0] == vocabularies[1]
    assert json.loads((second.parent / "formulas.json").read_text())["train"] % 11 == 0
    assert json.loads((second / "config.json").read_text())["metadata"]["handwriting"] is True
    weights = [np.load(preset / "weights.npz") for preset in (first, second)]
    assert set(weights[0].files) == set(weights[1].files)
    assert any(np.abs(weights[0][name] - weights[1][name]).max() > 0 for name in weights[0].files)

    output = folder / "results.json"
    options = ["--preset", second, "--data-dir", folder / "data", "--output", output, "--beam-size", 2]
    results = evaluate_handwriting.main([*map(str, options), "--count-cells"])
    scores = results["runs"]["rendered"]
    assert scores["formulas"] == 21
    assert scores["fine_cells"] > 0
    assert json.loads(output.read_text()) == results

    capsys.readouterr()
    options = ["--preset", second, "--data-dir", folder / "data", "--output", folder / "readings.png", "--number", 5]
    handwriting_sheets.main(["readings", *map(str, options)])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert {line.split("\t")[0] for line in lines} <= {"exact", "match", "wrong"}
    assert Image.open(folder / "readings.png").height > 5 * 20


def test_a_sheet_of_synthetic_formulas_beside_their_prints(folder):
    options = ["--corpus", folder / "manual" / "corpus.tsv", "--ink", folder / "ink" / "train", "--number", 4]
    handwriting_sheets.main(["synthetic", *map(str, options), "--output", str(folder / "sheet.png")])
    sheet = np.asarray(Image.open(folder / "sheet.png").convert("L"))
    dark = sheet < 128
    assert 0.001 < dark.mean() < 0.2
    # Two columns of two rows, each a print beside the handwriting.
    filled = dark[:, : sheet.shape[1] // 2].any(axis=1)
    assert np.count_nonzero(np.diff(filled.astype(int)) == 1) >= 2
