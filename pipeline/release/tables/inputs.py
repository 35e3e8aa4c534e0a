"""Reading what a release is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.corpus.schema import LABELLED
from pipeline.errors import StoreError
from pipeline.settings import DocumentLimits
from pipeline.sources.tables.labelled import labelled_table
from pipeline.store.files import read_json
from pipeline.store.tables import read_parquet


def _check_there(path: Path, maker: str) -> None:
    if not path.is_file():
        raise StoreError(str(path), "there is no such file.", f"Run `{maker}` to make it, or name another.")


def read_decisions(path: Path, limits: DocumentLimits) -> pa.Table:
    """The decisions of the review desk, in any format that it writes."""
    _check_there(path, "upr review export")
    return labelled_table(path, limits)


def read_columns(path: Path, maker: str) -> pa.Table:
    """A table in the project's columns. Raises: StoreError that names the command that makes it."""
    _check_there(path, maker)
    found = read_parquet(path)
    missing = [n for n in LABELLED.names if n not in found.column_names]
    if missing:
        raise StoreError(str(path), f"column '{missing[0]}' is missing.", f"Give the output of `{maker}`.")
    try:
        return found.select(LABELLED.names).cast(LABELLED)
    except (pa.ArrowInvalid, ValueError) as error:
        raise StoreError(
            str(path),
            f"the columns are not of the project's types ({error}).",
            f"Give the output of `{maker}`.",
        ) from error


def read_evaluation(folder: Path | None) -> dict[str, Any] | None:
    """The document test.json of `evaluate`, or None where it was not made."""
    if folder is None:
        return None
    path = folder / "test.json" if folder.is_dir() else folder
    if not path.is_file():
        raise StoreError(
            str(path), "there is no such file.", "Run `upr evaluate`, or leave --evaluation out."
        )
    content: dict[str, Any] = read_json(path)
    return content
