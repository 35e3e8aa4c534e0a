"""How Alembic runs the revisions: on a connection that the desk hands in, in one transaction."""

from __future__ import annotations

from alembic import context

from pipeline.review.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
