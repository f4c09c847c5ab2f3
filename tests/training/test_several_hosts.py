"""Two processes on this machine train as two hosts do, and give the weights of one."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from keras_im2latex.training.several_hosts import is_chief, over_several_hosts, split_batches

SCRIPT = Path(__file__).with_name("worker_run.py")
PACKAGE = SCRIPT.parents[2]


def free_ports(count):
    """Ports of this machine that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("localhost", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def start_workers(folder, how):
    """Two processes with a TF_CONFIG each."""
    addresses = [f"localhost:{port}" for port in free_ports(2)]
    workers = []
    for index in range(2):
        config = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
        environment = {**os.environ, "TF_CONFIG": json.dumps(config), "PYTHONPATH": str(PACKAGE)}
        environment |= {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"}
        with (folder / f"{how}.{index}.log").open("w") as log:
            command = [sys.executable, SCRIPT, folder, how]
            workers.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
    return workers


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Folders of a run of two hosts, killed in its second epoch and started again, and of one process left alone."""
    together, alone = (tmp_path_factory.mktemp(name) for name in ("together", "alone"))
    first, second = start_workers(together, "killed")
    try:
        assert first.wait(timeout=240) == 9, (together / "killed.0.log").read_text()[-2000:]
    finally:
        for worker in (first, second):
            worker.kill()
            worker.wait()
    before = (together / "run/log.jsonl").read_text()
    workers = start_workers(together, "whole")
    try:
        for index, worker in enumerate(workers):
            assert worker.wait(timeout=240) == 0, (together / f"whole.{index}.log").read_text()[-2000:]
    finally:
        for worker in workers:
            worker.kill()

    sys.path.insert(0, str(SCRIPT.parent))
    try:
        import worker_run
    finally:
        sys.path.remove(str(SCRIPT.parent))
    worker_run.train_pictures(None, alone)
    worker_run.train_language_model(None, alone)
    return together, alone, before


def test_pictures_of_several_sizes_move_the_weights_as_on_one_host(runs):
    together, alone, _ = (np.load(path / "pictures.npz") if isinstance(path, Path) else path for path in runs)
    assert set(together.files) == set(alone.files)
    for name in alone.files:
        np.testing.assert_allclose(together[name], alone[name], rtol=0, atol=1e-5, err_msg=name)


def test_hosts_that_were_killed_go_on_and_end_with_the_weights_of_one_process(runs):
    together, alone, before = runs
    assert [json.loads(line)["epoch"] for line in before.splitlines()] == [0]
    logs = [[json.loads(line) for line in (run / "run/log.jsonl").read_text().splitlines()] for run in runs[:2]]
    for ours, theirs in zip(*logs, strict=True):
        for name in ("epoch", "loss", "val_loss", "perplexity", "val_perplexity"):
            assert ours[name] == pytest.approx(theirs[name], rel=1e-5), name
    ours, theirs = (np.load(run / "run/preset/weights.npz") for run in (together, alone))
    assert set(ours.files) == set(theirs.files)
    for name in theirs.files:  # a preset rounds to float16
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-3, atol=1e-5, err_msg=name)
    starts = json.loads((together / "run/run.json").read_text())["starts"]
    assert [start["first_epoch"] for start in starts] == [0, 1]


def test_a_batch_that_replicas_cannot_share():
    strategy = tf.distribute.MirroredStrategy(["cpu:0"])
    assert not over_several_hosts(strategy)
    assert is_chief(strategy)

    class OfThree:
        num_replicas_in_sync = 3

    with pytest.raises(ValueError, match="`batch_size` must be a multiple of the number of replicas"):
        split_batches(OfThree(), None, 8)
