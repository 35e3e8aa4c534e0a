"""A guard before an application: headers on every answer, a limit on every request, and a line of the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)
PROBES = ("/healthz", "/readyz")

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class TooLarge(Exception):  # noqa: N818 - ends the reading of a request
    """The body is longer than this address takes."""


class Guard:
    """ASGI middleware: safe headers on every answer, bounded bodies only, and an answer where the application
    itself fails.
    """

    def __init__(
        self,
        app: ASGIApp,
        fault: Callable[[Request, Exception], Response],
        limit: int,
        too_large: Callable[[], Response] = lambda: PlainTextResponse("The request is too large.\n", 413),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Take an application.

        Args:
            fault: the answer to an exception.
            limit: bytes that a body may have; a subclass may allow some requests more.
            too_large: the answer to a longer body.
            headers: further ones of every answer.
        """
        self._app = app
        self._fault = fault
        self._limit = limit
        self._too_large = too_large
        self._headers = HEADERS | dict(headers or {})

    async def limit(self, scope: Scope) -> int:  # noqa: ARG002 - subclasses ask who it is
        """Bytes that the body of a request may have."""
        return self._limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive, Headers(scope=scope), await self.limit(scope))
        began = time.perf_counter()
        started = False

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
                if body.too_large:  # the form's reader calls it a bad request
                    message["status"] = 413
                _tell(scope, message["status"], time.perf_counter() - began)
            await send(message)

        try:
            await self._app(scope, body.receive, guarded_send)
        except TooLarge:
            if not started:
                await self._too_large()(scope, receive, guarded_send)
        except Exception as error:  # whatever went wrong, the person gets an answer that says so
            if started:
                raise
            _log.error("%s %s failed", scope["method"], scope["path"], exc_info=error)
            await self._fault(Request(scope), error)(scope, receive, guarded_send)


def _tell(scope: Scope, status: int, seconds: float) -> None:
    """Write a line of a request: no names, no forms, no queries. Probes are not worth a line each."""
    if scope["path"] in PROBES and status == 200:
        return
    facts = {
        "method": scope["method"],
        "path": scope["path"],
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
    }
    _log.info("%s %s %d in %s ms", *facts.values(), extra=facts)


class _Body:
    """A request's body, up to a limit."""

    def __init__(self, receive: Receive, headers: Headers, limit: int) -> None:
        self._limit = limit
        length = headers.get("content-length", "0")
        self._receive = receive
        self._received = 0
        self.too_large = not length.isdigit() or int(length) > limit

    async def receive(self) -> Message:
        """The next part. Raises: TooLarge."""
        if self.too_large:
            raise TooLarge
        message = await self._receive()
        self._received += len(message.get("body", b""))
        self.too_large = self._received > self._limit
        if self.too_large:
            raise TooLarge
        return message
