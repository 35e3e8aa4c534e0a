"""Batches that several processes label: the same bytes, no process left behind, a killed one is told."""

from __future__ import annotations

import subprocess
import time
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.corpus.coded import Corpus
from pipeline.labelling import workers
from tests.conftest import Upr
from tests.labelling.jobs import command, finished, labelled


@pytest.mark.long
def test_the_size_of_batches_and_the_number_of_processes_do_not_matter(
    sample_path: Path, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1400000000")
    tables = []
    for number, (rows, processes) in enumerate(((5000, 1), (100, 1), (100, 2), (100, 3))):
        labelled(
            sample_path, tmp_path / f"{number}.parquet", model_path, batch_rows=rows, processes=processes
        )
        tables.append(pq.read_table(tmp_path / f"{number}.parquet"))
    assert tables[0].equals(tables[1])
    written = [(tmp_path / f"{number}.parquet").read_bytes() for number in (1, 2, 3)]
    assert written[0] == written[1] == written[2]


@pytest.mark.long
@pytest.mark.parametrize(("rows", "least", "most"), [(1140, 0, 0), (600, 1, 1), (100, 2, 10)])
def test_from_the_second_batch_on_two_processes_share_the_work(
    rows: int,
    least: int,
    most: int,
    sample_path: Path,
    model_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[object] = []

    class Watched(ProcessPoolExecutor):
        def submit(self, *arguments: Any, **named: Any) -> Future[Any]:
            given.append(arguments)
            return super().submit(*arguments, **named)

    monkeypatch.setattr(workers, "ProcessPoolExecutor", Watched)
    report = labelled(sample_path, tmp_path / "out.parquet", model_path, batch_rows=rows, processes=2)
    assert report.rows == 1140
    assert least <= len(given) <= most


@pytest.mark.long
def test_workers_end_with_a_parent_that_was_killed(sample: Corpus, model_path: Path, tmp_path: Path) -> None:
    pq.write_table(pa.concat_tables([sample.table] * 60), tmp_path / "in.parquet")
    out = tmp_path / "out.parquet"
    process = subprocess.Popen(command(tmp_path / "in.parquet", out, model_path), stderr=subprocess.DEVNULL)
    while process.poll() is None and not finished(out):
        time.sleep(0.05)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    assert workers
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert not alive


@pytest.mark.long
def test_a_worker_that_is_killed_is_one_message_and_the_job_goes_on_when_asked_again(
    sample: Corpus, model_path: Path, tmp_path: Path, upr: Upr
) -> None:
    pq.write_table(pa.concat_tables([sample.table] * 20), tmp_path / "in.parquet")
    out = tmp_path / "out.parquet"
    process = subprocess.Popen(
        command(tmp_path / "in.parquet", out, model_path), stderr=subprocess.PIPE, text=True
    )
    while process.poll() is None and not finished(out):
        time.sleep(0.02)
    # The other child starts the readers of tables.
    (worker,) = [
        child
        for child in psutil.Process(process.pid).children()
        if not any("reader_server" in word for word in child.cmdline())
    ]
    worker.kill()
    said = process.communicate()[1].splitlines()
    assert process.returncode == 1
    assert [line for line in said if line.startswith("upr: ")] == said[-1:], said
    assert said[-1].startswith("upr: label: a worker process was killed")
    assert not out.exists()
    again = upr("label", tmp_path / "in.parquet", "--out", out, "--model", model_path)
    assert again.code == 0
    assert "Resumed an interrupted run" in again.err
    assert pq.read_metadata(out).num_rows == 20 * 1140
