"""One item as a person may see it: everything for a first reading, nothing that would sway a blind one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.review.deciding.activity import notes
from pipeline.review.deciding.asked_before import AskedBefore, read_asked_before
from pipeline.review.deciding.leases import Lease, has_seen, holder
from pipeline.review.deciding.marking import Piece, pieces
from pipeline.review.deciding.spoken import UNNAMED
from pipeline.review.store.accounts import Person
from pipeline.review.store.before import precedents
from pipeline.review.store.database import Database
from pipeline.review.store.tables import decisions, items, occurrences, predictions, users
from pipeline.review.store.transitions import FOR_ADJUDICATOR, Codes, Standing, Status, may_see_codes, reading

SHOWN_PLACES = 50
LEAST_SIMILARITY = 0.25
"""Precedents below are not shown. Of the five nearest to 1,200 random recommendations of session 17 among the
coded rows of sessions 1 to 16, those with a similarity under 0.25 share a tag in 0.55 of cases, those up to
0.4 in 0.73, those above in 0.93.
"""


@dataclass(frozen=True)
class Draft:
    """What stands in the form now: the suggestion, a decision, or what the person has made of it."""

    action: int | None
    issues: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class CardPrecedent:
    """A recommendation that people coded before."""

    text: str
    action: int
    issues: tuple[str, ...]
    session: int | None
    similarity: float
    label_source: str


@dataclass(frozen=True)
class Card:
    """An item for a person.

    Attributes:
        blind: nothing of model or first decision is here, and must not come by another way.
        may_decide: the item waits for somebody like this person; `held` says if somebody else has it open.
        said: the prediction's columns, None if there is none or it is hidden.
        competing: the two actions whose rules are worth reading side by side.
        compared: whether similar recommendations were looked for when the item was imported.
        asked_before: what the State was asked in earlier reviews: the same, nearly so, or perhaps.
        places: rows of the wording, source columns with experts' codes; at most `SHOWN_PLACES`.
        texts: the same recommendation in other languages, by language.
        notes: what earlier readers wrote for the next one. A blind reader gets their own only.
        kept_back: the suggestion is hidden from an adjudicator, who can ask for it.
        first, second: both readings, for whoever adjudicates.
    """

    id: int
    version: int
    status: Status
    reading: int
    blind: bool
    may_decide: bool
    held: Lease | None
    text: str
    pieces: list[Piece]
    copies: int
    draft: Draft
    said: dict[str, Any] | None
    competing: tuple[int, ...]
    reasons: tuple[str, ...]
    considered: list[tuple[str, float]]
    precedents: list[CardPrecedent]
    compared: bool
    asked_before: list[AskedBefore]
    places: list[dict[str, Any]]
    texts: dict[str, str]
    gold: list[Codes]
    first: Codes | None
    second: Codes | None
    escalation: dict[str, Any] | None
    notes: list[dict[str, Any]]
    kept_back: bool
    request: str = field(default_factory=lambda: secrets.token_hex(12))

    @property
    def language(self) -> str:
        """The language of the text (ISO 639-1)."""
        return str(self.places[0].get("language") or UNNAMED) if self.places else UNNAMED

    @property
    def marked(self) -> tuple[str, ...]:
        """Tags that words in the text speak for, in order of appearance."""
        return tuple(
            dict.fromkeys(what for piece in self.pieces for what in piece.speaks_for if what != "action")
        )

    def score(self, tag: str) -> float | None:
        """The probability that the model gave a tag."""
        value = (self.said or {}).get("issue_scores", {}).get(tag)
        return None if value is None else float(value)


def read_card(
    database: Database,
    connection: Connection,
    person: Person,
    item_id: int,
    draft: Draft | None = None,
    *,
    suggest: bool = False,
) -> Card | None:
    """The card of an item, or None if there is none of that id.

    Args:
        suggest: an adjudicator asks for the model's suggestion, which is hidden from them at first.
    """
    row = connection.execute(select(items).where(items.c.id == item_id)).mappings().first()
    if row is None:
        return None
    standing = Standing.from_json(row["standing"])
    status = Status(row["status"])
    blind = not may_see_codes(standing, person.id)
    said = _prediction(connection, row["prediction_id"])
    kept_back = standing.status in FOR_ADJUDICATOR and person.adjudicates and not suggest and said is not None
    shown = None if blind or kept_back else said
    places, gold = _places(connection, item_id)
    lease = holder(database, connection, item_id)
    evidence = (said or {}).get("evidence") or {}
    # Evidence comes from the codebook's rules, yet the marks would tell a blind reader what to think.
    spans = () if blind or kept_back else evidence.get("spans", ())
    starting = draft or _draft(standing, shown, gold if not blind else [])
    return Card(
        id=item_id,
        version=row["version"],
        status=status,
        reading=reading(standing),
        blind=blind,
        may_decide=_may_decide(status, standing, person)
        and not (blind and has_seen(connection, person, item_id)),
        held=lease if lease is not None and lease.person_id != person.id else None,
        text=row["text"],
        pieces=pieces(row["text"], spans),
        copies=row["copies"],
        draft=starting,
        said=shown,
        competing=()
        if shown is None
        else competing(shown["action"], shown["action_set"], evidence.get("action")),
        reasons=() if blind or kept_back else tuple(row["reasons"]),
        considered=_considered(shown, starting),
        compared=bool(row["similar"]),
        precedents=_precedents(connection, row["similar"], row["text_key"] if blind else None),
        asked_before=read_asked_before(
            connection,
            row["earlier"],
            row["text_key"] if blind else None,
            by_model=not blind and not kept_back,
        ),
        places=places if not blind else [p | {"gold": None} for p in places],
        texts=_other_texts(places, row["text"]),
        gold=[] if blind else gold,
        first=standing.first if standing.status in FOR_ADJUDICATOR and person.adjudicates else None,
        second=standing.second if standing.status in FOR_ADJUDICATOR and person.adjudicates else None,
        escalation=_escalation(connection, item_id) if standing.status is Status.ESCALATED else None,
        notes=notes(connection, item_id, only_of=person.id if blind else None),
        kept_back=kept_back,
    )


def competing(action: int | None, action_set: Sequence[int], rule_action: int | None) -> tuple[int, ...]:
    """The two actions to weigh: the suggestion, and the rules' action, else the nearest one that is not ruled
    out, else the next in rank. None without a suggestion.
    """
    if action is None:
        return ()
    possible = sorted(action_set, key=lambda a: (abs(a - action), a))
    candidates = [
        *([rule_action] if rule_action else []),
        *possible,
        action + 1 if action < max(ACTIONS) else action - 1,
    ]
    return action, next(a for a in candidates if a != action)


def _prediction(connection: Connection, prediction_id: int | None) -> dict[str, Any] | None:
    if prediction_id is None:
        return None
    row = connection.execute(select(predictions).where(predictions.c.id == prediction_id)).mappings().first()
    return dict(row) if row else None


def _may_decide(status: Status, standing: Standing, person: Person) -> bool:
    if status is Status.WITHDRAWN:
        return False
    if standing.status is Status.SECOND:
        return standing.first_reader != person.id
    if standing.status in FOR_ADJUDICATOR:
        return person.adjudicates and not (
            standing.status is Status.DISPUTED and person.id in standing.readers
        )
    if standing.status is Status.DONE:
        return person.adjudicates or standing.readers == (person.id,)
    return True


def _draft(standing: Standing, said: dict[str, Any] | None, gold: list[Codes]) -> Draft:
    if standing.status is Status.DISPUTED:
        return Draft(None, ())
    if standing.codes is not None and standing.status is not Status.SECOND:
        return Draft(standing.codes.action, standing.codes.issues)
    if said is not None:
        return Draft(said["action"], tuple(said["issues"]))
    if gold:
        return Draft(gold[0].action, gold[0].issues)
    return Draft(None, ())


def _considered(said: dict[str, Any] | None, draft: Draft) -> list[tuple[str, float]]:
    scores = (said or {}).get("issue_scores", {})
    return sorted(
        ((tag, p) for tag, p in scores.items() if tag not in draft.issues), key=lambda pair: -pair[1]
    )[:6]


def _places(connection: Connection, item_id: int) -> tuple[list[dict[str, Any]], list[Codes]]:
    query = (
        select(occurrences)
        .where(occurrences.c.item_id == item_id)
        .order_by(occurrences.c.position)
        .limit(SHOWN_PLACES)
    )
    places: list[dict[str, Any]] = []
    gold: list[Codes] = []
    for row in connection.execute(query).mappings():
        codes = (
            Codes(row["gold_action"], tuple(row["gold_issues"] or ()))
            if row["gold_action"] is not None
            else None
        )
        places.append(dict(row["source"]) | {"gold": codes})
        if codes is not None and not any(codes.agrees(g) for g in gold):
            gold.append(codes)
    return places, gold


def _other_texts(places: list[dict[str, Any]], text: str) -> dict[str, str]:
    """The recommendation in French and Spanish, where a source gave it so beside the text of the card."""
    found = {
        language: next((p[column] for p in places if p.get(column)), None)
        for language, column in (("fr", "text_fr"), ("es", "text_es"))
    }
    return {language: other for language, other in found.items() if other and other != text}


def _precedents(
    connection: Connection, similar: list[list[Any]], without_key: str | None
) -> list[CardPrecedent]:
    if not similar:
        return []
    rows = {
        r["id"]: r
        for r in connection.execute(
            select(precedents).where(precedents.c.id.in_([i for i, _ in similar]))
        ).mappings()
    }
    chosen = [
        (rows[i], s)
        for i, s in similar
        if s >= LEAST_SIMILARITY and i in rows and rows[i]["text_key"] != without_key
    ]
    return [
        CardPrecedent(r["text"], r["action"], tuple(r["issues"]), r["session"], s, r["label_source"])
        for r, s in chosen
    ]


def _escalation(connection: Connection, item_id: int) -> dict[str, Any] | None:
    query = select(decisions.c.note, decisions.c.at, users.c.name).join_from(decisions, users)
    row = connection.execute(
        query.where(decisions.c.item_id == item_id, decisions.c.kind == "escalate")
        .order_by(decisions.c.id.desc())
        .limit(1)
    )
    found = row.mappings().first()
    return dict(found) if found else None
