"""Filters of the queue: what they match, by the facets of items, and the ones that people keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, insert, or_, select, true
from sqlalchemy.exc import IntegrityError

from pipeline.review.intake.appraisal import PLACE_FACETS, SAID_FACETS
from pipeline.review.store.accounts import Person
from pipeline.review.store.database import Database
from pipeline.review.store.tables import facet_values, facets, items, saved_filters
from pipeline.review.store.transitions import Status

FACETS = (*PLACE_FACETS, *SAID_FACETS)


@dataclass(frozen=True)
class Filter:
    """What a person wants to see of the queue; all that is set must hold. `mine`: only what is assigned to
    them; `round`: the number of a round.
    """

    session: str = ""
    state: str = ""
    action: str = ""
    tag: str = ""
    reason: str = ""
    mine: bool = False
    round: str = ""

    def chosen(self) -> dict[str, str]:
        """The facets that are set."""
        return {name: getattr(self, name) for name in FACETS if getattr(self, name)}

    def query(self) -> dict[str, str]:
        """As a query string's pairs, without what is not set."""
        return (
            self.chosen()
            | ({"mine": "1"} if self.mine else {})
            | ({"round": self.round} if self.round else {})
        )

    @property
    def tells(self) -> bool:
        """Whether being in the filter tells what the model said of an item."""
        return any(getattr(self, name) for name in SAID_FACETS)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Filter:
        """From stored or sent values; unknown names are ignored."""
        return cls(
            **{name: str(values.get(name) or "")[:200] for name in (*FACETS, "round")},
            mine=bool(values.get("mine")),
        )


def matching(
    connection: Connection, wanted: Filter, statuses: Sequence[Status]
) -> tuple[Select[Any], ColumnElement[Any]] | None:
    """Items that match, as a query of their ids without order, and what orders them; None if a value is
    unknown.
    """
    names = [s.value for s in statuses]
    in_round = items.c.round_id == int(wanted.round) if wanted.round.isdecimal() else true()
    if not wanted.chosen():
        return select(items.c.id).where(items.c.status.in_(names), in_round), items.c.priority
    ids = value_ids(connection, wanted)
    if ids is None:
        return None
    query, lead = holding(ids, names)
    query = query.with_only_columns(items.c.id).join(items, items.c.id == lead.c.item_id)
    return query.where(in_round), lead.c.priority


def value_ids(connection: Connection, wanted: Filter) -> list[int] | None:
    """The filter's values as ids, None if one is unknown."""
    chosen = wanted.chosen()
    pairs = or_(*(and_(facet_values.c.facet == f, facet_values.c.value == v) for f, v in chosen.items()))
    ids = list(connection.scalars(select(facet_values.c.id).where(pairs).order_by(facet_values.c.id)))
    return ids if len(ids) == len(chosen) else None


def holding(ids: list[int], statuses: list[str]) -> tuple[Select[Any], Any]:
    """Ids of items that have all of these values, and the alias whose priority orders them."""
    lead = facets.alias()
    query = select(lead.c.item_id).where(lead.c.value_id == ids[0], lead.c.status.in_(statuses))
    for value_id in ids[1:]:
        other = facets.alias()
        query = query.where(exists().where(other.c.item_id == lead.c.item_id, other.c.value_id == value_id))
    return query, lead


def save_filter(database: Database, person: Person, name: str, wanted: Filter) -> bool:
    """Keep a filter under a name. Returns: False if the person has one of that name."""
    try:
        with database.write() as connection:
            connection.execute(
                insert(saved_filters).values(user_id=person.id, name=name[:80], filter=asdict(wanted))
            )
    except IntegrityError:
        return False
    return True


def forget_filter(database: Database, person: Person, filter_id: int) -> None:
    """Forget a saved filter of the person."""
    with database.write() as connection:
        connection.execute(
            delete(saved_filters).where(saved_filters.c.id == filter_id, saved_filters.c.user_id == person.id)
        )


def kept_filters(connection: Connection, person: Person) -> list[tuple[int, str, Filter]]:
    """The person's saved filters."""
    rows = connection.execute(
        select(saved_filters).where(saved_filters.c.user_id == person.id).order_by(saved_filters.c.name)
    )
    return [(row.id, row.name, Filter.from_mapping(row.filter)) for row in rows]
