"""A decision that was acknowledged is there, whatever happens to the server."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from benchmarks.review_crowd import Crowd, add_people, faults, work
from pipeline.review.opening import fill_queue
from pipeline.review.store.database import open_database
from pipeline.review.store.tables import decisions
from tests.review import invented
from tests.review.bench import Served


def _killed(
    address: str, folder: Path, serve: Callable[..., Served], readers: int, total: int, kills: int
) -> Crowd:
    database = open_database(address, create=True)
    rows = invented.rows(round(total * 2.2), seed=7)
    fill_queue(database, [invented.write(folder / "labelled.parquet", rows)])
    add_people(database, readers)
    server = serve(address)
    moments: list[int] = []

    def kill(crowd: Crowd) -> None:
        for number in range(1, kills + 1):
            while len(crowd.acknowledged) < total * number // (kills + 1):
                time.sleep(0.01)
            moments.append(len(crowd.acknowledged))
            server.kill()
            server.start()

    crowd = work(server.url, readers, total, meanwhile=kill)
    with database.read() as connection:
        entered = connection.scalar(select(func.count()).select_from(decisions)) or 0
    problems = faults(database, crowd)
    database.close()
    assert problems == []
    assert len(crowd.acknowledged) >= total
    assert len(moments) == kills
    assert crowd.resent > 0  # people really were in the middle of something
    assert entered == len(crowd.acknowledged)  # each sent again until acknowledged, and still entered once
    return crowd


@pytest.mark.long
def test_kill_9_amid_concurrent_reviewers_loses_no_decision(
    database_address: str, tmp_path: Path, serve: Callable[..., Served]
) -> None:
    _killed(database_address, tmp_path, serve, readers=6, total=150, kills=2)


@pytest.mark.load
def test_kill_9_amid_5000_decisions_of_20_reviewers_loses_none(
    database_address: str, tmp_path: Path, serve: Callable[..., Served]
) -> None:
    _killed(database_address, tmp_path, serve, readers=20, total=5000, kills=5)
