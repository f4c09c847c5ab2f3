"""TensorFlow Serving's ModelService over gRPC."""

from tensorflow_serving.apis import get_model_status_pb2, model_service_pb2_grpc

from keras_im2latex.serving.grpc_call import answer_call, check_model_spec


class GrpcModelService(model_service_pb2_grpc.ModelServiceServicer):
    """Answers `GetModelStatus`; the model can't be exchanged while it is served.

    Args:
        predictor: a `Predictor`.
        metrics: a `ServerMetrics`.

    Example:
        >>> service = GrpcModelService(predictor, metrics)
        >>> model_service_pb2_grpc.add_ModelServiceServicer_to_server(service, grpc.aio.server())
    """

    def __init__(self, predictor, metrics):
        self._predictor = predictor
        self._metrics = metrics

    async def GetModelStatus(self, request, context):
        """The state of the version that is served."""
        return await answer_call("status", self._status(request.model_spec), context, self._metrics)

    async def _status(self, model_spec):
        check_model_spec(model_spec, self._predictor)
        response = get_model_status_pb2.GetModelStatusResponse()
        state = get_model_status_pb2.ModelVersionStatus.State.AVAILABLE
        response.model_version_status.add(version=self._predictor.model.version, state=state)
        return response
