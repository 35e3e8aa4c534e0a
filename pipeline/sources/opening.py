"""One door to every reader: a path goes in, records come out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path

from pipeline.corpus.states import States
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.corpus.text import normalise
from pipeline.errors import SourceError
from pipeline.settings import DocumentLimits, IngestSettings
from pipeline.sources.standard import Standardiser
from pipeline.sources.tables import contract
from pipeline.sources.tables.events import Event, ReadingNote, TableOptions
from pipeline.sources.tables.headings import Layout, layouts_from
from pipeline.sources.tables.meanings import cut_states
from pipeline.sources.tables.plain import read_plain
from pipeline.sources.tables.reading import TableReader, responses_known
from pipeline.sources.tables.rows import BOOK_SUFFIXES, TEXT_SUFFIXES
from pipeline.sources.tables.sheets import open_sheets, sheet_of_objects
from pipeline.sources.uwazi.entities import is_uwazi_line, objects_of, read_uwazi_json
from pipeline.store.carried import Part
from pipeline.store.tables import parquet_names
from pipeline.store.vocabularies import config_path, load_states, load_taxonomy, read_yaml

TABLE_SUFFIXES = (*TEXT_SUFFIXES, *BOOK_SUFFIXES, ".json", ".jsonl", ".parquet")
"""Endings of files that hold rows, and not documents."""


def layouts() -> tuple[Layout, ...]:
    """The layouts of configs/sources.yaml."""
    path = config_path("sources.yaml")
    return layouts_from(read_yaml(path)["layouts"], str(path), cut_at_commas)


@lru_cache(maxsize=10_000)
def cut_at_commas(field: str, cell: str) -> tuple[str, ...]:
    """The values of a cell that commas join, where a value may hold a comma itself: cut by the tags of all
    taxonomies and by the names of States; what is neither is a value of its own, and its row says so.
    """
    if field == "recommending_states":
        return cut_states(cell, load_states())
    if field != "issues":
        return (cell,)
    known, pieces = _known_tags(), cell.split(",")
    values: list[str] = []
    while pieces:
        long = next((n for n in range(len(pieces), 1, -1) if normalise(",".join(pieces[:n])) in known), 1)
        values.append(",".join(pieces[:long]).strip())
        pieces = pieces[long:]
    return tuple(values)


def _taxonomies() -> list[Taxonomy]:
    """All versions, oldest first."""
    return [load_taxonomy(file.stem) for file in sorted(config_path("taxonomy").glob("*.yaml"))]


@cache
def _known_tags() -> frozenset[str]:
    tags = [tag for taxonomy in _taxonomies() for tag in taxonomy.tags]
    return frozenset(normalise(word) for tag in tags for word in (tag.label, *tag.aliases))


def standardiser(
    states: States, taxonomy: Taxonomy | None, max_text_chars: int | None = None, count_by_file: bool = False
) -> Standardiser:
    """A standardiser with the response words of configs/sources.yaml."""
    content = read_yaml(config_path("sources.yaml"))
    others = [t for t in _taxonomies() if t.version != taxonomy.version] if taxonomy else []
    return Standardiser(
        states,
        taxonomy,
        content["responses"],
        content["pledge_responses"],
        max_text_chars,
        count_by_file,
        others,
    )


def open_any(
    path: Path, asked: TableOptions, ingest: IngestSettings, limits: DocumentLimits
) -> Iterator[Event]:
    """What a table says, whatever kind of table it is, read in this process.

    Args:
        path: .csv, .tsv, a workbook, .json, .jsonl, .parquet, or .txt (a recommendation a line).
        asked: what the person told; when strict, only known tables are read.
        ingest: encoding and delimiter.
        limits: of a workbook.

    Raises: SourceError, StoreError where the file as a whole cannot be used.
    """
    if path.is_dir():
        raise SourceError(str(path), "this is a folder.", "Name the files in it.")
    if not path.exists():
        raise SourceError(str(path), "there is no such file.", "Check the path.")
    suffix = path.suffix.lower()
    words = read_yaml(config_path("sources.yaml"))["responses"]
    reader = TableReader(path, asked, layouts(), load_states(), responses_known(words))
    if suffix == ".txt" and not asked.strict:
        yield ReadingNote("plain text, a recommendation a line", described=True)
        yield from read_plain(path, ingest.encoding)
    elif suffix == ".parquet":
        yield from _published(path, parquet_names(path), asked, reader)
    elif suffix in (".json", ".jsonl"):
        yield from _json(path, asked, reader)
    elif suffix in TABLE_SUFFIXES:
        yield from reader.read(open_sheets(path, limits, ingest.encoding, ingest.delimiter))
    else:
        raise SourceError(
            str(path), f"'{suffix}' is not a kind of table.", f"Use one of {', '.join(TABLE_SUFFIXES)}."
        )


def _published(path: Path, names: Sequence[str], asked: TableOptions, reader: TableReader) -> Iterator[Event]:
    """A table of lists and numbers in their types: in the project's columns, or in others."""
    kind = "Parquet" if path.suffix.lower() == ".parquet" else "JSON lines"
    if not asked.strict and (asked.columns or "text" not in names):
        yield from reader.read(iter([sheet_of_objects(contract.objects(path), kind, names)]))
        return
    yield ReadingNote(f"{kind} with the project's columns", described=True, may_be_empty=True)
    own = contract.own_columns(path, names, strict=asked.strict)
    if own:
        yield Part("", own)
    yield from contract.read_records(path, own)


def _json(path: Path, asked: TableOptions, reader: TableReader) -> Iterator[Event]:
    if path.suffix.lower() == ".jsonl" and not is_uwazi_line(path):
        yield from _published(path, contract.first_names(path), asked, reader)
        return
    objects = objects_of(path)
    if objects is None:
        yield ReadingNote(f"Uwazi's JSON, rows in '{asked.language}'", described=True)
        yield from read_uwazi_json(path, asked.language)
    else:
        yield from reader.read(iter([sheet_of_objects(objects, "JSON")]))
