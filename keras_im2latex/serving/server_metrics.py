"""What a server counts, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0)
_PICTURES = (1, 2, 4, 8, 16, 32, 64, 128)


class ServerMetrics:
    """Counters and histograms of one server, in a registry of their own.

    Attributes:
        requests: requests answered, by `protocol` (`rest` or `grpc`), `method` and `status`.
        seconds: histogram of the time from a request's headers to its answer, by `protocol` and `method`.
        batches: histogram of the pictures in a batch.
        batch_seconds: histogram of the time that the model took for a batch.
        waiting: gauge of the pictures accepted and not answered yet.
        waiting_bytes: gauge of the bytes of requests received and not answered yet.

    Example:
        >>> metrics = ServerMetrics()
        >>> metrics.batches.observe(32)
        >>> b"im2latex_batch_pictures_count 1.0" in metrics.exposition()
        True
    """

    def __init__(self):
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "im2latex_requests", "Requests answered", ["protocol", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "im2latex_request_seconds",
            "Seconds from a request's headers to its answer",
            ["protocol", "method"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.batches = Histogram(
            "im2latex_batch_pictures", "Pictures read together", buckets=_PICTURES, registry=self.registry
        )
        self.batch_seconds = Histogram(
            "im2latex_batch_seconds", "Seconds of the model for a batch", buckets=_SECONDS, registry=self.registry
        )
        self.waiting = Gauge(
            "im2latex_queue_pictures", "Pictures accepted and not answered yet", registry=self.registry
        )
        self.waiting_bytes = Gauge(
            "im2latex_queue_bytes", "Bytes of requests received and not answered yet", registry=self.registry
        )

    def answered(self, protocol, method, status, seconds):
        """Counts a request that was answered.

        Args:
            protocol: `rest` or `grpc`.
            method: str, what was asked for; one of a few.
            status: str or int, the HTTP status or the gRPC code.
            seconds: float, how long it took.
        """
        self.requests.labels(protocol, method, status).inc()
        self.seconds.labels(protocol, method).observe(seconds)

    def exposition(self):
        """All figures in Prometheus's text format, bytes."""
        return generate_latest(self.registry)
