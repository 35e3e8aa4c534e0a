"""Who may come in: accounts, passwords, sessions, and a limit to wrong passwords."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from pipeline.errors import DecisionError
from pipeline.review.settings import DeskSettings
from pipeline.review.store.database import Database
from pipeline.review.store.tables import login_failures, sessions, users
from pipeline.review.store.transitions import Role

MIN_PASSWORD = 10
MIN_SCORE = 3
"""Of zxcvbn's scores 0 to 4: safe from somebody who tries 10^8 passwords."""
SHEET = "decision sheet"
"""Name of the account that stands for imported decision sheets; nobody can log in with it."""
_hasher = PasswordHasher()


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    id: int
    name: str
    role: Role

    @property
    def adjudicates(self) -> bool:
        """Whether disputes may be settled by this person."""
        return self.role is not Role.REVIEWER


@dataclass(frozen=True)
class Visit:
    """A person who is logged in, for the length of a request."""

    person: Person
    csrf: str
    token_hash: str


class TooManyFailures(Exception):  # noqa: N818 - an answer to the person
    """Too many wrong passwords."""

    def __init__(self, seconds: int) -> None:
        """Args: `seconds`, until the next attempt is heard."""
        super().__init__(seconds)
        self.seconds = seconds


def name_key(name: str) -> str:
    """What makes a name the same name: case, width and surrounding space do not count."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:80]


@cache
def _decoy() -> str:
    # Checking against this takes as long as against a real hash, so that time does not tell which names
    # exist.
    return _hasher.hash(secrets.token_hex(16))


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
        _check_password(shown, password)
    values = {"name": shown, "name_key": name_key(name), "role": role.value, "created_at": database.now()}
    try:
        with database.write() as connection:
            result = connection.execute(
                insert(users).values(password_hash=password and _hasher.hash(password), **values)
            )
            return int(result.inserted_primary_key[0])  # type: ignore[index]
    except IntegrityError as error:
        raise DecisionError(
            f"account '{shown}'",
            "the name is taken.",
            "Choose another, or change its password with `user password`.",
        ) from error


def _check_password(name: str, password: str) -> None:
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


def guessability(name: str, password: str) -> int:
    """zxcvbn's score of a password: 0 (guessed at once) to 4 (very hard to guess)."""
    from zxcvbn import zxcvbn  # its word lists take a moment to load

    return int(zxcvbn(password[:72], user_inputs=[name, "upr", "review"])["score"])


def set_password(database: Database, name: str, password: str) -> None:
    """Give an account another password; whoever is logged in with it is logged out. Raises: DecisionError."""
    _check_password(name, password)
    _change(database, name, {"password_hash": _hasher.hash(password)})


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
    query = select(users.c.name, users.c.role, users.c.created_at, users.c.disabled_at).where(
        users.c.password_hash.is_not(None)
    )
    with database.read() as connection:
        return [dict(row._mapping) for row in connection.execute(query.order_by(users.c.id))]


def find_user(database: Database, name: str) -> Person | None:
    """The person of a name."""
    with database.read() as connection:
        row = connection.execute(select(users).where(users.c.name_key == name_key(name))).first()
    return Person(row.id, row.name, Role(row.role)) if row else None


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


def log_in(database: Database, settings: DeskSettings, name: str, password: str, address: str) -> str | None:
    """Check a password. Returns: a new session's token, or None if name or password is wrong.

    Raises: TooManyFailures, without looking at the password.
    """
    key = name_key(name)
    attempt = _throttle(database, settings, key, address)
    with database.read() as connection:
        row = connection.execute(select(users).where(users.c.name_key == key)).first()
    usable = row is not None and row.password_hash is not None and row.disabled_at is None
    try:
        correct = (
            _hasher.verify(row.password_hash if row is not None and usable else _decoy(), password[:1000])
            and usable
        )
    except (VerificationError, InvalidHashError):
        correct = False
    with database.write() as connection:
        if not correct or row is None:
            return None
        connection.execute(delete(login_failures).where(login_failures.c.id == attempt))
        if _hasher.check_needs_rehash(row.password_hash):
            connection.execute(
                update(users).where(users.c.id == row.id).values(password_hash=_hasher.hash(password))
            )
        token = secrets.token_urlsafe(32)
        until = database.now() + dt.timedelta(hours=settings.session_hours)
        connection.execute(delete(sessions).where(sessions.c.expires_at < database.now()))
        connection.execute(
            insert(sessions).values(
                token_hash=_digest(token), user_id=row.id, csrf=secrets.token_urlsafe(32), expires_at=until
            )
        )
        return token


def _throttle(database: Database, settings: DeskSettings, key: str, address: str) -> int:
    """Count an attempt before its password is looked at, so that many at once are no way around. Returns: its
    id.
    """
    rules = settings.login
    start = database.now() - dt.timedelta(minutes=rules.window_minutes)
    recent = (login_failures.c.address == address[:80]) & (login_failures.c.at > start)
    limits = (
        (rules.failures_per_name, recent & (login_failures.c.name_key == key)),
        (rules.failures_per_address, recent),
    )
    with database.write() as connection:
        for limit, condition in limits:
            count, oldest = connection.execute(
                select(func.count(), func.min(login_failures.c.at)).where(condition)
            ).one()
            if count >= limit:
                left = oldest + dt.timedelta(minutes=rules.window_minutes) - database.now()
                raise TooManyFailures(max(1, round(left.total_seconds())))
        connection.execute(delete(login_failures).where(login_failures.c.at < start))
        result = connection.execute(
            insert(login_failures).values(name_key=key, address=address[:80], at=database.now())
        )
        return int(result.inserted_primary_key[0])  # type: ignore[index]


def visit(database: Database, token: str) -> Visit | None:
    """The person a session's token belongs to, or None."""
    if not database.ready():
        return None
    query = (
        select(users.c.id, users.c.name, users.c.role, sessions.c.csrf, sessions.c.token_hash)
        .join_from(sessions, users)
        .where(
            sessions.c.token_hash == _digest(token),
            sessions.c.expires_at > database.now(),
            users.c.disabled_at.is_(None),
        )
    )
    with database.read() as connection:
        row = connection.execute(query).first()
    return Visit(Person(row.id, row.name, Role(row.role)), row.csrf, row.token_hash) if row else None


def log_out(database: Database, token_hash: str) -> None:
    """End a session."""
    with database.write() as connection:
        connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
