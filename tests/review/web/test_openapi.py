"""Schemathesis sends what nobody would: no answer may be a fault of the desk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error

from pipeline.review.store.database import open_database
from pipeline.review.web.app import create_app, open_desk
from tests.review.bench import PASSWORD, ServedHere, filled, people

EXAMPLES = int(os.environ.get("UPR_SCHEMATHESIS_EXAMPLES", "12"))
"""Cases an operation; more for a longer look."""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str], str]]:
    """A served desk, an adjudicator's cookie, and their form token."""
    folder: Path = tmp_path_factory.mktemp("openapi")
    database = open_database(str(folder / "desk.db"), create=True)
    filled(database, folder, 60)
    people(database)
    server = ServedHere(database)
    with httpx.Client(base_url=server.url) as client:
        token = re.search(r'name="token" value="([^"]+)"', client.get("/login").text)
        client.post("/login", data={"name": "Dora", "password": PASSWORD, "token": token[1] if token else ""})
        csrf = re.search(r'name="csrf" value="([^"]+)"', client.get("/keys").text)
        yield server.url, dict(client.cookies), csrf[1] if csrf else ""
    server.stop()
    database.close()


@pytest.fixture(scope="module")
def interface(tmp_path_factory: pytest.TempPathFactory) -> Any:
    database = open_database(str(tmp_path_factory.mktemp("schema") / "desk.db"))
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


def test_nothing_that_is_sent_makes_the_desk_fail(
    interface: Any, target: tuple[str, dict[str, str], str]
) -> None:
    url, cookies, csrf = target
    tried = 0
    for found in interface.get_all_operations():
        operation = found.ok()
        if operation.path == "/logout":  # it would end the session that the others need
            continue

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy())
        def check(case: Any) -> None:
            nonlocal tried
            tried += 1
            if isinstance(case.body, dict):
                case.body = case.body | {"csrf": csrf}
            answer = case.call(base_url=url, cookies=cookies)
            case.validate_response(answer, checks=[not_a_server_error])

        check()
    assert tried >= 15 * min(EXAMPLES, 5)
