"""What the desk answers when something stands in the way: to a browser a page, to the desk's script a
message.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from pipeline.review.store.accounts import anybody
from pipeline.review.store.logins import visit
from pipeline.review.store.transitions import Refused
from pipeline.review.strings import say
from pipeline.review.web.render import moment, page, told
from pipeline.review.web.security import COOKIE, Forbidden, MustChangePassword, NotLoggedIn, desk_of

SCRIPT = "x-desk"
"""Header of requests that the desk's script sends; they are answered with a message instead of a page."""


def from_script(request: Request) -> bool:
    """Whether the desk's script asks."""
    return SCRIPT in request.headers or "hx-request" in request.headers


_STATUS = {
    "refused.no-item": 404,
    "refused.no-person": 404,
    "refused.no-preview": 404,
    "refused.no-action": 422,
    "refused.no-note": 422,
    "refused.no-choice": 422,
    "refused.no-round": 404,
    "refused.no-file": 404,
    "refused.no-page": 404,
    "refused.day": 422,
    "refused.too-many": 422,
    "refused.tag": 422,
}


def refusal(error: Refused) -> str:
    """A refusal in words."""
    details: dict[str, Any] = {
        k: moment(v) if isinstance(v, dt.datetime) else v for k, v in error.details.items()
    }
    return told(error.reason, **details)


REASON = "x-desk-reason"
"""Header of a refusal for the desk's script: the key of its string, and the entry it is about, if any."""


def message(request: Request, status: int, text: str, item: int | None = None, reason: str = "") -> Response:
    """A message as a page of its own, or as a part of one."""
    if from_script(request):
        headers = {REASON: reason} if reason else {}
        return page(request, "part_message.html", None, status, headers, text=text, item=item)
    token = request.cookies.get(COOKIE)
    found = visit(desk_of(request).database, token) if token else None
    return page(request, "message.html", found, status, text=text, item=item)


_UNWRITABLE = ("database or disk is full", "readonly database", "53100", "25006")
"""What SQLite says of a full disk and of a database that is read-only, and PostgreSQL's codes for both."""


def _unwritable(error: SQLAlchemyError) -> bool:
    driver = getattr(error, "orig", None)
    said = getattr(driver, "sqlstate", None) or str(driver)
    return any(sign in said for sign in _UNWRITABLE)


def fault(request: Request, error: Exception) -> Response:
    """What the desk says where it cannot serve: its database does not answer, or it has a fault of its own.
    It asks the database for nothing.
    """
    if not isinstance(error, SQLAlchemyError):
        status, text = 500, say("refused.fault")
    elif _unwritable(error):
        status, text = 503, say("refused.database-unwritable")
    else:
        status, text = 503, say("refused.database")
    template = "part_message.html" if from_script(request) else "message.html"
    return page(request, template, None, status, text=text, item=None)


def install(app: FastAPI) -> None:
    """Give an application these answers."""

    def not_logged_in(request: Request, _error: Exception) -> Response:
        if not anybody(desk_of(request).database):
            return page(request, "no_accounts.html", None, 503)
        if from_script(request):
            return message(request, 401, say("login.lost"))
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        query = "?" + urlencode({"next": target}) if request.method == "GET" and target != "/" else ""
        return RedirectResponse(f"/login{query}", 303)

    def must_change(request: Request, _error: Exception) -> Response:
        if from_script(request):  # as if nobody were logged in: the page keeps what it sent
            return message(request, 401, say("me.temporary"))
        return RedirectResponse("/me", 303)

    def forbidden(request: Request, error: Exception) -> Response:
        reason = error.reason if isinstance(error, Forbidden) else "refused.role"
        return message(request, 403, say(reason), reason=reason)

    def refused(request: Request, error: Exception) -> Response:
        reason = error.reason if isinstance(error, Refused) else ""
        text = refusal(error) if isinstance(error, Refused) else ""
        item = request.path_params.get("item_id") if reason != "refused.no-item" else None
        entry = error.details.get("entry", "") if isinstance(error, Refused) else ""
        return message(request, _STATUS.get(reason, 409), text, item, f"{reason} {entry}".strip())

    def wrong(request: Request, _error: Exception) -> Response:
        return message(request, 422, say("refused.form"))

    def http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        headers = getattr(error, "headers", None)
        answer = message(request, status, say("refused.not-found" if status == 404 else "refused.request"))
        answer.headers.update(headers or {})
        return answer

    app.add_exception_handler(NotLoggedIn, not_logged_in)
    app.add_exception_handler(MustChangePassword, must_change)
    app.add_exception_handler(Forbidden, forbidden)
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(RequestValidationError, wrong)
    app.add_exception_handler(DataError, wrong)  # text that PostgreSQL cannot keep, as one with a NUL
    app.add_exception_handler(HTTPException, http)
