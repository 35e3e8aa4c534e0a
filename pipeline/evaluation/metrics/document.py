"""The evaluation document: all figures of a model as JSON, written by `evaluate` and read by `report`.

    {
      "format": 1,
      "model": {"version": str, "kind": "linear", "demo": bool, "trained_rows": int, "taxonomy": str, ...},
      "headline": {"split": "session", "part": "test", "rows": "unseen"},
      "splits": {SPLIT: {PART: {"all": QUALITY, "unseen": QUALITY, ...}}},
      "slices": {PREDICTIONS: {COLUMN: SLICES}},
      "sets": {PART: SET_QUALITY},
      "acceptance": {PART: ACCEPTANCE},
      "baselines": {NAME: QUALITY},
      "champion": {"version": str, "held_out": bool, "quality": {"all": QUALITY, "unseen": QUALITY},
                   "slices": {COLUMN: SLICES}, "sets": SET_QUALITY, "acceptance": ACCEPTANCE,
                   "behaviour": [BEHAVIOUR], "evidence": EVIDENCE},
      "behaviour": [BEHAVIOUR],
      "evidence": EVIDENCE,
      "exchangeability": {"against": [SESSION], "permutations": int, "later": [SESSION],
                          "texts": {SESSION: TEST}, "sets": {SESSION: TEST}},
      "suspected_errors": {counts, "shown": {"action": [...], "tags": [...]}, "statistics": {...}}
    }

- SPLIT is "session" (like the use of the model: a new session) or "random" (by groups of equal texts, for
  comparison with published figures). PART is "tune", "test" or "pledges". Rows are "all", or "unseen" for
  texts that do not occur in training.
- PREDICTIONS is "test", "tune" or "out_of_fold" (rows of training and tuning, each predicted by a model that
  was not trained on it).
- COLUMN is "session", "cycle", "recommending_region", "reviewed_region", "response", "length",
  "tag_frequency" (of the row's rarest tag in training), "recommending_states" (how many States made the
  recommendation) and so on. The chart of figures over time uses "session".
- "sets" and "acceptance" are missing where a model gives no prediction sets.
- "baselines" ("rules", "majority") are labels without probabilities on all rows of the headline's part; their
  calibration errors have no meaning.
- "champion" is the model in use on the test part, where it is another than the one evaluated. If it was
  trained on other rows, which may belong to the test part, its figures are of the held-out predictions
  that it keeps ("held_out"); without them it has its version only.
- "exchangeability" (TEST is a `SessionTest`) and "suspected_errors" are in the document of the test part
  only; see `pipeline.evaluation.exchangeability` and `pipeline.evaluation.suspected.inquiry`.
- QUALITY, SLICES, SET_QUALITY and ACCEPTANCE are the dataclasses of this package, as objects with the same
  field names. BEHAVIOUR and EVIDENCE are in the document of the tuning part only; see
  `pipeline.evaluation.behaviour` and `pipeline.evaluation.evidence_quality`.
- An estimate is {"value", "low", "high", "support"}. Undefined values are null, never 0.

The documents of the tuning part and of the test part of one model can be read together: see `merge`.
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
    """A dataclass, mapping, sequence, NumPy value or number as a JSON value.

    NaN becomes None, and keys become text.

    >>> to_plain({5: (1.0, float("nan"))})
    {'5': [1.0, None]}
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
    """Several documents of one model as one; where two have the same key, the later one is used.

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
    """The figures of the model in use; empty if there are none or the headline is not the test part."""
    part = document.get("headline", {}).get("part", "test")
    found: Mapping[str, Any] = document.get("champion", {}) if part == "test" else {}
    return found


def _merge_into(target: dict[str, Any], source: Mapping[str, Any]) -> None:
    for key, value in source.items():
        if isinstance(value, Mapping) and isinstance(target.get(key), dict):
            _merge_into(target[key], value)
        else:
            target[key] = to_plain(value)
