"""Exports of OHCHR's Universal Human Rights Index, which holds the recommendations of all mechanisms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.sources.tables.sheets import Row

LAYOUT = "uhri"
"""Its name in configs/sources.yaml."""
_BODY = re.compile(r"^(?:recc?omm?ending)?body$|^mechanism$")
_SIGNS = re.compile(r"^upr(?:recc?omm?ending|position|session)|annotationid$|^affectedpersons$")


def _key(heading: str) -> str:
    return re.sub(r"[^a-z]", "", heading.lower())


def body_column(headings: Sequence[str]) -> int | None:
    """The column that names the mechanism of each row, if these are the headings of such an export."""
    keys = [_key(heading) for heading in headings]
    signs = sum(1 for key in keys if _SIGNS.search(key))
    body = next((place for place, key in enumerate(keys) if _BODY.match(key)), None)
    return body if "text" in keys and signs > 1 else None


class OfTheReview:
    """Lets rows of the Universal Periodic Review pass and counts those of other mechanisms."""

    def __init__(self, column: int, *, others: bool) -> None:
        """Args: `column`, that names the mechanism; `others`, whether other mechanisms pass as well."""
        self._column, self._others = column, others
        self.seen: Counter[str] = Counter()

    def rows(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows that pass, in order."""
        for row in rows:
            cell = row.cells[self._column] if self._column < len(row.cells) else ""
            body = re.sub(r"^[\W_]+", "", cell).strip()
            if body.upper() not in ("UPR", "UNIVERSAL PERIODIC REVIEW") and body:
                self.seen[" ".join(body.split())[:60]] += 1
                if not self._others:
                    continue
            yield row

    @property
    def told(self) -> str | None:
        """What became of the rows of other mechanisms; None if there were none."""
        if not self.seen:
            return None
        named = ", ".join(f"{body} ({count:,})" for body, count in self.seen.most_common(8))
        if self._others:
            return f"{self.seen.total():,} rows are of other mechanisms than the UPR: {named}"
        return (
            f"{self.seen.total():,} rows are of other mechanisms than the UPR and left out: {named}; "
            "--other-mechanisms reads them too"
        )
