"""What a decision does to an item, and who may make it: the desk's rules of conflict, without database or
web.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """Who may do what: each role may do what the one before it may."""

    REVIEWER = "reviewer"
    ADJUDICATOR = "adjudicator"
    ADMIN = "admin"


class Status(StrEnum):
    """Where an item stands."""

    CERTAIN = "certain"  # labelled with certainty, or by experts; not queued
    OPEN = "open"  # waits for a decision
    SECOND = "second"  # waits for a second, blind reading
    DISPUTED = "disputed"  # two readings differ; waits for an adjudicator
    ESCALATED = "escalated"  # a reader asks for an adjudicator
    DONE = "done"
    WITHDRAWN = "withdrawn"  # its round is; a standing is never in this state, only an item


READABLE = tuple(s for s in Status if s is not Status.WITHDRAWN)
"""States of a standing."""
QUEUED = (Status.OPEN, Status.SECOND)
FOR_ADJUDICATOR = (Status.DISPUTED, Status.ESCALATED)


@dataclass(frozen=True)
class Codes:
    """What a person says of a text: the action category, and tags of the taxonomy (their order does not
    count).
    """

    action: int
    issues: tuple[str, ...]

    def agrees(self, other: Codes) -> bool:
        """Whether both say the same."""
        return self.action == other.action and set(self.issues) == set(other.issues)


@dataclass(frozen=True)
class Standing:
    """An item's state: all that a decision changes. Kept whole before and after each decision, so that undo
    restores it.
    """

    status: Status
    codes: Codes | None = None
    first_reader: int | None = None
    first: Codes | None = None
    second_reader: int | None = None
    second: Codes | None = None

    @property
    def readers(self) -> tuple[int, ...]:
        """Who has read it."""
        return tuple(r for r in (self.first_reader, self.second_reader) if r is not None)

    def to_json(self) -> dict[str, Any]:
        """As plain values, for the history."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Standing:
        """The inverse of `to_json`."""
        codes = {
            k: None if value[k] is None else Codes(value[k]["action"], tuple(value[k]["issues"]))
            for k in ("codes", "first", "second")
        }
        return cls(
            status=Status(value["status"]),
            first_reader=value["first_reader"],
            second_reader=value["second_reader"],
            **codes,
        )


class Refused(Exception):  # noqa: N818 - not a fault of the program: an answer to the person
    """A decision that may not be taken."""

    def __init__(self, reason: str, **details: object) -> None:
        """Args: `reason`, a key of the desk's strings; `details`, what fills its gaps."""
        super().__init__(reason)
        self.reason = reason
        self.details = details


def reading(standing: Standing) -> int:
    """Which reading a decision on the item would be: 1, 2 (blind), or 3 (adjudication or correction)."""
    if standing.status is Status.SECOND:
        return 2
    return 1 if standing.status in (Status.OPEN, Status.CERTAIN) else 3


def may_see_codes(standing: Standing, user: int) -> bool:
    """Whether a person may see suggestion, decision and history: not who could still be the blind second
    reader.
    """
    return standing.status is not Status.SECOND or user == standing.first_reader


def decide(standing: Standing, user: int, role: Role, codes: Codes, *, second_due: bool) -> Standing:
    """The standing after a decision.

    Args:
        second_due: the item belongs to the share that is read twice.

    Raises: Refused, if this person may not decide this item.
    """
    if standing.status in (Status.OPEN, Status.CERTAIN):
        status = Status.SECOND if second_due and standing.status is Status.OPEN else Status.DONE
        return replace(standing, status=status, codes=codes, first_reader=user, first=codes)
    if standing.status is Status.SECOND:
        return _second(standing, user, codes)
    if standing.status in FOR_ADJUDICATOR:
        if role is Role.REVIEWER:
            raise Refused("refused.needs-adjudicator")
        if user in standing.readers and standing.status is Status.DISPUTED:
            raise Refused("refused.own-dispute")
        return replace(standing, status=Status.DONE, codes=codes)
    if role is Role.REVIEWER and standing.readers != (user,):
        raise Refused("refused.settled")
    if standing.readers == (user,):
        return replace(standing, codes=codes, first=codes)
    return replace(standing, codes=codes)


def _second(standing: Standing, user: int, codes: Codes) -> Standing:
    if user == standing.first_reader:
        raise Refused("refused.own-second")
    if standing.first is None:
        raise ValueError("an item waits for its second reading without a first")
    agreed = codes.agrees(standing.first)
    return replace(
        standing,
        status=Status.DONE if agreed else Status.DISPUTED,
        codes=standing.first if agreed else None,
        second_reader=user,
        second=codes,
    )


def escalate(standing: Standing, user: int) -> Standing:
    """The standing after a reader passes the item to an adjudicator. Raises: Refused."""
    if standing.status is Status.SECOND and user == standing.first_reader:
        raise Refused("refused.own-second")
    if standing.status not in (*QUEUED, Status.CERTAIN, Status.DONE):
        raise Refused("refused.already-escalated")
    return replace(standing, status=Status.ESCALATED)


def with_prediction(standing: Standing, *, queue: bool) -> Standing:
    """The standing after a newer model has predicted: only what no person has touched moves in or out of the
    queue.
    """
    if standing.readers or standing.status not in (Status.OPEN, Status.CERTAIN):
        return standing
    return replace(standing, status=Status.OPEN if queue else Status.CERTAIN)
