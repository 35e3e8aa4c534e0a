"""Keys that survive corrections: which rows of a release are corrected rows of the previous one.

`rec_id` and `row_id` are hashes of the text, so a corrected typo changes both. `rec_key` of a wording is the
`rec_id` that it had when it was first published, and `replaces` is the last one that it had before.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz import fuzz, process

from pipeline.corpus.text import normalise

Places = npt.NDArray[np.int64]

SAME_PARAGRAPH = 0.5
"""Similarity of two texts (0 to 1) from which one corrects the other, if State and paragraph are the same."""
SAME_STATE = 0.8
"""The same, if the recommending State is the same and no paragraph tells."""
OTHER_PARAGRAPH = 0.95
"""The same, if the State is the same and the paragraphs differ: a renumbered report."""
OTHER_STATE = 1.0
"""The same, if the recommending State differs: the State was corrected, and nothing of the text."""

_IDENTITY = ("row_id", "rec_id", "text", "recommending_state", "paragraph")
_REVIEW = ("state_under_review_iso", "state_under_review", "session", "kind")


@dataclass(frozen=True, slots=True)
class _Row:
    """What tells whether one row corrects another."""

    row_id: str
    rec_id: str
    text: str
    state: str | None
    paragraph: str | None


def corrected_rows(new: pa.Table, old: pa.Table) -> dict[str, str]:
    """`row_id` of each row that is a corrected one, to the `row_id` that it had in the previous release.

    Rows are compared within a review only, each with at most one, the most similar first.
    """
    before, after = set(old["row_id"].to_pylist()), set(new["row_id"].to_pylist())
    gone, come = _by_review(old, after), _by_review(new, before)
    return {
        later.row_id: earlier.row_id
        for review in come.keys() & gone.keys()
        for later, earlier in _matched(come[review], gone[review])
    }


def _by_review(table: pa.Table, known: set[str]) -> dict[tuple[object, ...], list[_Row]]:
    """The rows that only one of the releases has, by review and kind."""
    only = table.filter(pa.array([i not in known for i in table["row_id"].to_pylist()], pa.bool_()))
    found: dict[tuple[object, ...], list[_Row]] = defaultdict(list)
    rows = zip(*(only[name].to_pylist() for name in _IDENTITY), strict=True)
    reviews = zip(*(only[name].to_pylist() for name in _REVIEW), strict=True)
    for (iso, name, session, kind), (row, rec, text, state, paragraph) in zip(reviews, rows, strict=True):
        found[iso or name, session, kind].append(
            _Row(row, rec, normalise(text or ""), state or None, paragraph or None)
        )
    return found


def _matched(come: Sequence[_Row], gone: Sequence[_Row]) -> Iterable[tuple[_Row, _Row]]:
    alike = process.cdist([r.text for r in come], [r.text for r in gone], scorer=fuzz.ratio) / 100
    pairs = [
        (_strength(float(alike[i, j]), come[i], gone[j]), i, j)
        for i, j in zip(*np.nonzero(alike >= SAME_PARAGRAPH), strict=True)
        if alike[i, j] >= _least(come[i], gone[j])
    ]
    taken_new: set[int] = set()
    taken_old: set[int] = set()
    for _, i, j in sorted(pairs, key=lambda p: (-p[0], come[p[1]].row_id, gone[p[2]].row_id)):
        if i not in taken_new and j not in taken_old:
            taken_new.add(i)
            taken_old.add(j)
            yield come[i], gone[j]


def _least(new: _Row, old: _Row) -> float:
    """How similar two texts must be."""
    if new.state != old.state:
        return OTHER_STATE
    if new.paragraph is None or old.paragraph is None:
        return SAME_STATE
    return SAME_PARAGRAPH if new.paragraph == old.paragraph else OTHER_PARAGRAPH


def _strength(alike: float, new: _Row, old: _Row) -> float:
    """Which of several possible pairs stands: similarity, then State, then paragraph."""
    same_paragraph = new.paragraph is not None and new.paragraph == old.paragraph
    return alike + 0.5 * (new.state == old.state) + 0.25 * same_paragraph


def with_keys(new: pa.Table, old: pa.Table | None) -> pa.Table:
    """The rows of a release with `rec_key` and `replaces` as the previous release makes them.

    Args:
        new: recommendations, with any values in both columns.
        old: those of the previous release, None for the first. Where it has no keys, its `rec_id` are keys.

    Returns: the same table, in which each `rec_id` has one key, and no two have the same.
    """
    rec_ids = new["rec_id"].to_pylist()
    if old is None:
        return _put(new, dict(zip(rec_ids, rec_ids, strict=True)), [None] * len(rec_ids))
    keyed = "rec_key" in old.column_names
    old_ids = old["rec_id"].to_pylist()
    keys = dict(zip(old_ids, old["rec_key"].to_pylist() if keyed else old_ids, strict=True))
    old_rows = old["row_id"].to_pylist()
    was = dict(zip(old_rows, old["replaces"].to_pylist() if keyed else [None] * len(old_rows), strict=True))
    of_row = dict(zip(old_rows, old_ids, strict=True))
    corrected = corrected_rows(new, old)
    replaces: list[str | None] = []
    for row, rec in zip(new["row_id"].to_pylist(), rec_ids, strict=True):
        earlier = corrected.get(row)
        moved = earlier is not None and of_row[earlier] != rec
        replaces.append(of_row[earlier] if moved and earlier else was.get(earlier or row))
    return _put(new, _keys(rec_ids, keys, zip(rec_ids, replaces, strict=True)), replaces)


def _keys(
    rec_ids: Sequence[str], keys: Mapping[str, str], replaced: Iterable[tuple[str, str | None]]
) -> dict[str, str]:
    """The key of each wording: its own, that of the wording that it corrects, or a new one.

    A wording that is still there keeps its key, also where one State's row of it was corrected.
    """
    here = set(rec_ids)
    found = {rec: keys[rec] for rec in here & keys.keys()}
    taken = set(found.values())
    votes = Counter(
        (rec, old) for rec, old in replaced if old in keys and old not in here and rec not in keys
    )
    for (rec, old), _ in sorted(votes.items(), key=lambda v: (-v[1], v[0])):
        if old is not None and rec not in found and keys[old] not in taken:
            found[rec] = keys[old]
            taken.add(keys[old])
    for rec in sorted(here - found.keys()):
        found[rec] = _fresh(rec, taken)
        taken.add(found[rec])
    return found


def _fresh(rec_id: str, taken: set[str]) -> str:
    """The `rec_id` itself, or a hash of it where an older wording has it as its key."""
    key = rec_id
    while key in taken:
        key = hashlib.blake2b(key.encode(), digest_size=10).hexdigest()
    return key


def _put(table: pa.Table, keys: Mapping[str, str], replaces: Sequence[str | None]) -> pa.Table:
    columns = {"rec_key": [keys[r] for r in table["rec_id"].to_pylist()], "replaces": replaces}
    for name, values in columns.items():
        place = table.column_names.index(name)
        table = table.set_column(place, table.schema.field(name), pa.array(values, pa.string()))
    return table
