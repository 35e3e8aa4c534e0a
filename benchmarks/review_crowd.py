"""Many reviewers at one desk: what they send, what was acknowledged, and whether the history holds it."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import httpx
from argon2 import PasswordHasher
from sqlalchemy import insert, select

from pipeline.review.store.database import Database
from pipeline.review.store.tables import decisions, items, users

PASSWORD = "a password of the load test"
_HIDDEN = re.compile(r'<input type="hidden" name="(csrf|version|request|prediction)" value="([^"]*)"')
_ITEM = re.compile(r'data-item="(\d+)"')


@dataclass(frozen=True)
class Acknowledged:
    """A decision that the desk said it has."""

    person: int
    item: int
    request: str
    action: int


@dataclass
class Crowd:
    """What a crowd did.

    Latencies in seconds, of answered requests only; `conflicts` counts refusals by status.
    """

    acknowledged: list[Acknowledged] = field(default_factory=list)
    next_seconds: list[float] = field(default_factory=list)
    decide_seconds: list[float] = field(default_factory=list)
    conflicts: Counter[int] = field(default_factory=Counter)
    resent: int = 0


def add_people(database: Database, count: int) -> None:
    """Accounts "Reader 1" to "Reader <count>", with one password."""
    hashed = PasswordHasher().hash(PASSWORD)
    with database.write() as connection:
        for number in range(1, count + 1):
            row = {
                "name": f"Reader {number}",
                "name_key": f"reader {number}",
                "role": "reviewer",
                "created_at": database.now(),
            }
            connection.execute(insert(users).values(password_hash=hashed, **row))


class _Reader(threading.Thread):
    def __init__(self, number: int, url: str, crowd: Crowd, left: Callable[[], bool], pause: float) -> None:
        super().__init__(name=f"Reader {number}")
        self._number = number
        self._url = url
        self._crowd = crowd
        self._left = left
        self._pause = pause
        self._client = httpx.Client(base_url=url, timeout=30, headers={"X-Desk": "1"})

    def run(self) -> None:
        with self._client:
            self._log_in()
            while self._left():
                if not self._decide_one():
                    return
                if self._pause:
                    time.sleep(self._pause)

    def _send(self, method: str, address: str, **how: object) -> httpx.Response:
        """Sends until there is an answer, as the desk's script does."""
        while True:
            try:
                return self._client.request(method, address, **how)  # type: ignore[arg-type]
            except httpx.TransportError:
                self._crowd.resent += method == "POST"
                time.sleep(0.1)

    def _log_in(self) -> None:
        while True:
            page = self._send("GET", "/login").text
            token = re.search(r'name="token" value="([^"]+)"', page)
            data = {"name": self.name, "password": PASSWORD, "token": token[1] if token else ""}
            if self._send("POST", "/login", data=data).status_code == 303:
                return

    def _decide_one(self) -> bool:
        start = time.perf_counter()
        answer = self._send("GET", "/review/ahead")
        self._crowd.next_seconds.append(time.perf_counter() - start)
        card = _ITEM.search(answer.text)
        if answer.status_code == 401:
            self._log_in()
            return True
        if card is None:
            return False
        fields = dict(_HIDDEN.findall(answer.text))
        action = 1 + (int(card[1]) + self._number) % 5
        sent = fields | {"do": "save", "action": str(action), "issues": ["Justice"], "seconds": "1.5"}
        start = time.perf_counter()
        answer = self._send("POST", f"/items/{card[1]}", data=sent)
        self._crowd.decide_seconds.append(time.perf_counter() - start)
        if answer.status_code == 200:
            self._crowd.acknowledged.append(
                Acknowledged(self._number, int(card[1]), fields["request"], action)
            )
        else:
            self._crowd.conflicts[answer.status_code] += 1
        return True


def work(
    url: str,
    readers: int,
    total: int,
    *,
    pause: float = 0.0,
    meanwhile: Callable[[Crowd], None] | None = None,
) -> Crowd:
    """Let readers decide until `total` decisions are acknowledged or nothing is left.

    Args:
        pause: seconds that a reader thinks between two decisions.
        meanwhile: runs beside them (and may kill the server).
    """
    crowd = Crowd()
    threads = [
        _Reader(n, url, crowd, lambda: len(crowd.acknowledged) < total, pause) for n in range(1, readers + 1)
    ]
    for thread in threads:
        thread.start()
    if meanwhile is not None:
        meanwhile(crowd)
    for thread in threads:
        thread.join()
    return crowd


def faults(database: Database, crowd: Crowd) -> list[str]:
    """What the database does not hold as it was acknowledged; empty for a desk that keeps its word."""
    with database.read() as connection:
        names = {row.id: row.name for row in connection.execute(select(users.c.id, users.c.name))}
        rows = [dict(r) for r in connection.execute(select(decisions).order_by(decisions.c.id)).mappings()]
        now = {
            r["id"]: dict(r)
            for r in connection.execute(select(items.c.id, items.c.version, items.c.standing)).mappings()
        }
    found = []
    entered = Counter((names[r["user_id"]], r["item_id"], r["request"], r["action"]) for r in rows)
    for a in crowd.acknowledged:
        times = entered[f"Reader {a.person}", a.item, a.request, a.action]
        if times != 1:
            found.append(f"item {a.item}, request {a.request}: acknowledged once, entered {times} times")
    by_item: dict[int, list[dict[str, object]]] = {}
    for r in rows:
        by_item.setdefault(r["item_id"], []).append(r)
    for item, history in by_item.items():
        if [r["version"] for r in history] != list(range(1, len(history) + 1)) or now[item]["version"] != len(
            history
        ):
            found.append(
                f"item {item}: versions {[r['version'] for r in history]}, now {now[item]['version']}"
            )
        if any(a["after"] != b["before"] for a, b in pairwise(history)):
            found.append(f"item {item}: a decision was made on a state that nobody saw")
        if now[item]["standing"] != history[-1]["after"]:
            found.append(f"item {item}: stands otherwise than its last decision says")
    return found
