"""The gRPC interface, through the public stubs of TensorFlow Serving."""

import numpy as np
import pytest
import tensorflow as tf
from drawn_pictures import dotted, encoded

pytest.importorskip("tensorflow_serving")
pytest.importorskip("aiohttp")

import grpc
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)


@pytest.fixture(scope="module")
def channel(running):
    with grpc.insecure_channel(running.grpc_address) as channel:
        yield channel


@pytest.fixture(scope="module")
def stub(channel):
    return prediction_service_pb2_grpc.PredictionServiceStub(channel)


def request_for(pictures, signature="", **model_spec):
    request = predict_pb2.PredictRequest(inputs={"image_bytes": tf.make_tensor_proto(pictures)})
    request.model_spec.name = model_spec.get("name", "im2latex")
    request.model_spec.signature_name = signature
    if "version" in model_spec:
        request.model_spec.version.value = model_spec["version"]
    return request


def strings(tensor):
    return np.vectorize(bytes.decode)(tf.make_ndarray(tensor)).tolist()


@pytest.mark.parametrize("signature", ["", "serving_default"])
def test_predict(stub, pictures, readings, signature):
    answer = stub.Predict(request_for(pictures, signature, version=1), timeout=60)
    assert strings(answer.outputs["latex"]) == [reading.latex for reading in readings]
    scores = tf.make_ndarray(answer.outputs["score"])
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, [reading.score for reading in readings], rtol=1e-4)
    assert (answer.model_spec.name, answer.model_spec.version.value) == ("im2latex", 1)
    assert answer.model_spec.signature_name == "serving_default"


def test_n_best(stub, pictures, readings):
    answer = stub.Predict(request_for(pictures, "n_best"), timeout=60)
    alternatives = [[reading, *reading.alternatives] for reading in readings]
    assert strings(answer.outputs["latex"]) == [[hypothesis.latex for hypothesis in row] for row in alternatives]
    assert tf.make_ndarray(answer.outputs["score"]).shape == (len(pictures), 3)


def test_output_filter(stub, pictures):
    request = request_for(pictures[:1])
    request.output_filter.append("score")
    assert list(stub.Predict(request, timeout=60).outputs) == ["score"]


def test_metadata(stub, folder):
    request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["signature_def"])
    request.model_spec.name = "im2latex"
    answer = stub.GetModelMetadata(request, timeout=60)
    found = get_model_metadata_pb2.SignatureDefMap()
    assert answer.metadata["signature_def"].Unpack(found)
    assert set(found.signature_def) == {"serving_default", "n_best"}
    n_best = found.signature_def["n_best"].outputs["latex"]
    assert n_best.dtype == tf.string.as_datatype_enum
    assert [dimension.size for dimension in n_best.tensor_shape.dim] == [-1, 3]


def test_model_status(channel):
    stub = model_service_pb2_grpc.ModelServiceStub(channel)
    request = get_model_status_pb2.GetModelStatusRequest()
    request.model_spec.name = "im2latex"
    (status,) = stub.GetModelStatus(request, timeout=60).model_version_status
    assert (status.version, status.state) == (1, get_model_status_pb2.ModelVersionStatus.AVAILABLE)
    request.model_spec.name = "other"
    with pytest.raises(grpc.RpcError) as refused:
        stub.GetModelStatus(request, timeout=60)
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND


def with_label(label):
    request = request_for([b"x"])
    request.model_spec.version_label = label
    return request


def with_inputs(**inputs):
    request = request_for([b""])
    del request.inputs["image_bytes"]
    for name, value in inputs.items():
        request.inputs[name].CopyFrom(value)
    return request


def claiming(count):
    tensor = tf.make_tensor_proto([b"one"])
    tensor.tensor_shape.dim[0].size = count
    return tensor


INVALID, NOT_FOUND = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize(
    ("request_message", "code", "reason"),
    [
        (request_for([b"x"], name="other"), NOT_FOUND, "model not found: .* Received: other"),
        (request_for([b"x"], version=5), NOT_FOUND, "model not found: .* Received: im2latex, version 5"),
        (with_label("stable"), NOT_FOUND, "no version has a label. Received: stable"),
        (request_for([b"x"], "prepare"), INVALID, "signature_name must be one of serving_default, n_best"),
        (request_for([b""]), INVALID, r"image_bytes\[0\]: must be a PNG or JPEG file. Received: no bytes"),
        (request_for([b"no picture"]), INVALID, r"image_bytes\[0\]: .* start with b'no pictu'"),
        (request_for([encoded(dotted(40, 100, 1))[:-200]]), INVALID, r"image_bytes\[0\]: broken"),
        (request_for([b"x"] * 65), INVALID, "a request must have 1 to 64 pictures. Received: 65"),
        (with_inputs(), INVALID, "inputs must have image_bytes and nothing else. Received: nothing"),
        (with_inputs(x=tf.make_tensor_proto([b"x"])), INVALID, "inputs must have .* Received: x"),
        (with_inputs(image_bytes=tf.make_tensor_proto([1.0])), INVALID, "must be a string tensor"),
        (with_inputs(image_bytes=tf.make_tensor_proto(b"x")), INVALID, r"must be a string tensor .* shape \[\]"),
        (with_inputs(image_bytes=tf.make_tensor_proto([[b"x"]])), INVALID, "must be a string tensor"),
        (with_inputs(image_bytes=claiming(10**15)), INVALID, "must be a string tensor .* 1 strings"),
        (with_inputs(image_bytes=claiming(-1)), INVALID, "must be a string tensor"),
    ],
)
def test_wrong_requests(stub, request_message, code, reason):
    with pytest.raises(grpc.RpcError, match=reason) as refused:
        stub.Predict(request_message, timeout=5)
    assert refused.value.code() is code


def test_wrong_output_and_metadata_field(stub, pictures):
    request = request_for(pictures[:1])
    request.output_filter.append("tokens")
    with pytest.raises(grpc.RpcError, match=r"output_filter must have latex and score only. Received: tokens"):
        stub.Predict(request, timeout=60)
    request = get_model_metadata_pb2.GetModelMetadataRequest(metadata_field=["weights"])
    request.model_spec.name = "im2latex"
    with pytest.raises(grpc.RpcError, match=r"metadata_field must be signature_def. Received: weights"):
        stub.GetModelMetadata(request, timeout=60)


def test_message_that_is_too_large(stub, pictures, readings):
    with pytest.raises(grpc.RpcError) as refused:
        stub.Predict(request_for([bytes(40 << 20)]), timeout=30)
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    answer = stub.Predict(request_for(pictures[:1]), timeout=60)
    assert strings(answer.outputs["latex"]) == [readings[0].latex]


def test_methods_that_are_not_there(channel, stub):
    from tensorflow_serving.apis import classification_pb2

    with pytest.raises(grpc.RpcError) as refused:
        stub.Classify(classification_pb2.ClassificationRequest(), timeout=5)
    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
