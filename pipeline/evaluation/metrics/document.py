"""The evaluation document: all figures of a model as JSON, written by `evaluate`, read by `report`, dvc and
people.

    {
      "format": 1,
      "model": {"version": str, "kind": "linear", "demo": bool, "trained_rows": int, "taxonomy": "2014-10",
      ...}, "headline": {"split": "session", "part": "test", "rows": "unseen"}, "splits": {SPLIT: {PART:
      {"all": QUALITY, "unseen": QUALITY, ...}}}, "slices": {PREDICTIONS: {COLUMN: SLICES}}, "sets": {PART:
      SET_QUALITY}, "acceptance": {PART: ACCEPTANCE}, "baselines": {NAME: QUALITY}, "champion": {"version":
      str, "quality": {"all": QUALITY, "unseen": QUALITY}, "slices": {COLUMN: SLICES},
                   "sets": SET_QUALITY, "acceptance": ACCEPTANCE, "behaviour": [BEHAVIOUR], "evidence":
                   EVIDENCE},
      "behaviour": [BEHAVIOUR],
      "evidence": EVIDENCE,
      "exchangeability": {"against": [SESSION], "permutations": int, "later": [SESSION], "texts": {SESSION:
      TEST}, "sets": {SESSION: TEST}}, "suspected_errors": {counts, "shown": {"action": [...], "tags": [...]},
      "statistics": {...}}
    }

SPLIT is "session" (as the model meets texts in life) or "random" (grouped by text, for comparison with
others' figures); PART "tune", "test" or "pledges"; rows "all", or "unseen" for texts that training never saw.
PREDICTIONS says
whose: "test", "tune" or "out_of_fold" (rows of training and tuning, each predicted by a model that had not
learned from it). COLUMN is "session", "cycle", "recommending_region", "reviewed_region", "response",
"length", "tag_frequency" (of the row's rarest tag in training), "recommending_states" (how many made the
recommendation) and so on; "session" is also the chart of figures over time. "exchangeability" and
"suspected_errors" stand in the document of the test part only: see `pipeline.evaluation.exchangeability`
(TEST is its `SessionTest`) and `pipeline.evaluation.suspected.inquiry`. "sets" and "acceptance" are left out
where a model gives no sets. "baselines" ("rules", "majority") may be added: labels without probabilities on
all rows of the headline's part, so that their calibration errors say nothing. "champion" is the model in use,
where it is another than the one evaluated, on the test part; only its version stands there if it learned from
other rows, which may be the test part's.

QUALITY, SLICES, SET_QUALITY and ACCEPTANCE are the dataclasses of this package as objects of the same field
names; BEHAVIOUR and EVIDENCE, which stand in the document of the tuning part, are what
`pipeline.evaluation.behaviour` and `pipeline.evaluation.evidence_quality` give. An estimate is {"value",
"low", "high", "support"}. NaN is null: undefined, never 0. Two documents of one model (what is known of the
tuning session, what of the test session) can be read together: see `merge`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from pipeline.evaluation.metrics.doubt import Acceptance, SetQuality
from pipeline.evaluation.metrics.quality import Quality
from pipeline.evaluation.metrics.slices import Slices

FORMAT = 1


def to_plain(value: Any) -> Any:
    """A dataclass, mapping, sequence, NumPy value or number as what JSON can hold; NaN becomes None, keys
    become text.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return to_plain(value.tolist())
    if isinstance(value, np.generic):
        return to_plain(value.item())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def evaluation_document(
    model: Mapping[str, Any],
    splits: Mapping[str, Mapping[str, Mapping[str, Quality]]],
    slices: Mapping[str, Mapping[str, Slices]] | None = None,
    sets: Mapping[str, SetQuality] | None = None,
    acceptance: Mapping[str, Acceptance] | None = None,
    headline: tuple[str, str, str] = ("session", "test", "unseen"),
) -> dict[str, Any]:
    """The document described above, ready for `store.files.write_json`."""
    document = {
        "format": FORMAT,
        "model": model,
        "headline": dict(zip(("split", "part", "rows"), headline, strict=True)),
        "splits": splits,
        "slices": slices or {},
        "sets": sets or {},
        "acceptance": acceptance or {},
    }
    plain: dict[str, Any] = to_plain(document)
    return plain


def merge(documents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Several documents of one model as one; where two say a thing, the later wins.

    Raises: ValueError if there is none, a format is unknown, or the models' versions differ.
    """
    if not documents:
        raise ValueError("there is no evaluation document")
    versions = {str(d.get("model", {}).get("version")) for d in documents}
    formats = {d.get("format") for d in documents}
    if formats != {FORMAT}:
        raise ValueError(f"evaluation documents of format {sorted(map(str, formats))}, not {FORMAT}")
    if len(versions) > 1:
        raise ValueError(f"evaluations of different models: {', '.join(sorted(versions))}")
    merged: dict[str, Any] = {}
    for document in documents:
        _merge_into(merged, document)
    return merged


def champion_beside(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a document says of the model in use; empty where its headline is of another part than the test
    part, or it says nothing.
    """
    part = document.get("headline", {}).get("part", "test")
    found: Mapping[str, Any] = document.get("champion", {}) if part == "test" else {}
    return found


def _merge_into(target: dict[str, Any], source: Mapping[str, Any]) -> None:
    for key, value in source.items():
        if isinstance(value, Mapping) and isinstance(target.get(key), dict):
            _merge_into(target[key], value)
        else:
            target[key] = to_plain(value)


def floors_view(quality: Quality) -> dict[str, float | None]:
    """The single figures flat by name (`action.accuracy`), for `dvc metrics`, MLflow and quality floors."""
    flat: dict[str, float | None] = {}
    for task in ("action", "tags"):
        for name, figure in to_plain(getattr(quality, task)).items():
            if isinstance(figure, dict) and "value" in figure:
                flat[f"{task}.{name}"] = figure["value"]
    return flat
