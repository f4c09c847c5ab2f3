"""A `ModelServer` in a thread of its own, and plain HTTP to it."""

import asyncio
import base64
import http.client
import json
import threading
import time

from keras_im2latex.serving import ModelServer


class RunningServer:
    """Starts with the block and stops with it."""

    def __init__(self, model, **options):
        self.server = ModelServer(model, port=0, grpc_port=0, **options)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._stopped = None

    def __enter__(self):
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.server.start(), self._loop).result(60)
        return self

    def __exit__(self, *exception):
        self.stop().result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        assert not self._thread.is_alive()
        self._loop.close()

    def stop(self):
        """Begins to stop; a future of the end."""
        if self._stopped is None:
            self._stopped = asyncio.run_coroutine_threadsafe(self.server.stop(), self._loop)
        return self._stopped

    @property
    def grpc_address(self):
        return f"127.0.0.1:{self.server.grpc_port}"

    def ask(self, method, path, body=None, headers=None):
        """Status, decoded JSON (or text) and headers of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            text = answer.read().decode()
            is_json = answer.headers.get_content_type() == "application/json"
            return answer.status, json.loads(text) if is_json else text, answer.headers
        finally:
            connection.close()

    def predict(self, fields, path="/v1/models/im2latex:predict"):
        """Status and decoded JSON of a `:predict` request."""
        body = fields if isinstance(fields, (bytes, str)) else json.dumps(fields)
        return self.ask("POST", path, body)[:2]

    def metric(self, name):
        """A figure of `/metrics`, by its name with labels; 0 where it is not there yet."""
        lines = self.ask("GET", "/metrics")[1].splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.rpartition(" ")[0] == name)

    def wait_for(self, name, value):
        """Waits until a figure of `/metrics` has a value."""
        end = time.monotonic() + 30
        while self.metric(name) != value:
            assert time.monotonic() < end, f"{name} is {self.metric(name)}, not {value}"
            time.sleep(0.01)


def in_base64(picture):
    return {"b64": base64.b64encode(picture).decode()}
