"""The REST interface, by plain HTTP: what TensorFlow Serving's documentation says, and the strings of `generate`."""

import json
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from drawn_pictures import encoded
from google.protobuf import json_format

pytest.importorskip("tensorflow_serving")
pytest.importorskip("aiohttp")

from running_server import in_base64
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2


def test_rows(running, pictures, readings):
    status, answer = running.predict({"instances": [in_base64(picture) for picture in pictures]})
    assert (status, list(answer)) == (200, ["predictions"])
    assert [row["latex"] for row in answer["predictions"]] == [reading.latex for reading in readings]
    scores = [row["score"] for row in answer["predictions"]]
    np.testing.assert_allclose(scores, [reading.score for reading in readings], rtol=1e-4)


@pytest.mark.parametrize("path", ["/v1/models/im2latex:predict", "/v1/models/im2latex/versions/1:predict"])
def test_named_rows(running, pictures, readings, path):
    fields = {"signature_name": "serving_default", "instances": [{"image_bytes": in_base64(pictures[0])}]}
    status, answer = running.predict(fields, path)
    assert status == 200
    assert [row["latex"] for row in answer["predictions"]] == [readings[0].latex]


@pytest.mark.parametrize("named", [True, False])
def test_columns(running, pictures, readings, named):
    column = [in_base64(picture) for picture in pictures[:2]]
    status, answer = running.predict({"inputs": {"image_bytes": column} if named else column})
    assert (status, list(answer)) == (200, ["outputs"])
    assert answer["outputs"]["latex"] == [reading.latex for reading in readings[:2]]
    assert len(answer["outputs"]["score"]) == 2


def test_n_best(running, pictures, readings):
    (picture, reading), fields = (pictures[1], readings[1]), {"signature_name": "n_best"}
    expected = [reading.latex, *[alternative.latex for alternative in reading.alternatives]]
    (row,) = running.predict({**fields, "instances": [in_base64(picture)]})[1]["predictions"]
    assert row["latex"] == expected
    assert row["score"] == sorted(row["score"], reverse=True)
    outputs = running.predict({**fields, "inputs": [in_base64(picture)]})[1]["outputs"]
    assert outputs == {"latex": [expected], "score": [row["score"]]}


def test_blank_picture(running):
    blank = encoded(np.full((40, 60), 255, np.uint8))
    status, answer = running.predict({"instances": [in_base64(blank)]})
    assert (status, answer["predictions"][0]["latex"]) == (200, "")
    assert math.isnan(answer["predictions"][0]["score"])


@pytest.mark.parametrize("path", ["/v1/models/im2latex", "/v1/models/im2latex/versions/1"])
def test_status(running, path):
    available = {"version": "1", "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}
    assert running.ask("GET", path)[:2] == (200, {"model_version_status": [available]})


@pytest.mark.parametrize("path", ["/v1/models/im2latex/metadata", "/v1/models/im2latex/versions/1/metadata"])
def test_metadata_are_the_signatures_of_the_saved_model(running, folder, path):
    status, answer, _ = running.ask("GET", path)
    assert (status, answer["model_spec"]) == (200, {"name": "im2latex", "signature_name": "", "version": "1"})
    saved = saved_model_pb2.SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    signatures = answer["metadata"]["signature_def"]["signature_def"]
    assert set(signatures) == {"serving_default", "n_best"}
    for name, definition in signatures.items():
        parsed = json_format.ParseDict(definition, meta_graph_pb2.SignatureDef())
        assert parsed == saved.meta_graphs[0].signature_def[name]


def test_other_models_versions_and_paths(running):
    for path in ("/v1/models/other", "/v1/models/im2latex/versions/2", "/v1/models/other/metadata"):
        status, answer, _ = running.ask("GET", path)
        assert status == 404
        assert answer["error"].startswith("model not found: must be im2latex, version 1. Received: ")
    assert running.predict({}, "/v1/models/other:predict")[0] == 404
    assert running.ask("GET", "/v1/models/im2latex/labels/stable")[:2] == (
        404,
        {"error": "Not Found: GET /v1/models/im2latex/labels/stable"},
    )
    status, _, headers = running.ask("GET", "/v1/models/im2latex:predict")
    assert (status, headers["Allow"]) == (405, "POST")


def test_health_and_metrics(running, pictures):
    assert running.ask("GET", "/health")[:2] == (200, {"status": "ready"})
    answered = 'im2latex_requests_total{method="predict",protocol="rest",status="200"}'
    before = running.metric(answered), running.metric("im2latex_batch_pictures_sum")
    seconds = running.metric('im2latex_request_seconds_count{method="predict",protocol="rest"}')
    running.predict({"instances": [in_base64(picture) for picture in pictures[:3]]})
    assert running.metric(answered) == before[0] + 1
    assert running.metric("im2latex_batch_pictures_sum") == before[1] + 3
    assert running.metric('im2latex_request_seconds_count{method="predict",protocol="rest"}') == seconds + 1
    assert running.metric("im2latex_queue_pictures") == running.metric("im2latex_queue_bytes") == 0
    assert running.metric("process_resident_memory_bytes") > 1e8


def test_concurrent_requests_are_read_together(running, pictures, readings):
    batches = running.metric("im2latex_batch_pictures_count")
    bodies = [json.dumps({"instances": [in_base64(picture)]}) for picture in pictures] * 8
    with ThreadPoolExecutor(len(bodies)) as clients:
        answers = list(clients.map(running.predict, bodies))
    assert [status for status, _ in answers] == [200] * len(bodies)
    assert [answer["predictions"][0]["latex"] for _, answer in answers] == [reading.latex for reading in readings] * 8
    assert running.metric("im2latex_batch_pictures_count") - batches <= len(bodies) / 3
