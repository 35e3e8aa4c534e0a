"""Rows labelled on a Dask cluster: the bytes of one machine, however many workers there are or die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from distributed import Client, LocalCluster

from pipeline.errors import ModelError, UprError
from pipeline.labelling import cluster
from pipeline.progress import Progress, silent
from pipeline.stages import label
from pipeline.stages.label import LabelResult
from tests.conftest import Upr
from tests.labelling.jobs import TEXTS, chosen, finished

pytestmark = pytest.mark.usefixtures("fixed_time")
ROWS = 50
BATCHES = 23


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    (tmp_path / "texts.txt").write_text("\n".join(TEXTS))
    return tmp_path / "texts.txt"


@pytest.fixture(scope="module")
def here(sample_path: Path, model_path: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of this machine."""
    out = tmp_path_factory.mktemp("here") / "out.parquet"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1400000000")
        label.run([sample_path], out, chosen(batch_rows=ROWS, processes=1), model=str(model_path))
    return out.read_bytes()


def labelled_on(
    address: str, source: Path, out: Path, model: Path, progress: Progress = silent
) -> LabelResult:
    return label.run([source], out, chosen(batch_rows=ROWS), model=str(model), on=address, progress=progress)


def killing(pids: Iterable[int], after: int) -> Progress:
    """Kills processes when so many batches are finished."""

    def passed(items: Iterable[int], label: str, total: int | None = None) -> Iterator[int]:
        for done, item in enumerate(items, 1):
            if done == after:
                for pid in pids:
                    os.kill(pid, signal.SIGKILL)
            yield item

    return passed  # type: ignore[return-value]


def test_a_cluster_gives_the_bytes_of_one_machine(
    one: str, here: bytes, sample_path: Path, model_path: Path, tmp_path: Path
) -> None:
    report = labelled_on(one, sample_path, tmp_path / "out.parquet", model_path)
    assert report.rows == 1140
    assert (tmp_path / "out.parquet").read_bytes() == here
    assert list(tmp_path.iterdir()) == [tmp_path / "out.parquet"]


def test_rejects_problems_and_bad_inputs_are_told_as_on_one_machine(
    one: str, model_path: Path, tmp_path: Path, upr: Upr
) -> None:
    (tmp_path / "odd.csv").write_text(
        "To,Text,From,Response,Action,Issue,Session\nAtlantis,Adopt a law,Bhutan,Accepted,5,Other,7\n"
    )
    inputs = (tmp_path / "odd.csv", tmp_path / "none.csv", "--model", model_path)
    said = [
        upr("label", *inputs, "--out", tmp_path / name / "out.jsonl", *on)
        for name, on in (("one", ()), ("many", ("--on", f"dask://{one}")))
    ]
    assert [result.code for result in said] == [1, 1]
    assert said[0].err.replace("/one/", "/many/") == said[1].err
    assert {file.name for file in (tmp_path / "many").iterdir()} == {"out.jsonl", "out.jsonl.rejects.jsonl"}
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "many" / file.name).read_bytes()


@pytest.mark.parametrize("address", ["dask://", "tcp://host:1", "dask://host", "dask://host:port"])
def test_an_address_of_another_form_is_wrong_usage(
    address: str, plain: Path, tmp_path: Path, upr: Upr
) -> None:
    said = upr("label", plain, "--out", tmp_path / "out.csv", "--on", address)
    assert said.code == 2
    assert "is not of the form dask://HOST:PORT" in said.err


def test_no_scheduler_is_one_message(
    plain: Path, model_path: Path, tmp_path: Path, upr: Upr, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_CONNECTING", 0.2)
    said = upr(
        "label", plain, "--out", tmp_path / "out.csv", "--model", model_path, "--on", "dask://127.0.0.1:9"
    )
    assert said.code == 1
    (line,) = [line for line in said.err.splitlines() if line.startswith("upr:")]
    assert line.startswith("upr: dask://127.0.0.1:9: no Dask scheduler answers")
    assert not (tmp_path / "out.csv").exists()


def test_without_the_extra_its_name_is_told(
    plain: Path, model_path: Path, tmp_path: Path, upr: Upr, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "pipeline.labelling.cluster")
    on = ("--model", model_path, "--on", "dask://127.0.0.1:9")
    said = upr("label", plain, "--out", tmp_path / "out.csv", *on)
    assert said.code == 1
    assert said.err.splitlines()[-1].startswith("upr: --on: Dask is not installed")
    assert "Install the extra: pip install '.[dask]'." in said.err
    assert not (tmp_path / "out.csv").exists()


def test_a_worker_with_other_versions_labels_nothing(
    one: str, plain: Path, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_RETRIES", 0)
    found = iter([{"numpy": "1.0"}])
    whole = cluster._versions
    monkeypatch.setattr(cluster, "_versions", lambda languages: next(found, None) or whole(languages))
    with pytest.raises(ModelError, match=r"worker tcp://.*: it has numpy 2\S+, this command 1\.0"):
        labelled_on(one, plain, tmp_path / "out.csv", model_path)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.long
def test_a_cluster_without_workers_is_told_and_the_job_resumes(
    here: bytes, sample_path: Path, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_WITHOUT_WORKERS", 0.5)
    out = tmp_path / "out.parquet"
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol="tcp", dashboard_address=":0"
    ) as found:
        address = found.scheduler_address.removeprefix("tcp://")

        def retiring(items: Iterable[int], label: str, total: int | None = None) -> Iterator[int]:
            for done, item in enumerate(items, 1):
                if done == 5:
                    found.scale(0)
                yield item

        with pytest.raises(UprError, match=r"has had no worker.*it resumes"):
            labelled_on(address, sample_path, out, model_path, retiring)  # type: ignore[arg-type]
        assert not out.exists()
        assert 5 <= finished(out) < BATCHES
        found.scale(1)
        report = labelled_on(address, sample_path, out, model_path)
    assert report.resumed_batches >= 5
    assert out.read_bytes() == here


@pytest.mark.long
def test_the_number_of_workers_and_a_killed_one_do_not_matter(
    here: bytes, sample_path: Path, model_path: Path, tmp_path: Path
) -> None:
    """A worker that is killed is started again by Dask, so that one is enough."""
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, protocol="tcp", dashboard_address=":0") as found,
        Client(found, set_as_default=False) as client,
    ):
        address = found.scheduler_address.removeprefix("tcp://")
        for workers in (1, 2, 4):
            found.scale(workers)
            client.wait_for_workers(workers, timeout=300)
            pids = list(client.run(os.getpid).values())
            assert len(set(pids)) == workers
            out = tmp_path / f"{workers}.parquet"
            labelled_on(address, sample_path, out, model_path)
            assert out.read_bytes() == here
            out = tmp_path / f"{workers}-killed.parquet"
            labelled_on(address, sample_path, out, model_path, killing(pids[:1], 4))
            assert out.read_bytes() == here


@contextmanager
def processes(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and workers, each started by a command of its own, as on machines of their own."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    environment.pop("SOURCE_DATE_EPOCH")
    file = folder / "scheduler.json"
    started: list[subprocess.Popen[bytes]] = []

    def start(*words: str) -> None:
        command = [sys.executable, "-m", "dask", *words, "--scheduler-file", str(file)]
        with (folder / f"{len(started)}.log").open("wb") as log:
            started.append(subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log))

    try:
        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        for number in range(workers):
            start("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", "--name", str(number))
        while not file.exists():
            assert started[0].poll() is None, (folder / "0.log").read_text()
            time.sleep(0.1)
        with Client(scheduler_file=str(file)) as client:
            client.wait_for_workers(workers, timeout=300)
            address = client.scheduler.address.removeprefix("tcp://")
        yield address, started
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.mark.long
def test_workers_of_their_own_processes_one_of_which_is_killed(
    here: bytes, sample_path: Path, model_path: Path, tmp_path: Path
) -> None:
    (tmp_path / "cluster").mkdir()
    with processes(tmp_path / "cluster", 2) as (address, started):
        out = tmp_path / "out.parquet"
        labelled_on(address, sample_path, out, model_path, killing([started[1].pid], 4))
        assert started[1].wait() == -signal.SIGKILL
        assert out.read_bytes() == here
        started[0].kill()
        with pytest.raises(UprError, match=r"dask://127\.0\.0\.1:"):
            labelled_on(address, sample_path, tmp_path / "other.parquet", model_path)
    assert not (tmp_path / "other.parquet").exists()


@pytest.mark.long
def test_a_scheduler_that_dies_is_one_message_and_the_job_resumes(
    here: bytes, one: str, sample_path: Path, model_path: Path, tmp_path: Path
) -> None:
    (tmp_path / "cluster").mkdir()
    out = tmp_path / "out.parquet"
    with (
        processes(tmp_path / "cluster", 1) as (address, started),
        pytest.raises(UprError, match=r"the scheduler is gone.*it resumes"),
    ):
        labelled_on(address, sample_path, out, model_path, killing([started[0].pid], 4))
    assert not out.exists()
    assert finished(out) >= 4
    assert labelled_on(one, sample_path, out, model_path).resumed_batches >= 4
    assert out.read_bytes() == here


@pytest.mark.long
def test_a_held_out_prediction_reaches_the_workers(
    one: str, sample_path: Path, models: Path, tmp_path: Path
) -> None:
    final = str(models / "final")
    for name, on in (("here", None), ("there", one)):
        label.run([sample_path], tmp_path / f"{name}.parquet", chosen(), model=final, held_out=True, on=on)
    table = pq.read_table(tmp_path / "there.parquet")
    assert table.equals(pq.read_table(tmp_path / "here.parquet"))
    label.run([sample_path], tmp_path / "plain.parquet", chosen(), model=final)
    assert not table["action_confidence"].equals(
        pq.read_table(tmp_path / "plain.parquet")["action_confidence"]
    )
