"""Encoding and dialect: found out for what people have, never against what they tell."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits
from pipeline.sources.tables.encoding import DELIMITERS, TextFormat, detect, detect_in
from pipeline.sources.tables.sheets import open_tables
from tests.coded_rows import SAMPLE

HEADINGS = ["To", "Text", "From", "Response", "Action", "Issue", "Session"]
FRENCH = "Côte d'Ivoire,“Adopter” l'égalité – à São Tomé"
LINE_ENDS = {"CR": "\r", "LF": "\n", "CRLF": "\r\n"}


def written(rows: list[list[str]], encoding: str, delimiter: str, line_end: str) -> bytes:
    text = io.StringIO(newline="")
    # The writer forgets to quote a line end that is not the file's own, so a table with such cells is quoted
    # throughout.
    quoting: Any = (
        csv.QUOTE_ALL
        if any(mark in cell for row in rows for cell in row for mark in "\r\n")
        else csv.QUOTE_MINIMAL
    )
    csv.writer(text, delimiter=delimiter, lineterminator=LINE_ENDS[line_end], quoting=quoting).writerows(rows)
    return text.getvalue().encode(encoding)


@pytest.mark.parametrize("line_end", LINE_ENDS)
@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1252", "cp1252"),
        ("mac_roman", "mac_roman"),
        ("utf-16", "utf-16"),
        ("utf-16-be", "utf-16"),
    ],
)
def test_encodings_and_dialects_are_found_out(
    encoding: str, found: str, delimiter: str, line_end: str
) -> None:
    content = written([HEADINGS, *[[FRENCH] * 7] * 3], encoding, delimiter, line_end)
    if encoding == "utf-16-be":
        content = b"\xfe\xff" + content
    assert detect(io.BytesIO(content), "x.csv") == TextFormat(found, delimiter, line_end)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("1-16.csv", TextFormat("mac_roman", ",", "CR")),
        ("17.csv", TextFormat("utf-8", ",", "LF")),
        ("18.csv", TextFormat("utf-8-sig", ",", "CRLF")),
        ("voluntary.csv", TextFormat("mac_roman", ",", "CR")),
    ],
)
def test_the_sample_corpus_is_read_as_it_was_written(name: str, form: TextFormat) -> None:
    assert detect_in(SAMPLE / "upr-info" / name) == form


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["1-5", "6-9", "10-13", "14-17", "voluntary"])
def test_upr_infos_exports_are_mac_roman_with_bare_returns(name: str, corpus_folder: Path) -> None:
    content = (corpus_folder / "upr-info" / f"{name}.csv").read_bytes()
    assert detect(io.BytesIO(content), name) == TextFormat("mac_roman", ",", "CR")


def test_what_is_told_wins_over_what_is_found() -> None:
    content = written([HEADINGS, [FRENCH] * 7], "mac_roman", ";", "CR")
    told = detect(io.BytesIO(content), "x.csv", encoding="latin-1", delimiter="|")
    assert (told.encoding, told.delimiter) == ("latin-1", "|")


def test_an_encoding_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(SourceError, match="there is no encoding 'utf-99'"):
        detect(io.BytesIO(b"To,Text"), "x.csv", encoding="utf-99")


def test_a_stray_byte_does_not_make_utf8_another_encoding() -> None:
    content = written([HEADINGS, *[[FRENCH] * 7] * 3], "utf-8", ",", "LF") + b"stray \xe9 byte\n"
    assert detect(io.BytesIO(content), "x.csv").encoding == "utf-8"


def test_a_format_is_told_in_words() -> None:
    assert str(TextFormat("utf-8", "\t", "LF")) == "utf-8, tab, LF line ends"


_cell = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=30) | st.sampled_from(
    ["a,b;c|d", 'say "no"', "two\nlines", "two\rlines", "tab\there", ""]
)


@given(
    st.lists(st.tuples(*[_cell] * 6), max_size=5),
    st.sampled_from(DELIMITERS),
    st.sampled_from(sorted(LINE_ENDS)),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_every_dialect_gives_back_the_cells_that_were_written(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, ...]],
    delimiter: str,
    line_end: str,
    encoding: str,
) -> None:
    path = tmp_path_factory.getbasetemp() / "dialect.csv"
    # A first cell that is never empty, since rows without content are no rows.
    data = [["x", *row] for row in rows]
    path.write_bytes(written([HEADINGS, *data], encoding, delimiter, line_end))
    table = open_tables(path, DocumentLimits())[0]
    assert list(table.headings) == HEADINGS
    read = list(table.rows)
    assert [list(row.cells) for row in read] == data
    assert [row.number for row in read] == list(range(1, len(data) + 1))
    assert not any(row.fault for row in read)


def test_utf16_that_is_cut_off_in_a_letter_is_a_row_with_a_fault(tmp_path: Path) -> None:
    content = written([HEADINGS, [FRENCH] * 7], "utf-16", "\t", "LF")
    (tmp_path / "cut.tsv").write_bytes(content[:-5])
    *_, last = open_tables(tmp_path / "cut.tsv", DocumentLimits())[0].rows
    assert last.fault is not None
    assert "not utf-16" in last.fault or "cells" in last.fault
