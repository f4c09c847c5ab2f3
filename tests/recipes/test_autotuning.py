"""`recipes/train.py --autotuning`: XLA itself, in a process of its own, must know what it is told."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

RECIPES = Path(__file__).parents[2] / "recipes"

COMPILE = """
import os, sys
from pathlib import Path
sys.path.insert(0, {recipes!r})
os.environ["XLA_FLAGS"] = "--xla_dump_max_hlo_modules=1"
from train import keep_autotuning
keep = keep_autotuning(Path({path!r}))
print(os.environ["XLA_FLAGS"])
import tensorflow as tf
print(float(tf.function(lambda x: x + 1, jit_compile=True)(tf.constant(1.0))))
own = Path({path!r}.replace(".textproto", "." + str(os.getpid()) + ".textproto"))
for choices in ("many choices, as of a GPU", "few"):
    own.write_text(choices)
    keep()
"""


@pytest.mark.parametrize(("before", "is_read"), [(None, False), ("version: 3\n", True), ("\b\3\n", False)])
def test_xla_takes_the_flags_and_reads_the_file_only_where_there_is_one(tmp_path, before, is_read):
    path = tmp_path / "autotuning.textproto"
    if before:
        path.write_text(before)
    code = COMPILE.format(recipes=str(RECIPES), path=str(path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    flags, result = done.stdout.split("\n")[:2]
    assert result == "2.0"
    assert flags.startswith("--xla_dump_max_hlo_modules=1 ")
    # Only of such a suffix XLA writes the text that it then reads.
    assert re.search(rf"--xla_gpu_dump_autotune_results_to={tmp_path}/autotuning\.\d+\.textproto(\s|$)", flags)
    assert (f"--xla_gpu_load_autotune_results_from={path}" in flags) == is_read
    assert ("holds no choices of XLA's and is not used" in done.stderr) == (before is not None and not is_read)
    assert path.read_text() == "many choices, as of a GPU"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_of_another_form_is_refused():
    command = [sys.executable, RECIPES / "train.py", "--config", "any.py", "--output", "any", "--autotuning", "tuned"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 2
    assert "--autotuning must end in .textproto. Received: tuned" in done.stderr
