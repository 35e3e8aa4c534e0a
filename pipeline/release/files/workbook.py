"""upr.xlsx: a release for people who work in Excel or LibreOffice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline.errors import StoreError
from pipeline.store.tables import flat
from pipeline.store.workbooks import workbook

COLUMNS: Mapping[str, int] = {
    "session": 8,
    "cycle": 6,
    "state_under_review": 18,
    "recommending_state": 18,
    "text": 90,
    "action": 7,
    "issues": 45,
    "response": 11,
    "label_source": 11,
    "action_confidence": 11,
    "needs_review": 11,
    "machine_action": 9,
    "machine_issues": 45,
    "kind": 15,
    "symbol": 16,
    "paragraph": 10,
    "row_id": 23,
}
"""Columns of the sheet of recommendations, with their width in characters; the .csv and .parquet files have
all.
"""

_ROWS = 1_048_575
CELL = 32_767
"""Characters that a cell holds; longer texts are cut."""
_BATCH = 20_000


def write_workbook(
    path: Path,
    about: Sequence[tuple[str, str]],
    recommendations: pa.Table,
    taxonomy: pa.Table,
    statistics: Mapping[str, pd.DataFrame],
) -> None:
    """Write the workbook: About, Recommendations (filters, frozen heading), Taxonomy, main statistics.

    Raises: StoreError if a sheet cannot hold the rows; OSError if the file cannot be written.
    """
    if recommendations.num_rows > _ROWS:
        raise StoreError(
            str(path), f"a worksheet holds at most {_ROWS:,} rows.", "Publish fewer rows at a time."
        )
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with workbook(path, options) as book:
        # A workbook says when it was made; equal releases must have equal bytes.
        book.set_properties({"title": dict(about).get("Title", ""), "created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001
        head, wrap = (
            book.add_format({"bold": True, "bg_color": "#DCE9F2", "text_wrap": True, "valign": "top"}),
            book.add_format({"text_wrap": True}),
        )
        sheet = book.add_worksheet("About")
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 110, wrap)
        for row, line in enumerate(about):
            sheet.write_row(row, 0, line)
        _recommendations(book.add_worksheet("Recommendations"), recommendations, head)
        _sheet(
            book.add_worksheet("Taxonomy"),
            taxonomy.column_names,
            zip(*(c.to_pylist() for c in taxonomy.columns), strict=True),
            head,
        )
        for name, table in statistics.items():
            _sheet(
                book.add_worksheet(name.replace("_", " ").capitalize()[:31]),
                list(table.columns),
                table.itertuples(index=False),
                head,
            )


def _recommendations(sheet: Any, table: pa.Table, head: Any) -> None:
    for place, (name, width) in enumerate(COLUMNS.items()):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, name, head)
    row = 0
    for start in range(0, table.num_rows, _BATCH):
        part = table.slice(start, _BATCH)
        columns = [[flat(name, v) for v in part[name].to_pylist()] for name in COLUMNS]
        for cells in zip(*columns, strict=True):
            row += 1
            _row(sheet, row, cells)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(row, 1), len(COLUMNS) - 1)


def _sheet(sheet: Any, names: Sequence[str], rows: Any, head: Any) -> None:
    for place, name in enumerate(names):
        sheet.set_column(place, place, max(12, min(40, len(name) + 2)))
        sheet.write_string(0, place, name, head)
    for number, cells in enumerate(rows, 1):
        _row(sheet, number, [flat("", c) for c in cells])
    sheet.freeze_panes(1, 0)


def _row(sheet: Any, row: int, cells: Sequence[Any]) -> None:
    for place, cell in enumerate(cells):
        if isinstance(cell, str):
            sheet.write_string(row, place, cell[:CELL])
        elif isinstance(cell, bool):
            sheet.write_boolean(row, place, cell)
        elif cell is not None and cell == cell:
            sheet.write_number(row, place, cell)
