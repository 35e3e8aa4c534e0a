"""The addresses of the interface."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import TypeAdapter, ValidationError
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from pipeline.service import forms
from pipeline.service.answers import REFUSALS, Refusal, misunderstood
from pipeline.service.batching import Busy, Row
from pipeline.service.forms import NDJSON
from pipeline.service.running import Service

_LINES = 256
"""Lines of NDJSON that are labelled before the next ones are read."""
_bearer = HTTPBearer(auto_error=False, description="An API key; needed where the server has keys.")
_LINE: TypeAdapter[forms.TextLine | str | None] = TypeAdapter(forms.TextLine | str | None)


def service_of(request: Request) -> Service:
    """The service that answers a request."""
    service: Service = request.app.state.service
    return service


async def admitted(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> None:
    """Let only callers with a key in, where there are keys, and none too often. Raises: Refusal."""
    service = service_of(request)
    name = request.client.host if request.client else ""
    if service.keys:
        found = service.keys.name_of(credentials.credentials) if credentials else None
        if found is None:
            todo = "Send `Authorization: Bearer KEY` with a key of this server."
            told = ("Authorization", "there is no key, or a wrong one.", todo)
            raise Refusal(401, told, {"WWW-Authenticate": "Bearer"})
        name = found
    count_request(service, name)


def count_request(service: Service, name: str) -> None:
    """Count a request of a key or an address. Raises: Refusal where it is one too many."""
    if not service.limiter.hit(service.options.limit, name):
        told = ("server", f"more than {service.options.rate} requests came.", "Send several texts at once.")
        raise Refusal(429, told, {"Retry-After": "1"})


open_routes = APIRouter()
routes = APIRouter(prefix="/v1", dependencies=[Depends(admitted)], responses=REFUSALS)
guarded = APIRouter(dependencies=[Depends(admitted)], responses={s: REFUSALS[s] for s in (401, 429)})


def _check_lengths(texts: list[str | None], service: Service) -> None:
    longest = service.options.max_text_chars
    for place, text in enumerate(texts):
        if text is not None and len(text) > longest:
            raise Refusal(
                422,
                (
                    f"texts.{place}",
                    f"the text has more than {longest:,} characters.",
                    "Send a recommendation, and not a document.",
                ),
            )


_EITHER = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": forms.LabelRequest.model_json_schema()},
            NDJSON: {"schema": {"type": "string"}, "example": '{"text": "Ratify the Convention", "id": 1}\n'},
        },
    }
}


@routes.post(
    "/label",
    openapi_extra=_EITHER,
    responses={200: {"model": forms.LabelAnswer, "content": {NDJSON: {"schema": {"type": "string"}}}}},
)
async def label(request: Request) -> Response:
    """Label texts: JSON gives JSON; NDJSON gives NDJSON, a line a line, in order, while it is labelled."""
    service = service_of(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == NDJSON:
        return StreamingResponse(_lines(await request.body(), service), media_type=NDJSON)
    asked = forms.LabelRequest.model_validate_json(await request.body())
    if len(asked.texts) > service.options.max_texts:
        told = ("texts", f"there are more than {service.options.max_texts:,}.", f"Send them as {NDJSON}.")
        raise Refusal(413, told)
    _check_lengths(asked.texts, service)
    rows = await asyncio.wait_for(service.batcher.label(asked.texts), service.options.seconds)
    return JSONResponse({"labels": rows, "demo": service.model.demo})


async def _lines(body: bytes, service: Service) -> AsyncIterator[bytes]:
    """The labels of each line; a line that cannot be used gets its fault instead."""
    lines = [line for line in body.split(b"\n") if line.strip()]
    for start in range(0, len(lines), _LINES):
        read = [_read_line(line, service) for line in lines[start : start + _LINES]]
        texts = [line.text for line in read if isinstance(line, forms.TextLine)]
        try:
            rows = iter(await asyncio.wait_for(_patiently(texts, service), service.options.seconds))
        except TimeoutError:
            todo = "Send the lines from this one on again."
            yield _json(_fault(("server", "labelling took too long.", todo)), start)
            return
        for place, line in enumerate(read):
            if isinstance(line, forms.TextLine):
                given = {} if line.id is None else {"id": line.id}
                yield _json(given | next(rows))
            else:
                yield _json(_fault(line), start + place)


async def _patiently(texts: list[str | None], service: Service) -> list[Row]:
    """Labels of texts, when there is room for them."""
    while True:
        try:
            return await service.batcher.label(texts)
        except Busy:
            await asyncio.sleep(0.1)


def _read_line(line: bytes, service: Service) -> forms.TextLine | tuple[str, str, str]:
    """A line of NDJSON, or what is wrong with it."""
    try:
        read = _LINE.validate_json(line)
        found = read if isinstance(read, forms.TextLine) else forms.TextLine(text=read)
        _check_lengths([found.text], service)
    except ValidationError as error:
        return misunderstood(list(error.errors()))
    except Refusal as refusal:
        return refusal.fault
    return found


def _fault(told: tuple[str, str, str]) -> dict[str, Any]:
    return {"error": dict(zip(("where", "what", "todo"), told, strict=True))}


def _json(value: dict[str, Any], line: int | None = None) -> bytes:
    told = value if line is None else value | {"line": line + 1}
    return json.dumps(told, ensure_ascii=False, allow_nan=False).encode() + b"\n"


@routes.post("/check", responses={200: {"model": forms.CheckAnswer}})
async def check(request: Request, asked: forms.CheckRequest) -> Response:
    """Label one text, with the words that its labels depend on, and advice for who drafts it."""
    service = service_of(request)
    _check_lengths([asked.text], service)
    done = await asyncio.wait_for(
        service.ask(service.check, asked.text, asked.state), service.options.seconds
    )
    return JSONResponse(done.as_json())


@routes.post("/similar", responses={200: {"model": forms.SimilarAnswer}})
async def similar(request: Request, asked: forms.SimilarRequest) -> Response:
    """The coded recommendations that are most similar to a text."""
    service = service_of(request)
    _check_lengths([asked.text], service)
    corpus = service.corpus
    if corpus is None:
        todo = "Whoever runs the server: name one with --corpus, or make data/corpus/corpus.parquet."
        raise Refusal(503, ("corpus", "the server has no coded recommendations.", todo))
    found = await asyncio.wait_for(
        service.ask(corpus.similar, asked.text, asked.count), service.options.seconds
    )
    rows = [asdict(row) | {"similarity": score} for row, score in found]
    return JSONResponse({"similar": rows, "corpus": corpus.origin})


@routes.get("/taxonomy", responses={200: {"model": forms.TaxonomyAnswer}})
async def taxonomy(request: Request) -> Response:
    """The categories and tags of the model in use."""
    return JSONResponse(forms.taxonomy_answer(service_of(request).model))


@routes.get("/model", responses={200: {"model": forms.ModelAnswer}})
async def model(request: Request) -> Response:
    """The model in use."""
    return JSONResponse(forms.model_answer(service_of(request).model))


@guarded.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> Response:
    """Figures for Prometheus."""
    text = service_of(request).metrics.text()
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


@open_routes.get("/healthz", response_class=PlainTextResponse)
async def healthy() -> Response:
    """200 while the server answers."""
    return PlainTextResponse("ok\n")


@open_routes.get("/readyz", response_class=PlainTextResponse, responses={503: {"description": "Not ready"}})
async def ready(request: Request) -> Response:
    """200 where texts can be labelled now; 503 where too many wait."""
    service = service_of(request)
    if service.batcher.waiting >= service.options.waiting_texts:
        return PlainTextResponse("Too many texts wait for the model.\n", 503)
    return PlainTextResponse("ok\n")
