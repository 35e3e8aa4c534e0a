"""The addresses that a Uwazi instance calls."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse

from pipeline import __version__
from pipeline.service.answers import Refusal
from pipeline.service.routes import admitted
from pipeline.service.uwazi.bridge import Bridge, Material

routes = APIRouter(prefix="/uwazi", dependencies=[Depends(admitted)], include_in_schema=False)


def _bridge(request: Request) -> Bridge:
    bridge: Bridge = request.app.state.uwazi
    return bridge


@routes.get("/")
@routes.get("/info")
async def info() -> JSONResponse:
    """Who answers here."""
    return JSONResponse(f"upr-labeller {__version__}")


@routes.post("/labeled_data")
async def labelled_data(material: Material) -> JSONResponse:  # noqa: ARG001 - it is only checked
    """Values that people gave: they are not needed, since the model is trained already."""
    return JSONResponse("labeled data saved")


@routes.post("/prediction_data")
async def prediction_data(request: Request, material: Material) -> JSONResponse:
    """A text for which a suggestion is wanted."""
    if not _bridge(request).take(material):
        told = ("server", "too many texts wait for suggestions.", "Ask for the suggestions of those first.")
        raise Refusal(503, told, {"Retry-After": "30"})
    return JSONResponse("prediction data saved")


@routes.post("/xml_to_train/{tenant}/{extractor}")
@routes.post("/xml_to_predict/{tenant}/{extractor}")
async def no_pdf(tenant: str, extractor: str) -> JSONResponse:  # noqa: ARG001 - parts of the address
    """PDFs are not read here."""
    told = ("source", "this service reads text properties, and no PDF.", "Choose a text property as source.")
    raise Refusal(501, told)


@routes.get("/get_suggestions/{tenant}/{extractor}")
async def get_suggestions(request: Request, tenant: str, extractor: str) -> JSONResponse:
    """The suggestions of the last task: JSON within a JSON string, since an instance decodes it twice."""
    found: list[dict[str, Any]] = _bridge(request).suggestions((tenant, extractor))
    return JSONResponse(json.dumps(found, ensure_ascii=False))


@routes.post("/cancel_training/{tenant}/{extractor}")
async def cancel(request: Request, tenant: str, extractor: str) -> JSONResponse:
    """Drop what waits."""
    _bridge(request).drop_waiting((tenant, extractor))
    return JSONResponse(content=True)


@routes.delete("/{tenant}/{extractor}")
async def delete(request: Request, tenant: str, extractor: str) -> JSONResponse:
    """Forget an extractor."""
    _bridge(request).forget((tenant, extractor))
    return JSONResponse(content=True)
