"""Requests that are wrong on purpose: each gets a 4xx with its reason within a second, and the server goes on."""

import base64
import gzip
import json
import re
import socket
import time
import zlib

import pytest
from broken_pictures import broken_jpegs, broken_pngs, chunk, png_of
from drawn_pictures import dotted, encoded

from keras_im2latex.images import PictureError, prepare_picture

pytest.importorskip("tensorflow_serving")
pytest.importorskip("aiohttp")

from running_server import RunningServer, in_base64

from keras_im2latex.serving import ServerLimits

PREDICT = "/v1/models/im2latex:predict"


@pytest.fixture
def still_answering(running, pictures, readings):
    """The server reads what it did before, after the test as well."""
    yield
    status, answer = running.predict({"instances": [in_base64(pictures[0])]})
    assert (status, answer["predictions"][0]["latex"]) == (200, readings[0].latex)


def within_a_second(ask):
    """What `ask` returns; it must come within a second, once in three tries: the machine has other work as well."""
    for _ in range(3):
        start = time.monotonic()
        answer = ask()
        seconds = time.monotonic() - start
        if seconds < 1:
            return answer
    raise AssertionError(f"the answer took over a second three times, {seconds:.1f} at last")


def refusal(running, body, **options):
    """Status and reason of a refusal that must come within a second."""
    status, answer = within_a_second(lambda: running.ask("POST", PREDICT, body, **options)[:2])
    assert list(answer) == ["error"]
    return status, answer["error"]


@pytest.mark.usefixtures("still_answering")
def test_eighty_kinds_of_broken_pictures(running):
    picture = dotted(60, 200, 1)
    kinds = [*broken_pngs(encoded(picture)), *broken_jpegs(encoded(picture, "jpeg", quality=90))]
    refused = set()
    for name, data in kinds:
        try:
            prepare_picture(data)
        except PictureError:
            status, reason = refusal(running, json.dumps({"instances": [in_base64(data)]}))
            assert status in (400, 413), name
            assert reason.startswith("image_bytes[0]: "), name
            refused.add(name)
    assert len(refused) >= 75
    # What the decoders forgive is no error here either; pixels are limited more tightly.
    for name, data in kinds:
        if name not in refused:
            status, answer = running.predict({"instances": [in_base64(data)]})
            assert (status, "megapixels" in name) in ((200, False), (413, True)), (name, answer)


@pytest.mark.usefixtures("still_answering")
def test_broken_picture_among_others_names_itself(running, pictures):
    column = [in_base64(pictures[0]), in_base64(pictures[1][:-100])]
    status, reason = refusal(running, json.dumps({"instances": column}))
    assert (status, reason) == (400, "image_bytes[1]: broken: the picture can't be decoded")


@pytest.mark.usefixtures("still_answering")
def test_decompression_bomb(running):
    rows = zlib.compress(bytes((2000 // 8 + 1) * 2000), 9)
    header = (2000).to_bytes(4) * 2 + b"\x01\x00\x00\x00\x00"
    small = png_of([(b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")])
    assert prepare_picture_is_blank(small)
    for side, status in ((2897, 413), (60_000, 413), (2**31 - 1, 413)):
        large = small.replace(chunk(b"IHDR", header), chunk(b"IHDR", side.to_bytes(4) * 2 + header[8:]))
        found, reason = refusal(running, json.dumps({"instances": [in_base64(large)]}))
        assert (found, reason.split(". ")[0]) == (
            status,
            "image_bytes[0]: too large: must have at most 8388608 pixels",
        )
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(50_000_000), 9))
    place = small.index(b"IDAT") - 4
    bomb = small[:place] + text + small[place:]
    assert refusal(running, json.dumps({"instances": [in_base64(bomb)]}))[0] == 400


def prepare_picture_is_blank(data):
    with pytest.raises(PictureError, match="blank"):
        prepare_picture(data)
    return True


B64 = '{"b64": "iVBORw=="}'


@pytest.mark.usefixtures("still_answering")
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the body must be JSON"),
        (b"{", "the body must be JSON"),
        (b"\xff\xfe\xfd", "the body must be JSON"),
        (b'{"instances": [{"b64": "\xff"}]}', "the body must be JSON"),
        (b"[" * 100_000, "the body must be JSON"),
        (b'{"instances": ' + b"9" * 5000 + b"}", "the body must be JSON"),
        (b"null", "either instances or inputs. Received: null"),
        (b"[]", "either instances or inputs. Received: a list"),
        (b"{}", "either instances or inputs. Received: an object with nothing"),
        (b'{"instances": [], "inputs": []}', "either instances or inputs"),
        (b'{"instances": "abc"}', "instances must be a list"),
        (b'{"instances": {"b64": "iVBORw=="}}', "instances must be a list"),
        (b'{"inputs": {"b64": "iVBORw=="}}', "inputs must have image_bytes and nothing else. Received: an object with"),
        (b'{"inputs": {"image_bytes": "abc"}}', "inputs must be a list"),
        (f'{{"inputs": {{"image_bytes": [], "size": [{B64}]}}}}'.encode(), "inputs must have image_bytes and nothing"),
        (b'{"instances": []}', "a request must have 1 to 64 pictures. Received: 0"),
        (f'{{"instances": [{",".join([B64] * 65)}]}}'.encode(), "1 to 64 pictures. Received: 65"),
        (b'{"instances": ["abc"]}', 'image_bytes[0]: must be {"b64": "…"}. Received: a string'),
        (b'{"instances": [null]}', "image_bytes[0]: must be"),
        (b'{"instances": [1.5]}', "image_bytes[0]: must be"),
        (b'{"instances": [[1, 2]]}', "image_bytes[0]: must be"),
        (b'{"instances": [{"b64": 1}]}', "image_bytes[0]: must be"),
        (b'{"instances": [{"b64": ""}]}', "image_bytes[0]: must be a PNG or JPEG file. Received: no bytes"),
        (b'{"instances": [{"b64": "iVBORw"}]}', "image_bytes[0]: b64 must be base64"),
        (b'{"instances": [{"b64": "iVBO Rw=="}]}', "image_bytes[0]: b64 must be base64"),
        ('{"instances": [{"b64": "é"}]}'.encode(), "image_bytes[0]: b64 must be base64"),
        (b'{"instances": [{"b64": "\\ud800"}]}', "image_bytes[0]: b64 must be base64"),
        (b'{"instances": [{"b64": "iVBORw==", "x": 1}]}', "image_bytes[0]: must be"),
        (b'{"instances": [{"picture": {"b64": "iVBORw=="}}]}', "instances[0] must have image_bytes"),
        (f'{{"instances": [{B64}, {{"image_bytes": {B64}}}]}}'.encode(), "image_bytes[1]: must be"),
        (f'{{"signature_name": 1, "instances": [{B64}]}}'.encode(), "signature_name must be a string"),
        (f'{{"signature_name": "prepare", "instances": [{B64}]}}'.encode(), "signature_name must be one of"),
    ],
)
def test_wrong_bodies(running, body, reason):
    status, found = refusal(running, body)
    assert status == 400
    assert reason in found
    assert len(found) < 500


@pytest.mark.usefixtures("still_answering")
def test_a_hundred_megabytes(running):
    body = b'{"instances": [{"b64": "' + b"A" * 100_000_000 + b'"}]}'
    expected = "the body must have at most 16777216 bytes. Received: "
    assert refusal(running, body) == (413, f"{expected}{len(body)}")
    chunks = [body[start : start + 65536] for start in range(0, 20_000_000, 65536)]
    assert refusal(running, chunks) == (413, f"{expected}more")
    small = gzip.compress(body)
    assert refusal(running, small, headers={"Content-Encoding": "gzip"}) == (413, f"{expected}more")


@pytest.mark.usefixtures("still_answering")
def test_compressed_bodies(running, pictures, readings):
    body = json.dumps({"instances": [in_base64(pictures[0])]}).encode()
    status, answer, _ = running.ask("POST", PREDICT, gzip.compress(body), {"Content-Encoding": "gzip"})
    assert (status, answer["predictions"][0]["latex"]) == (200, readings[0].latex)
    status, reason = refusal(running, body, headers={"Content-Encoding": "gzip"})
    assert status == 400
    assert "encoding" in reason


@pytest.mark.usefixtures("still_answering")
@pytest.mark.parametrize(
    "head",
    [
        b"no HTTP at all\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"POST /v1/models/im2latex:predict HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/models/im2latex:predict HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        b"POST /v1/models/im2latex:predict HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"POST /v1/models/im2latex:predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_broken_http(running, head):
    def answer():
        with socket.create_connection(("127.0.0.1", running.server.port), timeout=10) as connection:
            connection.sendall(head)
            return connection.recv(65536)

    assert re.match(rb"HTTP/1\.[01] 400 ", within_a_second(answer))


def test_slow_senders_are_told_and_hold_nobody_up(served, pictures, readings):
    limits = ServerLimits(arrival_seconds=0.5, idle_seconds=0.8)
    body = json.dumps({"instances": [in_base64(pictures[0])]}).encode()
    head = f"POST {PREDICT} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with RunningServer(served, limits=limits) as running:
        address = ("127.0.0.1", running.server.port)
        with (
            socket.create_connection(address, timeout=5) as half_a_body,
            socket.create_connection(address, timeout=5) as half_a_head,
            socket.create_connection(address, timeout=5) as nothing,
        ):
            half_a_body.sendall(head + body[: len(body) // 2])
            half_a_head.sendall(head[: len(head) // 2])
            status, answer = running.predict(body)
            assert (status, answer["predictions"][0]["latex"]) == (200, readings[0].latex)
            answer = half_a_body.recv(65536)
            assert answer.startswith(b"HTTP/1.1 408 ")
            received = len(body) // 2
            assert f"the body arrives too slowly. Received: {received} bytes".encode() in answer
            assert half_a_head.recv(65536) == nothing.recv(65536) == b""


def test_wrong_base64_alphabet_is_told(running, pictures):
    text = base64.urlsafe_b64encode(b"\xff\xfe\xfb" * 4).decode()
    assert "-" in text or "_" in text
    status, reason = refusal(running, json.dumps({"instances": [{"b64": text}]}))
    assert (status, reason.split(".")[0]) == (400, "image_bytes[0]: b64 must be base64")
