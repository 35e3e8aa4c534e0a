"""`upr review user`: accounts of the review desk."""

from __future__ import annotations

import sys

import click

from pipeline.cli import say
from pipeline.cli.desk import database_option, opened_desk

ROLES = ("reviewer", "adjudicator", "admin")


@click.group()
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
@database_option
def add_user(name: str, role: str, database: str | None) -> None:
    """Add an account. The password is prompted, or read as one line from stdin."""
    from pipeline.review.store import accounts
    from pipeline.review.store.transitions import Role

    opened = opened_desk(database, create=True)
    accounts.add_user(opened, name, Role(role), _password())
    say(f"{name} can log in as {role}.")


@user.command("list")
@database_option
def list_users(database: str | None) -> None:
    """List the accounts."""
    from pipeline.review.store import accounts

    for row in accounts.list_users(opened_desk(database)):
        click.echo(f"{row['name']}\t{row['role']}\t{'disabled' if row['disabled_at'] else 'enabled'}")


@user.command("password")
@click.argument("name")
@database_option
def set_password(name: str, database: str | None) -> None:
    """Give an account another password; its sessions end."""
    from pipeline.review.store import accounts

    accounts.set_password(opened_desk(database), name, _password())
    say(f"{name} has a new password.")


@user.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@database_option
def set_role(name: str, role: str, database: str | None) -> None:
    """Give an account another role; its sessions end."""
    from pipeline.review.store import accounts
    from pipeline.review.store.transitions import Role

    accounts.set_role(opened_desk(database), name, Role(role))
    say(f"{name} is {role} now.")


@user.command("disable")
@click.argument("name")
@database_option
def disable(name: str, database: str | None) -> None:
    """Shut an account; its decisions stay."""
    from pipeline.review.store import accounts

    accounts.set_enabled(opened_desk(database), name, False)
    say(f"{name} cannot log in any more.")


@user.command("enable")
@click.argument("name")
@database_option
def enable(name: str, database: str | None) -> None:
    """Open a shut account again."""
    from pipeline.review.store import accounts

    accounts.set_enabled(opened_desk(database), name, True)
    say(f"{name} can log in again.")
