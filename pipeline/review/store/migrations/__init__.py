"""Revisions of the desk's database, in Alembic's form: each says how the one before becomes the next."""
