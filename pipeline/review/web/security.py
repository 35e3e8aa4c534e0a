"""The desk's guard: how much a request may bring, in which language it is answered, and who is asking."""

from __future__ import annotations

import contextlib
import hmac
import re
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Form, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline import settings
from pipeline.review.store.logins import Visit, visit
from pipeline.review.store.transitions import Role
from pipeline.review.strings import asked_language, speaking
from pipeline.review.web.desk import Desk
from pipeline.web.guard import Guard

COOKIE = "upr_review"
LOGIN_COOKIE = "upr_review_login"
LANGUAGE_COOKIE = "upr_review_language"
MAX_BODY = 262_144
OPEN_TO_TEMPORARY = ("/me", "/me/password", "/me/language", "/logout")
"""Where somebody may go who has still to choose a password."""
FROM_DESK = "X-Desk"
"""Header of every answer of the desk. What a proxy or a network answers itself does not have it, so that
the script of the page does not take that for an answer to a decision.
"""
UPLOADS = "/exchange/files"
MAX_UPLOAD = 64 * 1024 * 1024
"""Bytes of a request that brings a file, to the one address that takes files, by who may bring them."""


def asked_for(headers: Headers) -> str | None:
    """The language of a request: the one that the person chose, else what the browser likes, else that of the
    server's environment (LANG).
    """
    cookies = cookie_parser(headers.get("cookie", ""))
    liked = asked_language(headers.get("accept-language", ""))
    return cookies.get(LANGUAGE_COOKIE) or liked or settings.locale_language() or None


class NotLoggedIn(Exception):  # noqa: N818 - an answer to the person
    """Nobody is logged in."""


class Forbidden(Exception):  # noqa: N818 - an answer to the person
    """The request did not come from one of our pages, or the person's role does not reach."""

    def __init__(self, reason: str) -> None:
        """Args: `reason`, a key of the desk's strings."""
        super().__init__(reason)
        self.reason = reason


class MustChangePassword(Exception):  # noqa: N818 - an answer to the person
    """The person was given their password by somebody else, and has not chosen one yet."""


class DeskGuard(Guard):
    """The guard of every server (`pipeline.web.guard`), in the language of who asks."""

    def __init__(self, app: ASGIApp, fault: Callable[[Request, Exception], Response], desk: Desk) -> None:
        """Args: `fault`, the answer to an exception."""
        headers = {FROM_DESK: "1"}
        days = desk.settings.http.hsts_days
        if days:  # for how long browsers shall use https only
            headers["Strict-Transport-Security"] = f"max-age={days * 86_400}"
        super().__init__(app, fault, MAX_BODY, _form_too_large, headers)
        self._desk = desk

    async def limit(self, scope: Scope) -> int:
        """Bytes that the body of a request may have: more than a form for who may bring files only, since a
        body is kept before anything else is asked.
        """
        usual = await super().limit(scope)
        cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
        if scope["path"] != UPLOADS or COOKIE not in cookies:
            return usual
        with contextlib.suppress(SQLAlchemyError):  # the page itself tells that the database does not answer
            found = await run_in_threadpool(visit, self._desk.database, cookies[COOKIE])
            if found is not None and found.person.adjudicates:
                return MAX_UPLOAD
        return usual

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        with speaking(asked_for(Headers(scope=scope))):
            await super().__call__(scope, receive, send)


def _form_too_large() -> Response:
    return PlainTextResponse("The form is too large.\n", 413)


def desk_of(request: Request) -> Desk:
    """The desk that serves a request."""
    desk: Desk = request.app.state.desk
    return desk


def logged_in(request: Request) -> Visit:
    """Who is asking. Raises: NotLoggedIn."""
    token = request.cookies.get(COOKIE)
    found = visit(desk_of(request).database, token) if token else None
    if found is None:
        raise NotLoggedIn
    if found.person.temporary and request.url.path not in OPEN_TO_TEMPORARY:
        raise MustChangePassword
    return found


def same_site(request: Request) -> None:
    """Refuse a form that another site's page sends. Raises: Forbidden."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("refused.other-site")
    origin = request.headers.get("origin")
    if (
        origin
        and origin != "null"
        and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()
    ):
        raise Forbidden("refused.other-site")
    if origin == "null":
        raise Forbidden("refused.other-site")


def sent_form(
    request: Request,
    found: Annotated[Visit, Depends(logged_in)],
    csrf: Annotated[str, Form(max_length=200)] = "",
) -> Visit:
    """Who sends a form, once it is certain that one of our pages made it. Raises: NotLoggedIn, Forbidden."""
    same_site(request)
    if not hmac.compare_digest(csrf.encode("utf-8", "replace"), found.csrf.encode()):
        raise Forbidden("refused.csrf")
    return found


def set_cookie(
    request: Request, answer: Response, name: str, value: str, seconds: int, path: str = "/"
) -> None:
    """Give the browser a cookie that scripts cannot read."""
    secure = request.url.scheme == "https" or desk_of(request).settings.http.secure_cookies
    answer.set_cookie(name, value, max_age=seconds, path=path, httponly=True, samesite="lax", secure=secure)


def require_admin(found: Visit) -> None:
    """Raises: Forbidden, unless the person leads the desk."""
    if found.person.role is not Role.ADMIN:
        raise Forbidden("refused.role")


def require_adjudicator(found: Visit) -> None:
    """Raises: Forbidden, unless the person may adjudicate."""
    if found.person.role is Role.REVIEWER:
        raise Forbidden("refused.role")


def safe_path(target: str) -> str:
    """A path within the desk to go to, or "/": never another site's."""
    if re.fullmatch(r"/(?![/\\])[\w\-./?=&%+~]*", target, re.ASCII) and "\\" not in target:
        return target
    return "/"


Reader = Annotated[Visit, Depends(logged_in)]
Writer = Annotated[Visit, Depends(sent_form)]
