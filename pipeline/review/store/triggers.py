"""What the database does by itself: it lets nobody change or delete history and predictions, and keeps an
index of the words of items.

Once this module is imported, `tables.metadata.create_all` makes all of it.
"""

from __future__ import annotations

from sqlalchemy import DDL, Connection, event

from pipeline.review.store import before  # noqa: F401 - its tables are the desk's, too
from pipeline.review.store.tables import items, metadata

APPEND_ONLY = ("decisions", "predictions")


def _forbid(table: str, verb: str) -> tuple[DDL, DDL]:
    message = f"{table} are append-only"
    sqlite = DDL(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, "
        f"'{message}'); END"
    )  # type: ignore[no-untyped-call]
    postgres = DDL(  # type: ignore[no-untyped-call]
        f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{message}'; END $$; "
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"FOR EACH {'STATEMENT' if verb == 'TRUNCATE' else 'ROW'} EXECUTE FUNCTION {table}_append_only()"
    )
    return sqlite, postgres


for _table in APPEND_ONLY:
    for _verb in ("UPDATE", "DELETE", "TRUNCATE"):
        _sqlite, _postgres = _forbid(_table, _verb)
        if _verb != "TRUNCATE":
            event.listen(metadata.tables[_table], "after_create", _sqlite.execute_if(dialect="sqlite"))
        event.listen(metadata.tables[_table], "after_create", _postgres.execute_if(dialect="postgresql"))

WORDS_SQLITE = (
    "CREATE VIRTUAL TABLE items_words USING fts5(text, content='items', content_rowid='id', prefix='2 3')",
    "CREATE TRIGGER items_words_added AFTER INSERT ON items BEGIN "
    "INSERT INTO items_words(rowid, text) VALUES (new.id, new.text); END",
    "CREATE TRIGGER items_words_changed AFTER UPDATE OF text ON items BEGIN "
    "INSERT INTO items_words(items_words, rowid, text) VALUES ('delete', old.id, old.text); "
    "INSERT INTO items_words(rowid, text) VALUES (new.id, new.text); END",
    "CREATE TRIGGER items_words_gone AFTER DELETE ON items BEGIN "
    "INSERT INTO items_words(items_words, rowid, text) VALUES ('delete', old.id, old.text); END",
)
WORDS_POSTGRESQL = "to_tsvector('simple', translate(items.text, '/.-_@:', '      '))"
"""Words of an item as PostgreSQL indexes them; its parser would take `A/HRC/99/1` for one word otherwise."""

for _statement in WORDS_SQLITE:
    event.listen(items, "after_create", DDL(_statement).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]
_index = DDL(f"CREATE INDEX items_words ON items USING gin ({WORDS_POSTGRESQL})")  # type: ignore[no-untyped-call]
_drop = DDL("DROP TABLE IF EXISTS items_words")  # type: ignore[no-untyped-call]
event.listen(items, "after_create", _index.execute_if(dialect="postgresql"))
event.listen(items, "after_drop", _drop.execute_if(dialect="sqlite"))


def create_all(connection: Connection) -> None:
    """Make all tables, with what the database does by itself."""
    metadata.create_all(connection)
