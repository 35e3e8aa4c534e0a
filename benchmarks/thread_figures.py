"""How often the classifier of pairs is right: on coded pairs, and on links as a release holds them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import cohen_kappa_score

from pipeline.evaluation.intervals import Z95, score_bounds
from pipeline.threads.features import FEATURES
from pipeline.threads.linking import CANDIDATE
from pipeline.threads.model import PairModel

_NEAR = ("same", "near")
_MEANT = {"same or near": _NEAR, "same": ("same",)}

Flags = npt.NDArray[np.bool_]


def figures(
    rows: npt.NDArray[np.float64], model: PairModel, pairs: pd.DataFrame, links: pd.DataFrame
) -> dict[str, Any]:
    """Figures of the States held out.

    Args:
        rows: (N, F) features of the pairs.
        model: the classifier.
        pairs: (N,) rows of configs/thread_pairs.csv.
        links: all rows of configs/thread_links.csv.
    """
    return {"pairs": _of_pairs(rows, model, pairs), "links": _of_links(links[links["part"] == "test"])}


def _of_pairs(rows: npt.NDArray[np.float64], model: PairModel, pairs: pd.DataFrame) -> dict[str, Any]:
    relations, _ = model.judge(rows.tolist())
    compared = rows[:, FEATURES.index("cosine")] >= CANDIDATE
    said = pd.Series([relation if near else None for relation, near in zip(relations, compared, strict=True)])
    # As if all pairs of these reviews had been coded, and not equally many of each similarity.
    weights = (pairs["pairs_in_band"] / pairs.groupby("band")["band"].transform("size")).to_numpy()
    found: dict[str, Any] = {"pairs": len(pairs), "states": int(pairs["state"].nunique())}
    for name, meant in _MEANT.items():
        yes, due = said.isin(meant).to_numpy(), pairs["relation"].isin(meant).to_numpy()
        found[name] = {
            "precision": _share(yes & due, yes),
            "recall": _share(yes & due, due),
            "recall_of_all_pairs": round(float(weights[yes & due].sum() / max(weights[due].sum(), 1)), 3),
        }
    return found


def _of_links(links: pd.DataFrame) -> dict[str, Any]:
    """Of links drawn from those of the States held out: `said` and what each reading found.

    `stands_for` weights them, since some relations were drawn more often than others.
    """
    if links.empty:
        return {}
    readings = links["first_reading"], links["second_reading"]
    near = [reading.isin(_NEAR) for reading in readings]
    found: dict[str, Any] = {
        "links": len(links),
        "states": int(links["state"].nunique()),
        "agreement_of_readings": round(float((readings[0] == readings[1]).mean()), 3),
        "kappa_of_readings": round(float(cohen_kappa_score(*readings)), 3),
        "kappa_same_or_near": round(float(cohen_kappa_score(*near)), 3),
    }
    weights = links["stands_for"].to_numpy()
    for name, meant in _MEANT.items():
        yes, due = links["said"].isin(meant).to_numpy(), links["relation"].isin(meant).to_numpy()
        found[name] = {
            "precision": _share(yes & due, yes, weights),
            "recall": _share(yes & due, due, weights),
        }
    return found


def _share(hits: Flags, of: Flags, weights: npt.NDArray[np.float64] | None = None) -> dict[str, float | int]:
    """A share with its 95 % interval (Wilson).

    Weighted rows count as fewer (Kish's effective number): so the interval is wider where the weights differ.
    """
    if not of.any():
        # Nothing is known: any share is possible.
        return {"value": 0.0, "low": 0.0, "high": 1.0, "of": 0}
    drawn = np.ones(len(of)) if weights is None else weights
    value = float(drawn[hits].sum() / drawn[of].sum())
    effective = float(drawn[of].sum() ** 2 / (drawn[of] ** 2).sum())
    low, high = score_bounds(value, effective, Z95)
    return {
        "value": round(value, 3),
        "low": round(max(0.0, low), 3),
        "high": round(min(1.0, high), 3),
        "of": int(of.sum()),
    }
