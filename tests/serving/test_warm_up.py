"""Warm-up requests, read as TensorFlow Serving reads them."""

import pytest
import tensorflow as tf

pytest.importorskip("tensorflow_serving")

from tensorflow_serving.apis import prediction_log_pb2


def test_warm_up_requests_run_through_their_signatures(folder):
    path = folder / "assets.extra" / "tf_serving_warmup_requests"
    records = [record.numpy() for record in tf.data.TFRecordDataset(str(path))]
    signatures = tf.saved_model.load(str(folder)).signatures
    used = set()
    for record in records:
        request = prediction_log_pb2.PredictionLog.FromString(record).predict_log.request
        inputs = {name: tf.constant(tf.make_ndarray(tensor)) for name, tensor in request.inputs.items()}
        outputs = signatures[request.model_spec.signature_name](**inputs)
        assert outputs["latex"].shape[0] == len(inputs["image_bytes"])
        assert tf.reduce_all(tf.math.is_finite(outputs["score"]))
        used.add((request.model_spec.signature_name, len(inputs["image_bytes"])))
    assert used == {("serving_default", 1), ("serving_default", 8), ("n_best", 1), ("n_best", 8)}


def test_a_saved_model_without_warm_up_requests_has_none(tmp_path):
    from keras_im2latex.serving.warm_up import read_warm_up_requests

    assert read_warm_up_requests(tmp_path) == []
