"""What a prediction is, whichever protocol asks for it."""

import asyncio
from http import HTTPStatus

import numpy as np

from keras_im2latex.serving.picture_header import check_picture_header
from keras_im2latex.serving.request_error import RequestError
from keras_im2latex.serving.served_model import SIGNATURES

RETRY_SECONDS = 1
"""After how long a request that found the queue full is told to come back."""


class Predictor:
    """Answers requests within the server's limits.

    Args:
        model: a `ServedModel`.
        batcher: a `Batcher` of the model.
        limits: a `ServerLimits`.
        metrics: a `ServerMetrics`.

    Example:
        >>> predictor = Predictor(model, Batcher(model, metrics), ServerLimits(), metrics)
        >>> await predictor.predict([Path("formula.png").read_bytes()], "serving_default")
        {'latex': array([b'E = mc^2'], dtype=object), 'score': array([-0.3], dtype=float32)}
    """

    def __init__(self, model, batcher, limits, metrics):
        self.model = model
        self.limits = limits
        self._batcher = batcher
        self._metrics = metrics
        self._waiting = 0
        self._waiting_bytes = 0

    def check_model(self, name, version=None):
        """Checks that a request means the model that is served.

        Args:
            name: str, the model's name.
            version: int, or None for any.

        Raises:
            RequestError: it is another one.
        """
        if name != self.model.name or version not in (None, self.model.version):
            received = name if version is None else f"{name}, version {version}"
            reason = f"model not found: must be {self.model.name}, version {self.model.version}. Received: {received}"
            raise RequestError(HTTPStatus.NOT_FOUND, reason)

    def hold_bytes(self, number):
        """Counts bytes of a request that are held from now on; a negative number ends that.

        Raises:
            RequestError: the server holds too many already.
        """
        if number > 0 and self._waiting_bytes + number > self.limits.waiting_bytes:
            raise self._busy(f"{self._waiting_bytes} bytes wait")
        self._waiting_bytes += number
        self._metrics.waiting_bytes.set(self._waiting_bytes)

    async def predict(self, pictures, signature, seconds=None):
        """Reads the pictures of one request.

        Args:
            pictures: list of bytes, PNG and JPEG files.
            signature: `serving_default` or `n_best`; empty for the first.
            seconds: float, how long the caller waits, where it said so.

        Returns:
            A dict of `latex`, bytes, and `score`, float32: arrays `(pictures,)`, or `(pictures, n)` for `n_best`.

        Raises:
            RequestError: the request is wrong, a picture can't be read, the queue is full, or time is up.
        """
        signature = signature or SIGNATURES[0]
        if signature not in SIGNATURES:
            reason = f"signature_name must be one of {', '.join(SIGNATURES)}. Received: {signature}"
            raise RequestError(HTTPStatus.BAD_REQUEST, reason)
        if not 1 <= len(pictures) <= self.limits.request_pictures:
            reason = f"a request must have 1 to {self.limits.request_pictures} pictures. Received: {len(pictures)}"
            raise RequestError(HTTPStatus.BAD_REQUEST, reason)
        for index, picture in enumerate(pictures):
            with _NamedPicture(index):
                check_picture_header(picture, self.limits.picture_pixels)
        if self._waiting + len(pictures) > self.limits.waiting_pictures:
            raise self._busy(f"{self._waiting} pictures wait")
        limit = self.limits.request_seconds
        found = await self._read_all(pictures, limit if seconds is None else min(seconds, limit))
        latex, score = (np.stack(column) for column in zip(*found))
        if signature == SIGNATURES[0]:
            latex, score = latex[:, 0], score[:, 0]
        return {"latex": latex, "score": score}

    async def _read_all(self, pictures, seconds):
        self._count(len(pictures))
        tasks = [asyncio.ensure_future(self._read(index, picture)) for index, picture in enumerate(pictures)]
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.gather(*tasks)
        except TimeoutError:
            raise RequestError(HTTPStatus.GATEWAY_TIMEOUT, f"not answered within {seconds:.3g} seconds") from None
        finally:
            for task in tasks:
                task.cancel()
            self._count(-len(pictures))

    async def _read(self, index, picture):
        with _NamedPicture(index):
            return await self._batcher.read(picture)

    def _count(self, number):
        self._waiting += number
        self._metrics.waiting.set(self._waiting)

    def _busy(self, reason):
        return RequestError(HTTPStatus.TOO_MANY_REQUESTS, f"the queue is full: {reason}", RETRY_SECONDS)


class _NamedPicture:
    """Says in a refusal which picture of the request it is about."""

    def __init__(self, index):
        self._index = index

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if isinstance(error, RequestError):
            reason = f"image_bytes[{self._index}]: {error.reason}"
            raise RequestError(error.status, reason, error.retry_seconds) from None
