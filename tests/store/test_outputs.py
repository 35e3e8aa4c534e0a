"""Partitions: the rows of one file, in order, in files that other programs read as one table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import StoreError
from pipeline.stages import label
from pipeline.store.outputs import Output
from tests.labelling.jobs import chosen


@pytest.mark.parametrize(
    "suffix", [".parquet", *(pytest.param(name, marks=pytest.mark.long) for name in (".jsonl", ".csv"))]
)
def test_partitions_hold_the_rows_of_one_file_in_order(
    suffix: str, sample_path: Path, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1400000000")
    used = chosen(batch_rows=300, partition_rows=500)
    label.run([sample_path], tmp_path / f"one{suffix}", used, model=str(model_path))
    label.run([sample_path], tmp_path / "many" / f"part-*{suffix}", used, model=str(model_path))
    files = sorted((tmp_path / "many").iterdir())
    assert [file.name for file in files] == [f"part-0000{number}{suffix}" for number in range(2)]
    assert {path.name for path in tmp_path.iterdir()} == {f"one{suffix}", "many"}
    if suffix == ".parquet":
        assert [pq.read_metadata(file).num_rows for file in files] == [600, 540]
        assert pq.read_table(tmp_path / "many").equals(pq.read_table(tmp_path / "one.parquet"))
    else:
        whole, parts = (tmp_path / f"one{suffix}").read_bytes(), [file.read_bytes() for file in files]
        head = whole[: whole.index(b"\n") + 1] if suffix == ".csv" else b""
        assert head + b"".join(part.removeprefix(head) for part in parts) == whole
        assert all(part.startswith(head) for part in parts)
    count: Any = duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/many/part-*{suffix}'")
    assert count.fetchall() == [(1140,)]


def test_addresses_in_and_out_give_the_bytes_of_paths(
    sample_path: Path, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1400000000")
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    memory.put_file(str(sample_path), "/in/corpus.parquet")
    label.run([sample_path], tmp_path / "out.csv", chosen(), model=str(model_path))
    report = label.run(["memory://in/*.parquet"], "memory://out.csv", chosen(), model=str(model_path))
    assert memory.cat("/out.csv") == (tmp_path / "out.csv").read_bytes()
    assert report.rejects == "memory://out.csv.rejects.jsonl"
    memory.store.clear()


def test_a_folder_that_holds_something_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "thesis.docx").write_text("precious")
    with pytest.raises(StoreError, match=r"something else than partitions, for instance 'thesis\.docx'"):
        Output.at(tmp_path / "own" / "part-*.csv")


@pytest.mark.parametrize("name", ["*/part.csv", "a/*-*.csv", "*.csv"])
def test_one_star_in_a_folder_of_its_own(name: str) -> None:
    with pytest.raises(StoreError, match=r"need one \* in the name of the file"):
        Output.at(Path(name))


def test_former_partitions_are_replaced_and_a_failure_leaves_them(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(3):
        (folder / f"part-{number:05}.csv").write_text("former")
    output = Output.at(folder / "part-*.csv")

    def failing() -> object:
        raise KeyboardInterrupt
        yield pa.table({})

    with pytest.raises(KeyboardInterrupt):
        output.write((), failing(), 1)  # type: ignore[arg-type]
    assert [file.read_text() for file in folder.iterdir()] == ["former"] * 3
    assert list(tmp_path.iterdir()) == [folder]
    assert output.write((), [], 1) == 0
    assert list(folder.iterdir()) == []
