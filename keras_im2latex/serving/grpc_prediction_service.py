"""TensorFlow Serving's PredictionService over gRPC."""

from http import HTTPStatus

import tensorflow as tf
from tensorflow_serving.apis import get_model_metadata_pb2, model_pb2, predict_pb2, prediction_service_pb2_grpc

from keras_im2latex.serving.grpc_call import answer_call, check_model_spec
from keras_im2latex.serving.request_error import RequestError
from keras_im2latex.serving.rest_protocol import INPUT, OUTPUTS

_SIGNATURES = "signature_def"


class GrpcPredictionService(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Answers `Predict` and `GetModelMetadata`; the other methods are not implemented.

    Args:
        predictor: a `Predictor`.
        metrics: a `ServerMetrics`.

    Example:
        >>> service = GrpcPredictionService(predictor, metrics)
        >>> prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(service, grpc.aio.server())
    """

    def __init__(self, predictor, metrics):
        self._predictor = predictor
        self._metrics = metrics

    async def Predict(self, request, context):
        """LaTeX and scores of the pictures in `inputs["image_bytes"]`."""
        return await answer_call("predict", self._predict(request, context), context, self._metrics)

    async def GetModelMetadata(self, request, context):
        """The model's signatures."""
        return await answer_call("metadata", self._metadata(request), context, self._metrics)

    async def _predict(self, request, context):
        check_model_spec(request.model_spec, self._predictor)
        pictures, names = _pictures(request), _outputs(request)
        size = sum(map(len, pictures))
        self._predictor.hold_bytes(size)
        try:
            signature = request.model_spec.signature_name
            found = await self._predictor.predict(pictures, signature, context.time_remaining())
        finally:
            self._predictor.hold_bytes(-size)
        response = predict_pb2.PredictResponse(model_spec=self._model_spec(signature or "serving_default"))
        for name in names:
            response.outputs[name].CopyFrom(tf.make_tensor_proto(found[name]))
        return response

    async def _metadata(self, request):
        check_model_spec(request.model_spec, self._predictor)
        if list(request.metadata_field) != [_SIGNATURES]:
            received = ", ".join(request.metadata_field) or "nothing"
            raise RequestError(HTTPStatus.BAD_REQUEST, f"metadata_field must be {_SIGNATURES}. Received: {received}")
        definitions = get_model_metadata_pb2.SignatureDefMap()
        for name, definition in self._predictor.model.signature_definitions.items():
            definitions.signature_def[name].CopyFrom(definition)
        response = get_model_metadata_pb2.GetModelMetadataResponse(model_spec=self._model_spec())
        response.metadata[_SIGNATURES].Pack(definitions)
        return response

    def _model_spec(self, signature=""):
        model = self._predictor.model
        model_spec = model_pb2.ModelSpec(name=model.name, signature_name=signature)
        model_spec.version.value = model.version
        return model_spec


def _outputs(request):
    names = list(request.output_filter) or list(OUTPUTS)
    for name in names:
        if name not in OUTPUTS:
            reason = f"output_filter must have {' and '.join(OUTPUTS)} only. Received: {name}"
            raise RequestError(HTTPStatus.BAD_REQUEST, reason)
    return names


def _pictures(request):
    """The strings of the input tensor, taken as they are: a tensor's shape may claim any number of them."""
    if list(request.inputs) != [INPUT]:
        received = ", ".join(request.inputs) or "nothing"
        raise RequestError(HTTPStatus.BAD_REQUEST, f"inputs must have {INPUT} and nothing else. Received: {received}")
    tensor = request.inputs[INPUT]
    pictures = list(tensor.string_val)
    shape = [dimension.size for dimension in tensor.tensor_shape.dim]
    if tensor.dtype != tf.string.as_datatype_enum or shape != [len(pictures)]:
        reason = (
            f"{INPUT} must be a string tensor (batch,). "
            f"Received: data type {tensor.dtype}, shape {shape}, {len(pictures)} strings"
        )
        raise RequestError(HTTPStatus.BAD_REQUEST, reason)
    return pictures
