"""How a gRPC call ends, whatever it asks for."""

import asyncio
import logging
import time
from http import HTTPStatus

import grpc

from keras_im2latex.serving.request_error import RequestError

_LOGGER = logging.getLogger(__name__)

CODES = {
    HTTPStatus.BAD_REQUEST: grpc.StatusCode.INVALID_ARGUMENT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: grpc.StatusCode.INVALID_ARGUMENT,
    HTTPStatus.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    HTTPStatus.TOO_MANY_REQUESTS: grpc.StatusCode.RESOURCE_EXHAUSTED,
    HTTPStatus.GATEWAY_TIMEOUT: grpc.StatusCode.DEADLINE_EXCEEDED,
}
"""The gRPC code for each status of a `RequestError`."""


async def answer_call(method, answer, context, metrics):
    """Awaits the answer to a call, counts it, and turns what is raised into a gRPC status.

    Args:
        method: str, what the metrics call the method.
        answer: awaitable of the response message.
        context: the call's `grpc.aio.ServicerContext`.
        metrics: a `ServerMetrics`.

    Returns:
        The response message.

    Example:
        >>> await answer_call("predict", self._predict(request), context, metrics)
    """
    start = time.perf_counter()
    code, reason, trailers = grpc.StatusCode.OK, "", ()
    try:
        response = await answer
    except RequestError as error:
        code, reason = CODES[error.status], error.reason
        if error.retry_seconds is not None:
            pushback = str(1000 * error.retry_seconds)
            trailers = (("retry-after", str(error.retry_seconds)), ("grpc-retry-pushback-ms", pushback))
    except asyncio.CancelledError:
        code = grpc.StatusCode.CANCELLED
        raise
    except Exception:
        _LOGGER.exception("%s", method)
        code, reason = grpc.StatusCode.INTERNAL, "internal error"
    finally:
        metrics.answered("grpc", method, code.name, time.perf_counter() - start)
    if code is not grpc.StatusCode.OK:
        await context.abort(code, reason, trailers)
    return response


def check_model_spec(model_spec, predictor):
    """Checks that a call means the model that is served.

    Args:
        model_spec: a `ModelSpec` message.
        predictor: a `Predictor`.

    Raises:
        RequestError: it means another one.
    """
    if model_spec.HasField("version_label"):
        reason = f"no version has a label. Received: {model_spec.version_label}"
        raise RequestError(HTTPStatus.NOT_FOUND, reason)
    predictor.check_model(model_spec.name, model_spec.version.value if model_spec.HasField("version") else None)
