"""Workbooks (.xlsx) that are written to a temporary folder and then copied to their place."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FIXED_DATE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
"""A workbook must not say when it was made, so that equal tables give equal bytes."""


@contextmanager
def workbook(path: Path, options: Mapping[str, Any]) -> Iterator[Any]:
    """A workbook of xlsxwriter that is written to `path` when the block ends without an error.

    It is made in the system's temporary folder: on a full disk, the library leaves parts of the workbook
    behind, and an open archive that raises a second error when it is garbage-collected.

    Raises: OSError where it cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    with tempfile.TemporaryDirectory(prefix="upr-workbook-") as folder:
        made = Path(folder) / "book.xlsx"
        book = xlsxwriter.Workbook(made.as_posix(), {**options, "tmpdir": folder})
        yield book
        try:
            book.close()
        except FileCreateError as error:
            # The file system's fault, hidden in one of the library's own.
            raise error.args[0] from error
        shutil.copyfile(made, path)
