"""Finding an item by its words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from pipeline.review.store.accounts import Person
from pipeline.review.store.tables import items
from pipeline.review.store.transitions import Standing, may_see_codes

LIMIT = 50


def find(connection: Connection, person: Person, words: str) -> list[dict[str, Any]]:
    """Items whose text contains all words, in any case; at most `LIMIT`. Codes only where the person may see
    them.
    """
    wanted = words.split()[:10]
    if not wanted:
        return []
    query = select(items.c.id, items.c.text, items.c.status, items.c.standing, items.c.copies)
    for word in wanted:
        query = query.where(items.c.text.icontains(word, autoescape=True))
    found = []
    for row in connection.execute(query.order_by(items.c.id).limit(LIMIT)).mappings():
        standing = Standing.from_json(row["standing"])
        seen = may_see_codes(standing, person.id)
        found.append(dict(row) | {"codes": standing.codes if seen else None})
    return found
