"""Tables as files: Parquet, and copies of it in CSV, JSONL and XLSX for other programs."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.corpus.schema import LIST_COLUMNS, MAP_COLUMNS
from pipeline.errors import StoreError
from pipeline.store.files import atomic_file, explain
from pipeline.store.workbooks import FIXED_DATE, workbook

SUFFIXES = (".parquet", ".csv", ".jsonl", ".xlsx")
LIST_SEPARATOR = "; "
_READ_BYTES = 65_536
_GROUP_ROWS = 5_000
_FORMULA_STARTS = frozenset("=+-@\t\r")
_FORMULA = r"\A'*[=+\-@\t\r]"
XLSX_ROWS = 1_048_575
XLSX_CELL = 32_767


def neutralise(text: str) -> str:
    """A cell text that no spreadsheet runs as a formula: an apostrophe before a leading =, +, -, @ or tab.

    A text that begins with apostrophes and such a character gets one more, so that `armed` is its inverse.

    >>> neutralise("=1+1"), neutralise("'=1+1"), neutralise("Ratify")
    ("'=1+1", "''=1+1", 'Ratify')
    """
    return "'" + text if text.lstrip("'")[:1] in _FORMULA_STARTS else text


def armed(cell: str) -> str:
    """The inverse of `neutralise`.

    >>> armed("'=1+1")
    '=1+1'
    """
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in _FORMULA_STARTS else cell


def flat(name: str, value: Any) -> str | int | float | bool | None:
    """A value as one cell of a .csv or .xlsx.

    Lists are joined by "; ", maps are JSON, times are in ISO 8601, and formulas are neutralised.
    """
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if name in MAP_COLUMNS:
        return json.dumps(mapping(value), ensure_ascii=False)
    if name in LIST_COLUMNS or isinstance(value, list):
        return neutralise(LIST_SEPARATOR.join(str(v) for v in value))
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    return neutralise(str(value))


def mapping(value: Iterable[Any]) -> dict[str, Any]:
    """A map of Arrow, which gives pairs, or its form in releases, a list of `key` and `value`, as a dict.

    >>> mapping([("Justice", 0.9)]), mapping([{"key": "Justice", "value": 0.9}])
    ({'Justice': 0.9}, {'Justice': 0.9})
    """
    return dict((e["key"], e["value"]) if isinstance(e, dict) else e for e in value)


def read_parquet(path: Path, columns: list[str] | None = None) -> pa.Table:
    """A Parquet file as a table. Raises: StoreError if it is missing or is not Parquet."""
    with _parquet_faults(path):
        return pq.read_table(path, columns=columns)


def write_parquet(path: Path, table: pa.Table, **encoding: Any) -> None:
    """Write a table, whole or not at all. The same table gives the same bytes.

    Args: `encoding`, further options of pyarrow's `write_table`.
    """
    with atomic_file(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", **encoding)


class TableWriter:
    """Writes batches to an open file in the format of a suffix; a context manager. Writing is not atomic."""

    def __init__(self, path: Path, suffix: str, schema: pa.Schema) -> None:
        """Args: `path`, where the bytes go; `suffix`, one of `SUFFIXES`; `schema`, that of every batch."""
        opened: Mapping[str, Callable[[Path, pa.Schema], Any]] = {
            ".parquet": _ParquetFile,
            ".csv": _CsvFile,
            ".jsonl": _JsonlFile,
            ".xlsx": _XlsxFile,
        }
        self._file = opened[suffix](path, schema)

    def __enter__(self) -> TableWriter:
        return self

    def write(self, batch: pa.Table) -> None:
        """Append the rows of a batch."""
        self._file.write(batch)

    def __exit__(self, *_: object) -> None:
        self._file.close()


def check_suffix(path: Path) -> str:
    """The suffix of an output. Raises: StoreError if it is none of `SUFFIXES`."""
    if path.suffix.lower() not in SUFFIXES:
        raise StoreError(
            str(path),
            f"'{path.suffix}' is not a format that can be written.",
            f"Use one of {', '.join(SUFFIXES)}.",
        )
    return path.suffix.lower()


def write_batches(path: Path, schema: pa.Schema, batches: Iterable[pa.Table]) -> int:
    """Write a stream of batches to one file, whole or not at all, in the format of its suffix.

    Returns: the number of rows. Raises: StoreError.
    """
    suffix = check_suffix(path)
    rows = 0
    with atomic_file(path) as temporary, TableWriter(temporary, suffix, schema) as writer:
        for batch in batches:
            writer.write(batch)
            rows += batch.num_rows
    return rows


class _ParquetFile:
    """Parquet in row groups of `_GROUP_ROWS` rows: smaller ones compress badly and are slow to read."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._waiting = [schema.empty_table()]

    def write(self, batch: pa.Table) -> None:
        self._waiting.append(batch)
        if sum(table.num_rows for table in self._waiting) >= _GROUP_ROWS:
            self._flush()

    def _flush(self) -> None:
        waiting, self._waiting = pa.concat_tables(self._waiting), self._waiting[:1]
        if waiting.num_rows:
            self._writer.write_table(waiting)

    def close(self) -> None:
        self._flush()
        self._writer.close()


class _CsvFile:
    """UTF-8 with BOM, so that Excel sees the accents; RFC 4180 line ends."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._names = schema.names
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file)
        self._csv.writerow(self._names)

    def write(self, batch: pa.Table) -> None:
        columns = [_cells(name, batch.column(name)) for name in self._names]
        self._csv.writerows(zip(*columns, strict=True))

    def close(self) -> None:
        self._file.close()


def _cells(name: str, column: pa.ChunkedArray) -> list[Any]:
    """`flat` of a column's values, made by Arrow for the whole column where that is possible."""
    kind = column.type
    if column.null_count == len(column):
        return [None] * len(column)
    if pa.types.is_primitive(kind) and not pa.types.is_temporal(kind):
        numbers: list[Any] = column.to_pylist()
        return numbers
    if pa.types.is_timestamp(kind) and kind.tz == "UTC":
        return _times(column)
    if name in MAP_COLUMNS:
        return [flat(name, v) for v in column.to_pylist()]
    if pa.types.is_list(kind) and pc.list_flatten(column).null_count == 0:
        column = pc.binary_join(column.cast(pa.list_(pa.string())), LIST_SEPARATOR)
    elif not pa.types.is_string(kind):
        return [flat(name, v) for v in column.to_pylist()]
    values: list[Any] = column.to_pylist()
    if pc.any(pc.match_substring_regex(column, _FORMULA)).as_py():
        return [None if v is None else neutralise(v) for v in values]
    return values


def _times(column: pa.ChunkedArray) -> list[Any]:
    """Times in UTC as ISO 8601, without a fraction where there is none, as Python writes them."""
    text = pc.strftime(column.cast(pa.timestamp("us", "UTC")), format="%Y-%m-%dT%H:%M:%S")
    values: list[Any] = pc.binary_join_element_wise(
        pc.replace_substring_regex(text, r"\.0+$", ""), "Z", ""
    ).to_pylist()
    return values


class _JsonlFile:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._names = schema.names
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def write(self, batch: pa.Table) -> None:
        for row in batch.select(self._names).to_pylist():
            self._file.write(json.dumps({k: _json(k, v) for k, v in row.items()}, ensure_ascii=False) + "\n")

    def close(self) -> None:
        self._file.close()


def _json(name: str, value: Any) -> Any:
    if name in MAP_COLUMNS and value is not None:
        return mapping(value)
    return flat(name, value) if isinstance(value, dt.datetime) else value


class _XlsxFile:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._names = schema.names
        # constant_memory keeps one row at a time; nothing is taken for a formula or a link.
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "in_memory": False,
        }
        self._open = ExitStack()
        book = self._open.enter_context(workbook(path, options))
        book.set_properties({"created": FIXED_DATE})
        self._sheet = book.add_worksheet("recommendations")
        self._sheet.freeze_panes(1, 0)
        self._sheet.write_row(0, 0, self._names, book.add_format({"bold": True}))
        self._path = path
        self._row = 0

    def write(self, batch: pa.Table) -> None:
        if self._row + batch.num_rows > XLSX_ROWS:
            raise StoreError(
                str(self._path),
                f"a worksheet holds at most {XLSX_ROWS:,} rows.",
                "Write .parquet or .csv instead.",
            )
        columns = [[flat(name, v) for v in batch.column(name).to_pylist()] for name in self._names]
        for cells in zip(*columns, strict=True):
            self._row += 1
            for place, cell in enumerate(cells):
                if isinstance(cell, str):
                    self._sheet.write_string(self._row, place, cell[:XLSX_CELL])
                elif cell is not None:
                    self._sheet.write(self._row, place, cell)

    def close(self) -> None:
        self._open.close()


def parquet_rows(path: Path) -> int:
    """Number of rows by the metadata of a Parquet file; 0 if it cannot be read (reading it will raise)."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, pa.ArrowInvalid):
        return 0


def parquet_names(path: Path) -> list[str]:
    """The columns of a Parquet file. Raises: StoreError."""
    with _parquet_faults(path):
        return list(pq.read_schema(path).names)


def iterate_parquet(path: Path, rows: int) -> Iterator[pa.Table]:
    """A Parquet file in tables of at most `rows` rows, in order, in bounded memory. Raises: StoreError."""
    # Reading ahead, which pyarrow does by default, keeps the bytes of the whole file in memory.
    with _parquet_faults(path), pq.ParquetFile(path, pre_buffer=False, buffer_size=_READ_BYTES) as file:
        for batch in file.iter_batches(batch_size=rows):
            yield pa.Table.from_batches([batch])


@contextmanager
def _parquet_faults(path: Path) -> Iterator[None]:
    """Errors of reading a Parquet file as `StoreError`."""
    try:
        yield
    except OSError as error:
        raise explain(path, error) from error
    except pa.ArrowException as error:
        raise StoreError(
            str(path), f"is not a Parquet file ({error}).", "Make it again with the command that wrote it."
        ) from error
