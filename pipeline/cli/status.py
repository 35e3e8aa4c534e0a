"""`upr status`."""

from __future__ import annotations

import json

import click


@click.command()
@click.option(
    "--database",
    envvar="UPR_REVIEW_DATABASE",
    metavar="URL",
    help="The review desk.  [default: data/reviewed/desk.db in the home folder, if there]",
)
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def command(database: str | None, as_json: bool) -> None:
    """Show what runs, which model is in use since when, how accurate accepted labels were measured to be, and
    what waits.
    """
    from pipeline import settings
    from pipeline.cli.desk import DEFAULT_DATABASE, PRECEDENTS
    from pipeline.cli.terminal import say_home
    from pipeline.review.store.database import open_database
    from pipeline.workflows.status import read_status, status_text

    loaded, home = settings.load(), settings.home()
    say_home()
    default, corpus = home / DEFAULT_DATABASE, home / PRECEDENTS
    address = database or (str(default) if default.is_file() else None)
    found = read_status(
        home,
        loaded,
        open_database(address) if address else None,
        corpus if corpus.is_file() else None,
    )
    if as_json:
        click.echo(json.dumps(found.document(), indent=2, ensure_ascii=False))
    else:
        click.echo(status_text(found), nl=False)
