"""What the desk would take at each of its addresses: real ids, and forms in which nothing is wrong."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert, select

from pipeline.review.rounds.planning import bring_back
from pipeline.review.store.accounts import find_user, set_role
from pipeline.review.store.database import Database
from pipeline.review.store.tables import items, rounds, saved_filters, users
from pipeline.review.store.transitions import Role
from tests.review import invented
from tests.review.bench import PASSWORD, ServedHere, filled, people

DOCUMENT = Path(__file__).parents[3] / "data" / "sample" / "session-document.pdf"
LEAD = "Dora"
VICTIM = "Cleo"
"""Whose account is changed by the requests, so that nobody logs the lead out."""


def hidden(text: str, name: str) -> str:
    """The value of a form's hidden field, "" where the page has none."""
    _, _, rest = text.partition(f'name="{name}" value="')
    return rest.partition('"')[0]


def logged_in(url: str, name: str, password: str = PASSWORD) -> httpx.Client:
    """A browser without a screen, in which a person has logged in."""
    client = httpx.Client(base_url=url, timeout=60)
    token = hidden(client.get("/login").text, "token")
    answer = client.post("/login", data={"name": name, "password": password, "token": token})
    assert answer.status_code == 303, answer.text
    return client


@dataclass
class Target:
    """A served desk, and an admin who is logged in."""

    database: Database
    server: ServedHere
    client: httpx.Client
    csrf: str
    table: bytes
    document: str = ""
    number: Any = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def opened(cls, database: Database, folder: Path, count: int = 400) -> Target:
        """A desk with items, people, a labelled table to bring, and a PDF that was brought."""
        filled(database, folder, count)
        people(database)
        set_role(database, LEAD, Role.ADMIN)
        labelled = invented.write(folder / "brought.parquet", invented.rows(5, seed=31))
        server = ServedHere(database)
        client = logged_in(server.url, LEAD)
        csrf = hidden(client.get("/keys").text, "csrf")
        made = cls(database, server, client, csrf, labelled.read_bytes())
        made.document = made.bring(DOCUMENT.name, DOCUMENT.read_bytes())
        return made

    def close(self) -> None:
        """Stop the server."""
        self.client.close()
        self.server.stop()

    def bring(self, name: str, content: bytes) -> str:
        """Bring a file. Returns: its token."""
        answer = self.client.post(
            "/exchange/files", data={"csrf": self.csrf}, files={"file": (name, content)}
        )
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rpartition("/")[2]

    def person(self, name: str = VICTIM) -> int:
        """The number of an account."""
        with self.database.read() as connection:
            return int(connection.scalar(select(users.c.id).where(users.c.name == name)) or 0)

    def item(self, lot: int, *statuses: str) -> tuple[int, int, str]:
        """Id, version and status of one of the items, in any of the statuses if some are named."""
        self._bring_back()
        query = select(items.c.id, items.c.version, items.c.status).order_by(items.c.id)
        with self.database.read() as connection:
            rows = connection.execute(query.where(items.c.status.in_(statuses)) if statuses else query).all()
        found = rows[lot % len(rows)]
        return found.id, found.version, found.status

    def _bring_back(self) -> None:
        """Undo withdrawals: nothing would be open after the first."""
        with self.database.read() as connection:
            withdrawn = list(
                connection.scalars(select(rounds.c.id).where(rounds.c.withdrawn_at.is_not(None)))
            )
        lead = find_user(self.database, LEAD)
        assert lead is not None
        for number in withdrawn:
            bring_back(self.database, lead, number)

    def ids(self, path: str, lot: int) -> dict[str, Any]:
        """What stands for the gaps of an address."""
        if path.startswith("/items"):
            return {"item_id": self.item(lot)[0]}
        if path.startswith("/people"):
            return {"person": self.person()}
        if path.startswith("/queue/assign"):
            return {"person_id": self.person()}
        if path.startswith("/queue/filters"):
            return {"filter_id": self._filter()}
        if path.startswith("/rounds"):
            with self.database.read() as connection:
                return {"number": connection.scalar(select(rounds.c.id).order_by(rounds.c.id).limit(1))}
        if path.startswith("/bulk"):
            return {"preview_id": self._preview()}
        if "/pages/" in path or path.endswith("/document"):
            if self.client.get(f"/exchange/files/{self.document}/document").status_code == 404:
                self.document = self.bring(DOCUMENT.name, DOCUMENT.read_bytes())  # newer ones came
            return {"token": self.document, "number": 1}
        return {"token": self.bring(f"table {next(self.number)}.parquet", self.table)}

    def _filter(self) -> int:
        with self.database.write() as connection:
            row = {"user_id": self.person(LEAD), "name": f"Filter {next(self.number)}", "filter": {}}
            result = connection.execute(insert(saved_filters).values(row))
            return int(result.inserted_primary_key[0])  # type: ignore[index]

    def _preview(self) -> str:
        form = {"csrf": self.csrf, "items": [str(self.item(0, "open")[0])], "action": "4"}
        _, _, rest = self.client.post("/bulk", data=form).text.partition('action="/bulk/')
        return rest.partition('"')[0].partition("?")[0]

    def form(self, path: str, ids: dict[str, Any]) -> dict[str, Any]:
        """A form that the address takes."""
        forms: dict[str, dict[str, Any]] = {
            "/items/{item_id}": {"do": "save", "action": 4, "issues": ["Justice"], "person": None},
            "/queue/filters": {"name": f"Filter {next(self.number)}"},
            "/queue/assign": {"every": "1", "most": "2", "person": self.person(), "items": []},
            "/queue/assign/{person_id}/take-back": {"to": 0},
            "/bulk": {
                "every": "",
                "items": [self.item(0, "open")[0]],
                "action": "4",
                "add": "",
                "remove": "",
            },
            "/rounds/{number}": {"name": "Round", "audit": 2, "second": 10, "deadline": "", "person": []},
            "/people": {"name": f"Person {next(self.number)}", "role": "reviewer"},
            "/people/{person}/role": {"role": "reviewer"},
            "/people/{person}/enabled": {"enabled": True},
            "/me/password": {"old": PASSWORD, "new": PASSWORD},
            "/me/language": {"language": "en"},
            "/exchange/files/{token}/take": {"name": "Round"},
            "/undo": {"request": "", "person": None, "before": None},
        }
        made = forms.get(path, {}) | {"csrf": self.csrf}
        if "item_id" in ids:
            with self.database.read() as connection:
                query = select(items.c.version).where(items.c.id == ids["item_id"])
                made |= {"version": connection.scalar(query), "prediction": None, "request": ""}
        return {name: value for name, value in made.items() if value is not None}
