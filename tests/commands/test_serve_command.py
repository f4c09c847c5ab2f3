"""`im2latex serve` as a process: how it starts, and how it ends when it is told to in the middle of requests."""

import base64
import http.client
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

import keras_im2latex
from keras_im2latex import cli
from keras_im2latex.models import Im2Latex
from keras_im2latex.serving import export_version

pytest.importorskip("tensorflow_serving")
pytest.importorskip("aiohttp")

ROOT = Path(keras_im2latex.__file__).parents[1]
CLIENTS = 16


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(1)
    sizes = {"filters": (8, 8, 8, 8, 16, 16), "encoder_units": 8, "decoder_units": 16, "embedding_size": 8}
    return Im2Latex([*"abcxyz+-="], **sizes)


@pytest.fixture(scope="module")
def folder(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    export_version(model, folder, beam_size=2, maximum_length=60)
    return folder


@pytest.fixture
def process(folder):
    """A server that takes requests, and the port of its REST interface."""
    command = [sys.executable, "-m", "keras_im2latex.cli", "serve", str(folder), "--port=0", "--grpc-port=0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            line = process.stdout.readline()
            pattern = r"im2latex version 1: http://127.0.0.1:(\d+)/v1/models/im2latex and gRPC at 127.0.0.1:\d+\n"
            found = re.fullmatch(pattern, line)
            assert found, (line, process.stderr.read())
            yield process, int(found[1])
        finally:
            process.kill()


def picture(seed):
    pixels = np.full((60, 200), 255, np.uint8)
    pixels[5:-5, 5:-5] = np.random.default_rng(seed).choice([0, 255], (50, 190))
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "png")
    return buffer.getvalue()


def ask_until_refused(port, body, answered):
    """Statuses and LaTeX of one request after the other, and how many failed although they were sent.

    Releases the semaphore `answered` for each answer.
    """
    found, lost = [], 0
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.connect()
        except ConnectionRefusedError:
            return found, lost
        try:
            connection.request("POST", "/v1/models/im2latex:predict", body)
            answer = connection.getresponse()
            found.append((answer.status, json.load(answer)["predictions"][0]["latex"]))
            answered.release()
        except (ConnectionError, http.client.HTTPException):
            lost += 1
        finally:
            connection.close()


def test_sigterm_in_the_middle_of_requests_loses_none(process, model):
    process, port = process
    image = picture(1)
    expected = model.generate(image, beam_size=2, maximum_length=60).latex
    body = json.dumps({"instances": [{"b64": base64.b64encode(image).decode()}]})
    answered = threading.Semaphore(0)
    with ThreadPoolExecutor(CLIENTS) as clients:
        asking = [clients.submit(ask_until_refused, port, body, answered) for _ in range(CLIENTS)]
        for _ in range(2 * CLIENTS):
            assert answered.acquire(timeout=60)
        process.send_signal(signal.SIGTERM)
        results = [client.result(60) for client in asking]
    assert process.wait(30) == 0
    answers = [answer for found, _ in results for answer in found]
    assert len(answers) >= 2 * CLIENTS
    assert set(answers) == {(200, expected)}
    assert sum(lost for _, lost in results) == 0


def test_port_in_use_is_told_and_interrupt_ends_it_as_well(capsys, process, folder):
    process, port = process
    assert cli.main(["serve", str(folder), "--port", str(port), "--grpc-port", "0"]) == 2
    assert "address already in use" in capsys.readouterr().err
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/health")
    assert connection.getresponse().status == 200  # and the connection stays open
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert time.monotonic() - start < 10
    assert process.stderr.read() == ""


def test_wrong_usage(capsys, folder, tmp_path):
    for arguments, message in (
        ([tmp_path], f"DIR must hold a version of a model. Received: {tmp_path}, with none"),
        ([folder, "--version", "3"], f"DIR must hold version 3 of a model. Received: {folder}, with 1"),
        ([folder, "--timeout", "0"], "`request_seconds` must be above 0. Received: request_seconds=0.0"),
    ):
        assert cli.main(["serve", *map(str, arguments)]) == 2
        assert capsys.readouterr().err == f"im2latex: {message}\n"
    for arguments in (["--port", "65536"], ["--max-bytes", "0"]):
        with pytest.raises(SystemExit) as ended:
            cli.main(["serve", str(folder), *arguments])
        assert ended.value.code == 2


def test_saved_model_of_something_else_is_refused(capsys, tmp_path):
    import tensorflow as tf

    tf.saved_model.save(tf.Module(), str(tmp_path / "1"))
    assert cli.main(["serve", str(tmp_path)]) == 2
    assert "must hold a SavedModel written by `im2latex export`" in capsys.readouterr().err
    (tmp_path / "1" / "saved_model.pb").write_bytes(b"no model")
    assert cli.main(["serve", str(tmp_path)]) == 2
    assert "must hold a SavedModel. Received" in capsys.readouterr().err
