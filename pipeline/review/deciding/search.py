"""Finding an item by its words, from the database's own index of words."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, column, func, literal_column, select, table

from pipeline.review.store.accounts import Person
from pipeline.review.store.tables import items
from pipeline.review.store.transitions import Standing, may_see_codes
from pipeline.review.store.triggers import WORDS_POSTGRESQL

LIMIT = 50
_WORD = re.compile(r"[^\W_]+")
_SHORTEST_BEGINNING = 2
"""Letters from which a word stands for all words that begin so; a single letter stands for itself."""


def find(connection: Connection, person: Person, words: str) -> list[dict[str, Any]]:
    """Items whose text has a word that begins with each of the words, in any case; at most `LIMIT`. Codes
    only where the person may see them.
    """
    wanted = [w.lower() for w in _WORD.findall(words)][:10]
    if not wanted:
        return []
    query = select(items.c.id, items.c.text, items.c.status, items.c.standing, items.c.copies)
    if connection.dialect.name == "sqlite":
        index = table("items_words", column("rowid"))
        sought = " ".join(f'"{w}"' + "*" * (len(w) >= _SHORTEST_BEGINNING) for w in wanted)
        matching = select(index.c.rowid).where(literal_column("items_words").op("MATCH")(sought))
        query = query.where(items.c.id.in_(matching.order_by(index.c.rowid).limit(LIMIT)))
    else:
        sought = " & ".join(f"'{w}'" + ":*" * (len(w) >= _SHORTEST_BEGINNING) for w in wanted)
        query = query.where(literal_column(WORDS_POSTGRESQL).op("@@")(func.to_tsquery("simple", sought)))
    found = []
    for row in connection.execute(query.order_by(items.c.id).limit(LIMIT)).mappings():
        standing = Standing.from_json(row["standing"])
        seen = may_see_codes(standing, person.id)
        found.append(dict(row) | {"codes": standing.codes if seen else None})
    return found
