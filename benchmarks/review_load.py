"""Load on the review desk: latency with many reviewers and a large queue.

python -m benchmarks.review_load                       # 20 reviewers, 100,000 items, SQLite
python -m benchmarks.review_load --database postgresql://USER@HOST/EMPTY
"""

from __future__ import annotations

import os
import platform
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import click
import httpx
import numpy as np
import uvicorn

from benchmarks.review_crowd import PASSWORD, Crowd, add_people, faults, work
from pipeline.review.database import Database, open_database
from pipeline.review.intake import Intake
from pipeline.review.web.app import create_app, open_desk
from pipeline.review.wordings import explain_nothing, gather
from tests.review import invented


def fill(database: Database, count: int) -> float:
    """Import invented rows until about `count` wordings wait. Returns: seconds for the import."""
    desk = open_desk(database)
    rows = invented.labelled(round(count * 1.45))
    start = time.perf_counter()
    gathered = gather(rows, desk.taxonomy, lambda labels, _version: labels)
    Intake(database, desk.settings, explain_nothing, str).run(gathered, [])
    return time.perf_counter() - start


class Server:
    """The desk on a free port, in a thread of this process."""

    def __init__(self, database: Database) -> None:
        config = uvicorn.Config(create_app(open_desk(database)), port=0, log_level="warning", access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.05)
        self.url = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        """Stop."""
        self._server.should_exit = True
        self._thread.join()


def pages(url: str, addresses: Sequence[str], times: int = 5) -> dict[str, list[float]]:
    """Seconds for whole pages, as one person loads them."""
    found: dict[str, list[float]] = {}
    with httpx.Client(base_url=url, timeout=60) as client:
        token = client.get("/login").text.split('name="token" value="')[1].split('"')[0]
        client.post("/login", data={"name": "Reader 1", "password": PASSWORD, "token": token})
        for address in addresses:
            for _ in range(times):
                start = time.perf_counter()
                client.get(address).raise_for_status()
                found.setdefault(address, []).append(time.perf_counter() - start)
    return found


def row(name: str, seconds: Sequence[float]) -> str:
    """A line of percentiles, in milliseconds."""
    p50, p95, p99 = np.percentile(np.array(seconds) * 1000, [50, 95, 99])
    return f"{name:34} {len(seconds):7,} {p50:8.1f} {p95:8.1f} {p99:8.1f} {max(seconds) * 1000:8.1f}"


def report(crowd: Crowd, elapsed: float, loaded: dict[str, list[float]]) -> list[str]:
    """The figures, as lines."""
    lines = [f"{'milliseconds':34} {'n':>7} {'p50':>8} {'p95':>8} {'p99':>8} {'max':>8}"]
    lines += [row("next item (lease, card)", crowd.next_seconds), row("decision (acknowledged)", crowd.decide_seconds)]
    lines += [row(f"page {address}", seconds) for address, seconds in loaded.items()]
    conflicts = sum(crowd.conflicts.values())
    return [*lines, f"{len(crowd.acknowledged):,} decisions in {elapsed:.0f} s, {conflicts} refused."]


@click.command()
@click.option("--items", default=100_000, show_default=True, help="Wordings in the queue, about.")
@click.option("--reviewers", default=20, show_default=True)
@click.option("--decisions", default=2_000, show_default=True)
@click.option("--pause", default=1.0, show_default=True, help="Seconds that each reviewer thinks; 0 for as fast as they can.")
@click.option("--database", default="", help="An empty database. Default: SQLite in a temporary folder.")
def main(items: int, reviewers: int, decisions: int, pause: float, database: str) -> None:
    """Print latency percentiles of the review desk under load."""
    with tempfile.TemporaryDirectory() as folder:
        opened = open_database(database or str(Path(folder) / "desk.db"))
        seconds = fill(opened, items)
        add_people(opened, reviewers)
        server = Server(opened)
        loaded = pages(server.url, ["/review", "/queue", "/queue?state=Chile&tag=Labour", "/statistics"])
        start = time.perf_counter()
        crowd = work(server.url, reviewers, decisions, pause=pause)
        elapsed = time.perf_counter() - start
        server.stop()
        with opened.read() as connection:
            from pipeline.review.queue import status_counts

            left = status_counts(connection)["open"]
        kind = f"{opened.engine.dialect.name} {'.'.join(map(str, opened.engine.dialect.server_version_info or ()))}"
        click.echo(f"{kind}, Python {platform.python_version()}, {os.cpu_count()} cores; server and reviewers on the same machine")
        click.echo(f"import of {items:,} wordings without evidence and precedents: {seconds:.0f} s; {left:,} wait after the test")
        for line in report(crowd, elapsed, loaded):
            click.echo(line)
        problems = faults(opened, crowd)
        click.echo("The history holds every acknowledged decision." if not problems else "\n".join(problems))
        opened.close()


if __name__ == "__main__":
    main()
