"""One meaning of "the model in use": the champion of the registry, else the shipped model."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline import settings
from pipeline.models.bundle import Bundle
from pipeline.registry.choosing import choose_model
from pipeline.registry.local import UnknownTablesError, database_of, read_alias
from pipeline.registry.tracking import Tracker
from pipeline.review import opening
from pipeline.review.store.database import open_database
from pipeline.settings import home
from pipeline.stages import check, label
from pipeline.store.models import load_bundle, shipped_folder
from tests.conftest import ROOT, Upr, change_settings, forget
from tests.registry.registries import TEXT, project_with_registry

SLOWEST_MESSAGE = 20.0
"""Seconds in which a tracking server that is dead is told."""


@pytest.fixture(scope="module")
def registry(model_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a registry of two models, of which the first is champion."""
    return project_with_registry(tmp_path_factory.mktemp("registry"), model_path, [False, False], "1")


@pytest.fixture
def promoted(registry: Path, project: Path) -> Bundle:
    """A champion that is not the shipped model, in a registry of the project's own."""
    shutil.copy(registry / "mlflow.db", project)
    bundle = load_bundle(registry.parent / "model-1")
    assert bundle.version != load_bundle(shipped_folder()).version
    return bundle


def versions(path: Path) -> set[str]:
    return set(pq.read_table(path)["model_version"].to_pylist())


def test_without_a_registry_the_shipped_model_is_in_use_and_no_registry_is_made(
    project: Path, upr: Upr
) -> None:
    choice = choose_model("champion", settings.load())
    assert choice == (shipped_folder(), "shipped, since the registry has no champion")
    assert upr("check", TEXT).out.rstrip().split("\n")[-1].endswith(f"({choice.origin}), taxonomy 2014-10")
    assert not (project / "mlflow.db").exists()


def test_every_command_uses_the_champion_and_names_it(
    promoted: Bundle, project: Path, upr: Upr, tmp_path: Path
) -> None:
    name = f"{promoted.version} (champion, version 1 of upr-labeller)"
    texts = tmp_path / "texts.txt"
    texts.write_text(TEXT + "\n")
    said = upr("label", texts, "--out", tmp_path / "out.parquet")
    assert versions(tmp_path / "out.parquet") == {promoted.version}
    assert f"1 rows labelled by {name}" in said.err
    assert f"Model    {name}, taxonomy" in upr("check", TEXT).out
    answer = json.loads(upr("check", "--json", TEXT).out)
    assert (answer["model_version"], answer["model_origin"]) == (
        promoted.version,
        "champion, version 1 of upr-labeller",
    )
    assert f"Model      {name}\n" in upr("models", "show", "champion").out
    assert label.run([texts], tmp_path / "again.parquet", settings.load()).model_version == promoted.version
    assert check.run(TEXT, settings.load()).model_version == promoted.version
    # The shipped model is still there by its own name.
    upr("label", texts, "--out", tmp_path / "shipped.parquet", "--model", "shipped")
    assert versions(tmp_path / "shipped.parquet") == {load_bundle(shipped_folder()).version}


def test_the_desk_marks_the_words_of_the_champion(promoted: Bundle, project: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text(
        "Protect women who work in the informal economy from being dismissed while pregnant\n" * 2
    )
    label.run([texts], tmp_path / "out.parquet", settings.load())
    lines = opening.import_files(
        open_database(str(tmp_path / "desk.db"), create=True), [tmp_path / "out.parquet"], model="champion"
    )
    assert any(f"{promoted.version} (champion, version 1" in line for line in lines), lines


def test_the_answer_of_the_file_is_that_of_mlflow(promoted: Bundle, project: Path) -> None:
    """With other versions, other aliases, a moved alias and a deleted one."""
    tracker, database = Tracker(settings.load()), project / "mlflow.db"

    def both(alias: str) -> tuple[str, str] | None:
        local = read_alias(database, "upr-labeller", alias)
        assert (local and (local.version, local.model_version)) == tracker.aliased(alias)
        if local:
            fetched = tracker.bundle_folder(f"models:/upr-labeller@{alias}")
            assert choose_model(f"models:/upr-labeller@{alias}", settings.load()).folder == fetched
            return local.version, local.model_version
        return None

    assert both("champion") == ("1", promoted.version)
    assert both("challenger") is None
    tracker.set_alias("challenger", "2")
    tracker.set_alias("champion", "2")
    assert both("champion") == both("challenger")
    tracker._client.delete_registered_model_alias("upr-labeller", "champion")
    assert both("champion") is None
    assert choose_model("champion", settings.load()).folder == shipped_folder()
    assert read_alias(database, "another", "champion") is None


def test_tables_that_are_not_mlflows_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"
    with sqlite3.connect(path) as opened:
        opened.execute("CREATE TABLE registered_model_aliases (alias TEXT)")
    opened.close()
    with pytest.raises(UnknownTablesError):
        read_alias(path, "upr-labeller", "champion")


@pytest.mark.parametrize(
    ("uri", "database"),
    [
        ("sqlite:////var/lib/mlflow.db", "/var/lib/mlflow.db"),
        ("http://mlflow.example:5000", None),
        ("postgresql://mlflow.example/mlflow", None),
        ("sqlite:////var/lib/mlflow.db?mode=ro", None),
    ],
)
def test_only_a_file_is_read_directly(uri: str, database: str | None) -> None:
    assert database_of(uri) == (database and Path(database))


def test_a_relative_file_is_in_the_home_folder(project: Path) -> None:
    assert database_of("sqlite:///mlflow.db") == home() / "mlflow.db"


def test_a_champion_whose_files_are_gone_is_one_clear_error(
    promoted: Bundle, registry: Path, upr: Upr
) -> None:
    files, elsewhere = registry.parent / "model-1", registry.parent / "elsewhere"
    files.rename(elsewhere)
    said = upr("check", TEXT)
    elsewhere.rename(files)
    assert said.code == 1
    assert "models:/upr-labeller@champion: its files are gone" in said.err


def environment(folder: Path, **changes: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "UPR_"))}
    return kept | {"UPR_HOME": str(folder), "PYTHONPATH": str(ROOT)} | changes


COLD = """
import sys
from pipeline import cli
sys.argv = ["upr", "check", sys.argv[1]]
try:
    cli.main()
finally:
    print("mlflow" in sys.modules, file=sys.stderr)
"""


def test_a_check_does_not_wait_for_mlflow(promoted: Bundle, project: Path) -> None:
    """Importing it takes longer than all else that the command does."""
    done = subprocess.run(
        [sys.executable, "-c", COLD, TEXT],
        env=environment(project),
        capture_output=True,
        text=True,
        check=True,
    )
    assert promoted.version in done.stdout
    assert done.stderr.split()[-1] == "False"


@pytest.fixture
def silent_server() -> Iterator[str]:
    """A port that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        taken = []

        def accept() -> None:
            while True:
                try:
                    taken.append(listening.accept())
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://amina:secret@127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.long
@pytest.mark.parametrize("kind", ["closed", "silent"])
def test_a_dead_tracking_server_is_told_soon(
    kind: str, silent_server: str, project: Path, upr: Upr, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = closed_port() if kind == "closed" else silent_server
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", "import mlflow"], env=environment(project), check=True)
    importing = time.monotonic() - started
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "check", TEXT],
        env=environment(project, MLFLOW_TRACKING_URI=uri),
        capture_output=True,
        text=True,
        check=False,
    )
    # On a machine that others use, too, reading MLflow's code alone may take most of that.
    assert time.monotonic() - started < max(SLOWEST_MESSAGE, 4 * importing)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "the tracking server does not answer." in done.stderr
    assert "--model shipped" in done.stderr
    assert "secret" not in done.stderr
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    assert upr("check", "--model", "shipped", TEXT).code == 0


def test_the_environment_may_give_a_server_more_time(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "77")
    Tracker(settings.load())
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "77"


def test_a_registry_in_another_place_is_asked(promoted: Bundle, project: Path) -> None:
    change_settings(project, {"tracking_uri": "sqlite:///other.db"})
    forget()
    assert choose_model("champion", settings.load()).folder == shipped_folder()
    change_settings(project, {"tracking_uri": "sqlite:///mlflow.db", "register.model_name": "another"})
    forget()
    assert choose_model("champion", settings.load()).folder == shipped_folder()
