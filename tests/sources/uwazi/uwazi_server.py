"""A real HTTP server on loopback that answers as a Uwazi instance does, cap and faults included, on invented
entities.
"""

from __future__ import annotations

import csv
import json
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pipeline import settings
from pipeline.store.vocabularies import load_taxonomy

CAP = 10_000
TEMPLATE = "5f00000000000000000000aa"
ACTIONS = (
    "1 - Minimal action",
    "2 - Continuing action",
    "3 - Considering action",
    "4 - General action",
    "5 - Specific action",
)
RESPONSES = ("Supported", "Noted", "Not Supported")
VERBS = ("Seek advice on", "Continue to improve", "Consider revising", "Strengthen", "Adopt a law on")
MATTERS = (
    "rural schools",
    "prison visits",
    "clean water",
    "free elections",
    "the work of nurses",
    "legal aid",
    "birth registers",
    "old age care",
)


def states() -> list[str]:
    """The short names of the project's own list."""
    with (settings.home() / "configs" / "states.csv").open(encoding="utf-8") as file:
        return [row["name"] for row in csv.DictReader(file)]


def vocabulary(name: str, labels: list[str]) -> dict[str, Any]:
    return {
        "_id": f"th-{name}",
        "name": name,
        "values": [{"id": f"{name}-{i:03d}", "label": label} for i, label in enumerate(labels)],
    }


def invent(
    rows: int, seed: int = 7, big_session: int = 12_000, without_session: int = 40, later_tags: int = 3
) -> Instance:
    """An instance with so many entities: one session above the cap, some entities in none, some with a tag
    not in 2014-10.

    Args:
        rows: entities in English; each has a Spanish version too.
        big_session: how many of them are in session 17.
        without_session: how many have no session.
        later_tags: how many bear the tag Privacy.
    """
    rng = random.Random(seed)
    names = states()[:60]
    tags = [*load_taxonomy("2014-10").labels, "Privacy"]
    thesauri = [
        vocabulary(
            "session", [f"{n} - {'April' if n % 2 else 'November'} {2008 + n // 3}" for n in range(1, 21)]
        ),
        vocabulary("state", names),
        vocabulary("issues", tags),
        vocabulary("action", list(ACTIONS)),
        vocabulary("response", list(RESPONSES)),
    ]
    # One vocabulary is in groups, as Uwazi allows.
    sessions = thesauri[0]["values"]
    thesauri[0]["values"] = [
        {"id": "session-early", "label": "2008 to 2010", "values": sessions[:6]},
        *sessions[6:],
    ]
    by_name = {t["name"]: [v for v in t["values"] if "values" not in v] for t in thesauri} | {
        "session": sessions
    }
    entities = []
    for n in range(rows):
        action = rng.randrange(5)
        session = (
            None if n < without_session else 16 if n < without_session + big_session else rng.randrange(20)
        )
        issues = (
            sorted(rng.sample(range(len(tags) - 1), rng.choice((1, 1, 2, 3))))
            if n >= later_tags
            else [len(tags) - 1]
        )
        metadata = {
            "recommendation": [{"value": f"{VERBS[action]} {rng.choice(MATTERS)}, measure {n} of the plan"}],
            "action_category": [pick(by_name["action"][action])],
            "issues": [pick(by_name["issues"][i]) for i in issues],
            "response": [pick(rng.choice(by_name["response"]))],
            "session": [] if session is None else [pick(by_name["session"][session])],
            "cycle": [{"value": "cycle-1", "label": "1"}],
            "state_under_review": [pick(rng.choice(by_name["state"]))],
            "recommending_state": [pick(rng.choice(by_name["state"]))],
            "state_under_review___regional_group": [{"value": "group-1", "label": "Asia"}],
        }
        entities.append(entity(f"shared{n:06d}", 1_600_000_000_000 + n, metadata))
    rng.shuffle(entities)
    for n, made in enumerate(entities):
        made["creationDate"] = 1_600_000_000_000 + n
    return Instance(entities, thesauri)


def pick(value: dict[str, Any]) -> dict[str, str]:
    return {"value": value["id"], "label": value["label"]}


def entity(shared_id: str, created: int, metadata: dict[str, Any], language: str = "en") -> dict[str, Any]:
    return {
        "_id": f"{shared_id}-{language}",
        "sharedId": shared_id,
        "language": language,
        "title": shared_id,
        "template": TEMPLATE,
        "creationDate": created,
        "published": True,
        "documents": [],
        "attachments": [],
        "metadata": metadata,
    }


class Instance:
    """The content of a Uwazi instance. `entities` may be changed while it is served; `changed` must be called
    then.
    """

    def __init__(self, entities: list[dict[str, Any]], thesauri: list[dict[str, Any]]) -> None:
        self.entities = entities
        self.thesauri = thesauri
        self._answers: dict[str, list[dict[str, Any]]] = {}
        self._counts: dict[int, dict[str, Any]] = {}
        properties = [
            ("recommendation", "markdown", ""),
            ("action_category", "select", "th-action"),
            ("issues", "multiselect", "th-issues"),
            ("response", "select", "th-response"),
            ("session", "select", "th-session"),
            ("cycle", "select", "th-cycle"),
            ("state_under_review", "select", "th-state"),
            ("recommending_state", "select", "th-state"),
        ]
        made = [
            {"name": n, "label": n.replace("_", " ").capitalize(), "type": t, "content": c}
            for n, t, c in properties
        ]
        self.templates = [
            {
                "_id": "5f00000000000000000000bb",
                "name": "Country",
                "properties": [{"name": "regional_group", "type": "select", "content": "x"}],
            },
            {"_id": TEMPLATE, "name": "Recommendation", "properties": made},
        ]

    def found(self, types: list[str], filters: dict[str, Any], language: str) -> list[dict[str, Any]]:
        """The entities that match, oldest first."""
        asked = json.dumps([types, filters, language], sort_keys=True)
        if asked not in self._answers:
            self._answers[asked] = self._find(types, filters, language)
        return self._answers[asked]

    def changed(self) -> None:
        """Forget the answers made so far."""
        self._answers.clear()
        self._counts.clear()

    def counts(self, found: list[dict[str, Any]]) -> dict[str, Any]:
        """The counts by value in an answer of `found`."""
        if id(found) not in self._counts:
            self._counts[id(found)] = counted(found)
        return self._counts[id(found)]

    def _find(self, types: list[str], filters: dict[str, Any], language: str) -> list[dict[str, Any]]:
        if not filters:
            ordered = sorted(
                (e for e in self.entities if e["template"] in types), key=lambda e: e["creationDate"]
            )
            return [localised(e, language) for e in ordered]
        *others, name = filters
        wider = self.found(types, {other: filters[other] for other in others}, language)
        return [e for e in wider if self._has(e, name, filters[name]["values"])]

    knows_missing = True

    def _has(self, made: dict[str, Any], name: str, values: list[str]) -> bool:
        own = made["metadata"].get(name)
        return any(v["value"] in values for v in own) if own else self.knows_missing and "missing" in values


def localised(made: dict[str, Any], language: str) -> dict[str, Any]:
    return (
        made if language == "en" else made | {"language": language, "_id": f"{made['sharedId']}-{language}"}
    )


class UwaziServer:
    """Serves an instance. Use as a context manager.

    Attributes:
        faults: by number of the search request (from 1): "429", "500", "502", "drop", "reset", "html", "cut"
            or "slow".
        before: called with the number of each search request before it is answered.
        log: (time, path, query, headers) of every request.
        ignored_filters: properties whose filter the server does not understand.
    """

    def __init__(self, instance: Instance, cap: int = CAP) -> None:
        self.instance = instance
        self.cap = cap
        self.faults: dict[int, str] = {}
        self.before: Callable[[int], None] = lambda _: None
        self.log: list[tuple[float, str, dict[str, list[str]], dict[str, str]]] = []
        self.ignored_filters: set[str] = set()
        self.searches = 0
        self.at_once = 0
        self.most_at_once = 0
        self.lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                outer._handle(self)

            def log_message(self, *args: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> UwaziServer:
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(timeout=5)

    def queries(self) -> Counter[str]:
        """How often each search was asked."""
        return Counter(
            json.dumps(query, sort_keys=True) for _, path, query, _ in self.log if path == "/api/search"
        )

    def _handle(self, http: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(http.path)
        query = parse_qs(parts.query)
        with self.lock:
            self.log.append((time.monotonic(), parts.path, query, dict(http.headers)))
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            number = 0
            if parts.path == "/api/search":
                self.searches += 1
                number = self.searches
        try:
            if number:
                self.before(number)
            if not self._fail(http, self.faults.get(number)):
                self._answer(http, parts.path, query)
        except (BrokenPipeError, ConnectionResetError):
            http.close_connection = True
        finally:
            with self.lock:
                self.at_once -= 1

    def _fail(self, http: BaseHTTPRequestHandler, fault: str | None) -> bool:
        if fault in ("drop", "reset"):
            if fault == "reset":
                http.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            http.close_connection = True
            http.connection.close()
        elif fault == "cut":
            http.send_response(200)
            http.send_header("Content-Length", "100000")
            http.end_headers()
            http.wfile.write(b'{"rows": [{"sharedId": "half')
            http.close_connection = True
        elif fault == "html":
            self._send(http, 200, b"<html>The site is being updated</html>", "text/html")
        elif fault == "deep":
            self._send(http, 200, b"[" * 200_000 + b"]" * 200_000)
        elif fault == "long":
            self._send(http, 200, b'{"rows": ["' + b"x" * 200_000 + b'"], "totalRows": 1}')
        elif fault == "slow":
            time.sleep(3.0)
            return False
        elif fault is not None:
            http.send_response(int(fault))
            if fault == "429":
                http.send_header("Retry-After", "1")
            http.send_header("Content-Length", "0")
            http.end_headers()
        return fault is not None

    def _answer(self, http: BaseHTTPRequestHandler, path: str, query: dict[str, list[str]]) -> None:
        if path == "/api/templates":
            self._json(http, {"rows": self.instance.templates})
        elif path == "/api/thesauris":
            self._json(http, {"rows": self.instance.thesauri})
        elif path == "/api/search":
            self._search(http, query)
        else:
            self._send(http, 404, b'{"error": "Not Found"}')

    def _search(self, http: BaseHTTPRequestHandler, query: dict[str, list[str]]) -> None:
        start, limit = int(query.get("from", ["0"])[0]), int(query.get("limit", ["30"])[0])
        if start + limit > self.cap:
            # Elasticsearch's result window: nothing beyond it is ever shown.
            self._send(http, 400, b'{"error": "Query error"}')
            return
        filters = json.loads(query.get("filters", ["{}"])[0])
        language = http.headers.get("Accept-Language", "en")[:2]
        known = {name: f for name, f in filters.items() if name not in self.ignored_filters}
        found = self.instance.found(query.get("types[]", []), known, language)
        self._json(
            http,
            {
                "rows": found[start : start + limit],
                "totalRows": min(len(found), self.cap),
                "aggregations": {"all": self.instance.counts(found)},
            },
        )

    def _json(self, http: BaseHTTPRequestHandler, content: Any) -> None:
        self._send(http, 200, json.dumps(content).encode())

    @staticmethod
    def _send(
        http: BaseHTTPRequestHandler, status: int, content: bytes, kind: str = "application/json"
    ) -> None:
        http.send_response(status)
        http.send_header("Content-Type", kind)
        http.send_header("Content-Length", str(len(content)))
        http.end_headers()
        http.wfile.write(content)


def counted(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The counts by value that Uwazi sends along with every answer."""
    answer: dict[str, Any] = {}
    for name in ("action_category", "session"):
        counts = Counter((v["value"], v["label"]) for e in found for v in e["metadata"].get(name, []))
        answer[name] = {
            "buckets": [
                {"key": key, "label": label, "filtered": {"doc_count": n}}
                for (key, label), n in counts.items()
            ]
        }
    return answer


def as_csv(instance: Instance, path: Path) -> None:
    """Uwazi's CSV export of the instance: a column for each property, several values joined by "|"."""
    properties: Any = instance.templates[1]["properties"]
    names = [p["name"] for p in properties]
    labels = [p["label"] for p in properties]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(
            [
                "Title",
                "Date added",
                "Template",
                *labels,
                "Geolocation",
                "Documents",
                "Attachments",
                "Published",
            ]
        )
        for made in instance.entities:
            cells = [
                "|".join(str(v.get("label", v["value"])) for v in made["metadata"].get(name, []))
                for name in names
            ]
            out.writerow([made["title"], "2020-09-13", "Recommendation", *cells, "", "", "", "Published"])
