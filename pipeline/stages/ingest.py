"""Stage `ingest`: database exports, Uwazi files and published datasets into one checked table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import SourceError
from pipeline.progress import Progress, silent
from pipeline.settings import Settings
from pipeline.sources.checked import Checked, check, refuse, write
from pipeline.sources.opening import OpenedSource, expand, open_table_source, standardiser
from pipeline.sources.records import Record
from pipeline.store.files import check_place
from pipeline.store.vocabularies import load_states, load_taxonomy

_SUFFIXES = (".csv", ".tsv", ".xls", ".xlsx", ".json", ".jsonl", ".parquet")


@dataclass(frozen=True)
class IngestResult:
    """What was done: how each file was understood, and the counts."""

    understood: dict[str, str]
    checked: Checked


def run(
    sources: Sequence[Path],
    out: Path,
    settings: Settings,
    *,
    strict: bool = False,
    progress: Progress = silent,
) -> IngestResult:
    """Read sources into one table at `out` (.parquet), and their rejects beside it.

    Args:
        sources: files, or folders of files.
        out: where the table goes; the rejects go to `<out>.rejects.jsonl`, which is empty when all is well.
        settings: encoding, delimiter, longest text, taxonomy.
        strict: treat any rejected row as a fault of the whole.
        progress: shows the rows as they are read.

    Raises: SourceError if a file cannot be used, if no row is valid, or, when strict, if one is not;
        StoreError. Nothing is written then.
    """
    if out.suffix.lower() != ".parquet":
        raise SourceError(str(out), "the table is written as Parquet.", "End --out in .parquet.")
    check_place(out)
    files = expand(sources, _SUFFIXES)
    names = [f.name for f in files]
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice:
        raise SourceError(
            twice,
            "two inputs have this name, so rows could not be traced to their file.",
            "Rename one of them.",
        )
    opened = {
        f.name: open_table_source(
            f, settings.ingest.encoding, settings.ingest.delimiter, settings.fetch.language
        )
        for f in files
    }
    machine = standardiser(
        load_states(), load_taxonomy(settings.taxonomy), settings.ingest.max_text_chars, count_by_file=True
    )
    checked = check(progress(_records(opened), "rows read"), machine, settings.taxonomy)
    refuse(checked, names, strict)
    write(checked, out)
    return IngestResult({name: source.described for name, source in opened.items()}, checked)


def _records(opened: dict[str, OpenedSource]) -> Iterator[Record]:
    """The records of all sources. Raises: SourceError if an export has no row, or if nothing has."""
    filled = 0
    for name, source in opened.items():
        empty = True
        for record in source.records:
            empty = False
            yield record
        if empty and not source.may_be_empty:
            raise SourceError(name, "the table has headings and no rows.", "Export it again.")
        filled += not empty
    if not filled:
        raise SourceError(
            ", ".join(opened),
            "the input has no rows.",
            "Export it again, or give a table that has rows beside it.",
        )
