"""What the interface answers when something stands in the way: a status, and what is wrong as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from pipeline.errors import UprError
from pipeline.service.batching import Busy
from pipeline.service.forms import FaultAnswer

_BUSY = ("server", "too many texts wait for the model.", "Send the request again after some seconds.")
REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": FaultAnswer, "description": "No key, or a wrong one"},
    413: {"model": FaultAnswer, "description": "The request is too large"},
    422: {"model": FaultAnswer, "description": "The request is not understood"},
    429: {"model": FaultAnswer, "description": "Too many requests"},
    503: {"model": FaultAnswer, "description": "Too much to do, or not ready"},
}
"""For the OpenAPI of every address below /v1."""


class Refusal(Exception):  # noqa: N818 - an answer to the caller
    """A request that is not served."""

    def __init__(
        self, status: int, fault: tuple[str, str, str], headers: Mapping[str, str] | None = None
    ) -> None:
        """Args: `fault`, where, what, and what to do."""
        super().__init__(status, fault)
        self.status = status
        self.fault = fault
        self.headers = headers


def refused(status: int, fault: tuple[str, str, str], headers: Mapping[str, str] | None = None) -> Response:
    """An answer that says what is wrong."""
    content = dict(zip(("where", "what", "todo"), fault, strict=True))
    return JSONResponse({"error": content}, status, dict(headers or {}))


def fault(_request: Request, _error: Exception) -> Response:
    """The answer to a fault of the interface itself; the log has the error."""
    return refused(500, ("server", "the server has a fault.", "Tell who runs it; the log says more."))


def too_large() -> Response:
    """The answer to a body that is too long."""
    return refused(413, ("body", "the request is too large.", "Send fewer texts at once."))


def misunderstood(errors: list[Any]) -> tuple[str, str, str]:
    """The first fault of a request that does not have the shape that it should."""
    first = errors[0]
    place = ".".join(str(part) for part in first.get("loc", ())) or "body"
    what = str(first.get("msg", "is not understood")).encode("utf-8", "replace").decode()
    return place, f"{what}.", "Compare the request with /openapi.json."


def install(app: FastAPI) -> None:
    """Give an application these answers."""

    def refusal(_request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)  # noqa: S101 - for the type
        return refused(error.status, error.fault, error.headers)

    def busy(_request: Request, _error: Exception) -> Response:
        return refused(503, _BUSY, {"Retry-After": "2"})

    def late(_request: Request, _error: Exception) -> Response:
        todo = "Send fewer texts at once, or send it again later."
        return refused(503, ("server", "the request took too long.", todo), {"Retry-After": "5"})

    def wrong(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError | ValidationError)  # noqa: S101 - for the type
        return refused(422, misunderstood(list(error.errors())))

    def input_fault(_request: Request, error: Exception) -> Response:
        assert isinstance(error, UprError)  # noqa: S101 - for the type
        return refused(422, (error.where, error.what, error.todo))

    def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - for the type
        what = {404: "there is no such address.", 405: "the address does not take this method."}
        told = (request.url.path, what.get(error.status_code, "is refused."), "See /openapi.json.")
        return refused(error.status_code, told, error.headers)

    app.add_exception_handler(Refusal, refusal)
    app.add_exception_handler(Busy, busy)
    app.add_exception_handler(TimeoutError, late)
    app.add_exception_handler(RequestValidationError, wrong)
    app.add_exception_handler(ValidationError, wrong)
    app.add_exception_handler(UprError, input_fault)
    app.add_exception_handler(HTTPException, http)
