"""The figures of the statistics page: progress, throughput, agreement of people, and how often the model was
overruled.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from pipeline.evaluation.intervals import Estimate, wilson
from pipeline.models.reasons import Reason
from pipeline.review.deciding.ledger import BULK, DECIDE, SHEET
from pipeline.review.deciding.queue import status_counts
from pipeline.review.intake.priority import confidence_band
from pipeline.review.statistics.agreement import (
    TagAgreement,
    cohen_kappa,
    krippendorff_alpha,
    tag_agreement,
)
from pipeline.review.store.tables import decisions, items, predictions, users
from pipeline.review.store.transitions import Codes, Standing

DAYS = 14


@dataclass(frozen=True)
class Overruled:
    """Of `n` suggestions in a group, how many people answered with another action."""

    group: str
    share: Estimate


@dataclass(frozen=True)
class PersonStatistics:
    """What one person did; `seconds` is the median time for a decision."""

    name: str
    decided: int
    today: int
    seconds: float | None


@dataclass(frozen=True)
class Couple:
    """Agreement of two people, on what both read."""

    names: tuple[str, str]
    kappa: Estimate


@dataclass(frozen=True)
class DeskStatistics:
    """All figures. `shown` and `hidden` are the shares overruled where the suggestion was on the page and
    where it was not.
    """

    standing: dict[str, int]
    people: list[PersonStatistics]
    days: list[tuple[dt.date, int]]
    pairs: int
    kappa: Estimate
    alpha_nominal: float
    alpha_ordinal: float
    tags: list[TagAgreement]
    couples: list[Couple]
    by_action: list[Overruled]
    by_band: list[Overruled]
    shown: Estimate
    hidden: Estimate
    tags_changed: Estimate
    audit: Estimate


@dataclass(frozen=True)
class _Decision:
    item_id: int
    user_id: int
    at: dt.datetime
    kind: str
    reading: int
    codes: Codes
    shown: dict[str, Any]
    seconds: float | None

    @property
    def read_blind(self) -> bool:
        """Whether it is a second reading by somebody who had seen neither suggestion nor decision."""
        return self.reading == 2 and bool(self.shown.get("blind"))


def read_statistics(connection: Connection, now: dt.datetime) -> DeskStatistics:
    """The figures as of now. Decisions that were taken back do not count."""
    names = {row.id: row.name for row in connection.execute(select(users.c.id, users.c.name))}
    made = list(_standing_decisions(connection))
    twice = _read_twice(connection, {d.item_id for d in made if d.read_blind})
    pairs = [(first, second) for _, _, first, second in twice]
    suggested = [d for d in made if d.reading == 1 and d.kind == DECIDE and d.shown.get("action")]
    return DeskStatistics(
        standing=status_counts(connection),
        people=_people(made, names, now),
        days=_days(made, now),
        pairs=len(pairs),
        kappa=cohen_kappa([(a.action, b.action) for a, b in pairs]),
        alpha_nominal=krippendorff_alpha([(a.action, b.action) for a, b in pairs], ordinal=False),
        alpha_ordinal=krippendorff_alpha([(a.action, b.action) for a, b in pairs], ordinal=True),
        tags=tag_agreement([(frozenset(a.issues), frozenset(b.issues)) for a, b in pairs]),
        couples=_couples(twice, names),
        by_action=_overruled(suggested, lambda d: str(d.shown["action"])),
        by_band=_overruled(suggested, lambda d: confidence_band(d.shown["action_confidence"])),
        shown=_share_changed(suggested),
        hidden=_hidden(connection, made),
        tags_changed=wilson(
            sum(set(d.codes.issues) != set(d.shown["issues"]) for d in suggested), len(suggested)
        ),
        audit=_share_changed([d for d in suggested if Reason.AUDIT_SAMPLE in d.shown.get("reasons", ())]),
    )


def _standing_decisions(connection: Connection) -> Iterable[_Decision]:
    taken_back = set(connection.scalars(select(decisions.c.undoes).where(decisions.c.undoes.is_not(None))))
    query = select(decisions).where(decisions.c.kind.in_((DECIDE, BULK, SHEET))).order_by(decisions.c.id)
    for r in connection.execute(query).mappings():
        if r["id"] not in taken_back:
            codes = Codes(r["action"], tuple(r["issues"]))
            yield _Decision(
                r["item_id"],
                r["user_id"],
                r["at"],
                r["kind"],
                r["reading"],
                codes,
                r["shown"] or {},
                r["seconds"],
            )


def _read_twice(connection: Connection, ids: set[int]) -> list[tuple[int, int, Codes, Codes]]:
    """First and second reader with their codes, of items that two people read independently."""
    found = []
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        for value in connection.scalars(
            select(items.c.standing).where(items.c.id.in_(wanted[start : start + 500])).order_by(items.c.id)
        ):
            s = Standing.from_json(value)
            if s.first and s.second and s.first_reader and s.second_reader:
                found.append((s.first_reader, s.second_reader, s.first, s.second))
    return found


def _people(made: Sequence[_Decision], names: dict[int, str], now: dt.datetime) -> list[PersonStatistics]:
    by_person: dict[int, list[_Decision]] = defaultdict(list)
    for d in made:
        by_person[d.user_id].append(d)
    found = []
    for person, own in by_person.items():
        times = [d.seconds for d in own if d.seconds is not None and d.kind == DECIDE]
        today = sum(d.at.date() == now.date() for d in own)
        found.append(
            PersonStatistics(names[person], len(own), today, statistics.median(times) if times else None)
        )
    return sorted(found, key=lambda p: (-p.decided, p.name))


def _days(made: Sequence[_Decision], now: dt.datetime) -> list[tuple[dt.date, int]]:
    counts = Counter(d.at.date() for d in made)
    return [
        (day, counts[day]) for day in (now.date() - dt.timedelta(days=i) for i in range(DAYS - 1, -1, -1))
    ]


def _couples(twice: Sequence[tuple[int, int, Codes, Codes]], names: dict[int, str]) -> list[Couple]:
    grouped: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for a, b, first, second in twice:
        key, pair = (
            ((a, b), (first.action, second.action)) if a < b else ((b, a), (second.action, first.action))
        )
        grouped[key].append(pair)
    found = [Couple((names[a], names[b]), cohen_kappa(pairs)) for (a, b), pairs in grouped.items()]
    return sorted(found, key=lambda c: (-c.kappa.support, c.names))


def _share_changed(made: Sequence[_Decision]) -> Estimate:
    return wilson(sum(d.codes.action != d.shown["action"] for d in made), len(made))


def _overruled(made: Sequence[_Decision], group: Any) -> list[Overruled]:
    grouped: dict[str, list[_Decision]] = defaultdict(list)
    for d in made:
        grouped[group(d)].append(d)
    return [Overruled(name, _share_changed(own)) for name, own in sorted(grouped.items())]


def _hidden(connection: Connection, made: Sequence[_Decision]) -> Estimate:
    """Second readings against the model's word that their readers did not see."""
    blind = {d.item_id: d.codes.action for d in made if d.read_blind}
    ids, differing, n = sorted(blind), 0, 0
    for start in range(0, len(ids), 500):
        query = select(items.c.id, predictions.c.action).join(
            predictions, predictions.c.id == items.c.prediction_id
        )
        for item, action in connection.execute(
            query.where(items.c.id.in_(ids[start : start + 500]), predictions.c.action.is_not(None))
        ):
            n += 1
            differing += blind[item] != action
    return wilson(differing, n)
