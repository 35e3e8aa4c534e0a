"""What Prometheus can ask of the interface."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """The figures of one server."""

    def __init__(self) -> None:
        """All are zero."""
        self.registry = CollectorRegistry()
        known = self.registry
        ProcessCollector(registry=known)
        self.requests = Counter(
            "upr_requests", "Requests answered.", ("method", "path", "status"), registry=known
        )
        self.seconds = Histogram(
            "upr_request_seconds",
            "Seconds until an answer began.",
            ("path",),
            buckets=_SECONDS,
            registry=known,
        )
        self.texts = Counter("upr_texts_labelled", "Texts labelled.", registry=known)
        self.batches = Histogram("upr_batch_texts", "Texts in a batch.", buckets=_SIZES, registry=known)
        self.waiting = Gauge("upr_waiting_texts", "Texts that wait for the model.", registry=known)
        self.model = Gauge("upr_model", "1 for the model in use.", ("version",), registry=known)

    def batch(self, size: int) -> None:
        """A batch begins."""
        self.batches.observe(size)
        self.texts.inc(size)

    def uses(self, version: str) -> None:
        """A model is in use from now on."""
        self.model.clear()
        self.model.labels(version).set(1)

    def text(self) -> bytes:
        """All figures in Prometheus' format."""
        return generate_latest(self.registry)


class Counted:
    """ASGI middleware that counts requests by the route that answers them, and never by what a caller made
    up.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Take an application."""
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                # The router has left the route that answers.
                path = getattr(scope.get("route"), "path", "other")
                status = str(message["status"])
                # A method that the route does not take may be any word.
                method = "other" if path == "other" or status == "405" else scope["method"]
                self._metrics.requests.labels(method, path, status).inc()
                self._metrics.seconds.labels(path).observe(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, counted)
