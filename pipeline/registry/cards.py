"""A model's card: what it was fitted on, what it is worth on rows that it never saw, and what it is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import ModelError
from pipeline.store.descriptions import FIGURES, Description
from pipeline.store.files import read_json

_SHOWN = {
    "action accuracy": ("action", "accuracy"),
    "action macro-F1": ("action", "macro_f1"),
    "quadratic weighted kappa": ("action", "kappa"),
    "expected calibration error": ("action", "calibration_error"),
    "tags micro-F1": ("tags", "micro_f1"),
    "tags macro-F1": ("tags", "macro_f1"),
}
_COLUMNS = (("tune", "all"), ("test", "all"), ("test", "unseen"), ("pledges", "all"))


def evaluation_figures(folder: Path, model: Description) -> dict[str, Any]:
    """Figures of the tuning part, the test part and pledges, as `upr evaluate` wrote them: of all rows, of
    rows of unseen wording, of prediction sets, and of what is accepted.

    Args: `folder`, with tune.json and test.json: the artefacts `evaluation` of the run of a model.
    Raises: ModelError if they are of another model; StoreError.
    """
    tune, test = (read_json(folder / f"{part}.json") for part in ("tune", "test"))
    found: dict[str, Any] = {}
    for part, document in (("tune", tune), ("test", test), ("pledges", test)):
        of = document["model"].get("final_version") or document["model"]["version"]
        if of != model.version:
            what = f"the evaluation is of {of}, not of {model.version}."
            raise ModelError(str(folder), what, "Name the folder of its own run.")
        if part in document["splits"]["session"]:
            found[part] = dict(document["splits"]["session"][part])
        if part in document["sets"]:
            found[part] |= {"sets": document["sets"][part], "accepted": document["acceptance"][part]}
    return found


def _estimate(value: Mapping[str, Any] | None) -> str:
    if value is None or value["value"] is None:
        return "–"
    return f"{value['value']:.3f} ({value['low']:.3f} to {value['high']:.3f})"


def card(model: Description, document: Mapping[str, Any], megabytes: float) -> str:
    """The card of a model as Markdown.

    Args: `document`, its figures (`evaluation_figures`; with `held_out` and `test_session` where known);
        `megabytes`, of all its files.
    """
    test, (_, tested) = document["test"], sessions_measured(model, document)
    rare = test["sets"]["by_category"]["1"]["support"]
    by_category = ", ".join(f"{c}: {_estimate(e)}" for c, e in test["sets"]["by_category"].items())
    return "\n".join(
        [
            f"# Model card: {model.version}",
            "",
            f"Kind: {model.kind}. Taxonomy {model.taxonomy}. {megabytes:.1f} MB. Labels the action category "
            "(1 to 5)",
            "and the issue tags of UPR recommendations in English, blind to States.",
            "",
            *_training(model, document),
            "Figures with 95 % intervals (bootstrap by wording; Clopper-Pearson for shares).",
            "",
            *card_table(model, document),
            "",
            *_of_tuning(model, document),
            "",
            f"Prediction sets on {tested}: coverage {_estimate(test['sets']['coverage'])}, mean size "
            f"{_estimate(test['sets']['mean_size'])};",
            f"by category {by_category}.",
            "",
            f"Accepted without review on {tested}, by confidence of the action alone: "
            + _accepted(test["accepted"], "\n"),
            "",
            *_own(document),
            "Intended use: coding UPR recommendations together with people, who see what the model doubts. "
            "Not for texts of another kind,",
            "other languages, or judgements about a State. Category 1 is rare "
            f"({rare} rows in {tested}), and its figures are uncertain.",
            "Recommendations of later years name issues that this taxonomy has no tag for.",
            "",
            f"These figures stand in {FIGURES}, too; `python -m benchmarks.model_card` measures them. "
            "What was tried: docs/experiments.md.",
            "",
        ]
    )


def card_table(model: Description, document: Mapping[str, Any]) -> Iterator[str]:
    """The figures of a card, as lines of a table."""
    tuned, tested = sessions_measured(model, document)
    yield f"| | {tuned}, all | {tested}, all | {tested}, unseen wording | pledges |"
    yield "|---|---|---|---|---|"
    for name, (task, figure) in _SHOWN.items():
        parts = [document.get(part, {}).get(rows, {}).get(task, {}).get(figure) for part, rows in _COLUMNS]
        yield f"| {name} | {' | '.join(_estimate(part) for part in parts)} |"


def sessions_measured(model: Description, document: Mapping[str, Any]) -> tuple[str, str]:
    """What the tuning and the test session of its figures are called."""
    facts = model.facts
    if "evaluated_twin" in facts:
        return f"session {facts['twin_sessions'][-1]}", f"session {facts['train_sessions'][-1]}"
    tested = document.get("test_session")
    return f"session {facts['tune_sessions'][0]}", f"session {tested}" if tested else "the test session"


def _training(model: Description, document: Mapping[str, Any]) -> list[str]:
    """What it was fitted on, and whose figures these are."""
    facts, (tuned, tested) = model.facts, sessions_measured(model, document)
    trained, limited = facts["train_sessions"], facts["tune_sessions"]
    if document["figures_of"] == model.version:
        return [
            f"Trained on {facts['train_rows']:,} coded rows of sessions {trained[0]} to {trained[-1]}; "
            "calibrated, weighed and",
            f"given its limits on {facts['tune_rows']:,} rows of {tuned}. {tested.capitalize()} was only "
            "measured on.",
        ]
    networks, twin = facts.get("network_sessions"), facts["twin_sessions"]
    return [
        f"Fitted on {facts['train_rows']:,} coded rows of sessions {model.sessions()}"
        + (f", its network on sessions {networks[0]} to {networks[-1]};" if networks else ";"),
        f"calibrated, weighed and given its limits on held-out predictions of {facts['tune_rows']:,} rows of "
        f"sessions {limited[0]} to {limited[-1]}.",
        *_decisions(facts),
        *_dequantised(facts),
        "",
        "It learned every coded session, so nothing is left to measure it on. The figures are those of its",
        f"evaluated twin, {document['figures_of']}, which did not learn {tested}: the same recipe on",
        f"sessions {twin[0]} to {twin[-1]}. No part that predicts a row of {tuned} was fitted on that row "
        "(cross-fitted).",
    ]


def _decisions(facts: Mapping[str, Any]) -> list[str]:
    """How many of its rows people decided in review, where there are such."""
    count = facts.get("decisions", 0)
    return [f"{count:,} of the rows are reviewers' decisions."] if count else []


def _dequantised(facts: Mapping[str, Any]) -> list[str]:
    """That its network was trained from weights in 8 bits, where it was."""
    if "dequantised" not in facts:
        return []
    return [
        f"Its network went on learning from the weights of {facts['started_from']} in 8 bits, dequantised."
    ]


def _of_tuning(model: Description, document: Mapping[str, Any]) -> list[str]:
    """How far the figures of the tuning session are to be trusted."""
    tuned, _ = sessions_measured(model, document)
    if model.facts.get("evaluated_twin"):
        return [f"The twin's limits rest on the held-out predictions of {tuned} in the first column."]
    held_out = model.facts.get("tuning_held_out")
    if held_out is None:
        return [f"Its limits rest on {tuned}, so the first column is slightly optimistic."]
    return [
        f"An ensemble's meta-model is fitted on {tuned}, so its column is slightly optimistic. "
        "Cross-fitted there, by ten folds of wordings:",
        f"action accuracy {held_out['action.accuracy']:.3f}, tags micro-F1 {held_out['tags.micro_f1']:.3f}.",
    ]


def _accepted(found: Mapping[str, Any], space: str = " ") -> str:
    return (
        f"{_estimate(found['accepted'])}, wrong among{space}them {_estimate(found['error'])}, "
        f"wrong among the rest {_estimate(found['error_of_referred'])}."
    )


def _own(document: Mapping[str, Any]) -> list[str]:
    """What the limits of a final model accept, of its held-out predictions."""
    if "held_out" not in document:
        return []
    lines = [
        "The model's own limits rest on more sessions than the twin's. Of its held-out predictions (by parts "
        "that were fitted",
        "without the row and its wording; the limits themselves were chosen on these rows) they accept:",
        "",
    ]
    for session, part in document["held_out"].items():
        lines.append(f"- session {session.removeprefix('session_')}: {_accepted(part['accepted'])}")
    return [*lines, ""]
