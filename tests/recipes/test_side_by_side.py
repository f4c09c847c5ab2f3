"""Which training comes next, and where."""

import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "recipes"))
from paper.side_by_side import SideBySide


class Machine:
    """Commands that run until they are told to end."""

    def __init__(self):
        self.started, self._ends = [], {}

    def __call__(self, command, env, **_):
        name = command[0]
        self._ends[name] = threading.Event()
        self.started.append((name, env["CUDA_VISIBLE_DEVICES"]))
        self._ends[name].wait(60)
        return 0

    def end(self, name):
        self._ends[name].set()


def wait_for(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_who_has_lined_up_is_not_overtaken(tmp_path):
    machine = Machine()
    side_by_side = SideBySide(["0"], tmp_path, machine)
    for rank in (1, 2):
        side_by_side.line_up(rank)
    for rank in (3, 2, 1):
        threading.Thread(target=side_by_side.train, args=([f"{rank}"], f"{rank}", rank), daemon=True).start()
    for count, name in ((2, "2"), (3, "1"), (3, "3")):
        wait_for(lambda count=count: len(machine.started) == count)
        machine.end(name)
    first, second, third = (name for name, _ in machine.started)
    assert {first, second} == {"1", "2"}  # both had room at once, and either may come to say so first
    assert third == "3"


def test_the_lowest_rank_is_next_and_the_emptier_gpu_takes_it(tmp_path):
    machine = Machine()
    side_by_side = SideBySide(["0", "1"], tmp_path, machine)

    def start(name, rank):
        threading.Thread(target=side_by_side.train, args=([name], name, rank), daemon=True).start()

    for number in range(4):
        start(f"first {number}", number)
        wait_for(lambda count=number + 1: len(machine.started) == count)
    assert sorted(gpu for _, gpu in machine.started[:2]) == sorted(gpu for _, gpu in machine.started[2:]) == ["0", "1"]
    for rank in (9, 7, 8):
        start(f"rank {rank}", rank)
    wait_for(lambda: len(side_by_side._waiting) == 3)
    for count, name in ((5, "first 1"), (6, "first 0"), (7, "first 2")):
        machine.end(name)
        wait_for(lambda count=count: len(machine.started) == count)
    assert [name for name, _ in machine.started[4:]] == ["rank 7", "rank 8", "rank 9"]
    for name, _ in machine.started:
        machine.end(name)
