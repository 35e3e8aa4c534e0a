"""From records to the one checked table: every row kept or rejected with a reason, nothing lost between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.corpus.schema import KINDS, LABEL_SOURCES, LABELLED, PEOPLE, RESPONSES
from pipeline.errors import SourceError
from pipeline.sources.corrections import CORRECTIONS, corrections, keep_unchosen
from pipeline.sources.records import UNMARKED, Record, Reject
from pipeline.sources.standard import Standardiser
from pipeline.store.files import atomic_file, rejects_path, write_jsonl
from pipeline.store.tables import TableWriter, write_parquet

_RANK = {"reviewed": 0, "expert": 1, None: 2}
_SHOWN = 160


@dataclass(frozen=True)
class Checked:
    """What came of the records of all inputs.

    Attributes:
        table: the contract's columns, one row a record kept, in input order.
        rejects: what was not taken, in the order it was found.
        read: number of records read, by file.
        unlabelled: number of rows kept without gold (not coded yet, or coded by a machine).
        corrections: codes that reviewers' decisions contradict, see `corrections`.
        unmarked: by file, the labelled rows whose labels were left out because nothing says who gave them.
        other_taxonomy: by file and version, the decisions that were made under another taxonomy.
    """

    table: pa.Table
    rejects: list[Reject]
    read: Counter[str]
    unlabelled: int
    corrections: pa.Table
    unmarked: Counter[str] = field(default_factory=Counter)
    other_taxonomy: Counter[tuple[str, str]] = field(default_factory=Counter)


def check(records: Iterable[Record], standardiser: Standardiser, taxonomy_version: str) -> Checked:
    """Standardise and check records; equal rows of different files are kept once.

    Two rows are the same where wording, State under Review, session and recommending States are (`row_id`).
    The first is kept and the later one rejected as its duplicate; only a reviewed decision takes the place of
    an earlier label. A decision under another taxonomy says nothing of tags that it could not give: these
    stay as coded. Equal rows inside one file are genuine and stay.

    Args:
        records: of all inputs, file after file.
        standardiser: must count ordinals by file.
        taxonomy_version: of the tags that the standardiser gives.
    """
    kept: dict[str, dict[str, Any]] = {}
    rejects: list[Reject] = []
    replaced: list[tuple[dict[str, Any], dict[str, Any]]] = []
    read: Counter[str] = Counter()
    unmarked: Counter[str] = Counter()
    versions: dict[str, tuple[str, str]] = {}
    for record in records:
        read[record.file] += 1
        row = standardiser.row(record)
        if row.faults:
            rejects.append(
                Reject(record.file, record.row, " ".join(row.faults), (row.values["text"] or "")[:_SHOWN])
            )
            continue
        unmarked[record.file] += row.values["label_source"] == UNMARKED and row.values["action"] is not None
        values = _with_gold(row.values, taxonomy_version)
        other = kept.get(values["row_id"])
        takes = other is None or _RANK[values["label_source"]] < _RANK[other["label_source"]]
        if takes:
            kept[values["row_id"]] = values
            version = row.values["taxonomy_version"]
            if values["label_source"] == "reviewed" and version and version != taxonomy_version:
                versions[values["row_id"]] = record.file, version
        if other is not None:
            rejects.append(_superseded(other, values) if takes else _duplicate(values, other))
            first, second = (values, other) if takes else (other, values)
            if (first["label_source"], second["label_source"]) == ("reviewed", "expert"):
                replaced.append((second, first))
    lacking = {name: standardiser.lacking(version) for name, (_, version) in versions.items()}
    for name, issues in keep_unchosen(list(kept.values()), replaced, lacking).items():
        kept[name]["issues"] = issues
    table, odd = _gate(pa.Table.from_pylist(list(kept.values()), schema=LABELLED))
    unlabelled = table["label_source"].null_count
    return Checked(
        table,
        rejects + odd,
        read,
        unlabelled,
        corrections(list(kept.values()), replaced),
        +unmarked,
        Counter(versions.values()),
    )


def corrections_path(out: Path) -> Path:
    """Where the corrections of a table go."""
    return out.with_name(f"{out.name}.corrections.csv")


def refuse(checked: Checked, names: Sequence[str], strict: bool) -> None:
    """Refuse the whole where nothing of it is valid or, when strict, where any row was rejected.

    Args:
        checked: what came of the records.
        names: of the inputs, for the message.
        strict: whether one reject is too many.

    Raises: SourceError, with the first reject.
    """
    first = checked.rejects[0] if checked.rejects else None
    if first and not checked.table.num_rows:
        raise SourceError(
            f"{first.file}, row {first.row}",
            f"no row of the input is valid. {first.reason}",
            f"Correct {', '.join(names)} and try again.",
        )
    if first and strict:
        raise SourceError(
            f"{first.file}, row {first.row}",
            f"{first.reason} ({len(checked.rejects)} rows rejected in all.)",
            "Nothing was written because of --strict; correct the rows, or leave --strict out.",
        )


def write(checked: Checked, out: Path) -> None:
    """Write the table to `out`, the rejects to `<out>.rejects.jsonl` and the corrections to
    `<out>.corrections.csv`: all, or none. Raises: StoreError.
    """
    with atomic_file(rejects_path(out)) as rejects, atomic_file(corrections_path(out)) as corrected:
        write_jsonl(rejects, (asdict(r) for r in checked.rejects))
        with TableWriter(corrected, ".csv", CORRECTIONS) as writer:
            writer.write(checked.corrections)
        write_parquet(out, checked.table)


def _with_gold(values: dict[str, Any], taxonomy_version: str) -> dict[str, Any]:
    """The row with its gold marked as such; what a machine labelled is no gold and is left out."""
    values = dict.fromkeys(LABELLED.names) | values
    source = values["label_source"] or "expert"
    if values["action"] is None or source not in PEOPLE:
        values |= {"action": None, "issues": None, "label_source": None, "taxonomy_version": None}
    else:
        values |= {
            "issues": values["issues"] or [],
            "label_source": source,
            "taxonomy_version": taxonomy_version,
        }
    values["language"] = values["language"] or "en"
    return values


def _labels(values: dict[str, Any]) -> str:
    return f"action {values['action']}, {'; '.join(values['issues'] or []) or 'no tags'}"


def _duplicate(values: dict[str, Any], first: dict[str, Any]) -> Reject:
    reason = f"Duplicate of {first['source_file']}, row {first['source_row']}, which is kept."
    if (values["action"], values["issues"], values["response"]) != (
        first["action"],
        first["issues"],
        first["response"],
    ):
        reason += (
            f" They differ: here {_labels(values)}, {values['response']}; there {_labels(first)}, "
            f"{first['response']}."
        )
    return Reject(values["source_file"], values["source_row"], reason, values["text"][:_SHOWN])


def _superseded(old: dict[str, Any], new: dict[str, Any]) -> Reject:
    reason = (
        f"Superseded by the reviewed decision in {new['source_file']}, row {new['source_row']} "
        f"({_labels(new)}); it was {_labels(old)}."
    )
    return Reject(old["source_file"], old["source_row"], reason, old["text"][:_SHOWN])


@cache
def _pandera_schema() -> Any:
    import pandera.pandas as pandera

    column, check_ = pandera.Column, pandera.Check
    return pandera.DataFrameSchema(
        {
            "rec_id": column(str, check_.str_matches(r"^[0-9a-f]{20}$")),
            "row_id": column(str, check_.str_matches(r"^[0-9a-f]{20}$"), unique=True),
            "text": column(str, check_.str_length(min_value=1)),
            "source_row": column("Int64", check_.ge(1)),
            "session": column("Int64", check_.ge(1), nullable=True),
            "cycle": column("Int64", check_.ge(1), nullable=True),
            "kind": column(str, check_.isin(KINDS)),
            "response": column(str, check_.isin(RESPONSES), nullable=True),
            "action": column("Int64", check_.in_range(1, 5), nullable=True),
            "label_source": column(str, check_.isin(LABEL_SOURCES), nullable=True),
        },
        # A pledge has no response and no recommending State.
        checks=pandera.Check(
            lambda frame: (frame["kind"] != "pledge") | frame["response"].isna(),
            name="a pledge has no response",
            ignore_na=False,
        ),
        coerce=True,
    )


_CHECKED = (
    "rec_id",
    "row_id",
    "text",
    "source_row",
    "session",
    "cycle",
    "kind",
    "response",
    "action",
    "label_source",
)


def _gate(table: pa.Table) -> tuple[pa.Table, list[Reject]]:
    """The table without rows that break what every row must hold, and these rows as rejects."""
    import pandera.errors

    if not table.num_rows:
        return table, []
    frame = table.select(list(_CHECKED)).to_pandas(integer_object_nulls=True)
    try:
        _pandera_schema().validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        failed: dict[int, str] = {}
        for case in errors.failure_cases.itertuples():
            failed.setdefault(
                int(case.index), f"{case.column}: {case.check} does not hold ({case.failure_case})."
            )
        rejects = [
            Reject(
                table["source_file"][i].as_py(),
                table["source_row"][i].as_py(),
                reason,
                table["text"][i].as_py()[:_SHOWN],
            )
            for i, reason in sorted(failed.items())
        ]
        return table.filter(pa.array([i not in failed for i in range(table.num_rows)])), rejects
    return table, []
