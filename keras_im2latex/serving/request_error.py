"""A request that can't be answered, with its reason."""


class RequestError(Exception):
    """Why a request is refused, in the words that its sender gets.

    Args:
        status: an `http.HTTPStatus`; the gRPC service gives the status code that stands for it.
        reason: str, what was expected and what was received.
        retry_seconds: int, after how long the same request may be accepted; None where it never will be.

    Example:
        >>> RequestError(HTTPStatus.NOT_FOUND, "no model of that name").status.value
        404
    """

    def __init__(self, status, reason, retry_seconds=None):
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.retry_seconds = retry_seconds
