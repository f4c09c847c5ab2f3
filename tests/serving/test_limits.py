"""What happens when the model is slower than its callers, with a model that waits until it is told to go on."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from drawn_pictures import dotted, encoded

pytest.importorskip("tensorflow_serving")
pytest.importorskip("aiohttp")

import grpc
import tensorflow as tf
from patient_model import PatientModel
from running_server import RunningServer, in_base64
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

from keras_im2latex.serving import ServerLimits

PICTURE = encoded(dotted(20, 20, 1)) + b"END"
BODY = {"instances": [in_base64(PICTURE)]}


def by_grpc(address, seconds):
    request = predict_pb2.PredictRequest(inputs={"image_bytes": tf.make_tensor_proto([PICTURE])})
    request.model_spec.name = "im2latex"
    with grpc.insecure_channel(address) as channel:
        return prediction_service_pb2_grpc.PredictionServiceStub(channel).Predict(request, timeout=seconds)


def test_full_queue_sends_away_and_takes_in_again():
    model = PatientModel(held=True)
    limits = ServerLimits(waiting_pictures=2)
    with RunningServer(model, limits=limits) as running, ThreadPoolExecutor(2) as clients:
        accepted = [clients.submit(running.predict, BODY) for _ in range(2)]
        running.wait_for("im2latex_queue_pictures", 2)
        status, answer, headers = running.ask("POST", "/v1/models/im2latex:predict", json.dumps(BODY))
        assert (status, answer) == (429, {"error": "the queue is full: 2 pictures wait"})
        assert int(headers["Retry-After"]) >= 1
        with pytest.raises(grpc.RpcError) as refused:
            by_grpc(running.grpc_address, 5)
        assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert int(dict(refused.value.trailing_metadata())["retry-after"]) >= 1
        assert int(dict(refused.value.trailing_metadata())["grpc-retry-pushback-ms"]) >= 1000
        model.may_read.set()
        assert [answer.result()[0] for answer in accepted] == [200, 200]
        assert running.predict(BODY)[0] == 200
        assert running.metric("im2latex_queue_pictures") == 0
        assert running.metric('im2latex_requests_total{method="predict",protocol="rest",status="429"}') == 1
        name = 'im2latex_requests_total{method="predict",protocol="grpc",status="RESOURCE_EXHAUSTED"}'
        assert running.metric(name) == 1


def test_bytes_that_wait_are_limited_too():
    model = PatientModel(held=True)
    size = len(json.dumps(BODY))
    with RunningServer(model, limits=ServerLimits(waiting_bytes=size + 10)) as running, ThreadPoolExecutor(1) as client:
        accepted = client.submit(running.predict, BODY)
        running.wait_for("im2latex_queue_bytes", size)
        assert running.predict(BODY) == (429, {"error": f"the queue is full: {size} bytes wait"})
        model.may_read.set()
        assert accepted.result()[0] == 200
        assert running.predict(BODY)[0] == 200
        assert running.metric("im2latex_queue_bytes") == 0


def test_time_limit():
    model = PatientModel(held=True)
    with RunningServer(model, limits=ServerLimits(request_seconds=0.4)) as running:
        assert running.predict(BODY) == (504, {"error": "not answered within 0.4 seconds"})
        with pytest.raises(grpc.RpcError, match=r"not answered within 0\.4 seconds") as late:
            by_grpc(running.grpc_address, 20)
        assert late.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert running.metric("im2latex_queue_pictures") == 0
        model.may_read.set()
        assert running.predict(BODY)[0] == 200


def test_caller_that_leaves_frees_its_place():
    model = PatientModel(held=True)
    limits = ServerLimits(waiting_pictures=1)
    with RunningServer(model, limits=limits) as running:
        with pytest.raises(grpc.RpcError):
            by_grpc(running.grpc_address, 0.2)
        running.wait_for("im2latex_queue_pictures", 0)
        model.may_read.set()
        assert running.predict(BODY)[0] == 200


def test_internal_error_keeps_its_details_to_itself(caplog):
    model = PatientModel(faulty=[b""])
    with RunningServer(model) as running:
        assert running.predict(BODY) == (500, {"error": "internal error"})
        with pytest.raises(grpc.RpcError, match="internal error") as failed:
            by_grpc(running.grpc_address, 20)
        assert failed.value.code() is grpc.StatusCode.INTERNAL
        model.faulty = ()
        assert running.predict(BODY)[0] == 200
    assert caplog.text.count("MemoryError: too much for one batch") == 2


@pytest.mark.parametrize("field", ["request_bytes", "picture_pixels", "waiting_pictures", "request_seconds"])
def test_limits_are_checked(field):
    with pytest.raises(ValueError, match=f"`{field}` must be above 0. Received: {field}=0"):
        ServerLimits(**{field: 0})
