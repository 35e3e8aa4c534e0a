"""Templates: escaped always, strings from one place, files named by their content."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent
from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.review import strings
from pipeline.review.store.logins import Visit
from pipeline.store.names import state_name, tag_name

UNDEFINED = "–"


def share(value: float | None, digits: int = 0) -> str:
    """A share as per cent; a dash where it is not defined."""
    if value is None or math.isnan(value):
        return UNDEFINED
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    # The language's own pattern says where the sign stands, and with which space.
    sign = format_percent(0.01, locale=strings.language()).replace("1", "{}")
    return sign.format(format_decimal(value * 100, pattern, locale=strings.language()))


def number(value: float | None, digits: int = 2) -> str:
    """A figure; a dash where it is not defined."""
    if value is None or math.isnan(value):
        return UNDEFINED
    return str(format_decimal(value, "#,##0." + "0" * digits, locale=strings.language()))


def moment(value: dt.datetime | None) -> Markup:
    """A time, to the minute: in UTC, which the page's script turns into the reader's own."""
    if value is None:
        return Markup("")
    utc = value.astimezone(dt.UTC)
    shown = f"{day(utc.date())} {format_time(utc, 'short', locale=strings.language())}"
    return Markup('<time datetime="{}" data-local>{} UTC</time>').format(
        utc.isoformat(timespec="seconds"), shown
    )


def day(value: dt.date | None) -> str:
    """A day."""
    return "" if value is None else str(format_date(value, "medium", locale=strings.language()))


def span(seconds: float) -> str:
    """A length of time, roughly: its largest unit."""
    return str(format_timedelta(round(seconds), threshold=1.2, locale=strings.language()))


def told(key: str, **values: object) -> str:
    """A string for a page. What is Markup among the values stays so; everything else is escaped."""
    if not any(hasattr(value, "__html__") for value in values.values()):
        return strings.say(key, **values)
    return escape(strings.sentence(key, **values)).format(**strings.filled(values))


def act(what: str, person: str | None, details: Mapping[str, Any]) -> str:
    """What a lead did, as a sentence.

    Args:
        person: who did it, None for the command line.
        details: what fills the gaps of the sentence; a role is its name in the database.
    """
    values = dict(details) | {
        "person": Markup("<b>{}</b>").format(person or strings.say("people.command-line"))
    }
    if "role" in values:
        values["role"] = strings.say(f"role.{values['role']}")
    to_everybody = what == "assigned" and not values.get("name")
    return told("act.assigned-to-everybody" if to_everybody else f"act.{what}", **values)


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
    made.globals.update(
        t=told,
        act=act,
        rule_in_words=strings.rule_in_words,
        forms=strings.forms,
        static=static_version,
        language=strings.language,
        LANGUAGES=strings.LANGUAGES,
        ACTIONS=ACTIONS,
    )
    made.filters.update(
        share=share,
        number=number,
        moment=moment,
        day=day,
        span=span,
        count=strings.count,
        query=_query,
        in_words=strings.reason_in_words,
        tag_name=lambda label: tag_name(label, strings.language()),
        state_name=lambda name: state_name(name, strings.language()),
        facet_value=facet_value,
    )
    return made


def facet_value(value: str, facet: str) -> str:
    """A value that the queue is filtered by, as people call it."""
    if facet == "action" and value.isdecimal() and int(value) in ACTIONS:
        return f"{value} {strings.say('action.name.' + value)}"
    names: Mapping[str, Callable[[str], str]] = {
        "reason": strings.reason_in_words,
        "tag": lambda label: tag_name(label, strings.language()),
        "state": lambda name: state_name(name, strings.language()),
    }
    return names[facet](value) if facet in names else value


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
        environment()
        .get_template(name)
        .render(request=request, visit=found, path=request.url.path, status=status, **values)
    )
    return HTMLResponse(text, status, headers=dict(headers or {}))
