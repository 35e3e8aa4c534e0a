"""Layouts: what the headings of a table mean. Each column is used, ignored by name, or an error."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.errors import SettingsError, SourceError
from pipeline.sources.records import UNMARKED, WORD_FIELDS, Record
from pipeline.sources.tables.rows import SourceTable, TableRow
from pipeline.store.tables import armed

_LISTS = ("recommending_states", "issues", "themes", "affected_persons", "sdgs")
_BULLET = re.compile(r"^[^\S\n]*[-–•][^\S\n]+", re.MULTILINE)
_INTEGERS = ("page", "char_start", "char_end")
_FIELDS = frozenset(Record.__dataclass_fields__) - {"file", "row", "fault"}


def _letters(heading: str) -> str:
    """A heading without what separates its words."""
    return re.sub(r"[\W_]", "", heading.lower())


@dataclass(frozen=True)
class Layout:
    """A kind of table, from configs/sources.yaml.

    Attributes:
        name: its name there.
        fields: heading (lower case) to field of `Record`.
        optional: headings that may be missing.
        ignored: headings that are not read, with the reason.
        separator: what cuts cells that hold several values.
        single: fields that are never cut.
        languages: headings may end in a language ("Recommendation__en").
        tells: columns that are not known are told, where other layouts refuse them.
        cut: cuts a cell of a field (given first) at the commas that join values, and at no others.
        bulleted: cells hold lists, each value on a line of its own behind a dash.
        ours: fields that only files of this project have. With one of them, labels of a row that does not
            say who gave them are nobody's.
    """

    name: str
    fields: Mapping[str, str]
    optional: frozenset[str]
    ignored: Mapping[str, str]
    separator: str
    single: frozenset[str]
    languages: bool = False
    tells: bool = False
    bulleted: bool = False
    cut: Callable[[str, str], Sequence[str]] | None = None
    ours: frozenset[str] = frozenset()

    def missing(self, headings: Iterable[str]) -> list[str]:
        """The headings this layout needs and `headings` lacks."""
        present = {h.lower() for h in headings} | {self._base(h) for h in headings}
        return [h for h in self.fields if h not in present and h not in self.optional]

    def unknown(self, headings: Iterable[str]) -> list[str]:
        """The headings that this layout neither uses nor ignores by name."""
        return [h for h in headings if not {h.lower(), self._base(h)} & (self.fields.keys() | self.ignored)]

    def _base(self, heading: str) -> str:
        """A heading as the layout names it: without the language at its end ("Recommendation__en"), where the
        layout has these; written in any way ("stateUnderReview", "state_under_review"), where it tells of
        others.
        """
        base = self._without_language(heading)
        if not self.tells or base in self.fields or base in self.ignored:
            return base
        return next(
            (known for known in (*self.fields, *self.ignored) if _letters(known) == _letters(base)), base
        )

    def _without_language(self, heading: str) -> str:
        return heading.lower()[:-4] if self.languages and heading.lower()[-4:-2] == "__" else heading.lower()

    def places(self, headings: Iterable[str], language: str = "en") -> list[tuple[int, str]]:
        """Column and field, for each column that is read. Of a column in several languages that in `language`
        is read, and the text in French and Spanish as well.
        """
        found: list[tuple[int, str]] = []
        for place, heading in enumerate(headings):
            field = self.fields.get(self._base(heading))
            bare = self._without_language(heading) == heading.lower()
            suffix = language if bare else heading.lower()[-2:]
            if field and suffix == language:
                found.append((place, field))
            elif field == "text" and suffix in ("fr", "es"):
                found.append((place, f"text_{suffix}"))
        return found

    def records(self, file: str, table: SourceTable, language: str = "en") -> Iterator[Record]:
        """The rows of a table as records."""
        places = self.places(table.headings, language)
        for row in table.rows:
            yield self.record(file, row, places)

    def record(self, file: str, row: TableRow, places: Sequence[tuple[int, str]]) -> Record:
        """A row as a record. Args: `places`, column and field of each cell that is read."""
        values: dict[str, Any] = {}
        fault = row.fault
        for place, field in places:
            # The apostrophe kept a spreadsheet from running the cell.
            cell = armed(row.cells[place])
            if self.bulleted:
                # Saved again by others, a list often stands on one line: "Peru; Chad".
                lines = cell if "\n" in cell or _BULLET.match(cell) else re.sub(r"\s*[;|]\s*", "\n", cell)
                cell = _BULLET.sub("", lines if field in _LISTS else cell)
            if field in _LISTS:
                values[field] = tuple(part for part in (p.strip() for p in self._cut(field, cell)) if part)
            elif field in _INTEGERS:
                values[field] = int(cell) if cell.strip().isdigit() else None
            elif field == "kind":
                values[field] = cell.strip().lower() or "recommendation"
            elif field in WORD_FIELDS:
                values[field] = cell.strip() or None
            else:
                values[field] = cell
        # Of a text that is there in another language only, the language is found out, and it is not lost.
        values["text"] = (
            values.get("text") or values.get("text_fr") or values.get("text_es") or values.get("text")
        )
        if any(field in self.ours for _, field in places):
            values["label_source"] = values.get("label_source") or UNMARKED
        values["response"] = values.get("response") or values.get("response_raw", "")
        return Record(file=file, row=row.number, fault=fault, **values)

    def _cut(self, field: str, cell: str) -> list[str]:
        if field in self.single:
            return [cell]
        if self.cut and "," in cell and (self.separator == "," or self.separator not in cell):
            # Several values joined by commas, although a value may hold one itself.
            return list(self.cut(field, cell))
        return cell.split(self.separator)


def layouts_from(
    content: Mapping[str, Any], where: str, cut: Callable[[str, str], Sequence[str]] | None = None
) -> tuple[Layout, ...]:
    """The layouts of a sources.yaml. Args: `cut`, see `Layout`. Raises: SettingsError."""
    layouts = []
    for name, entry in content.items():
        strange = sorted(set(entry["fields"].values()) - _FIELDS)
        if strange:
            raise SettingsError(
                f"{where}, layout {name}",
                f"'{strange[0]}' is not a field.",
                f"Use one of {', '.join(sorted(_FIELDS))}.",
            )
        layouts.append(
            Layout(
                name,
                {h.lower(): f for h, f in entry["fields"].items()},
                frozenset(h.lower() for h in entry.get("optional", ())),
                {h.lower(): why for h, why in entry.get("ignored", {}).items()},
                entry["separator"],
                frozenset(entry.get("single", ())),
                bool(entry.get("languages")),
                bool(entry.get("tells")),
                bool(entry.get("bulleted")),
                cut,
                frozenset(entry.get("ours", ())),
            )
        )
    return tuple(layouts)


def recognise(layouts: Iterable[Layout], table: SourceTable, where: str) -> Layout:
    """The layout of a table.

    Raises: SourceError if no layout fits, naming the nearest one and the headings that are missing or
        unknown; or if a heading that is read is repeated.
    """
    headings = table.headings
    nearest = min(layouts, key=lambda y: len(y.missing(headings)) + len(y.unknown(headings)))
    missing, unknown = nearest.missing(headings), nearest.unknown(headings)
    if missing:
        raise SourceError(
            where,
            f"the columns are not those of a known table: '{missing[0]}' is missing (nearest layout: "
            f"{nearest.name}; "
            f"found: {', '.join(headings[:12]) or 'none'}).",
            "Export it with all columns, or describe its columns under layouts in configs/sources.yaml.",
        )
    if unknown and not nearest.tells:
        raise SourceError(
            where,
            f"column '{unknown[0]}' is not known in layout {nearest.name}.",
            "Add it under fields or ignored of that layout in configs/sources.yaml, or delete the column.",
        )
    read = [h.lower() for h in headings if h.lower() in nearest.fields]
    twice = next((h for h in read if read.count(h) > 1), None)
    if twice:
        raise SourceError(
            where,
            f"column '{next(h for h in headings if h.lower() == twice)}' is repeated.",
            "Delete one of the two.",
        )
    return nearest
