"""In which language texts are, so that a page in another one says so."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from pipeline.review.store.tables import occurrences

UNNAMED = "en"
"""Of a text whose rows name no language."""


def languages_of(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """The languages of items' texts (ISO 639-1), by id, as the first row of each names it."""
    wanted = list(dict.fromkeys(ids))
    query = (
        select(occurrences.c.item_id, occurrences.c.source)
        .where(occurrences.c.item_id.in_(wanted))
        .order_by(occurrences.c.item_id, occurrences.c.position.desc())
    )
    found = {row.item_id: row.source.get("language") for row in connection.execute(query)}
    return {one: found.get(one) or UNNAMED for one in wanted}
