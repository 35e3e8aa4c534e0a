"""What others report of the implementation of recommendations, from a table that people provide.

Nothing here is judged: a report stands in a release as its author gave it, with its source and date.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from pipeline.errors import ReleaseError
from pipeline.store.files import explain

COLUMNS = ("rec_key", "status", "reporter", "source", "date")
"""Columns of the table: the recommendation, by rec_key or rec_id; what is reported of it, in a few words; who
reports (State, NGO or NHRI); the name or address of the report; its date, YYYY-MM-DD."""
REPORTERS = ("State", "NGO", "NHRI")
Reports = Mapping[str, Sequence[str]]
"""rec_key to what is reported, by date: "partly implemented (NGO: Mid-term report, 2021-03-04)"."""


def read_reports(path: Path) -> list[tuple[str, str, str]]:
    """Key, date and report of each line of a .csv file with the columns `COLUMNS`.

    Raises: StoreError where the file cannot be opened; ReleaseError that names the line that cannot be used.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise ReleaseError(
                    str(path), f"column '{missing[0]}' is missing.", f"It needs {', '.join(COLUMNS)}."
                )
            return [_report(f"{path}, line {reader.line_num}", row) for row in reader]
    except OSError as error:
        raise explain(path, error) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ReleaseError(str(path), f"is no .csv file in UTF-8 ({error}).", "Save it as one.") from error


def _report(where: str, row: Mapping[str, str | None]) -> tuple[str, str, str]:
    key, status, reporter, source, date = ((row[name] or "").strip() for name in COLUMNS)
    empty = [
        name for name, value in zip(COLUMNS, (key, status, reporter, source, date), strict=True) if not value
    ]
    if empty:
        raise ReleaseError(where, f"{empty[0]} is empty.", "A report needs its source and date.")
    if reporter not in REPORTERS:
        raise ReleaseError(where, f"reporter is '{reporter}'.", f"Write {', '.join(REPORTERS)}.")
    try:
        dt.date.fromisoformat(date)
    except ValueError as error:
        raise ReleaseError(where, f"date is '{date}'.", "Write it as 2021-03-04.") from error
    return key, date, f"{status} ({reporter}: {source}, {date})"


def with_reports(
    recommendations: pa.Table, reports: Sequence[tuple[str, str, str]], path: Path | None
) -> pa.Table:
    """The rows with what is reported of them in `implementation`, by date.

    Args: `reports`, of `read_reports` of `path`. Raises: ReleaseError for one of no recommendation.
    """
    ids: list[str] = recommendations["rec_id"].to_pylist()
    keys: list[str] = recommendations["rec_key"].to_pylist()
    named = {**dict(zip(ids, keys, strict=True)), **dict(zip(keys, keys, strict=True))}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key, date, report in reports:
        if key not in named:
            raise ReleaseError(
                str(path), f"no recommendation of this release has the rec_key {key}.", "Take the line out."
            )
        found[named[key]].append((date, report))
    said = {key: [report for _, report in sorted(set(lines))] for key, lines in found.items()}
    place = recommendations.column_names.index("implementation")
    values = pa.array([said.get(key) for key in keys], pa.list_(pa.string()))
    return recommendations.set_column(place, recommendations.schema.field(place), values)
