"""The notebook's code, with fewer formulas and steps: that it runs, and shows what it says it shows."""

import json
from pathlib import Path

import keras
import pytest
from PIL import Image

from keras_im2latex.rendering import available

NOTEBOOK = Path(__file__).parents[1] / "docs" / "train_a_tiny_reader.ipynb"
FEWER = "FORMULAS, PASSES, EPOCHS = 48, 2, 1"


@pytest.fixture(scope="module")
def cells():
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def test_outputs_are_stripped(cells):
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell for cell in code if cell["outputs"] or cell["execution_count"] is not None] == []
    assert NOTEBOOK.stat().st_size < 20_000


@pytest.mark.skipif(not available(), reason="needs TeX and dvipng")
def test_every_cell_runs(cells, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    policy = keras.config.dtype_policy()
    names = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
            if "parameters" in cell["metadata"].get("tags", ()):
                exec(FEWER, names)
    keras.config.set_dtype_policy(policy)
    assert (tmp_path / "runs/tiny_reader/preset/weights.npz").is_file()
    assert "of 8 held-out pictures are read token for token" in capsys.readouterr().out
    looked = names["attention_map"](names["model"], names["pictures"][names["longest"]], ["x", "+"])
    assert looked.fine.sum(axis=(1, 2)) == pytest.approx([1, 1, 1], abs=1e-3)
    assert isinstance(names["draw_attention_sheet"](looked), Image.Image)
    assert names["again"].generate(names["pictures"][names["longest"]]).latex == names["reading"].latex
