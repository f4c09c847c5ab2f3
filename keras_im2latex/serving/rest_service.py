"""TensorFlow Serving's REST interface, with health and metrics beside it."""

import asyncio
import json
import logging
import time
from http import HTTPStatus

from aiohttp import web
from google.protobuf import json_format
from prometheus_client import CONTENT_TYPE_LATEST

from keras_im2latex.serving.request_error import RequestError
from keras_im2latex.serving.rest_protocol import RestCall

_LOGGER = logging.getLogger(__name__)
_MODEL = "/v1/models/{name:[^/:]+}"
_VERSION = _MODEL + "/versions/{version:[0-9]{1,18}}"
_CLIENT_HAS_GONE = 499  # nginx's number for it


class RestService:
    """Answers HTTP requests.

    | request | answer |
    |---|---|
    | `GET /v1/models/NAME[/versions/N]` | the version's state |
    | `GET /v1/models/NAME[/versions/N]/metadata` | its signatures |
    | `POST /v1/models/NAME[/versions/N]:predict` | LaTeX and scores |
    | `GET /health` | 200, or 503 once the server stops |
    | `GET /metrics` | figures for Prometheus |

    An error is a JSON object with its reason as `error`.

    Args:
        predictor: a `Predictor`.
        metrics: a `ServerMetrics`.

    Attributes:
        stopping: bool, whether the server takes no more connections; set it, and each answer closes its connection.
        answering: int, requests that are not answered yet.

    Example:
        >>> web.run_app(RestService(predictor, metrics).application())
    """

    def __init__(self, predictor, metrics):
        self.stopping = False
        self.answering = 0
        self._predictor = predictor
        self._metrics = metrics

    def application(self):
        """The `aiohttp.web.Application` of the service."""
        application = web.Application(middlewares=[self._answer])
        for path in (_MODEL, _VERSION):
            application.router.add_get(path, self.status)
            application.router.add_get(f"{path}/metadata", self.metadata)
            application.router.add_post(f"{path}:predict", self.predict)
        application.router.add_get("/health", self.health)
        application.router.add_get("/metrics", self.figures)
        return application

    async def status(self, request):
        """The state of the version that is served."""
        self._check_model(request)
        state = "UNLOADING" if self.stopping else "AVAILABLE"
        version = str(self._predictor.model.version)
        status = {"version": version, "state": state, "status": {"error_code": "OK", "error_message": ""}}
        return web.json_response({"model_version_status": [status]})

    async def metadata(self, request):
        """The model's signatures."""
        self._check_model(request)
        model = self._predictor.model
        signatures = {
            name: json_format.MessageToDict(definition, preserving_proto_field_name=True)
            for name, definition in model.signature_definitions.items()
        }
        return web.json_response(
            {
                "model_spec": {"name": model.name, "signature_name": "", "version": str(model.version)},
                "metadata": {"signature_def": {"signature_def": signatures}},
            }
        )

    async def predict(self, request):
        """Reads the pictures of the body."""
        self._check_model(request)
        body = bytearray()
        try:
            await self._receive(request, body)
            call = RestCall.from_body(body)
            found = await self._predictor.predict(call.pictures, call.signature)
            return web.Response(text=call.answer(found), content_type="application/json")
        finally:
            self._predictor.hold_bytes(-len(body))

    async def health(self, request):
        """Whether the server takes requests."""
        if self.stopping:
            return web.json_response({"status": "stopping"}, status=HTTPStatus.SERVICE_UNAVAILABLE)
        return web.json_response({"status": "ready"})

    async def figures(self, request):
        """The metrics in Prometheus's text format."""
        return web.Response(body=self._metrics.exposition(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _check_model(self, request):
        version = request.match_info.get("version")
        self._predictor.check_model(request.match_info["name"], None if version is None else int(version))

    async def _receive(self, request, body):
        """Adds to `body` what arrives, within the limits of bytes and time."""
        limits = self._predictor.limits
        if (request.content_length or 0) > limits.request_bytes:
            raise _too_large(limits, f"{request.content_length}")
        start = asyncio.get_running_loop().time()
        while True:
            deadline = start + limits.arrival_seconds + len(body) / limits.arrival_rate
            try:
                async with asyncio.timeout_at(deadline):
                    chunk = await request.content.readany()
            except TimeoutError:
                reason = f"the body arrives too slowly. Received: {len(body)} bytes"
                raise RequestError(HTTPStatus.REQUEST_TIMEOUT, reason) from None
            except web.RequestPayloadError as error:
                reason = f"the body's encoding is broken. Received: {error}"
                raise RequestError(HTTPStatus.BAD_REQUEST, reason) from None
            if not chunk:
                return
            if len(body) + len(chunk) > limits.request_bytes:
                raise _too_large(limits, "more")
            self._predictor.hold_bytes(len(chunk))
            body += chunk

    @web.middleware
    async def _answer(self, request, handler):
        """Counts a request, and turns what is raised into an answer."""
        start = time.perf_counter()
        method = handler.__name__ if getattr(handler, "__self__", None) is self else "other"
        status = _CLIENT_HAS_GONE
        self.answering += 1
        try:
            response = await self._response(request, handler)
            status = response.status
        finally:
            self.answering -= 1
            self._metrics.answered("rest", method, status, time.perf_counter() - start)
        if self.stopping:
            response.force_close()
        return response

    async def _response(self, request, handler):
        try:
            return await handler(request)
        except RequestError as error:
            response = _error(error.status, error.reason)
            if error.retry_seconds is not None:
                response.headers["Retry-After"] = str(error.retry_seconds)
            if not request.content.at_eof():  # what is still to come is not wanted
                response.force_close()
            return response
        except web.HTTPException as error:
            response = _error(error.status, f"{error.reason}: {request.method} {request.path}")
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
            return response
        except Exception:
            _LOGGER.exception("%s %s", request.method, request.path)
            return _error(HTTPStatus.INTERNAL_SERVER_ERROR, "internal error")


def _error(status, reason):
    return web.Response(status=int(status), text=json.dumps({"error": reason}), content_type="application/json")


def _too_large(limits, received):
    reason = f"the body must have at most {limits.request_bytes} bytes. Received: {received}"
    return RequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
