"""Schemathesis sends what nobody would: no answer may be a fault of the desk."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error

from pipeline.review.store.database import open_database
from pipeline.review.strings import say
from pipeline.review.web.app import create_app, open_desk
from tests.conftest import forget
from tests.review.bench import new_postgres_database
from tests.review.web.sound import Target, logged_in

_log = logging.getLogger(__name__)
FEW = 3
MANY = int(os.environ.get("UPR_SCHEMATHESIS_EXAMPLES", "12"))
"""Cases an operation: in `make test`, and in `make test-long`, where more can be asked for. What became of
them is written with `--log-cli-level=INFO`.
"""
NOT_SENT = {"/exchange/files"}
"""Each case would start a process that labels; `test_attacks.py` sends what may harm there."""
_FORM = ("POST", "/login")
"""Its case is let in by a cookie of its own, so that the lead stays logged in."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A served desk on each kind of database, whose files are kept in a home folder of the test."""
    folder = tmp_path_factory.mktemp("openapi")
    address = str(folder / "desk.db")
    if request.param == "postgresql":
        address = new_postgres_database(request.getfixturevalue("postgres"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UPR_HOME", str(folder))
        forget()
        database = open_database(address, create=True)
        made = Target.opened(database, folder)
        yield made
        made.close()
        database.close()
    forget()


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
        "/rounds/{number}",
        "/people/{person}/role",
        "/exchange/files/{token}/take",
    } <= paths


def made_real(case: Any, path: str, target: Target, lot: int, sound: st.DataObject | None) -> None:
    """Give a case what the desk knows: without it nothing gets as far as the handlers.

    Args:
        lot: which of the items it is about.
        sound: everything is as it should be but one field of the form, or one of the address, at most.
    """
    gaps = case.path_parameters or {}
    ids = target.ids(path, lot) if gaps else {}
    kept = gaps.get("number") if "/pages/" in path and sound is None else None
    case.path_parameters = {name: ids[name] for name in gaps} | ({"number": kept} if kept else {})
    form = target.form(path, ids)
    body = case.body if isinstance(case.body, dict) else {}
    if sound is not None:
        wild = sound.draw(st.sampled_from([None, *sorted({*body, *(case.query or {})} - {"csrf"})]))
        case.query = {name: value for name, value in (case.query or {}).items() if name == wild}
        if path == "/exchange/export":
            case.query = {"name": "sheet.csv"} | case.query
        body = form | {name: value for name, value in body.items() if name == wild}
    if case.method.upper() == "POST":
        case.body = body | {"csrf": target.csrf} | ({"version": form["version"]} if "version" in form else {})


def outcome(answer: Any) -> str:
    """Whether a handler took a request, or refused it, or whether it was stopped before."""
    if answer.status_code >= 500:
        return "fault"
    to_login = answer.headers.get("location", [""])
    said = answer.content.decode("utf-8", "replace")
    if answer.status_code in (401, 403) or "/login?" in str(to_login) or say("refused.form") in said:
        return "stopped"
    return "taken" if answer.status_code < 400 else "refused"


def answers_to(operation: Any, target: Target, examples: int) -> Counter[str]:
    """Send cases of one operation. Returns: how many were taken, refused, stopped; none is a server error."""
    path, outcomes = operation.path, Counter[str]()

    def send(soundness: st.SearchStrategy[bool]) -> None:
        @settings(
            max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy(), data=st.data(), lot=st.integers(0, 99), sound=soundness)
        def check(case: Any, data: st.DataObject, lot: int, sound: bool) -> None:
            made_real(case, path, target, lot, data if sound else None)
            own = path == "/logout"
            browser = logged_in(target.server.url, "Anna") if own else target.client
            if own:
                case.body = {"csrf": _token(browser)}
            answer = case.call(
                base_url=target.server.url,
                cookies=dict(browser.cookies),
                headers={"Accept-Language": "en"},
                allow_redirects=False,
            )
            case.validate_response(answer, checks=[not_a_server_error])
            outcomes[outcome(answer)] += 1

        check()

    send(st.booleans())
    if not outcomes["taken"]:
        # By chance none of a few cases was as it should be.
        send(st.just(True))
    return outcomes


def _token(browser: Any) -> str:
    return str(browser.get("/keys").text.partition('name="csrf" value="')[2].partition('"')[0])


@pytest.mark.parametrize("examples", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_nothing_that_is_sent_makes_the_desk_fail(interface: Any, target: Target, examples: int) -> None:
    operations = [found.ok() for found in interface.get_all_operations()]
    answered = {
        (o.method.upper(), o.path): answers_to(o, target, examples)
        for o in operations
        if o.path not in NOT_SENT
    }
    total = sum(answered.values(), Counter())
    kind = target.database.engine.dialect.name
    _log.info("%s, %d operations: %s", kind, len(answered), dict(total))
    for operation, outcomes in answered.items():
        _log.info("%s %s: %s", *operation, dict(outcomes))
    assert total["fault"] == 0
    # The handlers themselves were reached.
    never = [operation for operation, outcomes in answered.items() if not outcomes["taken"]]
    assert examples < 10 or never == [_FORM], never
    assert total["taken"] > total["stopped"]


def test_a_nul_in_what_is_sent_is_no_fault_of_the_database(target: Target) -> None:
    ids = target.ids("/items/{item_id}", 1)
    form = target.form("/items/{item_id}", ids) | {"note": "before\0after"}
    answers = [
        target.client.get("/queue", params={"state": "\0"}),
        target.client.get("/search", params={"q": "child\0"}),
        target.client.get("/activity", params={"document": "\0"}),
        target.client.post(f"/items/{ids['item_id']}", data=form),
        target.client.post("/people", data=target.form("/people", {}) | {"name": "E\0va"}),
        target.client.post("/queue/filters", data=target.form("/queue/filters", {}) | {"name": "\0"}),
    ]
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
    if not target.database.is_sqlite:
        assert answers[0].status_code == 422
