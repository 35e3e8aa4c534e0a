"""Which desk a command of `upr review` works on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipeline.cli.terminal import say_home

if TYPE_CHECKING:
    from pipeline.review.store.database import Database

DEFAULT_DATABASE = "data/reviewed/desk.db"
PRECEDENTS = "data/corpus/corpus.parquet"

database_option = click.option(
    "--database",
    default=None,
    envvar="UPR_REVIEW_DATABASE",
    metavar="URL",
    help=f"A file (SQLite) or a postgresql:// URL. Default: {DEFAULT_DATABASE} in the home folder.",
)


def address_of(database: str | None) -> str:
    """The database that was named, else the one in the home folder."""
    from pipeline import settings

    if database:
        return database
    say_home()
    return str(settings.home() / DEFAULT_DATABASE)


def opened_desk(database: str | None, *, create: bool = False) -> Database:
    """The database that is there. Only `import`, `user add` and `upgrade` make or change one."""
    from pipeline.review.store.database import open_database

    return open_database(address_of(database), create=create)
