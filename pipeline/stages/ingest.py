"""Stage `ingest`: database exports, Uwazi files and published datasets into one checked table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import SourceError
from pipeline.progress import Progress, silent
from pipeline.settings import Settings
from pipeline.sources.checked import Checked, check, refuse, write
from pipeline.sources.folders import expand
from pipeline.sources.opening import standardiser
from pipeline.sources.records import Record
from pipeline.sources.tables.events import ReadingNote, TableOptions
from pipeline.sources.tables.isolation import read_table
from pipeline.store.files import check_place
from pipeline.store.vocabularies import load_states, load_taxonomy

_SUFFIXES = (".csv", ".tsv", ".xls", ".xlsx", ".xlsm", ".ods", ".json", ".jsonl", ".parquet")


@dataclass(frozen=True)
class IngestResult:
    """What was done: how each file was understood, the counts, and what was not read."""

    understood: dict[str, str]
    checked: Checked
    told: tuple[str, ...] = ()


def run(
    sources: Sequence[Path],
    out: Path,
    settings: Settings,
    *,
    strict: bool = False,
    asked: TableOptions | None = None,
    progress: Progress = silent,
) -> IngestResult:
    """Read sources into one table at `out` (.parquet), and their rejects beside it.

    Args:
        sources: files, or folders of files.
        out: where the table goes; the rejects go to `<out>.rejects.jsonl`, which is empty when all is well.
        settings: encoding, delimiter, longest text, taxonomy.
        strict: treat any rejected row as a fault of the whole.
        asked: what the person told of the tables; without it only known tables are read.
        progress: shows the rows as they are read.

    Raises: SourceError if a file cannot be used, if no row is valid, or, when strict, if one is not;
        StoreError. Nothing is written then.
    """
    if out.suffix.lower() != ".parquet":
        raise SourceError(str(out), "the table is written as Parquet.", "End --out in .parquet.")
    check_place(out)
    inputs = expand(sources, _SUFFIXES)
    if inputs.failed:
        raise inputs.failed[0]
    files = inputs.found
    names = [f.name for f in files]
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice:
        raise SourceError(
            twice,
            "two inputs have this name, so rows could not be traced to their file.",
            "Rename one of them.",
        )
    machine = standardiser(
        load_states(), load_taxonomy(settings.taxonomy), settings.ingest.max_text_chars, count_by_file=True
    )
    understood = dict.fromkeys(names, "")
    told = inputs.left_out
    reading = _records(files, settings, asked or TableOptions(), understood, told)
    checked = check(progress(reading, "rows read"), machine, settings.taxonomy)
    refuse(checked, names, strict)
    write(checked, out)
    told += [_unmarked(name, rows) for name, rows in checked.unmarked.items()]
    told += [
        f"{name}: {rows:,} decisions were made under taxonomy {version}. Their tags are taken as those of "
        f"{settings.taxonomy}; tags that {version} has none for stay as they are coded."
        for (name, version), rows in checked.other_taxonomy.items()
    ]
    return IngestResult(understood, checked, tuple(told))


def _unmarked(name: str, rows: int) -> str:
    return (
        f"{name}: {rows:,} labelled rows do not say who labelled them, so their labels were left out. Where "
        "people did, write 'expert' (coders) or 'reviewed' (reviewers) into the column label_source (in "
        "uwazi.csv: Labelled by)."
    )


def _records(
    files: Sequence[Path],
    settings: Settings,
    asked: TableOptions,
    understood: dict[str, str],
    told: list[str],
) -> Iterator[Record]:
    """The records of all sources, each read in a process of its own. Raises: SourceError if an export has no
    row, or if nothing has.
    """
    strictly = replace(asked, strict=True, language=settings.fetch.language)
    filled = 0
    for file in files:
        empty, may_be_empty = True, False
        for event in read_table(file, strictly, settings.ingest, settings.extract):
            if isinstance(event, Record):
                empty = False
                yield event
            elif isinstance(event, ReadingNote) and event.described:
                understood[file.name] = "; ".join(filter(None, (understood[file.name], event.text)))
                may_be_empty = may_be_empty or event.may_be_empty
            elif isinstance(event, ReadingNote):
                told.append(f"{file.name}: {event.text}.")
        if empty and not may_be_empty:
            raise SourceError(file.name, "the table has headings and no rows.", "Export it again.")
        filled += not empty
    if not filled:
        raise SourceError(
            ", ".join(understood),
            "the input has no rows.",
            "Export it again, or give a table that has rows beside it.",
        )
