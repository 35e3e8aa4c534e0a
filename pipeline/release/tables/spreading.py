"""One row for each wording and recommending State, as UPR Info counts.

Rows of several recommending States are split into one row each, with new ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pyarrow as pa

from pipeline.corpus.states import State, States
from pipeline.corpus.text import normalise, row_id


def spread(table: pa.Table, states: States) -> pa.Table:
    """A table with at most one recommending State a row, in the same order.

    Args:
        table: has `rec_id`, `row_id` and `recommending_states`.
        states: give the codes that ids are made of; an unknown spelling stands for itself, as in `ingest`.

    Returns: the same columns and `of_row`, the `row_id` that each row had. Rows of one State or none keep
        their id.
    """
    named: Sequence[Sequence[str] | None] = table["recommending_states"].to_pylist()
    ids: list[str] = table["row_id"].to_pylist()
    rec_ids: list[str] = table["rec_id"].to_pylist()
    single = {ids[i] for i, row in enumerate(named) if len(row or ()) <= 1}
    ordinals: Counter[tuple[str, str]] = Counter()
    source: list[int] = []
    new_states: list[list[str]] = []
    new_ids: list[str] = []
    for i, row in enumerate(named):
        for name in row or [""]:
            code = code_of(name, states)
            own = ids[i]
            if len(row or ()) > 1:
                own = _unused(rec_ids[i], code, ordinals, single)
            ordinals[rec_ids[i], code] += 1
            source.append(i)
            new_states.append([name] if name else [])
            new_ids.append(own)
    result = table.take(pa.array(source, pa.int64())) if len(source) != table.num_rows else table
    result = result.append_column("of_row", result["row_id"])
    for column, values in (
        ("recommending_states", pa.array(new_states, pa.list_(pa.string()))),
        ("row_id", pa.array(new_ids, pa.string())),
    ):
        result = result.set_column(result.column_names.index(column), table.schema.field(column), values)
    return result


def _unused(rec_id: str, code: str, ordinals: Counter[tuple[str, str]], taken: set[str]) -> str:
    while True:
        made = row_id(rec_id, [code] if code else [], ordinals[rec_id, code])
        if made not in taken:
            return made
        ordinals[rec_id, code] += 1


def code_of(name: str | None, states: States) -> str:
    """ISO code of a spelling; the letters and digits of the spelling itself if it is unknown; "" for none."""
    state = states.find(name) if name else None
    return state.iso if state else normalise(name or "")


def with_state_columns(table: pa.Table, states: States) -> pa.Table:
    """The table with codes and regions of both States, and the recommending State as plain text."""
    known: dict[str | None, State | None] = {}

    def look_up(names: Sequence[str | None], read: Callable[[State], str]) -> pa.Array:
        for name in set(names) - known.keys():
            known[name] = states.find(name) if name else None
        return pa.array([read(state) if (state := known[name]) else None for name in names], pa.string())

    reviewed = table["state_under_review"].to_pylist()
    recommending = [row[0] if row else None for row in table["recommending_states"].to_pylist()]
    added = {
        "state_under_review_iso": look_up(reviewed, lambda s: s.iso),
        "state_under_review_region": look_up(reviewed, lambda s: s.region),
        "recommending_state": pa.array(recommending, pa.string()),
        "recommending_state_iso": look_up(recommending, lambda s: s.iso),
        "recommending_state_region": look_up(recommending, lambda s: s.region),
    }
    for name, values in added.items():
        table = table.append_column(name, values)
    return table
