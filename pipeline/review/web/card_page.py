"""The page of one recommendation: what every way to it shows."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.review.deciding.activity import untold
from pipeline.review.deciding.card import Card
from pipeline.review.deciding.filters import Filter
from pipeline.review.deciding.queue import status_counts, waiting
from pipeline.review.rounds.planning import all_rounds
from pipeline.review.store.logins import Visit
from pipeline.review.store.transitions import FOR_ADJUDICATOR
from pipeline.review.strings import LANGUAGES, language
from pipeline.review.web.desk import Desk
from pipeline.review.web.render import page
from pipeline.review.web.security import desk_of
from pipeline.store.names import tag_names


def _language_of(card: Card | None) -> str:
    """The language of a card's text, whose verbs are shown; English for one that the desk does not know."""
    given = str(card.places[0].get("language") or "") if card and card.places else ""
    return given if given in LANGUAGES else LANGUAGES[0]


def _round_name(desk: Desk, connection: Connection, wanted: Filter) -> str:
    if not wanted.round:
        return ""
    names: dict[str, str] = desk.remembered.get(
        "round names", 30, lambda: {str(one.id): one.plan.name for one in all_rounds(connection)}
    )
    return names.get(wanted.round, wanted.round)


def review_page(
    request: Request, found: Visit, wanted: Filter, connection: Connection, card: Card | None
) -> Response:
    """The page for reviewing, with a card, or with what is said where nothing waits."""
    desk = desk_of(request)
    values = card_values(desk, found, wanted, connection, card)
    did = "saved" if "did" in request.query_params else "undo" if "undone" in request.query_params else ""
    return page(request, "review.html", found, did=did, **values)


def card_values(
    desk: Desk, found: Visit, wanted: Filter, connection: Connection, card: Card | None
) -> dict[str, Any]:
    """What the templates of a card need: the card itself, the counts beside it, and the vocabularies."""
    tags = tag_names(desk.taxonomy.version, language())
    spoken = _language_of(card)
    counts = desk.remembered.get("status", 5, lambda: status_counts(connection))
    otherwise = desk.remembered.get(f"untold {found.person.id}", 30, lambda: untold(connection, found.person))
    left = desk.remembered.get(
        f"left {found.person.id} {wanted}", 5, lambda: waiting(connection, found.person, wanted)
    )
    return {
        "card": card,
        "wanted": wanted,
        "left": left,
        "otherwise": otherwise,
        "round_name": _round_name(desk, connection, wanted),
        "nothing_imported": not any(counts.values()),
        "disputes": sum(counts[s.value] for s in FOR_ADJUDICATOR),
        "tags": tags,
        "definitions": {label: tag.definition for label, tag in tags.items()},
        "text_language": spoken,
        "verbs": desk.verbs[spoken],
        "wordings": desk.wordings[language()],
        "actions": ACTIONS,
    }
