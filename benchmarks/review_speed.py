"""How long the review desk takes for what grows with its history: statistics, exports, search, precedents.

python -m benchmarks.review_speed                       # 120,000 wordings, 100,000 decided, SQLite
python -m benchmarks.review_speed --database postgresql://USER@HOST/EMPTY
"""

from __future__ import annotations

import datetime as dt
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np
from sqlalchemy import Connection, bindparam, insert, select, update

from benchmarks.review_crowd import add_people
from benchmarks.review_load import fill, listed_already
from pipeline.review.deciding.entries import DECIDE, reading_of, shown_of
from pipeline.review.deciding.search import find
from pipeline.review.exchange import exports
from pipeline.review.intake.precedents import nearest
from pipeline.review.statistics.desk import read_statistics
from pipeline.review.store.accounts import Person, find_user
from pipeline.review.store.database import Database, open_database
from pipeline.review.store.tables import decisions, facets, items, predictions, readings, users
from pipeline.review.store.transitions import Codes, Standing, Status, decide
from tests.review import invented

READERS = 20
SEARCHES = ("death penalty", "the", "measure 17", "zebra", "xylophone lighthouse", "human rights defenders")


def decided(connection: Connection, count: int, readers: list[Person]) -> Iterator[dict[str, Any]]:
    """Entries of first readings of `count` open items, and a second one of every tenth, as the ledger writes
    them. One answer in six differs from the suggestion.
    """
    lot = random.Random(5)
    start = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    query = (
        select(items.c.id, items.c.standing, items.c.reasons, predictions)
        .join(predictions, predictions.c.id == items.c.prediction_id)
        .where(items.c.status == Status.OPEN.value)
        .order_by(items.c.id)
        .limit(count)
    )
    for number, row in enumerate(connection.execute(query).mappings()):
        said = dict(row) | {"id": row["id_1"]}
        before = Standing.from_json(row["standing"])
        twice = number % 10 == 0
        for reading, person in enumerate(lot.sample(readers, 2 if twice else 1), 1):
            action = said["action"] if lot.random() > 1 / 6 else 1 + said["action"] % 5
            codes = Codes(action, tuple(said["issues"]))
            after = decide(before, person.id, person.role, codes, second_due=twice)
            yield {
                "item_id": row["id"],
                "version": reading,
                "user_id": person.id,
                "at": start + dt.timedelta(seconds=12 * number + reading),
                "kind": DECIDE,
                "reading": reading,
                "before": before.to_json(),
                "after": after.to_json(),
                "action": action,
                "issues": list(codes.issues),
                "prediction_id": said["id"] if reading == 1 else None,
                "shown": shown_of(said if reading == 1 else None, blind=reading == 2, reasons=row["reasons"]),
                "model_version": said["model_version"] if reading == 1 else None,
                "taxonomy_version": "2014-10",
                "seconds": round(lot.lognormvariate(2, 0.6), 3),
                "request": f"r{number}-{reading}",
            }
            before = after


def decide_all(database: Database, count: int) -> None:
    """Let `count` items be decided, without the desk's pages between."""
    with database.read() as connection:
        names = list(connection.scalars(select(users.c.name)))
        readers = [p for p in (find_user(database, n) for n in names) if p is not None]
        entries = list(decided(connection, count, readers))
    for number, entry in enumerate(entries, 1):
        entry["id"] = number
    last = {e["item_id"]: e for e in entries}
    with database.write() as connection:
        for start in range(0, len(entries), 5_000):
            some = entries[start : start + 5_000]
            connection.execute(insert(decisions), some)
            connection.execute(insert(readings), [reading_of(e) for e in some])
        moved = [
            {
                "key": i,
                "standing": e["after"],
                "status": e["after"]["status"],
                "first_reader": e["after"]["first_reader"],
                "version": e["version"],
            }
            for i, e in last.items()
        ]
        connection.execute(update(items).where(items.c.id == bindparam("key")), moved)
        states = [{"key": m["key"], "status": m["status"]} for m in moved]
        connection.execute(update(facets).where(facets.c.item_id == bindparam("key")), states)


def timed(name: str, work: Callable[[], Any], times: int = 3) -> str:
    """A line with the quickest and the slowest of some runs."""
    taken, busy = [], []
    for _ in range(times):
        start, processor = time.perf_counter(), time.process_time()
        work()
        taken.append(time.perf_counter() - start)
        busy.append(time.process_time() - processor)
    return f"{name:54} {min(taken) * 1000:10,.1f} {max(taken) * 1000:10,.1f} {min(busy) * 1000:10,.1f}"


def of_database(database: Database, folder: Path) -> Iterator[str]:
    """Statistics, exports and searches."""
    person = find_user(database, "Reader 1")
    if person is None:
        raise click.ClickException("the database holds no readers of this benchmark")

    def statistics() -> None:
        with database.read() as connection:
            read_statistics(connection, database.now())

    yield timed("statistics", statistics)
    for suffix in (".csv", ".parquet"):
        out = folder / f"decisions{suffix}"
        yield timed(f"export as {suffix[1:]}", partial(exports.write_table, database, out), 1)
    for words in SEARCHES:

        def search(words: str = words) -> None:
            with database.read() as connection:
                find(connection, person, words)

        yield timed(f"search for '{words}'", search)


def of_precedents(count: int) -> Iterator[str]:
    """Precedents of one text and of many, among `count` coded ones."""
    coded = [row["text"] for row in invented.rows(count, seed=3, by="expert", sessions=(3, 9))]
    texts = [row["text"] for row in invented.rows(512, seed=8)]
    start = time.perf_counter()
    nearest(texts[:1], coded, str)
    one = time.perf_counter() - start
    start = time.perf_counter()
    nearest(texts, coded, str)
    many = (time.perf_counter() - start - one) / (len(texts) - 1)
    yield f"{f'precedents among {count:,} texts: getting ready':54} {one * 1000:10,.1f}"
    yield f"{f'precedents among {count:,} texts: each text':54} {many * 1000:10,.1f}"


@click.command()
@click.option("--items", "wordings", default=120_000, show_default=True, help="Wordings, about.")
@click.option("--decisions", "count", default=100_000, show_default=True, help="Wordings that are decided.")
@click.option("--precedents", default=120_000, show_default=True, help="Coded texts; 0 leaves them out.")
@click.option("--database", default="", help="An empty database, or one that this command filled.")
def main(wordings: int, count: int, precedents: int, database: str) -> None:
    """Print how long each takes."""
    with tempfile.TemporaryDirectory() as folder:
        opened = open_database(database or str(Path(folder) / "desk.db"), create=True)
        if not listed_already(opened):
            click.echo(f"import of about {wordings:,} wordings: {fill(opened, wordings):.0f} s")
            add_people(opened, READERS)
            decide_all(opened, count)
        load = np.round(os.getloadavg()[0], 1)
        click.echo(f"{opened.engine.dialect.name}, {os.cpu_count()} cores, load average {load}")
        click.echo(f"{'milliseconds':54} {'quickest':>10} {'slowest':>10} {'processor':>10}")
        for line in of_database(opened, Path(folder)):
            click.echo(line)
        if precedents:
            for line in of_precedents(precedents):
                click.echo(line)
        opened.close()


if __name__ == "__main__":
    main()
