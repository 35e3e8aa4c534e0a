"""metrics.json: quality of the model labels of a release, on its rows that people labelled, too.

    {
      "models": [...], "taxonomy": "2014-10",
      "held_out": {"all": QUALITY, "unseen": QUALITY}    the part `test` of the session split
      "sets": SET_QUALITY                                of the actions' prediction sets there
      "slices": {COLUMN: SLICES}                         there, by session, regions, response, source file
      "reviewed": QUALITY or null                        against decisions, on rows chosen for their doubt
      "agreement_by_session": {SESSION: {...}}           over all rows; too high where the model learned them
                                                         ("in_sample": so many of the rows)
      "pledges": {"sessions_to_16", "session_17_and_later": {...}}    agreement on voluntary pledges
      "evaluation": {...} or null                        of `upr evaluate`, where it measured the same model
    }

QUALITY, SET_QUALITY and SLICES are those of an evaluation document (`pipeline.evaluation.metrics.document`);
null is undefined.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corpus.coded import tag_matrix
from pipeline.corpus.schema import PEOPLE
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.evaluation.intervals import wilson
from pipeline.evaluation.metrics import Evaluation, by_value, measure, set_quality, slice_quality, to_plain

_COLUMNS = ("session", "state_under_review_region", "recommending_state_region", "response", "source_file")
_SAMPLES = 500


@dataclass(frozen=True)
class Both:
    """Rows that a person and the model labelled.

    Attributes:
        table: these rows of recommendations.parquet.
        parts, seen: of the session split.
        evaluation: gold beside the model's labels. Only the predicted category's probability is published, so
            the others share the rest.
        sets: (n, 5) the prediction sets.
    """

    table: pa.Table
    parts: npt.NDArray[np.object_]
    seen: npt.NDArray[np.bool_]
    evaluation: Evaluation
    sets: npt.NDArray[np.bool_]


def both(
    table: pa.Table,
    labels: pa.Table,
    splits: pa.Table,
    scores: npt.NDArray[np.float32],
    taxonomy: Taxonomy,
    kind: str = "recommendation",
) -> Both:
    """The recommendations, or the pledges, with a label of a person and of the model.

    Args: `scores`, (rows, T), see `measured.machine_scores`; `kind`, "recommendation" or "pledge".
    """
    chosen = pc.and_(
        pc.equal(table["kind"], kind),
        pc.is_in(table["label_source"], pa.array(PEOPLE)),
    )
    chosen = pc.and_(chosen, pc.and_(pc.is_valid(table["machine_action"]), pc.is_valid(table["action"])))
    keep = pc.fill_null(chosen, False).to_numpy(zero_copy_only=False)
    rows = table.filter(pa.array(keep))
    predicted = rows["machine_action"].to_numpy()
    confidence = rows["machine_action_confidence"].fill_null(1.0).to_numpy()
    probabilities = np.repeat(((1 - confidence) / 4)[:, None], 5, axis=1)
    probabilities[np.arange(len(predicted)), predicted - 1] = confidence
    groups = np.unique(rows["text_group"].to_numpy(zero_copy_only=False), return_inverse=True)[1].astype(
        np.int64
    )
    evaluation = Evaluation(
        gold_action=rows["action"].to_numpy(),
        action=predicted,
        action_probabilities=probabilities,
        gold_tags=tag_matrix(rows["issues"].to_pylist(), taxonomy),
        tags=tag_matrix(rows["machine_issues"].to_pylist(), taxonomy),
        tag_scores=scores[keep].astype(np.float64),
        groups=groups,
        tag_labels=taxonomy.labels,
    )
    parts = splits.filter(pa.array(keep))
    seen = parts["session_seen"].fill_null(False).to_numpy(zero_copy_only=False)
    return Both(
        rows,
        np.array(parts["session_split"].to_pylist(), dtype=object),
        seen,
        evaluation,
        _sets(labels, rows),
    )


def _sets(labels: pa.Table, rows: pa.Table) -> npt.NDArray[np.bool_]:
    only = labels.filter(
        pc.and_(pc.equal(labels["task"], "action"), pc.fill_null(labels["in_prediction_set"], False))
    )
    places = pc.index_in(only["row_id"], rows["row_id"].combine_chunks())
    inside = pc.is_valid(places)
    sets = np.zeros((rows.num_rows, 5), dtype=bool)
    categories = np.array([int(c) for c in only["label_id"].filter(inside).to_pylist()], dtype=np.int64)
    sets[places.filter(inside).to_numpy(), categories - 1] = True
    return sets


def quality_of(
    found: Both, pledges: Both, taxonomy: Taxonomy, evaluation: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The document metrics.json.

    Args:
        found: of the recommendations, see `both`.
        pledges: of the pledges.
        taxonomy: of the tags.
        evaluation: the document test.json of `upr evaluate`, if there is one; taken only where it measured
            this release's model.
    """
    models = sorted({v for v in found.table["machine_model_version"].to_pylist() if v})
    expert = np.array(found.table["label_source"].to_pylist(), dtype=object) == "expert"
    held_out = (found.parts == "test") & expert
    document: dict[str, Any] = {
        "models": models,
        "taxonomy": taxonomy.version,
        "held_out": {
            n: _quality(found, m)
            for n, m in (("all", held_out), ("unseen", held_out & ~found.seen))
            if m.any()
        },
        "sets": _set_quality(found, held_out) if held_out.any() else None,
        "slices": _slices(found, held_out) if held_out.any() else {},
        "reviewed": _quality(found, ~expert) if (~expert).any() else None,
        "agreement_by_session": _agreement(found, expert),
        "pledges": pledges_of(pledges),
        "evaluation": _headline(evaluation, models),
    }
    plain: dict[str, Any] = to_plain(document)
    return plain


def _quality(found: Both, mask: npt.NDArray[np.bool_]) -> Any:
    return measure(found.evaluation.where(mask), samples=_SAMPLES)


def _set_quality(found: Both, mask: npt.NDArray[np.bool_]) -> Any:
    part = found.evaluation.where(mask)
    return set_quality(part.gold_action, found.sets[mask], part.groups, samples=_SAMPLES)


def _slices(found: Both, mask: npt.NDArray[np.bool_]) -> dict[str, Any]:
    part, rows = found.evaluation.where(mask), found.table.filter(pa.array(mask))
    return {c: slice_quality(part, by_value(rows[c].to_pylist()), samples=_SAMPLES) for c in _COLUMNS}


def _agreement(found: Both, expert: npt.NDArray[np.bool_]) -> dict[str, Any]:
    sessions = np.array([s or 0 for s in found.table["session"].to_pylist()])
    learned = found.table["machine_in_sample"].to_numpy(zero_copy_only=False).astype(bool)
    result = {}
    for session in sorted(set(sessions[expert].tolist())):
        mask = expert & (sessions == session)
        part = found.evaluation.where(mask)
        hits = int((part.tags & part.gold_tags).sum())
        result[str(session)] = {
            "rows": int(mask.sum()),
            "in_sample": int(learned[mask].sum()),
            "part": ", ".join(sorted(set(found.parts[mask].tolist()) - {""})) or None,
            "action_agreement": float((part.action == part.gold_action).mean()),
            "tags_micro_f1": 2 * hits / max(1, int(part.tags.sum() + part.gold_tags.sum())),
        }
    return result


def pledges_of(found: Both) -> dict[str, Any]:
    """Agreement of the model with the coders on pledges: of sessions to 16, and of later ones.

    Those from session 17 on train no model.
    """
    sessions = np.array([s or 0 for s in found.table["session"].to_pylist()])
    expert = np.array(found.table["label_source"].to_pylist(), dtype=object) == "expert"
    result: dict[str, Any] = {}
    for name, mask in (("sessions_to_16", sessions < 17), ("session_17_and_later", sessions >= 17)):
        part = found.evaluation.where(expert & mask)
        right, rows = int((part.action == part.gold_action).sum()), len(part.action)
        if rows:
            hits = int((part.tags & part.gold_tags).sum())
            result[name] = {
                "action_agreement": asdict(wilson(right, rows)),
                "tags_micro_f1": 2 * hits / max(1, int(part.tags.sum() + part.gold_tags.sum())),
            }
    return result


def _headline(evaluation: Mapping[str, Any] | None, models: list[str]) -> dict[str, Any] | None:
    model = (evaluation or {}).get("model", {})
    # A final model's figures are those of its evaluated twin.
    if evaluation is None or not {model.get("version"), model.get("final_version")} & set(models):
        return None
    return {k: evaluation[k] for k in ("model", "headline", "acceptance") if k in evaluation}
