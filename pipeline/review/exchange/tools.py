"""Decisions for other tools: tasks for Label Studio, records for Argilla."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from pipeline.corpus.taxonomy import ACTIONS, Taxonomy
from pipeline.errors import StoreError
from pipeline.review.exchange.decided import QUEUED_OR_DECIDED, decided
from pipeline.review.store.database import Database
from pipeline.review.store.transitions import Codes, Standing, Status
from pipeline.store.files import write_json, write_text

_ANSWERED_BY = str(uuid.uuid5(uuid.NAMESPACE_URL, "upr-review-desk"))
"""Argilla wants a user's id with each answer; the desk's settled decision is nobody's alone."""


def _write_items(database: Database, out: Path, made: Callable[[dict[str, Any]], dict[str, Any]]) -> int:
    """Write what is made of each item that is queued or decided, as a JSON array. Returns: items."""
    if out.suffix.lower() != ".json":
        raise StoreError(
            str(out), f"'{out.suffix}' does not fit the format.", "Give a name that ends in .json."
        )
    with database.read() as connection:
        items_ = [made(item) for group in decided(connection, QUEUED_OR_DECIDED) for item in group]
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
