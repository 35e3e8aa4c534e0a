"""Files and tables: what has a final name is complete, and the same content gives the same bytes."""

from __future__ import annotations

import csv
import datetime as dt
import errno
import gc
import io
import os
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpus.schema import LABELLED
from pipeline.errors import StoreError
from pipeline.store.files import atomic_file, atomic_folder, explain, read_json, write_json, write_text
from pipeline.store.tables import SUFFIXES, armed, flat, iterate_parquet, neutralise, write_batches
from tests.small_disk import small_disk


def table_of(**columns: pa.Array) -> pa.Table:
    """These columns, and the others empty."""
    rows = len(next(iter(columns.values())))
    return pa.table(
        {field.name: columns.get(field.name, pa.nulls(rows, field.type)) for field in LABELLED},
        schema=LABELLED,
    )


def one_row() -> pa.Table:
    return table_of(rec_id=pa.array(["a"]), row_id=pa.array(["b"]))


def test_nothing_remains_of_a_file_that_failed(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("before")
    with pytest.raises(ValueError, match="stop"), atomic_file(path) as temporary:  # noqa: PT012
        temporary.write_text("half")
        raise ValueError("stop")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_full_disk_is_one_fault_in_every_format_and_nothing_is_left(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", late.append)
    noise = pa.array([os.urandom(40).hex() for _ in range(2_000)])
    table = table_of(rec_id=noise, row_id=noise, text=noise)
    with small_disk(tmp_path / "disk", "64k") as disk:
        with pytest.raises(
            StoreError, match=r"No space left on device.*Free some space and run the command again"
        ) as raised:
            write_batches(
                disk / f"out{suffix}", LABELLED, [table.slice(start, 500) for start in range(0, 2_000, 500)]
            )
        assert raised.value.where == str(disk / f"out{suffix}")
        assert list(disk.iterdir()) == []
        del raised
        gc.collect()
    assert late == []


def test_a_folder_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "model"
    with atomic_folder(path) as temporary:
        (temporary / "a").write_text("1")
        (temporary / "old").write_text("1")
    with pytest.raises(ValueError, match="stop"), atomic_folder(path) as temporary:  # noqa: PT012
        (temporary / "a").write_text("2")
        raise ValueError("stop")
    assert (path / "a").read_text() == "1"
    with atomic_folder(path) as temporary:
        (temporary / "a").write_text("3")
    assert [p.name for p in path.iterdir()] == ["a"]
    assert list(tmp_path.iterdir()) == [path]


def test_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
    write_text(tmp_path / "a", "x")
    (tmp_path / "b").write_text("x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_table_that_fails_on_its_way_leaves_nothing(suffix: str, tmp_path: Path) -> None:
    def batches():  # type: ignore[no-untyped-def]
        yield one_row()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(StoreError, match="Free some space"):
        write_batches(tmp_path / f"x{suffix}", LABELLED, batches())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "code", [errno.EACCES, errno.ENOSPC, errno.ENOENT, errno.EISDIR, errno.ENOTDIR, errno.EIO]
)
def test_every_fault_of_the_system_says_what_to_do(code: int) -> None:
    error = explain(Path("x.csv"), OSError(code, os.strerror(code)))
    assert str(error).startswith(f"x.csv: {os.strerror(code)}.")
    assert error.todo.endswith(".")


def test_json_is_the_same_for_the_same_value(tmp_path: Path) -> None:
    write_json(tmp_path / "a", {"b": 1, "a": "é"})
    write_json(tmp_path / "b", {"a": "é", "b": 1})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert read_json(tmp_path / "a") == {"a": "é", "b": 1}
    (tmp_path / "c").write_text("{")
    with pytest.raises(StoreError, match="is not JSON"):
        read_json(tmp_path / "c")


@given(
    st.text(max_size=20) | st.sampled_from(["=1", "'=1", "''=1", "'a", "-x", "+1", "@a", "\tx", "\rx", "'"])
)
def test_no_cell_runs_as_a_formula_and_none_loses_a_letter(text: str) -> None:
    cell = neutralise(text)
    assert cell[:1] not in {"=", "+", "-", "@", "\t", "\r"}
    assert armed(cell) == text


def test_lists_and_maps_in_one_cell() -> None:
    assert flat("issues", ["Justice", "Women's rights"]) == "Justice; Women's rights"
    assert flat("issue_scores", [("Justice", 0.5)]) == '{"Justice": 0.5}'
    assert flat("action_set", [4, 5]) == "4; 5"
    assert flat("needs_review", True) is True
    assert flat("issues", None) is None


_TEXT = st.none() | st.text(max_size=5) | st.sampled_from(["=1", "''-1", "'a", "\t", "a\n=b", "\n=b"])
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_TIME = st.none() | st.integers(-(10**15), 10**15).map(lambda us: _EPOCH + dt.timedelta(microseconds=us))
_COLUMNS = {
    "text": (pa.string(), _TEXT),
    "issues": (pa.list_(pa.string()), st.none() | st.lists(_TEXT, max_size=3)),
    "action_set": (pa.list_(pa.int64()), st.none() | st.lists(st.integers(1, 5), max_size=3)),
    "issue_scores": (pa.map_(pa.string(), pa.float64()), st.none() | st.just([("Justice", 0.5)])),
    "labelled_at": (pa.timestamp("us", tz="UTC"), _TIME),
    "needs_review": (pa.bool_(), st.none() | st.booleans()),
    "action": (pa.int64(), st.none() | st.integers(1, 5)),
}


@given(st.data())
@settings(max_examples=150)
def test_a_csv_holds_what_a_cell_of_each_value_would(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(_COLUMNS)))
    kind, strategy = _COLUMNS[name]
    values = data.draw(st.lists(strategy, max_size=6))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        table = pa.table({name: pa.array(values, kind)})
        write_batches(path, table.schema, [table, table])
        written = path.read_bytes().decode("utf-8-sig")
    wanted = io.StringIO()
    csv.writer(wanted).writerows([[name], *([flat(name, value)] for value in table[name].to_pylist() * 2)])
    assert written == wanted.getvalue()


@pytest.mark.parametrize("batch", [1, 700, 12_000])
def test_small_batches_stand_together_in_a_parquet_file(batch: int, tmp_path: Path) -> None:
    names = pa.array([str(number) for number in range(12_000)])
    table = table_of(rec_id=names, row_id=names)
    slices = (table.slice(start, batch) for start in range(0, 12_000, batch))
    assert write_batches(tmp_path / "x.parquet", LABELLED, slices) == 12_000
    assert pq.read_table(tmp_path / "x.parquet").equals(table)
    assert pq.read_metadata(tmp_path / "x.parquet").num_row_groups <= 3


def test_a_long_table_is_read_in_less_memory_than_its_file_takes(tmp_path: Path) -> None:
    path = tmp_path / "long.parquet"
    groups, rows = 12, 20_000
    with pq.ParquetWriter(path, pa.schema([("text", pa.string())]), compression="zstd") as writer:
        for _ in range(groups):
            writer.write_table(pa.table({"text": [os.urandom(64).hex() for _ in range(rows)]}))
    before = pa.total_allocated_bytes()
    held = [(table.num_rows, pa.total_allocated_bytes() - before) for table in iterate_parquet(path, 1_000)]
    assert sum(number for number, _ in held) == groups * rows
    assert max(held_bytes for _, held_bytes in held) < path.stat().st_size / 3
