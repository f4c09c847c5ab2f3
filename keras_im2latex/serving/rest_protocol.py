"""TensorFlow Serving's REST bodies: what a request asks for, and how its answer is written."""

import base64
import binascii
import json
from dataclasses import dataclass
from http import HTTPStatus

from keras_im2latex.serving.request_error import RequestError

INPUT, OUTPUTS = "image_bytes", ("latex", "score")


@dataclass(frozen=True)
class RestCall:
    """What the body of a `:predict` request asks for.

    Attributes:
        pictures: list of bytes.
        signature: str, empty where the request names none.
        row_format: whether it has `instances` and wants `predictions`, instead of `inputs` and `outputs`.

    Reference:
        https://www.tensorflow.org/tfx/serving/api_rest
    """

    pictures: list[bytes]
    signature: str
    row_format: bool

    @classmethod
    def from_body(cls, body):
        """Reads the body of a request.

        Args:
            body: bytes of JSON: `{"instances": [{"b64": "…"}, …]}`, its elements also as `{"image_bytes": {"b64":
                "…"}}`; or `{"inputs": {"image_bytes": [{"b64": "…"}, …]}}`, also as `{"inputs": [{"b64": "…"}, …]}`;
                with a `signature_name` or without.

        Raises:
            RequestError: it is something else.

        Example:
            >>> RestCall.from_body(b'{"instances": [{"b64": "iVBORw=="}]}').pictures
            [b'\\x89PNG']
        """
        try:
            # Bytes of another encoding than UTF-8, and nesting that is too deep, are no JSON either.
            fields = json.loads(bytes(body))
        except (ValueError, RecursionError) as error:
            raise _wrong(f"the body must be JSON. Received: {error}") from None
        if not isinstance(fields, dict) or ("instances" in fields) == ("inputs" in fields):
            raise _wrong(f"the body must be an object with either instances or inputs. Received: {_summary(fields)}")
        signature = fields.get("signature_name", "")
        if not isinstance(signature, str):
            raise _wrong(f"signature_name must be a string. Received: {_summary(signature)}")
        row_format = "instances" in fields
        elements = fields["instances"] if row_format else fields["inputs"]
        if not row_format and isinstance(elements, dict):
            elements = _only(elements, "inputs")
        if not isinstance(elements, list):
            where = "instances" if row_format else "inputs"
            raise _wrong(f'{where} must be a list of {{"b64": "…"}}. Received: {_summary(elements)}')
        if row_format and all(isinstance(element, dict) and "b64" not in element for element in elements):
            elements = [_only(element, f"instances[{index}]") for index, element in enumerate(elements)]
        pictures = [_picture(element, index) for index, element in enumerate(elements)]
        return cls(pictures, signature, row_format)

    def answer(self, found):
        """The body of the answer.

        Args:
            found: dict of `latex`, bytes, and `score`, float32: arrays with a row for each picture.

        Returns:
            A str, JSON; numbers that are not finite are written as TensorFlow Serving does: `NaN`, `-Infinity`.
        """
        columns = dict(zip(OUTPUTS, (_texts(found["latex"].tolist()), found["score"].tolist())))
        if not self.row_format:
            return json.dumps({"outputs": columns})
        return json.dumps({"predictions": [dict(zip(columns, row)) for row in zip(*columns.values(), strict=True)]})


def _only(fields, where):
    if list(fields) != [INPUT]:
        raise _wrong(f"{where} must have {INPUT} and nothing else. Received: {_summary(fields)}")
    return fields[INPUT]


def _picture(element, index):
    if not isinstance(element, dict) or list(element) != ["b64"] or not isinstance(element["b64"], str):
        raise _wrong(f'{INPUT}[{index}]: must be {{"b64": "…"}}. Received: {_summary(element)}')
    try:
        return base64.b64decode(element["b64"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise _wrong(f"{INPUT}[{index}]: b64 must be base64. Received: {error}") from None


def _texts(found):
    return found.decode() if isinstance(found, bytes) else [_texts(element) for element in found]


def _summary(value):
    if isinstance(value, dict):
        return f"an object with {', '.join(map(repr, list(value)[:5])) or 'nothing'}"[:200]
    kinds = {list: "a list", str: "a string", bool: "a truth value", type(None): "null", int: "a number"}
    return kinds.get(type(value), "a number")


def _wrong(reason):
    return RequestError(HTTPStatus.BAD_REQUEST, reason)
