"""What the State of an item was asked in earlier reviews, as a person may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from pipeline.corpus.schema import PEOPLE
from pipeline.review.store.before import earlier
from pipeline.review.store.tables import items
from pipeline.review.store.transitions import Codes, Standing, Status


@dataclass(frozen=True)
class AskedBefore:
    """A recommendation of an earlier review.

    Attributes:
        state: under review; by: recommending States. Both are hidden until somebody asks for them.
        relation: same, near, or perhaps.
        responses: what the State answered, each answer once; empty where it is not known.
        codes: None where nobody coded it, or the person may not see them.
        people: whether people gave the codes.
    """

    state: str
    session: int
    text: str
    by: tuple[str, ...]
    relation: str
    responses: tuple[str, ...]
    codes: Codes | None
    people: bool


def read_asked_before(
    connection: Connection, pairs: Sequence[Sequence[Any]] | None, unseen: str | None, *, by_model: bool
) -> list[AskedBefore]:
    """What an item was linked with, in order.

    Args:
        pairs: `items.earlier`.
        unseen: the key of a wording whose codes the person may not see, that of a blind reader's item.
        by_model: whether labels that a model gave may be seen.
    """
    if not pairs:
        return []
    query = select(earlier).where(earlier.c.id.in_([number for number, _ in pairs]))
    rows = {row["id"]: dict(row) for row in connection.execute(query).mappings()}
    shown = [(rows[number], relation) for number, relation in pairs if number in rows]
    decided = _decided(connection, {row["text_key"] for row, _ in shown})
    found = []
    for row, relation in shown:
        codes, people = _codes(row, decided.get(row["text_key"]))
        if row["text_key"] == unseen or not (people or by_model):
            codes = None
        found.append(
            AskedBefore(
                row["state"],
                row["session"],
                row["text"],
                tuple(row["recommending"]),
                relation,
                tuple(row["responses"]),
                codes,
                people,
            )
        )
    return found


def _decided(connection: Connection, keys: set[str]) -> dict[str, Codes]:
    """What people decided at the desk, by key of the wording."""
    query = select(items.c.text_key, items.c.standing).where(
        items.c.text_key.in_(sorted(keys)), items.c.status == Status.DONE.value
    )
    found = {key: Standing.from_json(standing).codes for key, standing in connection.execute(query)}
    return {key: codes for key, codes in found.items() if codes is not None}


def _codes(row: Mapping[str, Any], decided: Codes | None) -> tuple[Codes | None, bool]:
    """The codes of a row, and whether people gave them: experts first, then the desk, then a model."""
    own = Codes(row["action"], tuple(row["issues"])) if row["action"] is not None else None
    if row["label_source"] in PEOPLE or decided is None:
        return own, row["label_source"] in PEOPLE
    return decided, True
