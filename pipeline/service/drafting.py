"""The page for those who draft: a form and, below it, how a recommendation will be coded and what would make
it specific. It needs no script; with one, only the part below the form changes.

Its words, templates and stylesheet are the desk's (`pipeline/review`), so that they are tested and translated
with these.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from limits import parse
from starlette.responses import RedirectResponse, Response

from pipeline.advice.checking import Checked
from pipeline.corpus.text import normalise
from pipeline.errors import UprError
from pipeline.review import strings
from pipeline.review.strings import say, speaking
from pipeline.review.web.render import page
from pipeline.review.web.security import Forbidden, asked_for, same_site
from pipeline.service.answers import Refusal
from pipeline.service.batching import Busy
from pipeline.service.routes import count_request, service_of
from pipeline.service.running import Service
from pipeline.store.names import action_name, sort_key, state_name
from pipeline.store.vocabularies import load_states

_log = logging.getLogger(__name__)
COOKIE = "upr_draft"
HOURS = 8
"""For so long a browser that gave a key is known."""
_MOST_VISITS = 1000
_KEYS_TRIED = parse("10/minute")
"""Keys that one address may try."""

pages = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]


@dataclass
class Visits:
    """Browsers that gave a key of the server: a token for each, until the server ends or `HOURS` pass."""

    _known: dict[str, tuple[str, float]] = field(default_factory=dict)

    def begin(self, name: str) -> str:
        """The token of a new visit. Args: `name`, of the key."""
        if len(self._known) >= _MOST_VISITS:
            self._known.pop(next(iter(self._known)))  # the oldest
        token = secrets.token_urlsafe(32)
        self._known[token] = name, time.monotonic() + HOURS * 3600
        return token

    def name_of(self, token: str | None) -> str | None:
        """The name of the key that a visit began with; None where it did not, or has ended."""
        name, end = self._known.get(token or "", (None, 0.0))
        return name if time.monotonic() < end else None


@pages.get("/")
async def front() -> Response:
    """A browser that was given the server's address only."""
    return RedirectResponse("/draft", 307)


@pages.get("/draft")
async def empty(request: Request) -> Response:
    """The form."""
    with speaking(asked_for(request.headers)):
        return _page(request, locked=_visitor(request) is None)


@pages.post("/draft/key")
async def unlock(request: Request, key: Text = "", lang: Text = "", speak: Text = "") -> Response:
    """Take a key of the server, and know this browser from then on."""
    service = service_of(request)
    with speaking(speak or lang):
        if not speak:
            address = request.client.host if request.client else ""
            if fault := _from_elsewhere(request):
                return _page(request, 403, fault, locked=True)
            if not service.limiter.hit(_KEYS_TRIED, "keys", address):
                return _page(request, 429, say("draft.often"), locked=True)
            if name := service.keys.name_of(key):
                answer = RedirectResponse("/draft", 303)
                token = request.app.state.visits.begin(name)
                secure = request.url.scheme == "https"
                seconds = HOURS * 3600
                answer.set_cookie(
                    COOKIE, token, seconds, path="/draft", secure=secure, httponly=True, samesite="strict"
                )
                return answer
            return _page(request, 401, say("draft.key-wrong"), locked=True)
        return _page(request, locked=bool(service.keys))


@pages.post("/draft")
async def advise(
    request: Request, text: Text = "", state: Text = "", lang: Text = "", speak: Text = ""
) -> Response:
    """How a draft will be coded, why, and what would make it specific. Args: `speak`, the language that the
    person just chose.
    """
    with speaking(speak or lang):
        visitor = _visitor(request)
        if visitor is None:
            return _page(request, 401, locked=True)
        if speak and not normalise(text):
            return _page(request, text=text, state=state)
        status, fault, done = await _advice(request, visitor, text, state.strip())
        return _page(request, status, fault, done, text=text, state=state)


async def _advice(
    request: Request, visitor: str, text: str, state: str
) -> tuple[int, str | None, Checked | None]:
    """Status, what stands in the way in words, and the answer."""
    service = service_of(request)
    if fault := _from_elsewhere(request):
        return 403, fault, None
    if fault := _fault_of(text, state, service.options.max_text_chars):
        return 422, fault, None
    try:
        count_request(service, visitor)
        asked = service.ask(service.check, text, state or None)
        return 200, None, await asyncio.wait_for(asked, service.options.seconds)
    except Refusal:
        return 429, say("draft.often"), None
    except (Busy, TimeoutError):
        return 503, say("draft.busy"), None
    except UprError as error:
        _log.error("A draft cannot be labelled: %s", error)
        return 503, say("draft.fault"), None


def _fault_of(text: str, state: str, longest: int) -> str | None:
    """What is wrong with what a person typed, in words."""
    if not normalise(text):
        return say("draft.empty")
    if len(text) > longest:
        return say("draft.long", n=longest)
    states = load_states()
    if not state or states.find(state):
        return None
    nearest = states.nearest(state)
    if nearest is None:
        return say("draft.no-state", typed=state[:60])
    return say("draft.no-state-like", typed=state[:60], nearest=state_name(nearest, strings.language()))


def _from_elsewhere(request: Request) -> str | None:
    try:
        same_site(request)
    except Forbidden as error:
        return say(error.reason)
    return None


def _visitor(request: Request) -> str | None:
    """By what name requests of a browser are counted; None where the server has keys and it gave none."""
    if not service_of(request).keys:
        return request.client.host if request.client else ""
    name: str | None = request.app.state.visits.name_of(request.cookies.get(COOKIE))
    return name


def _quoted(words: tuple[str, ...] | list[str]) -> str:
    return " … ".join(say("draft.quoted", text=word) for word in words)


def _page(
    request: Request,
    status: int = 200,
    fault: str | None = None,
    done: Checked | None = None,
    *,
    text: str = "",
    state: str = "",
    locked: bool = False,
) -> Response:
    """The page, or its part below the form where a script asks."""
    service = service_of(request)
    part = "hx-request" in request.headers and not locked
    headers = {} if not locked or "hx-request" not in request.headers else {"HX-Refresh": "true"}
    language = strings.language()
    names = [] if part else [state_name(one.name, language) for one in load_states().all]
    return page(
        request,
        "part_advice.html" if part else "draft.html",
        None,
        status,
        headers,
        locked=locked,
        fault=fault,
        text=text,
        state=state,
        states=sorted(names, key=sort_key),
        most=service.options.max_text_chars,
        done=done,
        **({} if done is None else _shown(done, state, service)),
    )


def _shown(done: Checked, state: str, service: Service) -> dict[str, Any]:
    """What the page shows beside the advice itself."""
    basis, language = done.basis(), strings.language()
    named = load_states().find(state)
    others = [f"{a} {action_name(a, language)}" for a in done.label.action_set if a != done.label.action]
    advice = done.advice
    return {
        "basis": basis,
        "kind": ""
        if basis is None
        else "model-words"
        if basis.kind == "model" and basis.words
        else basis.kind,
        "quoted": _quoted,
        "others": ", ".join(others),
        "rewrites": [] if advice is None else [one.text.rpartition(one.added) for one in advice.rewrites],
        "named": None if named is None else named.name,
        "corpus": service.corpus is not None,
    }
