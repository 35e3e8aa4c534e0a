"""What is wrong with a PostgreSQL database, by a real server."""

from __future__ import annotations

import shlex
import subprocess
import uuid
from collections.abc import Callable

import pytest

from pipeline.errors import StoreError
from pipeline.review.store.database import (
    Database,
    open_database,
    open_if_present,
    open_to_serve,
    upgrade_database,
)
from tests.conftest import Upr

Open = Callable[[str], Database | list[str] | None]


def make(address: str) -> Database:
    return open_database(address, create=True)


@pytest.mark.parametrize("opened", [open_if_present, open_to_serve, upgrade_database, make])
def test_a_database_that_the_server_lacks_is_named_with_the_command_that_creates_it(
    postgres: str, opened: Open
) -> None:
    name = f"desk {uuid.uuid4().hex[:8]}"
    address = f"{postgres}/{name}"
    with pytest.raises(StoreError, match=f"the server answers, but has no database '{name}'") as told:
        opened(address)
    command = told.value.todo.partition("create it: ")[2]
    assert shlex.split(command)[0] == "createdb"
    subprocess.run(shlex.split(command), check=True)
    make(address).close()
    found = open_if_present(address)
    assert found is not None
    found.close()


def test_a_name_that_the_server_does_not_know_is_not_let_in(postgres: str) -> None:
    address = postgres.replace("desk@", "nobody@") + "/postgres"
    with pytest.raises(StoreError, match=r"does not let you in.*nobody.*Check name and password"):
        open_if_present(address)


def test_the_desk_s_commands_say_so_in_one_message(postgres: str, upr: Upr) -> None:
    for command in (("user", "list"), ("doctor",), ("serve", "--port", "0")):
        said = upr("review", *command, "--database", f"{postgres}/none")
        assert said.code == 1
        assert "has no database 'none'. Correct its name, or create it: createdb -h 127.0.0.1 -p" in said.err
        assert "not a database of the desk" not in said.err
        assert "Traceback" not in said.err
