"""Workbooks (.xlsx) that are put together elsewhere and copied to their place in one go."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def workbook(path: Path, options: Mapping[str, Any]) -> Iterator[Any]:
    """A workbook of xlsxwriter that is at `path` when the block ends well.

    It is made among the system's temporary files: on a disk that fills, the library leaves parts of it
    behind, and an open archive that complains once more when it is collected.

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
