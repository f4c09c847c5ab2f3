"""Requests that a server runs through a model before it takes any others."""

from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import model_pb2, predict_pb2, prediction_log_pb2

WARM_UP_FILE = Path("assets.extra") / "tf_serving_warmup_requests"
"""Where TensorFlow Serving looks for warm-up requests in a SavedModel."""

WARM_UP_SIGNATURES = ("serving_default", "n_best")

# Height and width at 200 dots an inch, and pictures in the request: a short formula alone, and longer ones together.
_REQUESTS = (((60, 200), 1), ((100, 600), 8))


def write_warm_up_requests(folder):
    """Writes warm-up requests into a SavedModel, for TensorFlow Serving and `ModelServer`.

    The first pictures that a model reads take longer than all others: TensorFlow chooses its kernels then. A server
    that runs these requests first keeps that from its callers.

    Args:
        folder: the SavedModel, str or path.

    Returns:
        The path of the file, which holds `PredictionLog` messages as TFRecord.

    Example:
        >>> write_warm_up_requests("im2latex/1")
        PosixPath('im2latex/1/assets.extra/tf_serving_warmup_requests')

    Reference:
        https://www.tensorflow.org/tfx/serving/saved_model_warmup
    """
    path = Path(folder) / WARM_UP_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for signature in WARM_UP_SIGNATURES:
            for size, number in _REQUESTS:
                request = predict_pb2.PredictRequest(
                    model_spec=model_pb2.ModelSpec(name="im2latex", signature_name=signature),
                    inputs={"image_bytes": tf.make_tensor_proto([_picture(size, seed) for seed in range(number)])},
                )
                log = prediction_log_pb2.PredictLog(request=request)
                writer.write(prediction_log_pb2.PredictionLog(predict_log=log).SerializeToString())
    return path


def read_warm_up_requests(folder):
    """Reads the warm-up requests of a SavedModel.

    Args:
        folder: the SavedModel, str or path.

    Returns:
        A list of `PredictRequest` messages, empty where the SavedModel has none.
    """
    path = Path(folder) / WARM_UP_FILE
    if not path.is_file():
        return []
    records = tf.data.TFRecordDataset(str(path)).as_numpy_iterator()
    logs = [prediction_log_pb2.PredictionLog.FromString(record) for record in records]
    return [log.predict_log.request for log in logs if log.HasField("predict_log")]


def _picture(size, seed):
    """A PNG with strokes of the thickness of print."""
    paper = np.full(size, 255, np.uint8)
    generator = np.random.default_rng(seed)
    for left in range(8, size[1] - 24, 24):
        top, length = generator.integers(8, size[0] // 2), generator.integers(6, size[0] // 2 - 8)
        paper[top : top + length, left : left + 3] = 0
        paper[top : top + 3, left : left + int(generator.integers(6, 20))] = 0
    return tf.io.encode_png(paper[..., None]).numpy()
