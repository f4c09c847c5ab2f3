"""`recipes/train.py --autotuning`: XLA itself, in a process of its own, must know what it is told."""

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
own = Path({path!r} + "." + str(os.getpid()))
for choices in ("many choices, as of a GPU", "few"):
    own.write_text(choices)
    keep()
"""


@pytest.mark.parametrize("is_there", [False, True])
def test_xla_takes_the_flags_and_reads_the_file_only_where_there_is_one(tmp_path, is_there):
    path = tmp_path / "autotuning.textproto"
    if is_there:
        path.write_text("version: 3\n")
    code = COMPILE.format(recipes=str(RECIPES), path=str(path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    flags, result = done.stdout.split("\n")[:2]
    assert result == "2.0"
    assert flags.startswith("--xla_dump_max_hlo_modules=1 ")
    assert f"--xla_gpu_dump_autotune_results_to={path}." in flags
    assert (f"--xla_gpu_load_autotune_results_from={path}" in flags) == is_there
    assert path.read_text() == "many choices, as of a GPU"
    assert list(tmp_path.iterdir()) == [path]
