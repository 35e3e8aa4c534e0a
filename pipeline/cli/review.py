"""`upr review`: the review desk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import say
from pipeline.cli.terminal import bar, say_home

if TYPE_CHECKING:
    from pipeline.review.store.database import Database

DEFAULT_DATABASE = "data/reviewed/desk.db"
PRECEDENTS = "data/corpus/corpus.parquet"
ROLES = ("reviewer", "adjudicator", "admin")

_database = click.option(
    "--database",
    default=None,
    envvar="UPR_REVIEW_DATABASE",
    metavar="URL",
    help=f"A file (SQLite) or a postgresql:// URL. Default: {DEFAULT_DATABASE} in the home folder.",
)


def _address(database: str | None) -> str:
    from pipeline import settings

    if database:
        return database
    say_home()
    return str(settings.home() / DEFAULT_DATABASE)


def _open(database: str | None, *, create: bool = False) -> Database:
    """The database that is there. Only `import`, `user add` and `upgrade` make or change one."""
    from pipeline.review.store.database import open_database

    return open_database(_address(database), create=create)


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
@click.option(
    "--model",
    default="champion",
    show_default=True,
    metavar="REF",
    help="The model that labelled the table, to mark the words that its labels depend on.",
)
@click.option("--strict", is_flag=True, help="Import nothing if any row is rejected.")
@_database
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
        _open(database, create=True), labelled, chosen, user=user, strict=strict, model=model, progress=bar
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
@click.option(
    "--log",
    default="off",
    envvar="UPR_REVIEW_SERVE_LOG",
    show_default=True,
    type=click.Choice(["off", "text", "json"]),
    help="Write a line for each request to stderr, for people or for programs.",
)
@_database
def serve(host: str, port: int, names: tuple[str, ...], log: str, database: str | None) -> None:
    """Serve the desk until Ctrl-C."""
    from pipeline.review.store.accounts import anybody
    from pipeline.review.store.database import open_to_serve
    from pipeline.review.web.app import serve as run

    if log != "off":
        from pipeline.review.web.logs import configure

        configure(log)
    opened = open_to_serve(_address(database))
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
@_database
def export(out: Path, form: str, allow_fewer: bool, database: str | None) -> None:
    """Write the decisions.

    `table` ends in .parquet or .jsonl (the project's columns), or in .csv or .xlsx (a decision sheet that can
    be edited and imported again); `label-studio` and `argilla` end in .json.
    """
    from pipeline.review import opening

    for line in opening.export_file(_open(database), out, form, allow_fewer=allow_fewer):
        say(line)


@command.command()
@_database
def upgrade(database: str | None) -> None:
    """Bring the desk's database to the tables of this version. Run `upr review backup` first."""
    from pipeline.review.store.database import upgrade_database

    applied = upgrade_database(_address(database))
    say(f"Applied: {', '.join(applied)}." if applied else "The database is up to date; nothing was changed.")


_replace = click.option("--replace", is_flag=True, help="Take the place of what is there already.")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@_replace
@_database
def backup(file: Path, replace: bool, database: str | None) -> None:
    """Copy the desk's database into FILE; people can go on working.

    FILE is a SQLite database, or of PostgreSQL what pg_dump writes. It holds the hashes of passwords.
    """
    from pipeline.review.store.backup import back_up

    held = back_up(_address(database), file, replace=replace)
    say(f"{file}: {held.decisions:,} decisions on {held.items:,} wordings, revision {held.revision}.")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@_replace
@_database
def restore(file: Path, replace: bool, database: str | None) -> None:
    """Bring the copy FILE back into the database, whole or not at all. Stop the server first.

    With --replace, the desk that is there is copied beside FILE before.
    """
    from pipeline.review.store import backup, schema

    held = backup.restore(file, _address(database), replace=replace)
    if held.replaced:
        say(f"The desk that was there is kept in {held.replaced}.")
    say(f"{held.decisions:,} decisions on {held.items:,} wordings are back.")
    if held.revision != schema.CURRENT:
        say(f"They are of revision {held.revision}: run upr review upgrade.")


@command.command()
@_database
def doctor(database: str | None) -> int:
    """Look for what is wrong with the desk's database; nothing is changed. Exit 1 if something is."""
    from pipeline.review.store.database import open_present
    from pipeline.review.store.doctor import examine

    findings = examine(open_present(_address(database)))
    for finding in findings:
        click.echo(
            f"ok     {finding.check}"
            if finding.good
            else f"WRONG  {finding.check}: {finding.found}.\n       {finding.todo}"
        )
    return int(not all(finding.good for finding in findings))


@command.group()
def user() -> None:
    """Accounts of the people who review."""


def _password() -> str:
    """The password: prompted twice at a terminal, else the first line of stdin."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


@user.command("add")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(ROLES))
@_database
def add_user(name: str, role: str, database: str | None) -> None:
    """Add an account. The password is prompted, or read as one line from stdin."""
    from pipeline.review.store import accounts
    from pipeline.review.store.transitions import Role

    opened = _open(database, create=True)
    accounts.add_user(opened, name, Role(role), _password())
    say(f"{name} can log in as {role}.")


@user.command("list")
@_database
def list_users(database: str | None) -> None:
    """List the accounts."""
    from pipeline.review.store import accounts

    for row in accounts.list_users(_open(database)):
        click.echo(f"{row['name']}\t{row['role']}\t{'disabled' if row['disabled_at'] else 'enabled'}")


@user.command("password")
@click.argument("name")
@_database
def set_password(name: str, database: str | None) -> None:
    """Give an account another password; its sessions end."""
    from pipeline.review.store import accounts

    accounts.set_password(_open(database), name, _password())
    say(f"{name} has a new password.")


@user.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@_database
def set_role(name: str, role: str, database: str | None) -> None:
    """Give an account another role; its sessions end."""
    from pipeline.review.store import accounts
    from pipeline.review.store.transitions import Role

    accounts.set_role(_open(database), name, Role(role))
    say(f"{name} is {role} now.")


@user.command("disable")
@click.argument("name")
@_database
def disable(name: str, database: str | None) -> None:
    """Shut an account; its decisions stay."""
    from pipeline.review.store import accounts

    accounts.set_enabled(_open(database), name, False)
    say(f"{name} cannot log in any more.")


@user.command("enable")
@click.argument("name")
@_database
def enable(name: str, database: str | None) -> None:
    """Open a shut account again."""
    from pipeline.review.store import accounts

    accounts.set_enabled(_open(database), name, True)
    say(f"{name} can log in again.")
