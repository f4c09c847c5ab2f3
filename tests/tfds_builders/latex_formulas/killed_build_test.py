"""A build killed half-way and started again gives the dataset of a build left alone, and draws nothing twice."""

import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tensorflow_datasets as tfds

import tfds_builders
from keras_im2latex.rendering import RenderingJournal
from tfds_builders.latex_formulas.latex_formulas_config import LatexFormulasConfig

ROOT = Path(tfds_builders.__file__).parents[1]
NUMBER = 1200

pytestmark = pytest.mark.skipif(not shutil.which("latex"), reason="needs latex and dvipng")

SCRIPT = """
import sys
import tensorflow_datasets as tfds
import tfds_builders
from tfds_builders.latex_formulas.latex_formulas_config import LatexFormulasConfig
config = LatexFormulasConfig(name="test", formulas=sys.argv[1], workers=1)
tfds.builder("latex_formulas", config=config, data_dir=sys.argv[2]).download_and_prepare()
"""


@pytest.fixture
def formulas(tmp_path):
    lines = [rf"x_{{{number}}} + \frac{{a}}{{{number}}}" for number in range(NUMBER - 1)]
    (tmp_path / "train.txt").write_text("\n".join([*lines, r"\frac{1"]))
    (tmp_path / "validation.txt").write_text("y^2\nx_{7} + \\frac{a}{7}\n")
    (tmp_path / "formulas").mkdir()
    for name in ("train.txt", "validation.txt"):
        (tmp_path / name).rename(tmp_path / "formulas" / name)
    return tmp_path / "formulas"


def build(formulas, data_dir):
    config = LatexFormulasConfig(name="test", formulas=str(formulas), workers=1)
    builder = tfds.builder("latex_formulas", config=config, data_dir=data_dir)
    builder.download_and_prepare()
    return builder


def files(builder):
    return {path.name: path.read_bytes() for path in Path(builder.data_dir).iterdir() if "tfrecord" in path.name}


def test_killed_build_goes_on(formulas, tmp_path, caplog):
    data_dir = tmp_path / "killed"
    folder = data_dir / "latex_formulas" / "test"
    journal = folder / "1.0.0.renderings"
    command = [sys.executable, "-c", SCRIPT, formulas, data_dir]
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if sum(path.stat().st_size for path in journal.glob("*")) > 150_000:
            break
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    error = process.communicate()[1]
    assert process.returncode == -signal.SIGKILL, error
    assert not (folder / "1.0.0").exists()
    with RenderingJournal(journal) as left:
        kept = len(left)
    assert 0 < kept < NUMBER

    with caplog.at_level(logging.INFO, "tfds_builders.latex_formulas.journaled_rendering"):
        builder = build(formulas, data_dir)
    train, validation = (record.args[:2] for record in caplog.records if "drawn" in record.msg)
    assert train == (NUMBER - kept, kept)
    assert validation == (1, 1)
    assert not journal.exists()

    alone = build(formulas, tmp_path / "alone")
    assert files(builder) == files(alone)
    assert builder.info.metadata["refused"] == alone.info.metadata["refused"]
    assert builder.info.splits["train"].num_examples == NUMBER - 1
