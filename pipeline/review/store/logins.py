"""Coming in: passwords are checked, wrong ones limited, and sessions kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, insert, select, update

from pipeline.review.settings import DeskSettings
from pipeline.review.store.accounts import Person, check_password, decoy, hasher, name_key
from pipeline.review.store.database import Database
from pipeline.review.store.tables import login_failures, sessions, users
from pipeline.review.store.transitions import Role


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
            hasher.verify(row.password_hash if row is not None and usable else decoy(), password[:1000])
            and usable
        )
    except (VerificationError, InvalidHashError):
        correct = False
    with database.write() as connection:
        if not correct or row is None:
            return None
        connection.execute(delete(login_failures).where(login_failures.c.id == attempt))
        if hasher.check_needs_rehash(row.password_hash):
            connection.execute(
                update(users).where(users.c.id == row.id).values(password_hash=hasher.hash(password))
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
        select(
            users.c.id,
            users.c.name,
            users.c.role,
            users.c.language,
            users.c.temporary,
            sessions.c.csrf,
            sessions.c.token_hash,
        )
        .join_from(sessions, users)
        .where(
            sessions.c.token_hash == _digest(token),
            sessions.c.expires_at > database.now(),
            users.c.disabled_at.is_(None),
        )
    )
    with database.read() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    person = Person(row.id, row.name, Role(row.role), row.language, row.temporary)
    return Visit(person, row.csrf, row.token_hash)


def log_out(database: Database, token_hash: str) -> None:
    """End a session."""
    with database.write() as connection:
        connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def change_own_password(database: Database, found: Visit, old: str, new: str) -> bool:
    """Let a person choose another password; their other sessions end, this one goes on.

    Returns: False if the old one is wrong. Raises: DecisionError for a new one that is not good enough.
    """
    with database.read() as connection:
        kept = connection.scalar(select(users.c.password_hash).where(users.c.id == found.person.id))
    try:
        hasher.verify(kept or decoy(), old[:1000])
    except (VerificationError, InvalidHashError):
        return False
    check_password(found.person.name, new)
    with database.write() as connection:
        values = {"password_hash": hasher.hash(new), "temporary": False}
        connection.execute(update(users).where(users.c.id == found.person.id).values(values))
        others = (sessions.c.user_id == found.person.id) & (sessions.c.token_hash != found.token_hash)
        connection.execute(delete(sessions).where(others))
    return True
