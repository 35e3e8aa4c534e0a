"""Coming in and going out."""

from __future__ import annotations

import hmac
import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from pipeline.review.store.accounts import anybody, find_user
from pipeline.review.store.logins import TooManyFailures, log_in, log_out
from pipeline.review.strings import say
from pipeline.review.web.render import page
from pipeline.review.web.security import (
    COOKIE,
    LANGUAGE_COOKIE,
    LOGIN_COOKIE,
    Forbidden,
    Writer,
    desk_of,
    safe_path,
    same_site,
    set_cookie,
)

routes = APIRouter()


@routes.get("/login")
def show(request: Request, next: Annotated[str, Query(max_length=2000)] = "/") -> Response:  # noqa: A002 - the name in the address
    """The form for name and password."""
    if not anybody(desk_of(request).database):
        return page(request, "no_accounts.html", None, 503)
    return _form(request, 200, safe_path(next))


@routes.post("/login")
def enter(
    request: Request,
    name: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=2000)],
    token: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",  # noqa: A002 - the name in the form
) -> Response:
    """Log in, and go where the person wanted to go."""
    same_site(request)
    desk = desk_of(request)
    if not anybody(desk.database):
        return page(request, "no_accounts.html", None, 503)
    if not token or not hmac.compare_digest(token.encode(), request.cookies.get(LOGIN_COOKIE, "").encode()):
        raise Forbidden("refused.csrf")
    address = request.client.host if request.client else ""
    try:
        session = log_in(desk.database, desk.settings, name, password, address)
    except TooManyFailures as error:
        minutes = -(-error.seconds // 60)
        return _form(
            request,
            429,
            safe_path(next),
            say("login.wait", n=minutes),
            {"Retry-After": str(error.seconds)},
        )
    if session is None:
        return _form(request, 401, safe_path(next), say("login.wrong"))
    answer = RedirectResponse(safe_path(next), 303)
    set_cookie(request, answer, COOKIE, session, round(desk.settings.session_hours * 3600))
    answer.delete_cookie(LOGIN_COOKIE, path="/login")
    person = find_user(desk.database, name)
    if person is not None and person.language:
        set_cookie(request, answer, LANGUAGE_COOKIE, person.language, 365 * 86_400)
    return answer


@routes.post("/logout")
def leave(request: Request, found: Writer) -> Response:
    """Log out."""
    log_out(desk_of(request).database, found.token_hash)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def _form(
    request: Request, status: int, target: str, fault: str = "", headers: dict[str, str] | None = None
) -> Response:
    token = secrets.token_urlsafe(24)
    answer = page(request, "login.html", None, status, headers, target=target, fault=fault, token=token)
    set_cookie(request, answer, LOGIN_COOKIE, token, 3600, "/login")
    return answer
