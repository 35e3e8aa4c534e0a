"""Accounts, for who leads; and for everybody their own password and language."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import RedirectResponse, Response

from pipeline.errors import DecisionError
from pipeline.review.store import accounts
from pipeline.review.store.acts import latest_acts, note_act
from pipeline.review.store.logins import change_own_password
from pipeline.review.store.transitions import Refused, Role
from pipeline.review.strings import LANGUAGES, say, speaking
from pipeline.review.web.render import page
from pipeline.review.web.security import (
    LANGUAGE_COOKIE,
    Reader,
    Writer,
    desk_of,
    require_admin,
    set_cookie,
)

routes = APIRouter()
PersonId = Annotated[int, Path(ge=1, le=2**62)]
Password = Annotated[str, Form(max_length=1000)]
YEAR = 365 * 86_400


@routes.get("/people")
def show_people(request: Request, found: Reader) -> Response:
    """All accounts, and what leads did."""
    require_admin(found)
    return _people(request, found)


def _people(request: Request, found: Reader, status: int = 200, **told: Any) -> Response:
    database = desk_of(request).database
    with database.read() as connection:
        acts = latest_acts(connection)
    shown = {"fault": "", "made": None} | told
    return page(
        request,
        "people.html",
        found,
        status,
        people=accounts.list_users(database),
        roles=[role.value for role in Role],
        acts=acts,
        **shown,
    )


def _named(request: Request, person: int) -> str:
    for row in accounts.list_users(desk_of(request).database):
        if row["id"] == person:
            return str(row["name"])
    raise Refused("refused.no-person")


def _note(request: Request, found: Writer, what: str, **details: str) -> None:
    database = desk_of(request).database
    with database.write() as connection:
        note_act(database, connection, found.person, what, **details)


@routes.post("/people")
def add(
    request: Request,
    found: Writer,
    name: Annotated[str, Form(max_length=200)],
    role: Annotated[Role, Form()],
) -> Response:
    """Add an account; its first password is shown once."""
    require_admin(found)
    database = desk_of(request).database
    try:
        accounts.add_user(database, name, role, accounts.made_password())
        password = accounts.reset_password(database, name)
    except DecisionError:
        taken = accounts.find_user(database, name) is not None
        return _people(request, found, 422, fault=say("people.taken" if taken else "people.no-name"))
    _note(request, found, "person-added", name=name, role=role.value)
    return _people(request, found, made=(name, password))


@routes.post("/people/{person}/reset")
def reset(request: Request, found: Writer, person: PersonId) -> Response:
    """Give an account another password, which is shown once."""
    require_admin(found)
    name = _named(request, person)
    password = accounts.reset_password(desk_of(request).database, name)
    _note(request, found, "password-reset", name=name)
    return _people(request, found, made=(name, password))


@routes.post("/people/{person}/role")
def change_role(request: Request, found: Writer, person: PersonId, role: Annotated[Role, Form()]) -> Response:
    """Give an account another role."""
    require_admin(found)
    name = _named(request, person)
    if person == found.person.id and role is not Role.ADMIN:
        raise Refused("refused.own-account")
    accounts.set_role(desk_of(request).database, name, role)
    _note(request, found, "role-changed", name=name, role=role.value)
    return RedirectResponse("/people", 303)


@routes.post("/people/{person}/enabled")
def enable(request: Request, found: Writer, person: PersonId, enabled: Annotated[bool, Form()]) -> Response:
    """Shut an account, or open it again."""
    require_admin(found)
    name = _named(request, person)
    if person == found.person.id:
        raise Refused("refused.own-account")
    accounts.set_enabled(desk_of(request).database, name, enabled)
    _note(request, found, "person-enabled" if enabled else "person-disabled", name=name)
    return RedirectResponse("/people", 303)


@routes.get("/me")
def show_me(request: Request, found: Reader) -> Response:
    """The person's own password and language."""
    return page(request, "me.html", found, fault="", done="")


@routes.post("/me/password")
def change_password(request: Request, found: Writer, old: Password, new: Password) -> Response:
    """Choose another password."""
    desk = desk_of(request)
    try:
        correct = change_own_password(desk.database, found, old, new)
        fault = "" if correct else say("me.wrong")
    except DecisionError:
        fault = say("me.weak", n=accounts.MIN_PASSWORD)
    if fault:
        return page(request, "me.html", found, 422, fault=fault, done="")
    return RedirectResponse("/me?did=password" if not found.person.temporary else "/review", 303)


@routes.post("/me/language")
def change_language(
    request: Request, found: Writer, language: Annotated[str, Form(max_length=5)] = ""
) -> Response:
    """Choose the language of the desk."""
    chosen = language if language in LANGUAGES else None
    accounts.set_language(desk_of(request).database, found.person, chosen)
    with speaking(chosen):
        answer = RedirectResponse("/me", 303)
    if chosen:
        set_cookie(request, answer, LANGUAGE_COOKIE, chosen, YEAR)
    else:
        answer.delete_cookie(LANGUAGE_COOKIE, path="/")
    return answer
