"""Who may come in: accounts, their roles and passwords."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from pipeline.errors import DecisionError
from pipeline.review.store.database import Database
from pipeline.review.store.tables import sessions, users
from pipeline.review.store.transitions import Role

MIN_PASSWORD = 10
MIN_SCORE = 3
"""Of zxcvbn's scores 0 to 4: safe from somebody who tries 10^8 passwords."""
SHEET = "decision sheet"
"""Name of the account that stands for imported decision sheets; nobody can log in with it."""
hasher = PasswordHasher()


@dataclass(frozen=True)
class Person:
    """Somebody with an account.

    Attributes:
        language: the one they chose, None for what their browser asks for.
        temporary: a lead gave them their password; they choose another before anything else.
    """

    id: int
    name: str
    role: Role
    language: str | None = None
    temporary: bool = False

    @property
    def leads(self) -> bool:
        """Whether accounts are this person's to change."""
        return self.role is Role.ADMIN

    @property
    def adjudicates(self) -> bool:
        """Whether disputes may be settled by this person."""
        return self.role is not Role.REVIEWER


def name_key(name: str) -> str:
    """What makes a name the same name: case, width and surrounding space do not count."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:80]


@cache
def decoy() -> str:
    """A hash that no password has."""
    # Checking against this takes as long as against a real hash, so that time does not tell which names
    # exist.
    return hasher.hash(secrets.token_hex(16))


def add_user(database: Database, name: str, role: Role, password: str | None) -> int:
    """Create an account. Returns: its id.

    Raises: DecisionError for a name that is taken, empty or too long, or a password that is too short.
    """
    shown = " ".join(name.split())
    if not name_key(name) or len(shown) > 60 or any(unicodedata.category(c) in ("Cc", "Cf") for c in shown):
        raise DecisionError(
            f"account '{name[:80]}'", "this is not a name.", "Use 1 to 60 printable characters."
        )
    if password is not None:
        check_password(shown, password)
    values = {"name": shown, "name_key": name_key(name), "role": role.value, "created_at": database.now()}
    try:
        with database.write() as connection:
            result = connection.execute(
                insert(users).values(password_hash=password and hasher.hash(password), **values)
            )
            return int(result.inserted_primary_key[0])  # type: ignore[index]
    except IntegrityError as error:
        raise DecisionError(
            f"account '{shown}'",
            "the name is taken.",
            "Choose another, or change its password with `user password`.",
        ) from error


def check_password(name: str, password: str) -> None:
    """Raises: DecisionError for a password that is too short, too long, or easy to guess."""
    if len(password) < MIN_PASSWORD:
        raise DecisionError(
            f"account '{name}'",
            f"the password has {len(password)} characters.",
            f"Use at least {MIN_PASSWORD}.",
        )
    if len(password) <= 1000 and guessability(name, password) < MIN_SCORE:
        raise DecisionError(
            f"account '{name}'",
            "the password is easy to guess.",
            "Use several words that have nothing to do with each other, or with the name.",
        )
    if len(password) > 1000:
        raise DecisionError(f"account '{name}'", "the password is too long.", "Use at most 1,000 characters.")


def made_password() -> str:
    """A password that nobody guesses, short enough to be read out."""
    return "-".join(secrets.token_hex(3) for _ in range(3))


def guessability(name: str, password: str) -> int:
    """zxcvbn's score of a password: 0 (guessed at once) to 4 (very hard to guess)."""
    from zxcvbn import zxcvbn  # its word lists take a moment to load

    return int(zxcvbn(password[:72], user_inputs=[name, "upr", "review"])["score"])


def set_password(database: Database, name: str, password: str) -> None:
    """Give an account another password; whoever is logged in with it is logged out. Raises: DecisionError."""
    check_password(name, password)
    _change(database, name, {"password_hash": hasher.hash(password), "temporary": False})


def reset_password(database: Database, name: str) -> str:
    """Give an account a password that somebody else passes on, and that must be changed at the next login.

    Returns: the password. Raises: DecisionError.
    """
    made = made_password()
    _change(database, name, {"password_hash": hasher.hash(made), "temporary": True})
    return made


def set_language(database: Database, person: Person, language: str | None) -> None:
    """Keep the language that a person chose."""
    with database.write() as connection:
        connection.execute(update(users).where(users.c.id == person.id).values(language=language))


def set_enabled(database: Database, name: str, enabled: bool) -> None:
    """Shut an account or open it again; its decisions stay. Raises: DecisionError."""
    _change(database, name, {"disabled_at": None if enabled else database.now()})


def set_role(database: Database, name: str, role: Role) -> None:
    """Give an account another role. Raises: DecisionError."""
    _change(database, name, {"role": role.value})


def _change(database: Database, name: str, values: dict[str, Any]) -> None:
    with database.write() as connection:
        found = connection.scalar(
            select(users.c.id).where(users.c.name_key == name_key(name), users.c.password_hash.is_not(None))
        )
        if found is None:
            raise DecisionError(
                f"account '{name}'", "there is no such account.", "`upr review user list` shows them."
            )
        connection.execute(update(users).where(users.c.id == found).values(values))
        connection.execute(delete(sessions).where(sessions.c.user_id == found))


def list_users(database: Database) -> list[dict[str, Any]]:
    """All accounts that can log in, or could."""
    columns = (users.c.id, users.c.name, users.c.role, users.c.created_at, users.c.disabled_at)
    query = select(*columns).where(users.c.password_hash.is_not(None))
    with database.read() as connection:
        return [dict(row._mapping) for row in connection.execute(query.order_by(users.c.id))]


def find_user(database: Database, name: str) -> Person | None:
    """The person of a name."""
    with database.read() as connection:
        row = connection.execute(select(users).where(users.c.name_key == name_key(name))).first()
    return Person(row.id, row.name, Role(row.role), row.language, row.temporary) if row else None


def sheet_user(database: Database) -> Person:
    """The account that imported decision sheets are entered under where no person is named."""
    found = find_user(database, SHEET)
    return found or Person(add_user(database, SHEET, Role.ADJUDICATOR, None), SHEET, Role.ADJUDICATOR)


def anybody(database: Database) -> bool:
    """Whether somebody can log in. Nobody can where the database is not there yet."""
    if not database.ready():
        return False
    with database.read() as connection:
        query = (
            select(users.c.id)
            .where(users.c.password_hash.is_not(None), users.c.disabled_at.is_(None))
            .limit(1)
        )
        return connection.scalar(query) is not None
