"""Templates: escaped always, strings from one place, files named by their content."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.review.store.accounts import Visit
from pipeline.review.strings import LANGUAGE, reason_in_words, say


def share(value: float | None, digits: int = 0) -> str:
    """A share as per cent; a dash where it is not defined."""
    return "–" if value is None or math.isnan(value) else f"{value * 100:.{digits}f} %"


def number(value: float | None, digits: int = 2) -> str:
    """A figure; a dash where it is not defined."""
    return "–" if value is None or math.isnan(value) else f"{value:,.{digits}f}"


def moment(value: dt.datetime | None) -> str:
    """A time in UTC, to the minute."""
    return "" if value is None else value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


@cache
def static_version(name: str) -> str:
    """The address of a static file, which changes with its content."""
    content = files("pipeline.review").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


@cache
def environment() -> Environment:
    """The templates."""
    made = Environment(
        loader=PackageLoader("pipeline.review", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(t=say, static=static_version, language=LANGUAGE, ACTIONS=ACTIONS)
    made.filters.update(share=share, number=number, moment=moment, query=_query, in_words=reason_in_words)
    return made


def _query(pairs: Mapping[str, str]) -> str:
    return "?" + urlencode(pairs) if pairs else ""


def page(
    request: Request,
    name: str,
    found: Visit | None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """A page, or a part of one, as an answer."""
    text = (
        environment().get_template(name).render(request=request, visit=found, path=request.url.path, **values)
    )
    return HTMLResponse(text, status, headers=dict(headers or {}))
