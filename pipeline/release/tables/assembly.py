"""From corpus, machine labels and decisions to the tables of a release.

A person's label is never overwritten by a machine's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corpus.schema import LABELLED, PEOPLE, SOURCE_COLUMNS
from pipeline.corpus.states import States
from pipeline.corpus.text import recommendation_id
from pipeline.errors import ReleaseError
from pipeline.release.tables.columns import RECOMMENDATIONS
from pipeline.release.tables.decided import NONE, Places, Successors, decided
from pipeline.release.tables.spreading import spread, with_state_columns

Translate = Callable[[list[str], str], list[str]]

_GOLD = (
    "action",
    "action_confidence",
    "action_set",
    "issues",
    "issue_scores",
    "needs_review",
    "review_reasons",
    "label_source",
)
_ALL_GOLD = (*_GOLD, "model_version", "taxonomy_version", "labelled_at")


@dataclass(frozen=True)
class Layers:
    """The labels of each row of a release by coders, model and reviewers, side by side.

    Attributes:
        base: the source columns of every row, one a wording and State.
        expert, machine, reviewed: the tables that the labels come from.
        expert_at, machine_at, reviewed_at: (rows,) place of each row's label in that table, `NONE` where it
        has none there.
    """

    base: pa.Table
    expert: pa.Table
    expert_at: Places
    machine: pa.Table
    machine_at: Places
    reviewed: pa.Table
    reviewed_at: Places

    def __len__(self) -> int:
        """Rows of the release."""
        return int(self.base.num_rows)


def in_taxonomy(table: pa.Table, version: str, translate: Translate) -> pa.Table:
    """A labelled table with its tags in the words of one taxonomy version.

    Args:
        table: in the project's columns.
        version: the version to go to.
        translate: labels and their version to labels of `version`; raises where there is no way.
    """
    versions = table["taxonomy_version"].to_pylist()
    if set(versions) <= {version, None}:
        return table
    known: dict[tuple[str, str], list[str]] = {}

    def translated(tag: str, own: str) -> list[str]:
        if (tag, own) not in known:
            known[tag, own] = translate([tag], own)
        return known[tag, own]

    issues, scores = [], []
    rows = zip(versions, table["issues"].to_pylist(), table["issue_scores"].to_pylist(), strict=True)
    for own, tags, pairs in rows:
        if own in (version, None):
            issues.append(tags)
            scores.append(pairs)
            continue
        issues.append(
            None if tags is None else list(dict.fromkeys(new for tag in tags for new in translated(tag, own)))
        )
        scores.append(None if pairs is None else _merged(pairs, partial(translated, own=own)))
    columns = {
        "issues": pa.array(issues, LABELLED.field("issues").type),
        "issue_scores": pa.array(scores, LABELLED.field("issue_scores").type),
        "taxonomy_version": pa.array([v and version for v in versions], pa.string()),
    }
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), LABELLED.field(name), values)
    return table


def _merged(
    pairs: Sequence[tuple[str, float]], translated: Callable[[str], list[str]]
) -> list[tuple[str, float]]:
    """Probabilities by the new tags. Where two tags became one, the higher stands."""
    found: dict[str, float] = {}
    for tag, score in pairs:
        for new in translated(tag):
            found[new] = max(score, found.get(new, 0.0))
    return list(found.items())


def layers(
    corpus: pa.Table,
    labelled: pa.Table | None,
    decisions: pa.Table | None,
    states: States,
    successors: Successors,
) -> Layers:
    """Put the inputs side by side.

    Args:
        corpus: output of `ingest`; its labels are people's, its order is the release's.
        labelled: output of `label` on the corpus, on new documents, or on both; rows that the corpus lacks
            come after it.
        decisions: output of `review export`.
        states: for codes.
        successors: which wording took the place of one that a decision is on, see `decided`.

    Raises: DecisionError for decisions that contradict each other or belong to no row; ReleaseError for rows
        that nobody labelled.
    """
    ours = spread(corpus.select(LABELLED.names), states)
    machine = spread(
        (labelled if labelled is not None else LABELLED.empty_table()).select(LABELLED.names), states
    )
    known = set(ours["row_id"].to_pylist())
    new = machine.filter(pa.array([i not in known for i in machine["row_id"].to_pylist()], pa.bool_()))
    keep = [*SOURCE_COLUMNS, "of_row"]
    base = pa.concat_tables([ours.select(keep), new.select(keep)]).combine_chunks()
    _check_unique(base)
    people = np.isin(np.array(ours["label_source"].to_pylist(), dtype=object), PEOPLE)
    expert_at = np.full(base.num_rows, NONE, dtype=np.int64)
    expert_at[: len(people)] = np.where(people, np.arange(len(people)), NONE)
    machine_at = _places(base, machine, ("row_id",), ("rec_id",))
    reviewed = decisions.select(LABELLED.names) if decisions is not None else LABELLED.empty_table()
    reviewed_at = decided(base, reviewed, successors)
    _check_labelled(base, (expert_at, machine_at, reviewed_at), labelled is not None)
    return Layers(base, ours, expert_at, machine, machine_at, reviewed, reviewed_at)


def _places(base: pa.Table, other: pa.Table, *ways: tuple[str, ...]) -> Places:
    """Where each row of `base` is found in `other`, by the first of `ways` (columns) that finds it."""
    places = np.full(base.num_rows, NONE, dtype=np.int64)
    for way in ways:
        first: dict[tuple[str, ...], int] = {}
        for i, key in enumerate(zip(*(other[c].to_pylist() for c in way), strict=True)):
            first.setdefault(key, i)
        found = np.array(
            [first.get(key, NONE) for key in zip(*(base[c].to_pylist() for c in way), strict=True)],
            dtype=np.int64,
        )
        places = np.where(places == NONE, found, places)
    return places


def _check_unique(base: pa.Table) -> None:
    counts = pc.value_counts(base["row_id"])
    double = counts.filter(pc.greater(counts.field("counts"), 1))
    if len(double):
        raise ReleaseError(
            f"row_id {double[0]['values'].as_py()}",
            f"stands {double[0]['counts'].as_py()} times, so rows cannot be told apart.",
            "Give tables as `upr ingest` and `upr label` write them.",
        )


def _check_labelled(base: pa.Table, places: tuple[Places, ...], have_machine: bool) -> None:
    missing = np.flatnonzero(np.all([p == NONE for p in places], axis=0))
    if not len(missing):
        return
    first = base.slice(int(missing[0]), 1).to_pylist()[0]
    todo = (
        "Run `upr label` on the same corpus again."
        if have_machine
        else (
            "Run `upr label` on the corpus and give its output with --labelled; it needs a model (`upr "
            "register` makes a champion)."
        )
    )
    raise ReleaseError(
        f"{first['source_file']}, row {first['source_row']}",
        f"{len(missing):,} rows have no label by a person or a model; this is the first.",
        todo,
    )


def recommendations(layers_: Layers, states: States) -> pa.Table:
    """recommendations.parquet: the reviewer's label, else the coders', else the model's.

    The model's label is in separate columns as well.
    """
    offsets = np.cumsum([0, layers_.reviewed.num_rows, layers_.expert.num_rows])
    places = np.full(len(layers_), NONE, dtype=np.int64)
    for at, offset in zip(
        (layers_.machine_at, layers_.expert_at, layers_.reviewed_at), offsets[::-1], strict=True
    ):
        places = np.where(at == NONE, places, at + offset)
    gold = pa.concat_tables(
        [t.select(_ALL_GOLD) for t in (layers_.reviewed, layers_.expert, layers_.machine)]
    ).combine_chunks()
    taken = _take(gold, places)
    table = layers_.base.drop_columns(["of_row"])
    for name in _ALL_GOLD:
        table = table.append_column(name, _blank_for_people(name, taken))
    table = with_state_columns(table, states)
    table = table.append_column(
        "text_group", pa.array([recommendation_id("", None, t or "") for t in table["text"].to_pylist()])
    )
    # The keys of the first release; those of a later one depend on the release before (`keys`).
    table = table.append_column("rec_key", table["rec_id"])
    table = table.append_column("replaces", pa.nulls(table.num_rows, pa.string()))
    machine = _take(
        layers_.machine.select(["action", "action_confidence", "issues", "model_version"]), layers_.machine_at
    )
    for name in machine.column_names:
        table = table.append_column(f"machine_{name}", machine[name])
    # Filled when the splits are known.
    table = table.append_column("machine_in_sample", pa.nulls(table.num_rows, pa.bool_()))
    # Filled when keys are known.
    table = table.append_column("implementation", pa.nulls(table.num_rows, pa.list_(pa.string())))
    # Filled from the reports.
    table = table.append_column("paragraph_similarity", pa.nulls(table.num_rows, pa.float64()))
    return table.select(RECOMMENDATIONS.names).cast(RECOMMENDATIONS).combine_chunks()


def _take(table: pa.Table, places: Places) -> pa.Table:
    return table.take(pa.array(places, mask=places == NONE))


def _blank_for_people(name: str, taken: pa.Table) -> pa.ChunkedArray | pa.Array:
    """A column of the labels, null in rows that a person labelled if it holds figures of a model."""
    column = taken[name]
    if name == "issue_scores":
        column = pa.array(
            [None if v is None else [{"key": k, "value": s} for k, s in v] for v in column.to_pylist()],
            RECOMMENDATIONS.field(name).type,
        )
    if name in ("action_confidence", "action_set", "issue_scores"):
        by_people = pc.fill_null(pc.is_in(taken["label_source"], pa.array(PEOPLE)), False)
        return pc.if_else(by_people, pa.nulls(len(column), column.type), column)
    if name == "needs_review":
        return pc.fill_null(column, False)
    return column
