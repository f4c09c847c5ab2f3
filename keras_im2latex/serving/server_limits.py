"""What a server accepts, and for how long it waits."""

from dataclasses import dataclass, fields

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class ServerLimits:
    """The limits of a `ModelServer`.

    Attributes:
        request_bytes: bytes of one request.
        picture_pixels: pixels of a picture as given, told from its header, before it is decoded. The default holds a
            whole screen of 3840 x 2160.
        request_pictures: pictures in one request.
        waiting_pictures: pictures accepted and not answered yet, of all requests; beyond them a request is told to
            come back later.
        waiting_bytes: bytes of all requests received and not answered yet.
        request_seconds: time in which a request is answered, from its last byte on.
        arrival_seconds: time that a request's body may take to arrive, besides what it takes at `arrival_rate`.
        arrival_rate: bytes a second that a sender must keep up in the long run.
        idle_seconds: time after which a connection is closed that sends no request, or not the whole of its headers.

    Raises:
        ValueError: a limit is not above 0.

    Example:
        >>> ServerLimits(request_seconds=10).picture_pixels
        8388608
    """

    request_bytes: int = 16 * MEBIBYTE
    picture_pixels: int = 8 * MEBIBYTE
    request_pictures: int = 64
    waiting_pictures: int = 512
    waiting_bytes: int = 256 * MEBIBYTE
    request_seconds: float = 120.0
    arrival_seconds: float = 5.0
    arrival_rate: int = 100_000
    idle_seconds: float = 30.0

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if not value > 0:
                raise ValueError(f"`{field.name}` must be above 0. Received: {field.name}={value}")
