"""Schemathesis sends what nobody would: no answer may be a fault of the desk."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from sqlalchemy import select

from pipeline.review.store.database import Database, open_database
from pipeline.review.store.tables import items, users
from pipeline.review.web.app import create_app, open_desk
from tests.review.bench import PASSWORD, ServedHere, filled, people

FEW = 3
MANY = int(os.environ.get("UPR_SCHEMATHESIS_EXAMPLES", "12"))
"""Cases an operation: in `make test`, and in `make test-long`, where more can be asked for."""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str], str, Database]]:
    """A served desk, an adjudicator's cookie, their form token, and the desk's database."""
    folder: Path = tmp_path_factory.mktemp("openapi")
    database = open_database(str(folder / "desk.db"), create=True)
    filled(database, folder, 60)
    people(database)
    server = ServedHere(database)
    with httpx.Client(base_url=server.url, timeout=60) as client:
        token = re.search(r'name="token" value="([^"]+)"', client.get("/login").text)
        client.post("/login", data={"name": "Dora", "password": PASSWORD, "token": token[1] if token else ""})
        csrf = re.search(r'name="csrf" value="([^"]+)"', client.get("/keys").text)
        yield server.url, dict(client.cookies), csrf[1] if csrf else "", database
    server.stop()
    database.close()


@pytest.fixture(scope="module")
def interface(tmp_path_factory: pytest.TempPathFactory) -> Any:
    database = open_database(str(tmp_path_factory.mktemp("schema") / "desk.db"), create=True)
    app = create_app(open_desk(database))
    database.close()
    return schemathesis.openapi.from_dict(app.openapi())


def test_the_interface_names_every_page(interface: Any) -> None:
    paths = {operation.ok().path for operation in interface.get_all_operations()}
    assert {
        "/login",
        "/review",
        "/items/{item_id}",
        "/undo",
        "/bulk/{preview_id}",
        "/queue",
        "/statistics",
    } <= paths


def made_real(case: Any, database: Database, csrf: str, people: list[int]) -> int | None:
    """Give a case what the desk knows: an item's id and version, a person, the form's token. Without them
    nothing gets as far as the handlers. Returns: the item, if the address names one.
    """
    item = None
    with database.read() as connection:
        if "item_id" in (case.path_parameters or {}):
            rows = connection.execute(select(items.c.id, items.c.version).order_by(items.c.id)).all()
            item, version = rows[int(case.path_parameters["item_id"]) % len(rows)]
            case.path_parameters["item_id"] = item
            if isinstance(case.body, dict):
                case.body = case.body | {"version": version}
                case.body.pop("person", None)
    if "person_id" in (case.path_parameters or {}):
        case.path_parameters["person_id"] = people[int(case.path_parameters["person_id"]) % len(people)]
    if isinstance(case.body, dict):
        case.body = case.body | {"csrf": csrf}
    return item


def answers_to(
    operation: Any, target: tuple[str, dict[str, str], str, Database], examples: int
) -> Counter[int]:
    """Send cases of one operation. Returns: how often each status was the answer; none is a server error."""
    url, cookies, csrf, database = target
    with database.read() as connection:
        people = list(connection.scalars(select(users.c.id).order_by(users.c.id)))
    statuses: Counter[int] = Counter()

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def check(case: Any) -> None:
        made_real(case, database, csrf, people)
        answer = case.call(base_url=url, cookies=cookies)
        case.validate_response(answer, checks=[not_a_server_error])
        statuses[answer.status_code] += 1

    check()
    return statuses


@pytest.mark.parametrize("examples", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_nothing_that_is_sent_makes_the_desk_fail(
    interface: Any, target: tuple[str, dict[str, str], str, Database], examples: int
) -> None:
    operations = [found.ok() for found in interface.get_all_operations()]
    answered = {
        (o.method.upper(), o.path): answers_to(o, target, examples)
        for o in operations
        # The one would end the session that the others need, the other start a process for each case.
        if o.path not in ("/logout", "/exchange/files")
    }
    assert sum(c.total() for c in answered.values()) >= 15 * min(examples, 5)
    # The handlers themselves were reached: pages opened, decisions entered, histories shown.
    for operation in (("GET", "/items/{item_id}"), ("GET", "/items/{item_id}/history"), ("GET", "/queue")):
        assert answered[operation][200] > 0, (operation, answered[operation])
    taken = answered["POST", "/items/{item_id}"]
    assert taken[200] + taken[303] > 0, taken
