"""`upr review`: the review desk."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import say
from pipeline.cli.accounts import user
from pipeline.cli.desk import PRECEDENTS, address_of, database_option, opened_desk
from pipeline.cli.terminal import bar, model_option, request_log_option


@click.group()
def command() -> None:
    """The review desk, where people decide on uncertain labels.

    Their decisions become training data and published labels. Nothing is ever overwritten: each decision is
    an entry of the history.
    """


@command.command("import")
@click.argument("labelled", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="LABELLED...")
@click.option(
    "--precedents",
    multiple=True,
    type=click.Path(path_type=Path),
    help=(
        f"Tables coded by people, of which similar recommendations are shown. Default: {PRECEDENTS}, if "
        f"it exists."
    ),
)
@click.option("--user", help="Who made the decisions of an edited decision sheet. Default: the sheet itself.")
@model_option("The model that labelled the table, to mark the words that its labels depend on.")
@click.option("--strict", is_flag=True, help="Import nothing if any row is rejected.")
@database_option
def import_(
    labelled: tuple[Path, ...],
    precedents: tuple[Path, ...],
    user: str | None,
    model: str,
    strict: bool,
    database: str | None,
) -> None:
    """Fill the queue from labelled tables, or import decisions from an edited decision sheet.

    Importing the same file again changes nothing. Rejected rows go to LABELLED.rejects.jsonl.
    """
    from pipeline.review import opening

    chosen = precedents or opening.default_precedents()
    for line in opening.import_files(
        opened_desk(database, create=True),
        labelled,
        chosen,
        user=user,
        strict=strict,
        model=model,
        progress=bar,
    ):
        say(line)


@command.command()
@click.option(
    "--host",
    default="127.0.0.1",
    envvar="UPR_REVIEW_SERVE_HOST",
    show_default=True,
    help="Address to listen on. An address that other machines reach needs accounts.",
)
@click.option(
    "--port",
    default=8000,
    envvar="UPR_REVIEW_SERVE_PORT",
    show_default=True,
    type=click.IntRange(0, 65535),
)
@click.option(
    "--name",
    "names",
    multiple=True,
    envvar="UPR_REVIEW_SERVE_NAME",
    help="A host name that browsers use, behind a reverse proxy. May be repeated.",
)
@request_log_option("UPR_REVIEW_SERVE_LOG")
@database_option
def serve(host: str, port: int, names: tuple[str, ...], log: str, database: str | None) -> None:
    """Serve the desk until Ctrl-C."""
    from pipeline.review.store.accounts import anybody
    from pipeline.review.store.database import open_to_serve
    from pipeline.review.web.app import serve as run

    if log != "off":
        from pipeline.web.logs import configure

        configure(log)
    opened = open_to_serve(address_of(database))
    if not anybody(opened):
        say(
            "The desk has no accounts yet, so it serves only a page that says how to add one: upr review "
            "user add NAME --role admin"
        )
    say(
        f"The review desk is at http://{'localhost' if host == '127.0.0.1' else host}:{port}/ (Ctrl-C "
        f"stops it)."
    )
    run(opened, host, port, names)


@command.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "label-studio", "argilla"]),
    default="table",
    show_default=True,
)
@click.option("--allow-fewer", is_flag=True, help="Replace a file that holds more than the desk does.")
@database_option
def export(out: Path, form: str, allow_fewer: bool, database: str | None) -> None:
    """Write the decisions.

    `table` ends in .parquet or .jsonl (the project's columns), or in .csv or .xlsx (a decision sheet that can
    be edited and imported again); `label-studio` and `argilla` end in .json.
    """
    from pipeline.review import opening

    for line in opening.export_file(opened_desk(database), out, form, allow_fewer=allow_fewer):
        say(line)


@command.command()
@database_option
def upgrade(database: str | None) -> None:
    """Bring the desk's database to the tables of this version. Run `upr review backup` first."""
    from pipeline.review.store.database import upgrade_database

    applied = upgrade_database(address_of(database))
    say(f"Applied: {', '.join(applied)}." if applied else "The database is up to date; nothing was changed.")


_replace = click.option("--replace", is_flag=True, help="Take the place of what is there already.")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@_replace
@database_option
def backup(file: Path, replace: bool, database: str | None) -> None:
    """Copy the desk's database into FILE; people can go on working.

    FILE is a SQLite database, or of PostgreSQL what pg_dump writes. It holds the hashes of passwords.
    """
    from pipeline.review.store.backup import back_up

    held = back_up(address_of(database), file, replace=replace)
    say(f"{file}: {held.decisions:,} decisions on {held.items:,} wordings, revision {held.revision}.")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@_replace
@database_option
def restore(file: Path, replace: bool, database: str | None) -> None:
    """Bring the copy FILE back into the database, whole or not at all. Stop the server first.

    With --replace, the desk that is there is copied beside FILE before.
    """
    from pipeline.review.store import backup, schema

    held = backup.restore(file, address_of(database), replace=replace)
    if held.replaced:
        say(f"The desk that was there is kept in {held.replaced}.")
    say(f"{held.decisions:,} decisions on {held.items:,} wordings are back.")
    if held.revision != schema.CURRENT:
        say(f"They are of revision {held.revision}: run upr review upgrade.")


@command.command()
@database_option
def doctor(database: str | None) -> int:
    """Look for what is wrong with the desk's database; nothing is changed. Exit 1 if something is."""
    from pipeline.review.store.database import open_present
    from pipeline.review.store.doctor import examine

    findings = examine(open_present(address_of(database)))
    for finding in findings:
        click.echo(
            f"ok     {finding.check}"
            if finding.good
            else f"WRONG  {finding.check}: {finding.found}.\n       {finding.todo}"
        )
    return int(not all(finding.good for finding in findings))


command.add_command(user)
