"""`upr label --on dask://...` from and to s3://, at an S3 server on this machine (moto, real HTTP)."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.errors import SourceError, StoreError
from pipeline.progress import Progress, silent
from pipeline.settings import home
from pipeline.stages import label
from pipeline.stages.label import LabelResult
from pipeline.store.tables import TableWriter, read_parquet
from tests.conftest import Upr
from tests.labelling.jobs import chosen

pytestmark = [
    pytest.mark.long,
    pytest.mark.usefixtures("fixed_time"),
    pytest.mark.skipif(
        importlib.util.find_spec("s3fs") is None or importlib.util.find_spec("moto") is None,
        reason="NOT TESTED on S3: s3fs and moto are not installed: pip install '.[dev]'",
    ),
]
PARTITION = 500


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """An S3 server, and an environment by which drivers find it, as a person sets it."""
    from moto.server import ThreadedMotoServer

    served = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    served.start()
    host, port = served.get_host_and_port()
    httpx.post(f"http://{host}:{port}/moto-api/reset")  # what it holds is the process's
    for name, value in (
        ("AWS_ENDPOINT_URL", f"http://{host}:{port}"),
        ("AWS_ACCESS_KEY_ID", "someone"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_MAX_ATTEMPTS", "1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", str(tmp_path / "none")),
        ("UPR_HOME", str(tmp_path / "home")),
    ):
        monkeypatch.setenv(name, value)
    (tmp_path / "home").mkdir()
    home.cache_clear()
    yield served
    served.stop()
    home.cache_clear()


@pytest.fixture
def store(server: Any) -> Any:
    """The driver, with the bucket `upr`."""
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    found = s3fs.S3FileSystem()
    found.mkdir("upr")
    return found


@pytest.fixture
def sources(sample_path: Path, tmp_path: Path) -> dict[str, Path]:
    """The sample in each format, by suffix."""
    table = read_parquet(sample_path)
    found = {suffix: tmp_path / f"in{suffix}" for suffix in (".csv", ".jsonl", ".parquet")}
    for suffix, path in found.items():
        with TableWriter(path, suffix, table.schema) as writer:
            writer.write(table)
    return found


def labelled(
    source: Path | str, out: Path | str, model: Path, on: str | None = None, progress: Progress = silent
) -> LabelResult:
    options = chosen(batch_rows=100, partition_rows=PARTITION, processes=1)
    return label.run([source], out, options, model=str(model), on=on, progress=progress)


def objects(store: Any) -> set[str]:
    store.invalidate_cache()
    return set(store.find("upr"))


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_a_cluster_labels_from_s3_to_s3_as_one_machine_labels_files(
    suffix: str, one: str, store: Any, sources: dict[str, Path], model_path: Path, tmp_path: Path
) -> None:
    source = sources[suffix]
    store.put_file(str(source), f"upr/in/{source.name}")
    labelled(source, tmp_path / f"out{suffix}", model_path)
    labelled(source, tmp_path / "parts" / f"part-*{suffix}", model_path)
    result = labelled(f"s3://upr/in/{source.name}", f"s3://upr/out{suffix}", model_path, one)
    assert result.rows == 1140
    assert store.cat(f"upr/out{suffix}") == (tmp_path / f"out{suffix}").read_bytes()
    labelled(f"s3://upr/in/*{suffix}", f"s3://upr/labelled/part-*{suffix}", model_path, one)
    parts = {f"upr/labelled/{path.name}": path.read_bytes() for path in (tmp_path / "parts").iterdir()}
    assert len(parts) == 3
    assert objects(store) == {f"upr/in/{source.name}", f"upr/out{suffix}", *parts}
    for name, content in parts.items():
        assert store.cat(name) == content
    assert not list((tmp_path / "home" / "data" / "sent").iterdir())


def test_a_missing_bucket_is_one_message_and_is_not_made(
    one: str, store: Any, sources: dict[str, Path], model_path: Path, upr: Upr
) -> None:
    on = ("--model", model_path, "--on", f"dask://{one}")
    said = upr("label", sources[".csv"], "--out", "s3://upr-mistyped/out.csv", *on)
    assert said.code == 1
    (line,) = said.err.splitlines()
    assert line.startswith("upr: s3://upr-mistyped/out.csv: there is no bucket 'upr-mistyped'")
    said = upr("label", "s3://upr-mistyped/in.csv", "--out", "s3://upr/out.csv", *on)
    assert said.code == 1
    assert said.err.splitlines()[-1].startswith("upr: s3://upr-mistyped/in.csv: there is no such file")
    assert store.ls("") == ["upr"]
    assert not objects(store)


def test_partitions_replace_partitions_and_nothing_else(
    store: Any, sources: dict[str, Path], model_path: Path
) -> None:
    store.pipe_file("upr/labelled/part-00007.csv", b"former")
    store.pipe_file("upr/own/notes.txt", b"mine")
    labelled(sources[".csv"], "s3://upr/labelled/part-*.csv", model_path)
    assert objects(store) == {f"upr/labelled/part-0000{n}.csv" for n in range(3)} | {"upr/own/notes.txt"}
    for out, said in (
        ("s3://upr/own/part-*.csv", r"something else than partitions, for instance 'upr/own/notes\.txt'"),
        ("s3://upr/part-*.csv", r"partitions need a folder of their own.*upr/labelled/part-\*\.csv"),
    ):
        with pytest.raises(StoreError, match=said):
            labelled(sources[".csv"], out, model_path)
    assert store.cat("upr/own/notes.txt") == b"mine"


def during(act: Any) -> Progress:
    """Something that happens when the first batch is labelled."""

    def passed(items: Iterable[int], label: str, total: int | None = None) -> Iterator[int]:
        for done, item in enumerate(items, 1):
            if done == 1:
                act()
            yield item

    return passed  # type: ignore[return-value]


def test_a_bucket_that_goes_meanwhile_leaves_nothing_there_and_the_result_here(
    one: str, store: Any, sources: dict[str, Path], model_path: Path, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match=r"^s3://upr/out\.csv: .*The result is kept at (\S+)\.$") as told:
        labelled(sources[".csv"], "s3://upr/out.csv", model_path, one, during(lambda: store.rm("upr", True)))
    kept = str(told.value).rpartition("kept at ")[2].rstrip(".")
    labelled(sources[".csv"], tmp_path / "out.csv", model_path)
    assert Path(kept).read_bytes() == (tmp_path / "out.csv").read_bytes()
    assert store.ls("", refresh=True) == []
    store.mkdir("upr")
    labelled(sources[".csv"], "s3://upr/out.csv", model_path, one)
    assert objects(store) == {"upr/out.csv"}


def test_a_server_that_does_not_answer_is_one_message(
    server: Any, store: Any, sources: dict[str, Path], model_path: Path, upr: Upr
) -> None:
    with pytest.raises(StoreError, match=r"^s3://upr/out\.csv: cannot be used \(.*The result is kept at"):
        labelled(sources[".csv"], "s3://upr/out.csv", model_path, None, during(server.stop))
    said = upr("label", "s3://upr/in.csv", "--out", "out.csv", "--model", model_path)
    assert said.code == 1
    assert said.err.splitlines()[-1].startswith("upr: s3://upr/in.csv: cannot be used (")


def test_missing_credentials_are_one_message(
    store: Any, model_path: Path, upr: Upr, monkeypatch: pytest.MonkeyPatch
) -> None:
    import s3fs

    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/none")
    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(SourceError, match=r"cannot be used \(.*credentials"):
        label.run(["s3://upr/in.csv"], Path("out.csv"), chosen(), model=str(model_path))
