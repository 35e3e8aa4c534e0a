"""Decisions for others: the contract's columns, a decision sheet, and tasks for Label Studio and Argilla."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pyarrow as pa
from sqlalchemy import Connection, func, select

from pipeline import settings
from pipeline.corpus.schema import LABELLED
from pipeline.corpus.taxonomy import ACTIONS, Taxonomy
from pipeline.errors import SourceError, StoreError
from pipeline.models.reasons import Reason
from pipeline.review.deciding.ledger import BULK, DECIDE, SHEET, UNDO
from pipeline.review.store.database import Database
from pipeline.review.store.tables import decisions, items, occurrences, predictions, users
from pipeline.review.store.transitions import FOR_ADJUDICATOR, Codes, Standing, Status
from pipeline.sources.tables.labelled import read_labelled
from pipeline.store.files import write_json, write_text
from pipeline.store.tables import check_suffix, write_batches

TABLE_STATUSES = (Status.DONE, Status.SECOND, Status.ESCALATED)
QUEUED_OR_DECIDED = tuple(s for s in Status if s is not Status.CERTAIN)
_WAITING = {Status.SECOND: Reason.SECOND_READING_OPEN, Status.ESCALATED: Reason.PASSED_ON}
_MANY = 500
_ANSWERED_BY = str(uuid.uuid5(uuid.NAMESPACE_URL, "upr-review-desk"))
"""Argilla wants a user's id with each answer; the desk's settled decision is nobody's alone."""
SHEET_SCHEMA = pa.schema(
    [
        *LABELLED,
        pa.field("decided_by", pa.string()),
        pa.field("decided_at", pa.timestamp("us", tz="UTC")),
        pa.field("decision_version", pa.int64()),
        pa.field("expert_action", pa.int64()),
        pa.field("expert_issues", pa.list_(pa.string())),
        pa.field("note", pa.string()),
    ]
)


def refuse_fewer(database: Database, out: Path, form: str) -> None:
    """Raises: StoreError where a file is there that holds more than would be written: a mistyped database,
    or one that was set up anew, must not replace people's work.
    """
    held = _held(out)
    if not held:
        return
    statuses = QUEUED_OR_DECIDED if form != "table" else TABLE_STATUSES
    query = select(func.count()).select_from(items)
    if form == "table":
        query = query.join(occurrences, occurrences.c.item_id == items.c.id)
    with database.read() as connection:
        coming = connection.scalar(query.where(items.c.status.in_([s.value for s in statuses]))) or 0
    if coming < held:
        raise StoreError(
            str(out),
            f"the file holds {held:,} rows, and this desk would write {coming:,}.",
            "Check --database. Give another --out, or --allow-fewer to replace the file.",
        )


def _held(out: Path) -> int:
    """Rows of an earlier export; 0 where there is none, or what is there is no export that can be read."""
    if not out.is_file():
        return 0
    try:
        if out.suffix.lower() == ".json":
            return len(json.loads(out.read_text(encoding="utf-8")))
        return sum(1 for _ in read_labelled(out, settings.load().extract)[1])
    except (SourceError, ValueError):
        return 0


def write_table(database: Database, out: Path) -> tuple[int, int]:
    """Write the decisions, one row for each row that was imported: exactly the contract's columns in .parquet
    and .jsonl, and those of a decision sheet beside them in .csv and .xlsx.

    Returns: rows written, and wordings left out since two readings differ or an adjudicator is asked. Raises:
        StoreError.
    """
    schema = LABELLED if check_suffix(out) in (".parquet", ".jsonl") else SHEET_SCHEMA
    with database.read() as connection:
        left_out = sum(
            not _exported(Standing.from_json(standing))
            for standing in connection.scalars(
                select(items.c.standing).where(items.c.status.in_([s.value for s in FOR_ADJUDICATOR]))
            )
        )
        batches = (pa.Table.from_pylist(rows, schema=schema) for rows in _rows(connection, schema.names))
        return write_batches(out, schema, batches), left_out


def _rows(connection: Connection, names: list[str]) -> Iterator[list[dict[str, Any]]]:
    for every in _decided(connection, TABLE_STATUSES):
        group = [item for item in every if _exported(Standing.from_json(item["standing"]))]
        last = last_decisions(connection, [i["id"] for i in group])
        rows = []
        by_id = {i["id"]: i for i in group}
        query = (
            select(occurrences)
            .where(occurrences.c.item_id.in_(list(by_id)))
            .order_by(occurrences.c.item_id, occurrences.c.position)
        )
        for place in connection.execute(query).mappings():
            item = by_id[place["item_id"]]
            full = _row(item, place, last.get(item["id"]))
            rows.append({name: full.get(name) for name in names})
        yield rows


def _exported(standing: Standing) -> bool:
    """Whether a decision stands, even where an adjudicator is asked about it."""
    return standing.status in TABLE_STATUSES and standing.codes is not None


def _decided(connection: Connection, statuses: tuple[Status, ...]) -> Iterator[list[dict[str, Any]]]:
    """Items with their predictions, in groups, in the order of their import."""
    said = [
        predictions.c[n].label(f"p_{n}")
        for n in ("model_version", "action", "action_confidence", "issues", "issue_scores")
    ]
    query = select(items, *said).outerjoin(predictions, predictions.c.id == items.c.prediction_id)
    after = 0
    while True:
        page = (
            query.where(items.c.status.in_([s.value for s in statuses]), items.c.id > after)
            .order_by(items.c.id)
            .limit(_MANY)
        )
        group = [dict(row) for row in connection.execute(page).mappings()]
        if not group:
            return
        after = group[-1]["id"]
        yield group


def last_decisions(connection: Connection, ids: list[int]) -> dict[int, dict[str, Any]]:
    """By item, the entry that its codes come from, with the person's name."""
    query = select(decisions, users.c.name.label("person")).join_from(decisions, users)
    kinds = (DECIDE, BULK, SHEET)
    taken_back = select(decisions.c.undoes).where(
        decisions.c.kind == UNDO, decisions.c.undoes.is_not(None), decisions.c.item_id.in_(ids)
    )
    query = query.where(
        decisions.c.item_id.in_(ids), decisions.c.kind.in_(kinds), decisions.c.id.not_in(taken_back)
    )
    return {
        row["item_id"]: dict(row) for row in connection.execute(query.order_by(decisions.c.id)).mappings()
    }


def _row(item: dict[str, Any], place: Any, last: dict[str, Any] | None) -> dict[str, Any]:
    standing = Standing.from_json(item["standing"])
    codes = standing.codes
    reasons = [_WAITING[standing.status].value] if standing.status in _WAITING else []
    decided = last or {}
    return dict(place["source"]) | {
        "row_id": place["row_id"],
        "action": codes.action if codes else None,
        "action_set": [],
        "issues": list(codes.issues) if codes else [],
        "needs_review": bool(reasons),
        "review_reasons": reasons,
        "label_source": "reviewed",
        "model_version": decided.get("model_version"),
        "taxonomy_version": decided.get("taxonomy_version"),
        "labelled_at": decided.get("at"),
        "decided_by": decided.get("person"),
        "decided_at": decided.get("at"),
        "decision_version": item["version"],
        "expert_action": place["gold_action"],
        "expert_issues": place["gold_issues"],
        "note": decided.get("note"),
    }


def _write_items(database: Database, out: Path, made: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """Write what is made of each item that is queued or decided, as a JSON array. Returns: items."""
    if out.suffix.lower() != ".json":
        raise StoreError(
            str(out), f"'{out.suffix}' does not fit the format.", "Give a name that ends in .json."
        )
    with database.read() as connection:
        items_ = [made(item) for group in _decided(connection, QUEUED_OR_DECIDED) for item in group]
    write_json(out, items_)
    return len(items_)


def _choice(action: int) -> str:
    return f"{action} {ACTIONS[action]}"


def write_label_studio(database: Database, out: Path, taxonomy: Taxonomy) -> int:
    """Write tasks for Label Studio, and its labelling interface beside them as `<out>.config.xml`. Returns:
    tasks.
    """
    tasks = _write_items(database, out, _task)
    write_text(out.with_name(out.name + ".config.xml"), _interface(taxonomy))
    return tasks


def _task(item: dict[str, Any]) -> dict[str, Any]:
    task: dict[str, Any] = {
        "id": item["id"],
        "data": {"text": item["text"], "copies": item["copies"], "text_key": item["text_key"]},
    }
    task["predictions"], task["annotations"] = [], []
    if item["p_action"]:
        said = _results(Codes(item["p_action"], tuple(item["p_issues"])))
        task["predictions"].append(
            {"model_version": item["p_model_version"], "score": item["p_action_confidence"], "result": said}
        )
    standing = Standing.from_json(item["standing"])
    if standing.codes and standing.status is not Status.ESCALATED:
        task["annotations"].append(
            {"result": _results(standing.codes), "ground_truth": standing.status is Status.DONE}
        )
    return task


def _results(codes: Codes) -> list[dict[str, Any]]:
    action = {
        "from_name": "action",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": [_choice(codes.action)]},
    }
    issues = {
        "from_name": "issues",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": list(codes.issues)},
    }
    return [action, issues] if codes.issues else [action]


def _interface(taxonomy: Taxonomy) -> str:
    actions = "".join(
        f"    <Choice value={quoteattr(_choice(a))} hotkey={quoteattr(str(a))}/>\n" for a in ACTIONS
    )
    tags = "".join(f"    <Choice value={quoteattr(tag)}/>\n" for tag in taxonomy.labels)
    return (
        '<View>\n  <Text name="text" value="$text"/>\n'
        f'  <Choices name="action" toName="text" choice="single" required="true" '
        f'showInLine="true">\n{actions}  </Choices>\n'
        f'  <Choices name="issues" toName="text" choice="multiple">\n{tags}  </Choices>\n</View>\n'
    )


def write_argilla(database: Database, out: Path, taxonomy: Taxonomy) -> int:
    """Write records for Argilla 2, as `Dataset.records.from_json` reads them, and its settings as
    `<out>.settings.json`.

    Returns: records.
    """
    records = _write_items(database, out, _record)
    write_json(out.with_name(out.name + ".settings.json"), _argilla_settings(taxonomy))
    return records


def _argilla_settings(taxonomy: Taxonomy) -> dict[str, Any]:
    """The dataset's questions, as `Settings.from_json` reads them."""
    action = {
        "type": "label_selection",
        "options": _options([_choice(a) for a in ACTIONS]),
        "visible_options": len(ACTIONS),
    }
    issues = {
        "type": "multi_label_selection",
        "options": _options(taxonomy.labels),
        "options_order": "suggestion",
    }
    return {
        "fields": [
            {
                "name": "text",
                "title": "Recommendation",
                "required": True,
                "settings": {"type": "text", "use_markdown": False},
            }
        ],
        "questions": [
            {"name": "action", "title": "Action", "required": True, "settings": action},
            {"name": "issues", "title": "Issue tags", "required": False, "settings": issues},
        ],
        "metadata": [{"name": "copies", "title": "Places", "settings": {"type": "integer"}}],
        "allow_extra_metadata": False,
    }


def _options(labels: Sequence[str]) -> list[dict[str, str]]:
    return [{"value": label, "text": label} for label in labels]


def _record(item: dict[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = {
        "id": item["text_key"],
        "fields": {"text": item["text"]},
        "metadata": {"copies": item["copies"]},
        "suggestions": {},
        "responses": {},
        "vectors": {},
        "status": "pending",
    }
    if item["p_action"]:
        agent, tags = item["p_model_version"], list(item["p_issues"])
        record["suggestions"]["action"] = {
            "value": _choice(item["p_action"]),
            "score": item["p_action_confidence"],
            "agent": agent,
        }
        if tags:
            record["suggestions"]["issues"] = {
                "value": tags,
                "score": [item["p_issue_scores"].get(t) for t in tags],
                "agent": agent,
            }
    standing = Standing.from_json(item["standing"])
    if standing.codes and standing.status is Status.DONE:
        record["status"] = "completed"
        record["responses"] = {
            "action": [{"value": _choice(standing.codes.action), "user_id": _ANSWERED_BY}],
            "issues": [{"value": list(standing.codes.issues), "user_id": _ANSWERED_BY}],
        }
    return record
