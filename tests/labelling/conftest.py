"""A cluster with one worker, and outputs without the time of day in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture
def fixed_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1400000000")


@pytest.fixture(scope="module")
def one() -> Iterator[str]:
    """HOST:PORT of a cluster with one worker, in this process, which costs least."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, protocol="tcp", dashboard_address=":0"
    ) as found:
        yield found.scheduler_address.removeprefix("tcp://")
