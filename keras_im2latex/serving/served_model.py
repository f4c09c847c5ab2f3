"""An exported model, loaded by TensorFlow alone."""

from http import HTTPStatus
from pathlib import Path

import tensorflow as tf
from google.protobuf.message import DecodeError
from tensorflow.core.protobuf import saved_model_pb2

from keras_im2latex.models.batches import pad_batch
from keras_im2latex.serving.request_error import RequestError
from keras_im2latex.serving.version_folder import MODEL_FILE
from keras_im2latex.serving.warm_up import read_warm_up_requests

SIGNATURES = ("serving_default", "n_best")
"""The signatures that callers may use."""


class ServedModel:
    """A SavedModel of `export_model`, in the two stages that a server needs.

    It runs its own warm-up requests, if it has any, as it is loaded: the first pictures take longest.

    Args:
        folder: the SavedModel, str or path.
        name: str, what callers name it by.
        version: int, which version of the model it is.

    Raises:
        ValueError: there is no such SavedModel, or `export_model` did not write it.

    Example:
        >>> model = ServedModel("serving/im2latex/1", "im2latex", 1)
        >>> latex, scores = model.read([model.prepare(Path("formula.png").read_bytes())])
        >>> latex[0, 0]
        b'E = mc^2'
    """

    def __init__(self, folder, name, version):
        self.folder = Path(folder)
        self.name = name
        self.version = version
        try:
            definition = saved_model_pb2.SavedModel.FromString((self.folder / MODEL_FILE).read_bytes())
            self._loaded = tf.saved_model.load(str(self.folder))
        except (OSError, ValueError, DecodeError, tf.errors.OpError) as error:
            raise ValueError(f"`folder` must hold a SavedModel. Received: {folder}: {error}") from error
        signatures = self._loaded.signatures
        missing = {*SIGNATURES, "prepare", "read_prepared"} - set(signatures)
        if missing:
            raise ValueError(
                "`folder` must hold a SavedModel written by `im2latex export`. "
                f"Received: {folder}, without the signatures {', '.join(sorted(missing))}"
            )
        found = definition.meta_graphs[0].signature_def
        self.signature_definitions = {name: found[name] for name in SIGNATURES}
        self._prepare, self._read = signatures["prepare"], signatures["read_prepared"]
        self._warm_up()

    def prepare(self, image_bytes):
        """Decodes a picture and cuts it to its ink.

        Args:
            image_bytes: bytes of a PNG or JPEG file.

        Returns:
            A uint8 array `(height, width, 1)`.

        Raises:
            RequestError: the picture is broken or too large.
        """
        try:
            return self._prepare(image_bytes=tf.constant(image_bytes))["image"].numpy()
        except tf.errors.InvalidArgumentError as error:
            if "picture too large" in error.message:  # what the graph's own limits say
                reason = "too large: has more pixels around its ink than can be read"
                raise RequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason) from None
            raise RequestError(HTTPStatus.BAD_REQUEST, "broken: the picture can't be decoded") from None

    def read(self, prepared):
        """Reads pictures together.

        Args:
            prepared: list of what `prepare` returned.

        Returns:
            Two arrays `(pictures, n)`, best first: LaTeX as bytes, and float32 scores.
        """
        image, size = pad_batch(prepared)
        found = self._read(image=tf.constant(image), size=tf.constant(size))
        return found["latex"].numpy(), found["score"].numpy()

    def _warm_up(self):
        for request in read_warm_up_requests(self.folder):
            self.read([self.prepare(picture) for picture in request.inputs["image_bytes"].string_val])
