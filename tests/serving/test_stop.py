"""The clean stop: what was accepted is answered, wherever it was."""

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

pytest.importorskip("tensorflow_serving")
pytest.importorskip("aiohttp")

from patient_model import PatientModel
from running_server import RunningServer
from test_limits import BODY, PICTURE, by_grpc


def test_stop_answers_all_that_was_accepted():
    model = PatientModel(held=True)
    body = json.dumps(BODY).encode()
    head = f"POST /v1/models/im2latex:predict HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with RunningServer(model, batch_size=2) as running, ThreadPoolExecutor(8) as clients:
        accepted = [clients.submit(running.predict, BODY) for _ in range(4)]
        by_stub = [clients.submit(by_grpc, running.grpc_address, 30) for _ in range(2)]
        running.wait_for("im2latex_queue_pictures", 6)
        port = running.server.port
        with socket.create_connection(("127.0.0.1", port), timeout=10) as arriving:
            arriving.sendall(head + body[:10])
            running.wait_for("im2latex_queue_bytes", 4 * len(body) + 2 * len(PICTURE) + 10)
            stopped = running.stop()
            wait_until_refused(port)
            assert not stopped.done()
            arriving.sendall(body[10:])
            threading.Timer(0.3, model.may_read.set).start()
            assert [answer.result()[0] for answer in accepted] == [200] * 4
            assert [len(answer.result().outputs["latex"].string_val) for answer in by_stub] == [1, 1]
            answer = b""
            while part := arriving.recv(65536):  # until the server closes
                answer += part
            assert answer.startswith(b"HTTP/1.1 200 ")
            assert b"Connection: close" in answer
        stopped.result(10)
        assert sum(map(len, model.batches)) == 7


def wait_until_refused(port):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=10).close()  # tries again after a second
        except ConnectionRefusedError:
            return
        time.sleep(0.02)
    raise AssertionError("the port still accepts connections")
