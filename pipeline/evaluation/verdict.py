"""Whether a challenger may become champion: by floors, and by its comparison with the champion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.evaluation.gate import GateComparison, possible_losses
from pipeline.evaluation.unfitted import Unfitted

WHOLE, DECISIONS, ALL = "The tuning session", "Decisions of reviewers", "Tuning session and decisions"
"""The rows that challenger and champion are compared on."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Verdict:
    """What is decided of a challenger.

    Attributes:
        promoted: whether it may become champion.
        reasons: why not, each of them; or what it was judged by.
    """

    promoted: bool
    reasons: tuple[str, ...]


def verdict(missed: Sequence[str], parts: Mapping[str, GateComparison], tolerated: float) -> Verdict:
    """Judge a challenger; it passes where nothing speaks against it.

    Where it was compared on tuning session and decisions together, these decide: a session has many rows and
    decisions are few, so that alone they show little.

    Args:
        missed: the floors that it does not reach, in words.
        parts: the comparisons, by the names of their rows; none where no row is known to neither model.
        tolerated: the loss of a figure that is tolerated, a share.
    """
    deciding = {ALL: parts[ALL]} if ALL in parts else parts
    worse = [
        f"{part.lower()}: {loss}"
        for part, found in deciding.items()
        for loss in possible_losses(found.differences, tolerated)
    ]
    if not parts:
        worse = [
            "no row is known to neither the model nor the champion, so nothing shows that it is no worse"
        ]
    against = (*missed, *worse)
    if against:
        return Verdict(False, against)
    return Verdict(True, ("floors hold, and it is not worse than the champion",))


def compared_rows(tune: Rows, decided: Rows, challenger: Unfitted, champion: Unfitted) -> dict[str, Rows]:
    """The rows to compare both on, by name: those that neither was fitted on. None is empty.

    Args: `tune`, `decided`: positions in the corpus, with none in both.
    """
    parts = {}
    for name, wanted in ((WHOLE, tune), (DECISIONS, decided)):
        rows = [row for row in wanted.tolist() if challenger.has(row) and champion.has(row)]
        if rows:
            parts[name] = np.array(rows, dtype=np.int64)
    if len(parts) > 1:
        parts[ALL] = np.concatenate(list(parts.values()))
    return parts


def missed_floors(tune: Mapping[str, Any], floors: Mapping[str, float]) -> list[str]:
    """The floors that the tuning part's figures do not reach, in words.

    An undefined figure reaches nothing.
    """
    quality = tune["splits"]["session"]["tune"]["all"]
    missed = []
    for name, floor in floors.items():
        task, figure = name.split(".")
        value = quality[task][figure]["value"]
        if value is None or value < floor:
            missed.append(
                f"{name} is {'undefined' if value is None else f'{value:.4f}'}, below the floor of {floor}"
            )
    return missed
