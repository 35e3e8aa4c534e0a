"""What can be wrong with a database, in words that say what to do."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, NoSuchModuleError, OperationalError

from pipeline.errors import StoreError

_NO_SUCH_DATABASE = "3D000"
"""PostgreSQL's code for it, of five characters (SQLSTATE)."""
_NOT_LET_IN = "28"
"""The first two characters of its codes for a wrong name or password."""


@contextmanager
def faults_named(shown: str) -> Iterator[None]:
    """What a driver complains of, as a StoreError that says what to do.

    Args: `shown`, the database as messages name it, see `address_shown`.
    """
    try:
        yield
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreError(
            shown,
            "PostgreSQL's driver is missing.",
            "Install it: pip install 'upr-labelling-pipeline[postgres]'.",
        ) from error
    except DBAPIError as error:
        raise _fault(shown, error) from error
    except OSError as error:
        raise StoreError(shown, f"{error.strerror}.", "Check the path.") from error


def _fault(shown: str, error: DBAPIError) -> StoreError:
    """What is wrong, by PostgreSQL's own code where it answers, else by the driver's kind of error."""
    said = error.orig.args[0] if error.orig and error.orig.args else None
    code, reason = (said.get("C", ""), said.get("M", "")) if isinstance(said, dict) else ("", str(error.orig))
    if code == _NO_SUCH_DATABASE:
        url = make_url(shown)
        options = [("-h", url.host), ("-p", url.port), ("-U", url.username)]
        given = [str(part) for option in options if option[1] for part in option]
        command = shlex.join(["createdb", *given, str(url.database)])
        what = f"the server answers, but has no database '{url.database}'."
        return StoreError(shown, what, f"Correct its name, or create it: {command}")
    if code.startswith(_NOT_LET_IN):
        what = f"the server does not let you in ({reason})."
        return StoreError(shown, what, "Check name and password in --database or UPR_REVIEW_DATABASE.")
    if isinstance(error, OperationalError | InterfaceError):  # pg8000 calls a server out of reach the latter
        reason = reason.strip().splitlines()[0]
        what = f"the database cannot be opened ({reason})."
        return StoreError(shown, what, "Check that it exists, runs, and lets you in.")
    return StoreError(shown, f"this is not a database of the desk ({reason}).", "Name another file.")
