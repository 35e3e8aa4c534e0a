"""Plain text: a recommendation a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.sources.records import Record
from pipeline.sources.tables.encoding import detect_in
from pipeline.store.files import explain


def read_plain(path: Path, encoding: str = "auto") -> Iterator[Record]:
    """Records of a text file, one for each line, empty lines too, so that rows and lines stay together.

    Raises: SourceError if the file is empty or is not text; StoreError.
    """
    form = detect_in(path, encoding, delimiter=",")
    try:
        with path.open(encoding=form.encoding, errors="replace", newline=None) as file:
            for number, line in enumerate(file, start=1):
                yield Record(path.name, number, line.rstrip("\n"))
    except OSError as error:
        raise explain(path, error) from error
