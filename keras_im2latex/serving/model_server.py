"""A server that speaks TensorFlow Serving's REST and gRPC protocols over one SavedModel."""

import asyncio
import logging
import signal

import grpc
from aiohttp import web
from tensorflow_serving.apis import model_service_pb2_grpc, prediction_service_pb2_grpc

from keras_im2latex.serving.batcher import Batcher
from keras_im2latex.serving.grpc_model_service import GrpcModelService
from keras_im2latex.serving.grpc_prediction_service import GrpcPredictionService
from keras_im2latex.serving.predictor import Predictor
from keras_im2latex.serving.refuse_connections import refuse_connections
from keras_im2latex.serving.rest_service import RestService
from keras_im2latex.serving.server_limits import ServerLimits
from keras_im2latex.serving.server_metrics import ServerMetrics

_MESSAGE_OVERHEAD = 65536
_POLL_SECONDS = 0.05
_LINGERING_SECONDS = 5.0
_CONNECTION_AGE_SECONDS = 600


class ModelServer:
    """Serves one version of a model until it is told to stop.

    Args:
        model: a `ServedModel`.
        host: str, address to listen at.
        port: int, of REST; 0 for any that is free.
        grpc_port: int, of gRPC; 0 for any that is free.
        batch_size: pictures read together at most.
        gather_seconds: float, how long a batch that is not full waits for further pictures.
        limits: a `ServerLimits`.

    Example:
        >>> from keras_im2latex.serving.served_model import ServedModel
        >>> ModelServer(ServedModel("serving/im2latex/1", "im2latex", 1)).run()
    """

    def __init__(
        self,
        model,
        *,
        host="127.0.0.1",
        port=8501,
        grpc_port=8500,
        batch_size=32,
        gather_seconds=0.005,
        limits=None,
    ):
        self.model = model
        self.host = host
        self.port = port
        self.grpc_port = grpc_port
        self.limits = limits or ServerLimits()
        self.metrics = ServerMetrics()
        self._batching = {"batch_size": batch_size, "gather_seconds": gather_seconds}

    def run(self, ready=None):
        """Serves until SIGTERM or SIGINT arrives, then finishes what was accepted; a second signal ends at once.

        Args:
            ready: function without arguments, called once requests are taken.

        Raises:
            OSError: a port can't be listened at.
        """
        asyncio.run(self._run(ready))

    async def _run(self, ready):
        loop = asyncio.get_running_loop()
        told_to_stop = asyncio.Event()
        signals = (signal.SIGTERM, signal.SIGINT)
        for number in signals:
            loop.add_signal_handler(number, told_to_stop.set)
        await self.start()
        try:
            if ready:
                ready()
            await told_to_stop.wait()
            for number in signals:
                loop.remove_signal_handler(number)
        finally:
            await self.stop()

    async def start(self):
        """Takes requests; `port` and `grpc_port` are the true ones then.

        Raises:
            OSError: a port can't be listened at.
        """
        self._batcher = Batcher(self.model, self.metrics, **self._batching)
        self._batcher.start()
        predictor = Predictor(self.model, self._batcher, self.limits, self.metrics)
        try:
            self._grpc = await self._start_grpc(predictor)
            await self._start_rest(predictor)
        except BaseException:
            await self._batcher.stop()
            raise

    async def stop(self):
        """Takes no more requests, answers those that were accepted, and ends."""
        self._rest.stopping = True
        for listener in self._listening.sockets:
            refuse_connections(listener)
        await asyncio.sleep(_POLL_SECONDS)  # connections that are made already are accepted still
        self._listening.close()
        grace = self.limits.request_seconds + self.limits.arrival_seconds
        await asyncio.gather(self._grpc.stop(grace), self._finish_rest(grace))
        await self._batcher.stop()

    async def _start_grpc(self, predictor):
        server = grpc.aio.server(
            options=[
                ("grpc.max_receive_message_length", self.limits.request_bytes + _MESSAGE_OVERHEAD),
                ("grpc.so_reuseport", 0),
                # Ends calls that never arrive; clients connect anew by themselves.
                ("grpc.max_connection_age_ms", _CONNECTION_AGE_SECONDS * 1000),
                ("grpc.max_connection_age_grace_ms", int(self.limits.request_seconds * 1000)),
            ],
            maximum_concurrent_rpcs=self.limits.waiting_pictures,
        )
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
            GrpcPredictionService(predictor, self.metrics), server
        )
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(GrpcModelService(predictor, self.metrics), server)
        try:
            self.grpc_port = server.add_insecure_port(_address(self.host, self.grpc_port))
        except RuntimeError as error:
            raise OSError(f"gRPC can't listen at {_address(self.host, self.grpc_port)}") from error
        await server.start()
        return server

    async def _start_rest(self, predictor):
        self._rest = RestService(predictor, self.metrics)
        # What its protocol parser refuses is answered with 400; there is nothing to tell whoever runs the server.
        logger = logging.getLogger(f"{__name__}.protocol")
        logger.setLevel(logging.CRITICAL)
        self._runner = web.AppRunner(
            self._rest.application(),
            access_log=None,
            logger=logger,
            handler_cancellation=True,
            keepalive_timeout=self.limits.idle_seconds,
            lingering_time=_LINGERING_SECONDS,
            shutdown_timeout=self.limits.arrival_seconds,
        )
        await self._runner.setup()
        loop = asyncio.get_running_loop()
        try:
            self._listening = await loop.create_server(self._runner.server, self.host, self.port, backlog=1024)
        except OSError:
            await self._runner.cleanup()
            await self._grpc.stop(None)
            raise
        self.port = self._listening.sockets[0].getsockname()[1]

    async def _finish_rest(self, grace):
        """Waits for the answers; aiohttp's own cleanup would ignore bodies that are still arriving."""
        end = asyncio.get_running_loop().time() + grace
        while self._rest.answering and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(_POLL_SECONDS)
        await self._runner.cleanup()


def _address(host, port):
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
