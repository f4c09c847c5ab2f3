"""Turns of processes: who compiles and who trains when, by their own clocks."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("fcntl")

RECIPES = Path(__file__).parents[2] / "recipes"

PROCESS = """
import sys, time
sys.path.insert(0, {recipes!r})
from turns import Turns
def spend(what):
    print(what, time.monotonic(), flush=True)
    time.sleep(0.3)
    print(what, time.monotonic(), flush=True)
with Turns({folder!r}) as turns:
    spend("compiles")
    with turns.training():
        if {fails}:
            sys.exit(1)
        spend("trains")
    time.sleep(2)  # the turn to train is another's by then
"""


def spans(processes, what):
    """When each process did something: a list of pairs of begin and end, in order."""
    found = []
    for lines in processes:
        times = [float(line.split()[1]) for line in lines if line.startswith(what)]
        found += [tuple(times)] if times else []
    return sorted(found)


def test_one_compiles_and_one_trains_at_a_time(tmp_path):
    running = []
    for fails in (True, False, False, False):  # the first one's end must not keep the others waiting
        code = PROCESS.format(recipes=str(RECIPES), folder=str(tmp_path / "gpu"), fails=fails)
        running.append(subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True))
    printed = [process.communicate(timeout=120)[0].splitlines() for process in running]
    compiling, training = spans(printed, "compiles"), spans(printed, "trains")
    assert (len(compiling), len(training)) == (4, 3)
    for turns in (compiling, training):
        for (_, end), (begin, _) in itertools.pairwise(turns):
            assert end <= begin
    assert training[-1][0] - training[0][1] < 2
    # A turn to compile comes while another trains.
    assert any(begin < end and start < stop for start, end in training for begin, stop in compiling)
