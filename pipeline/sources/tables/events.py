"""How a table is to be read, and what its reader gives: parts, records and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.sources.records import Record
from pipeline.store.carried import Part


@dataclass(frozen=True)
class TableOptions:
    """What the person told of a table.

    Attributes:
        columns: field to heading; wins over what is found.
        sheets: names of the worksheets that are read, all if empty.
        language: of the columns read, where a table has several, ISO 639-1.
        other_mechanisms: whether rows of UHRI that are not of the UPR are read, too.
        strict: whether only known tables are read, and those whose columns were told.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    language: str = "en"
    other_mechanisms: bool = False
    strict: bool = False


@dataclass(frozen=True)
class ReadingNote:
    """A sentence on how something was understood.

    Attributes:
        described: whether it is of a whole table, and not of a detail.
        may_be_empty: whether the table is of the project's own, which may have no row yet (decisions before
            the first one); an export of a database without rows is a fault.
    """

    text: str
    described: bool = False
    may_be_empty: bool = False


Event = Part | Record | ReadingNote
