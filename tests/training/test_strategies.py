import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("mirrored_steps.py")
PACKAGE = SCRIPT.parents[2]


def test_two_devices_give_the_weights_of_one():
    """Replicas weigh by their tokens: formulas of several lengths, and batches that can't be halved, too."""
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "CUDA_VISIBLE_DEVICES": "-1"}
    command = [sys.executable, SCRIPT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["replicas"] == 2
    assert figures["smallest_move"] > 1e-5, "every weight must move to show anything"
    assert figures["after_full_batches"] < 1e-6
    assert figures["after_ragged_batches"] < 1e-6
    assert figures["after_full_batches_two_at_once"] < 1e-6
    assert figures["after_ragged_batches_two_at_once"] < 1e-6
    for loss in figures["losses"][1:]:
        assert loss == pytest.approx(figures["losses"][0], rel=1e-5)
