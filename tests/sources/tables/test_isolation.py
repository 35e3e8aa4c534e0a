"""Tables from outside are read in a process of their own: a bomb, a hang or a crash is one message here."""

from __future__ import annotations

import os
import zipfile
from contextlib import suppress
from pathlib import Path

import psutil
import pyarrow as pa
import pytest
import xlsxwriter

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits, IngestSettings
from pipeline.sources.anything import about_how_many, is_document
from pipeline.sources.records import Record
from pipeline.sources.tables.events import TableOptions
from pipeline.sources.tables.isolation import read_table
from pipeline.sources.tables.labelled import read_labelled
from pipeline.store.tables import write_parquet


def records(path: Path, limits: DocumentLimits) -> list[Record]:
    return [e for e in read_table(path, TableOptions(), IngestSettings(), limits) if isinstance(e, Record)]


def far(path: Path) -> Path:
    """A workbook of a few bytes with a cell in its last corner: as a grid it has 17 milliard cells."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["No.", "Recommendation"])
        sheet.write_row(1, 0, ["7.1", "Repair the lamps"])
        sheet.write(1_048_575, 16_383, "x")
    return path


def test_a_workbook_that_swells_is_a_message_and_never_read_here(tmp_path: Path) -> None:
    path = far(tmp_path / "far.xlsx")
    with pytest.raises(SourceError, match=r"needs more than 3 GB to read|would have"):
        records(path, DocumentLimits())
    assert not is_document(path, DocumentLimits())


def test_a_zip_bomb_is_refused_by_its_table_of_contents(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 300_000_000)
    with pytest.raises(SourceError, match="would unpack to 300 MB"):
        records(path, DocumentLimits())


def test_json_that_is_nested_without_end_is_a_message(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text("[" * 200_000)
    with pytest.raises(SourceError, match=r"nested too deeply|is not JSON"):
        records(path, DocumentLimits())


def test_a_reader_that_hangs_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    with pytest.raises(SourceError, match="took more than 3 seconds"):
        records(path, DocumentLimits(seconds=3.0))


def test_a_reader_that_nobody_asks_any_more_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("Recommendation,Lead\n" + "Repair the lamps,MFA\n" * 200_000)
    assert not _reading(path)
    events = read_table(path, TableOptions(), IngestSettings(), DocumentLimits())
    next(events)
    assert len(_reading(path)) == 1
    events.close()
    assert not _reading(path)


def _reading(path: Path) -> list[psutil.Process]:
    """The processes of this one that have a file open."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if any(file.path == str(path) for file in process.open_files()):
                found.append(process)
    return found


def test_more_than_the_bytes_allowed_of_a_workbook(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="more than the 0 MB allowed"):
        records(far(tmp_path / "a.xlsx"), DocumentLimits(file_bytes=10))


def test_a_labelled_table_from_outside_is_read_within_the_same_limits(tmp_path: Path) -> None:
    """What people upload as a decision sheet is a file from outside, too."""
    bomb = tmp_path / "decisions.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 300_000_000)
    with pytest.raises(SourceError, match="would unpack to 300 MB"):
        read_labelled(bomb, DocumentLimits())
    pipe = tmp_path / "decisions.csv"
    os.mkfifo(pipe)
    with pytest.raises(SourceError, match="took more than 3 seconds"):
        read_labelled(pipe, DocumentLimits(seconds=3.0))


def test_rows_of_parquet_are_counted_apart_and_a_damaged_file_counts_none(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(path, pa.table({"text": ["Repair the lamps"] * 7}))
    assert about_how_many([path], DocumentLimits()) == 7
    path.write_bytes(b"PAR1 and no more")
    assert about_how_many([path], DocumentLimits()) == 0


@pytest.mark.parametrize(
    "part", ["xl/_rels/workbook.xml.rels", "xl/workbook.xml", "xl/worksheets/sheet1.xml"]
)
def test_a_part_that_cannot_be_unpacked_is_a_message(tmp_path: Path, part: str) -> None:
    path = tmp_path / "plan.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_column(0, 0, ["Recommendation", *(f"Repair lamp {n}" for n in range(500))])
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo(part)
    raw = bytearray(path.read_bytes())
    begin = entry.header_offset + 30 + len(part)
    raw[begin : begin + entry.compress_size] = b"\xff" * entry.compress_size
    path.write_bytes(raw)
    with pytest.raises(SourceError) as caught:
        records(path, DocumentLimits())
    assert "its reader stopped" not in str(caught.value)
