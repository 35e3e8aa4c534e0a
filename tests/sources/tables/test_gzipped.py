"""Tables that gzip compressed are read as what is in them, and one made to fill the disk is not unpacked."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import pytest

from pipeline import settings
from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits, IngestSettings
from pipeline.sources.records import Record
from pipeline.sources.tables.events import TableOptions
from pipeline.sources.tables.isolation import read_table
from pipeline.stages import label

TABLE = "Recommendation,State\nRepair the lamps of the harbour,Chile\nProtect all who sail,Ghana\n"


def records(path: Path, limits: DocumentLimits | None = None) -> list[Record]:
    found = read_table(path, TableOptions(), IngestSettings(), limits or DocumentLimits())
    return [event for event in found if isinstance(event, Record)]


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress(TABLE.encode()))
    return path


def test_a_compressed_table_is_read_as_the_table_in_it(packed: Path) -> None:
    plain = packed.with_suffix("")
    plain.write_text(TABLE)
    assert records(packed) == records(plain)
    assert [(row.file, row.text) for row in records(packed)] == [
        ("rows.csv", "Repair the lamps of the harbour"),
        ("rows.csv", "Protect all who sail"),
    ]


def test_nothing_of_the_unpacked_copy_stays(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    reading = read_table(packed, TableOptions(), IngestSettings(), DocumentLimits())
    next(reading)
    assert [p.name for p in (tmp_path / "temporary").rglob("*.csv")] == ["rows.csv"]
    reading.close()
    assert list((tmp_path / "temporary").iterdir()) == []


def test_what_would_fill_the_disk_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"Recommendation\n" + b"x" * 200_000_000))
    with pytest.raises(SourceError, match="unpacks to more than 100 times its size"):
        records(path)


@pytest.mark.parametrize(
    "content", [b"no gzip at all", gzip.compress(TABLE.encode() * 100)[:-20]], ids=["other", "cut off"]
)
def test_what_cannot_be_unpacked_is_a_message(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"rows\.csv\.gz: cannot be unpacked"):
        records(path)


def test_a_fault_of_the_table_is_told_of_the_file_that_was_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.json.gz"
    path.write_bytes(gzip.compress(b'{"rows": ['))
    with pytest.raises(SourceError) as caught:
        records(path)
    assert str(path) in caught.value.where


def test_label_reads_a_compressed_table(packed: Path, model_path: Path, tmp_path: Path) -> None:
    done = label.run([packed], tmp_path / "out.parquet", settings.load(), model=str(model_path))
    assert done.rows == 2
