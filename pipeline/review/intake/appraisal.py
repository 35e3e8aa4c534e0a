"""What an import makes of a wording: whether it is queued, how high, why, and what it can be filtered by.
Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.models.reasons import Reason
from pipeline.review.intake import priority
from pipeline.review.intake.gathering import Explained, GatheredText
from pipeline.review.settings import DeskSettings

SAID_FACETS = ("action", "tag", "reason")
"""Filters that tell what the model said; they are closed to a blind second reader."""
PLACE_FACETS = ("session", "state")


@dataclass(frozen=True)
class Appraisal:
    """A wording's place in the queue. `facets` are (facet, value) pairs."""

    queued: bool
    priority: float
    reasons: tuple[str, ...]
    facets: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Background:
    """What a wording is compared with: how often each tag occurs among `total` wordings."""

    tags: Counter[str]
    total: int


def audited(wording: GatheredText, settings: DeskSettings) -> bool:
    """Whether a wording that was labelled with certainty belongs to the permanent random sample."""
    return (
        bool(wording.predictions)
        and not wording.wanted
        and priority.drawn(wording.key, settings.audit_share, priority.AUDIT)
    )


def queued(wording: GatheredText, settings: DeskSettings) -> bool:
    """Whether people are asked to look."""
    return wording.wanted or audited(wording, settings)


def place_facets(wording: GatheredText) -> set[tuple[str, str]]:
    """Sessions and States of a wording's rows."""
    sources = [row["source"] for row in wording.rows.values()]
    sessions = {("session", str(s["session"])) for s in sources if s["session"] is not None}
    return sessions | {("state", s["state_under_review"]) for s in sources if s["state_under_review"]}


def appraise(
    wording: GatheredText,
    said: Mapping[str, Any] | None,
    explained: Explained | None,
    similarity: float | None,
    background: Background,
    settings: DeskSettings,
) -> Appraisal:
    """Appraise a wording.

    Args:
        said: its current prediction, None where no model spoke.
        similarity: to its nearest precedent, None where there are no precedents.
    """
    said = said or {}
    reasons = list(dict.fromkeys(said.get("review_reasons") or ()))
    if said and said.get("action") is None:
        reasons.append(Reason.TO_BE_CODED_BY_HAND.value)
    rule = explained.action if explained else None
    looking = priority.Looking(
        confidence=said.get("action_confidence"),
        tag_scores=said.get("issue_scores") or {},
        disagreement=rule is not None and said.get("action") is not None and rule != said["action"],
        rarity=priority.rarity(said.get("issues") or (), background.tags, background.total),
        similarity=similarity,
        copies=max(len(wording.rows), 1),
    )
    value = priority.value_of_looking(looking, settings.priority)
    if audited(wording, settings):
        # An audit that came last would never be done: its places are spread evenly over the usual range.
        reasons.append(Reason.AUDIT_SAMPLE.value)
        value = round(priority.place_in_lot(wording.key, "audit place") * settings.priority.uncertainty, 6)
    facets = (
        place_facets(wording)
        | {("tag", tag) for tag in said.get("issues") or ()}
        | {("reason", reason[:200]) for reason in reasons}
    )
    if said.get("action"):
        facets.add(("action", str(said["action"])))
    return Appraisal(queued(wording, settings), value, tuple(reasons), tuple(sorted(facets)))
