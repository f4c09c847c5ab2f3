"""Several systems at once: on each GPU one trains while the next compiles, and the processor's cores read."""

import heapq
import os
import subprocess
import threading

WAITING = 2
"""Trainings a GPU: one has it, one compiles meanwhile."""
CORES = 8
"""Processor cores that read with one model."""
BEHIND = ("nice", "-n", "10")
"""What a command runs behind, lest the trainings' input waits for it."""


class SideBySide:
    """Runs commands of several threads, each where there is room for it.

    What a command prints goes to a file of its own in the runs' folder.

    Args:
        gpus: list of str, the GPUs' numbers as CUDA has them.
        runs: `Path`, folder of the runs' folders.
        run_command: function from a command, and `env`, `stdout` and `stderr` as in `subprocess.call`, to its exit
            status.
    """

    def __init__(self, gpus, runs, run_command=subprocess.call):
        self._runs = runs
        self._runs.mkdir(parents=True, exist_ok=True)
        self._run_command = run_command
        self._room, self._waiting, self._changed = list(gpus) * WAITING, [], threading.Condition()
        self._readers = threading.Semaphore(max((os.cpu_count() or 1) // CORES, 1))

    def line_up(self, rank):
        """Keeps a place among those that wait for one who is to call `train` at once."""
        with self._changed:
            heapq.heappush(self._waiting, rank)

    def train(self, command, name, rank):
        """Trains on the next GPU that has room, the lowest rank of all that wait first; gives the exit status."""
        with self._changed:
            if rank not in self._waiting:
                heapq.heappush(self._waiting, rank)
            self._changed.wait_for(lambda: self._room and self._waiting[0] == rank)
            heapq.heappop(self._waiting)
            gpu = max(self._room, key=self._room.count)
            self._room.remove(gpu)
            self._changed.notify_all()
        try:
            command = [*command, "--turns", str(self._runs / f"gpu_{gpu}")]
            return self._run(command, name, CUDA_VISIBLE_DEVICES=gpu, TF_FORCE_GPU_ALLOW_GROWTH="true")
        finally:
            with self._changed:
                self._room.append(gpu)
                self._changed.notify_all()

    def compute(self, command, name):
        """Runs what needs no GPU; gives the exit status."""
        with self._readers:
            return self._run([*BEHIND, *command], name, CUDA_VISIBLE_DEVICES="-1", TF_NUM_INTRAOP_THREADS=str(CORES))

    def _run(self, command, name, **environment):
        with (self._runs / f"{name}.log").open("w", encoding="utf-8") as log:
            return self._run_command(command, env={**os.environ, **environment}, stdout=log, stderr=subprocess.STDOUT)
