"""What a source holds now, beside what it held at the last update: rows that are new, changed, corrected or
withdrawn. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from pipeline.corpus.schema import SOURCE_COLUMNS

Row = Mapping[str, Any]

_PLACE = ("rec_id", "row_id", "source_file", "source_row", "page", "char_start", "char_end")
"""Columns that say where a row stands and not what it says."""
_COMPARED = tuple(name for name in SOURCE_COLUMNS if name not in _PLACE)
_ALIKE = 0.6
"""Least similarity of the texts of a withdrawn row and a new one that correct each other."""
_LONGEST = 2_000
"""Characters of a text that are compared."""


@dataclass(frozen=True)
class Correction:
    """A row that another one took the place of: the same review and recommending States, another wording."""

    old: str
    new: str


@dataclass
class Changes:
    """The difference, in row ids.

    Attributes:
        new: not there before; rows that correct another one are among them.
        changed: there before, with another text in its punctuation, response, paragraph and so on.
        coded: without a person's codes before, with them now.
        corrected: pairs of a withdrawn row and the new one in its place.
        withdrawn: there before and not any more, though its source was read; not those that were corrected.
        unchanged: how many are as they were.
    """

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    coded: list[str] = field(default_factory=list)
    corrected: list[Correction] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    unchanged: int = 0

    @property
    def gone(self) -> list[str]:
        """Every row that is not there any more."""
        return [*self.withdrawn, *(pair.old for pair in self.corrected)]

    @property
    def any(self) -> bool:
        """Whether there is a difference."""
        return bool(self.new or self.changed or self.coded or self.gone)


def changes_between(
    before: Mapping[str, Row], now: Mapping[str, Row], read: Collection[str] | None = None
) -> Changes:
    """Compare rows by `row_id`.

    Args:
        before: all that is known from earlier updates.
        now: what the sources hold.
        read: names of the sources that were read; a row of another source is not missed. None for all.
    """
    found = Changes()
    for row_id, row in now.items():
        known = before.get(row_id)
        if known is None:
            found.new.append(row_id)
        elif known["action"] is None and row["action"] is not None:
            found.coded.append(row_id)
        elif any(_plain(known[name]) != _plain(row[name]) for name in _COMPARED):
            found.changed.append(row_id)
        else:
            found.unchanged += 1
    gone = [
        row_id
        for row_id, row in before.items()
        if row_id not in now and (read is None or row["source_file"] in read)
    ]
    found.corrected = _corrections([(i, before[i]) for i in gone], [(i, now[i]) for i in found.new])
    replaced = {pair.old for pair in found.corrected}
    found.withdrawn = [row_id for row_id in gone if row_id not in replaced]
    return found


def _plain(value: Any) -> Any:
    """A value without the difference between an empty list and none."""
    return None if isinstance(value, list) and not value else value


def _corrections(gone: Sequence[tuple[str, Row]], new: Sequence[tuple[str, Row]]) -> list[Correction]:
    """Pairs of the same review and recommending States whose texts are most alike; each row is in one."""
    candidates: dict[Any, list[tuple[str, Row]]] = defaultdict(list)
    for row_id, row in new:
        candidates[_origin(row)].append((row_id, row))
    scored = [
        (_alike(row, other), old, row_id) for old, row in gone for row_id, other in candidates[_origin(row)]
    ]
    pairs: list[Correction] = []
    used: set[str] = set()
    for score, old, row_id in sorted(scored, key=lambda found: (-found[0], found[1], found[2])):
        if score >= _ALIKE and old not in used and row_id not in used:
            used |= {old, row_id}
            pairs.append(Correction(old, row_id))
    return sorted(pairs, key=lambda pair: pair.old)


def _origin(row: Row) -> Any:
    return row["state_under_review"], row["session"], tuple(sorted(row["recommending_states"] or ()))


def _alike(row: Row, other: Row) -> float:
    a, b = ((r["text"] or "")[:_LONGEST].lower() for r in (row, other))
    return SequenceMatcher(None, a, b, autojunk=False).ratio()
