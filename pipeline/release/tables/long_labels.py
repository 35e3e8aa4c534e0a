"""labels.parquet: every label that anyone gave or considered, one a row; people's come before models'."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from pipeline.corpus.taxonomy import ACTIONS, Taxonomy
from pipeline.release.tables.assembly import Layers
from pipeline.release.tables.columns import LABELS
from pipeline.release.tables.decided import NONE

Line = tuple[str, str, str, bool, float | None, bool | None]
_READ = (
    "action",
    "action_confidence",
    "action_set",
    "issues",
    "issue_scores",
    "label_source",
    "model_version",
    "taxonomy_version",
    "labelled_at",
)


def long_labels(layers: Layers, taxonomy: Taxonomy) -> pa.Table:
    """The labels of every row: the reviewer's, the coders', the model's.

    Raises: KeyError for a tag that the taxonomy lacks.
    """
    ids = {tag.label: tag.id for tag in taxonomy.tags}
    sources = [
        (places.tolist(), _columns(table), lines)
        for places, table, lines in (
            (layers.reviewed_at, layers.reviewed, _people),
            (layers.expert_at, layers.expert, _people),
            (layers.machine_at, layers.machine, _machine),
        )
    ]
    columns: dict[str, list[Any]] = {name: [] for name in LABELS.names}
    keys = zip(layers.base["row_id"].to_pylist(), layers.base["rec_id"].to_pylist(), strict=True)
    for row, (row_id, rec_id) in enumerate(keys):
        for places, table, lines in sources:
            place = places[row]
            if place != NONE:
                _append(columns, (row_id, rec_id), table, place, lines, ids)
    return pa.table(columns, schema=LABELS)


def _columns(table: pa.Table) -> dict[str, list[Any]]:
    return {name: table[name].to_pylist() for name in _READ}


def _append(
    columns: dict[str, list[Any]],
    key: tuple[str, str],
    table: Mapping[str, list[Any]],
    place: int,
    lines: Callable[[Mapping[str, list[Any]], int], Iterator[Line]],
    ids: Mapping[str, str],
) -> None:
    source = table["label_source"][place]
    for task, label_id, label, given, probability, in_set in lines(table, place):
        values = (
            *key,
            task,
            label_id or ids[label],
            label,
            source,
            given,
            probability,
            in_set,
            table["model_version"][place],
            table["taxonomy_version"][place],
            table["labelled_at"][place],
        )
        for name, value in zip(columns, values, strict=True):
            columns[name].append(value)


def _people(table: Mapping[str, list[Any]], place: int) -> Iterator[Line]:
    action = table["action"][place]
    if action is not None:
        yield "action", str(action), ACTIONS[action], True, None, None
    for label in table["issues"][place] or ():
        yield "issue", "", label, True, None, None


def _machine(table: Mapping[str, list[Any]], place: int) -> Iterator[Line]:
    action, considered = table["action"][place], table["action_set"][place] or ()
    if action is None:
        return
    yield (
        "action",
        str(action),
        ACTIONS[action],
        True,
        table["action_confidence"][place],
        action in considered,
    )
    for other in considered:
        if other != action:
            yield "action", str(other), ACTIONS[other], False, None, True
    given = dict.fromkeys(table["issues"][place] or ())
    scores = dict(table["issue_scores"][place] or ())
    for label in {**given, **scores}:
        yield "issue", "", label, label in given, scores.get(label), None
