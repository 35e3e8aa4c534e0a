"""What can be wrong with a database, in words that say what to do."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, OperationalError

from pipeline.errors import StoreError

_NO_SUCH_DATABASE = re.compile(r'FATAL: +database ".*" does not exist')
_NOT_LET_IN = re.compile(
    r'FATAL: +(.*authentication failed.*|role ".*" does not exist|no pg_hba\.conf entry.*)'
)
"""What PostgreSQL says in English. Its codes (SQLSTATE) reach no driver before it is connected, and where
the server speaks another language, the general message holds.
"""


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
    """What is wrong, by what PostgreSQL says where it answers, else by the driver's kind of error."""
    reason = str(error.orig).strip()
    if _NO_SUCH_DATABASE.search(reason):
        url = make_url(shown)
        options = [("-h", url.host), ("-p", url.port), ("-U", url.username)]
        given = [str(part) for option in options if option[1] for part in option]
        command = shlex.join(["createdb", *given, str(url.database)])
        what = f"the server answers, but has no database '{url.database}'."
        return StoreError(shown, what, f"Correct its name, or create it: {command}")
    refused = _NOT_LET_IN.search(reason)
    if refused:
        what = f"the server does not let you in ({refused[1]})."
        return StoreError(shown, what, "Check name and password in --database or UPR_REVIEW_DATABASE.")
    if isinstance(error, OperationalError):
        reason = reason.splitlines()[0]
        what = f"the database cannot be opened ({reason})."
        return StoreError(shown, what, "Check that it exists, runs, and lets you in.")
    return StoreError(shown, f"this is not a database of the desk ({reason}).", "Name another file.")
