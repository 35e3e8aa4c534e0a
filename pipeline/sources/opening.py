"""One door to every reader: a path goes in, records come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.corpus.states import States
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.errors import SourceError
from pipeline.sources.records import Record
from pipeline.sources.standard import Standardiser
from pipeline.sources.tables import published
from pipeline.sources.tables.headings import Layout, layouts_from, recognise
from pipeline.sources.tables.rows import BOOK_SUFFIXES, TEXT_SUFFIXES, open_table
from pipeline.sources.uwazi.entities import is_uwazi_line, read_uwazi_json
from pipeline.store.vocabularies import config_path, read_yaml

TABLE_SUFFIXES = (*TEXT_SUFFIXES, *BOOK_SUFFIXES, ".json", ".jsonl", ".parquet")
"""Endings of files that hold rows, and not documents."""
OWN_LAYOUT = "labelled"
"""The layout of configs/sources.yaml that this project's own tables have."""


@dataclass(frozen=True)
class OpenedSource:
    """A source at hand.

    Attributes:
        records: read as they are asked for.
        described: how it was understood.
        may_be_empty: whether it is a table of the project's own, which may have no row yet (decisions before
            the first one); an export of a database without rows is a fault.
    """

    records: Iterator[Record]
    described: str
    may_be_empty: bool = False


def layouts() -> tuple[Layout, ...]:
    """The layouts of configs/sources.yaml."""
    path = config_path("sources.yaml")
    return layouts_from(read_yaml(path)["layouts"], str(path))


def standardiser(
    states: States, taxonomy: Taxonomy | None, max_text_chars: int | None = None, count_by_file: bool = False
) -> Standardiser:
    """A standardiser with the response words of configs/sources.yaml."""
    content = read_yaml(config_path("sources.yaml"))
    return Standardiser(
        states, taxonomy, content["responses"], content["pledge_responses"], max_text_chars, count_by_file
    )


def open_table_source(
    path: Path, encoding: str = "auto", delimiter: str = "auto", language: str = "en"
) -> OpenedSource:
    """A database export, Uwazi file, or table of the project's own.

    Args:
        path: .csv, .tsv, .xls, .xlsx, .json, .jsonl or .parquet.
        encoding: codec name, or "auto".
        delimiter: one character, or "auto".
        language: of the rows taken from Uwazi's JSON, which may hold each entity in several, ISO 639-1.

    Raises: SourceError where the file as a whole cannot be used.
    """
    if path.is_dir():
        raise SourceError(str(path), "this is a folder.", "Name the files in it.")
    if not path.exists():
        raise SourceError(str(path), "there is no such file.", "Check the path.")
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return OpenedSource(
            published.read_parquet(path), "Parquet with the project's columns", may_be_empty=True
        )
    if suffix == ".json" or (suffix == ".jsonl" and is_uwazi_line(path)):
        return OpenedSource(read_uwazi_json(path, language), f"Uwazi's JSON, rows in '{language}'")
    if suffix == ".jsonl":
        return OpenedSource(
            published.read_jsonl(path), "JSON lines with the project's columns", may_be_empty=True
        )
    if suffix not in TABLE_SUFFIXES:
        raise SourceError(
            str(path), f"'{suffix}' is not a kind of table.", f"Use one of {', '.join(TABLE_SUFFIXES)}."
        )
    table = open_table(path, encoding, delimiter)
    layout = recognise(layouts(), table, str(path))
    return OpenedSource(
        layout.records(path.name, table), f"{layout.name}, {table.described}", layout.name == OWN_LAYOUT
    )


def expand(paths: Iterable[Path], suffixes: Sequence[str]) -> list[Path]:
    """The files of inputs that may be folders (searched in depth, in the order of names), each once.

    Raises: SourceError if a folder holds no file with one of `suffixes`.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            found[path] = None
            continue
        inside = sorted(
            p
            for p in path.rglob("*")
            if p.suffix.lower() in suffixes and p.is_file() and not p.name.startswith((".", "~$"))
        )
        if not inside:
            raise SourceError(
                str(path),
                "the folder holds no file that can be read.",
                f"Put files there that end in {', '.join(suffixes)}.",
            )
        found.update(dict.fromkeys(inside))
    return list(found)
