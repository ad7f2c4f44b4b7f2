"""Metrics of one process in Prometheus' text form; labels are route templates, never what a caller sent."""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts and times of requests, and what the node serves; one a process, with a registry of its own.

    Of several workers one answers a scrape: the label ``process`` keeps their counts apart, so that rates are right.
    """

    def __init__(self) -> None:
        """Nothing is counted yet."""
        self._registry = CollectorRegistry()
        self._process = str(os.getpid())
        labels = ("process", "method", "route", "status")
        self._requests = Counter("genvej_requests", "Requests answered", labels, registry=self._registry)
        self._seconds = Histogram(
            "genvej_request_seconds", "Time to the end of the answer", ("process", "route"), buckets=_BUCKETS_S,
            registry=self._registry,
        )  # fmt: skip
        self._datasets = Gauge("genvej_datasets", "Listed datasets that answer", registry=self._registry)
        self._degraded = Gauge("genvej_degraded", "1 if something published does not answer", registry=self._registry)

    def observe(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(self._process, method, route, str(status)).inc()
        self._seconds.labels(self._process, route).observe(seconds)

    def text(self, *, datasets: int, degraded: bool) -> bytes:
        """Everything, as Prometheus reads it."""
        self._datasets.set(datasets)
        self._degraded.set(int(degraded))
        return generate_latest(self._registry)
