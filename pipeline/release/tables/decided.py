"""Which decision of the review desk holds for each row of a release."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.corpus.states import States
from pipeline.errors import DecisionError
from pipeline.release.tables.keys import with_keys
from pipeline.release.tables.spreading import with_state_columns

Places = npt.NDArray[np.int64]
Successors = Callable[[pa.Table], Mapping[str, str]]
"""From the rows of a release to the `rec_id` that a wording has now, by each that it had before."""

NONE = -1
_Decision = tuple[int, int | None, frozenset[str]]


def decided(base: pa.Table, decisions: pa.Table, successors: Successors) -> Places:
    """(rows,) The place of the decision on each row, `NONE` where there is none.

    One on a wording holds for every State that made it. One on a wording that was corrected since holds for
    the corrected one, unless that has a decision of its own.

    Args:
        base: the rows.
        decisions: output of `review export`.
        successors: asked only where a decision is on no wording of the rows.

    Raises: DecisionError for decisions that contradict each other or belong to no row.
    """
    ids: list[str] = base["rec_id"].to_pylist()
    wordings = set(ids)
    lines = list(
        enumerate(
            zip(*(decisions[c].to_pylist() for c in ("rec_id", "action", "issues", "text")), strict=True)
        )
    )
    own: dict[str, _Decision] = {}
    inherited: dict[str, _Decision] = {}
    later = successors(base) if any(rec_id not in wordings for _, (rec_id, *_) in lines) else {}
    for place, (rec_id, action, issues, text) in lines:
        where, now = f"decision in row {place + 1}", rec_id if rec_id in wordings else later.get(rec_id)
        if now not in wordings:
            raise DecisionError(
                where,
                f"no recommendation of this release has the rec_id {rec_id} ('{(text or '')[:60]}').",
                "Publish with the table that was imported into the review desk, or take the row out.",
            )
        if action is None:
            raise DecisionError(where, "has no action.", "Export the decisions again, or take the row out.")
        seen = own if now == rec_id else inherited
        first, other_action, other_issues = seen.setdefault(now, (place, action, frozenset(issues or ())))
        if (other_action, other_issues) != (action, frozenset(issues or ())):
            raise DecisionError(
                where,
                f"contradicts that in row {first + 1} on the same wording ('{(text or '')[:60]}'): "
                f"{_codes(action, issues or ())} here, {_codes(other_action, sorted(other_issues))} there.",
                "Settle it on the review desk and export again.",
            )
    holds = inherited | own
    return np.array([holds[r][0] if r in holds else NONE for r in ids], dtype=np.int64)


def _codes(action: int | None, issues: Sequence[str]) -> str:
    return f"action {action}, {'; '.join(issues) or 'no tags'}"


def successors_in(releases: Iterable[pa.Table], states: States) -> Successors:
    """What became of the wordings of earlier releases.

    Args:
        releases: their recommendations, oldest first; read only when they are needed.
        states: for codes.
    """

    def found(base: pa.Table) -> Mapping[str, str]:
        keys: dict[str, str] = {}
        last = None
        for last in releases:
            name = "rec_key" if "rec_key" in last.column_names else "rec_id"
            keys |= dict(zip(last["rec_id"].to_pylist(), last[name].to_pylist(), strict=True))
        if last is None:
            return {}
        rows = with_state_columns(base, states)
        for name in ("rec_key", "replaces"):
            rows = rows.append_column(name, pa.nulls(rows.num_rows, pa.string()))
        rows = with_keys(rows, last)
        now = dict(zip(rows["rec_key"].to_pylist(), rows["rec_id"].to_pylist(), strict=True))
        return {earlier: now[key] for earlier, key in keys.items() if key in now}

    return found
