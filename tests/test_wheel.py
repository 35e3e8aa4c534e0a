"""The project as a wheel: installed outside the repository it labels, checks, reviews and serves, and keeps a
person's data out of the package.

The quick kind sees the dependencies that are installed here; the other (`pytest -m fresh`, `make test-wheel`)
installs them all anew.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import sysconfig
import time
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest
from packaging.requirements import Requirement

from pipeline import __version__
from pipeline.models.decision import label_texts
from pipeline.store.models import load_bundle
from tests.conftest import ROOT

TEXTS = (
    "Consider ratifying the Convention against Torture",
    "Continue its efforts to promote the right to education of girls",
    "Abolish the death penalty for all crimes",
)
NO_MLFLOW = "raise ImportError('no command tried here may need MLflow')\n"


@dataclass(frozen=True)
class Installed:
    """An environment outside the repository with the wheel in it, and an empty folder to work in."""

    python: Path
    folder: Path

    @property
    def package(self) -> Path:
        return next(self.python.parent.parent.glob("lib/python*/site-packages/pipeline"))

    def environment(self, **changes: str) -> dict[str, str]:
        own = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("UPR_", "PYTHON", "MLFLOW_", "VIRTUAL_ENV"))
        }
        return own | {"PYTHONPATH": str(self.folder.parent / "without"), **changes}

    def upr(self, *arguments: str, given: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.python.parent / "upr", *arguments],
            cwd=self.folder,
            env=self.environment(**changes),
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )


pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, as `make wheel` builds it."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module", params=["here", pytest.param("anew", marks=pytest.mark.fresh)])
def installed(
    request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    base = tmp_path_factory.mktemp("outside")
    venv.create(base / "venv", with_pip=False)
    python = base / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    if request.param == "here":
        pip += ["--no-deps", "--no-index"]
        seen = next((base / "venv").glob("lib/python*/site-packages")) / "seen.pth"
        seen.write_text(sysconfig.get_path("purelib") + "\n")
    subprocess.run([*pip, str(wheel)], check=True, cwd=base)
    (base / "empty").mkdir()
    (base / "without" / "mlflow").mkdir(parents=True)
    (base / "without" / "mlflow" / "__init__.py").write_text(NO_MLFLOW)
    return Installed(python, base / "empty")


def test_the_wheel_holds_configs_and_the_shipped_model(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    kept = subprocess.run(
        ["git", "ls-files", "configs", "models/shipped", "models/languages", "pipeline"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    expected = {path if path.startswith("pipeline/") else f"pipeline/data/{path}" for path in kept}
    assert {"pipeline/data/configs/settings.yaml", "pipeline/review/static/desk.css"} <= expected
    here = {path for path in expected if (ROOT / path.removeprefix("pipeline/data/")).exists()}
    assert here <= names
    assert not [name for name in names if "models/best" in name or "__pycache__" in name]
    assert wheel.stat().st_size < 30_000_000
    assert wheel.name.startswith(f"upr_labelling_pipeline-{__version__}-")


def test_every_dependency_has_a_lower_bound_that_the_tested_version_keeps() -> None:
    pins = dict(
        line.split("==")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if re.match(r"[\w.-]+==", line)
    )
    tested = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pins.items()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for text in project["dependencies"]:
        wanted = Requirement(text)
        assert any(part.operator in (">=", "==") for part in wanted.specifier), text
        assert tested[re.sub(r"[-_.]+", "-", wanted.name).lower()] in wanted.specifier, text


def test_the_version_is_the_one_of_the_changelog(installed: Installed) -> None:
    said = installed.upr("--version").stdout
    assert said.strip().endswith(__version__)
    releases = re.findall(
        r"^## (\d+\.\d+\.\d+) — \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.M
    )
    assert releases[0] == __version__


def test_what_runs_is_the_installed_package(installed: Installed) -> None:
    done = subprocess.run(
        [installed.python, "-c", "import pipeline; print(pipeline.__file__)"],
        cwd=installed.folder,
        env=installed.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).parent == installed.package
    assert not installed.package.is_relative_to(ROOT)


def test_it_labels_as_the_repository_does(installed: Installed) -> None:
    (installed.folder / "new.txt").write_text("\n".join(TEXTS) + "\n")
    done = installed.upr("label", "new.txt", "--out", "labelled.parquet")
    assert done.returncode == 0, done.stderr
    rows = pq.read_table(installed.folder / "labelled.parquet").to_pylist()
    own = label_texts(load_bundle(ROOT / "models" / "shipped"), TEXTS, [None] * len(TEXTS))
    assert [row["action"] for row in rows] == [label.action for label in own]
    assert [tuple(row["issues"]) for row in rows] == [tuple(label.issues) for label in own]


def test_it_checks_one_text(installed: Installed) -> None:
    done = installed.upr("check", TEXTS[0], "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["action"] == 3


def test_it_reviews_and_writes_nothing_into_the_package(installed: Installed) -> None:
    before = {path for path in installed.package.rglob("*") if "__pycache__" not in path.parts}
    (installed.folder / "new.txt").write_text("\n".join(TEXTS) + "\n")
    for arguments, given in (
        (("label", "new.txt", "--out", "labelled.parquet"), ""),
        (("review", "user", "add", "amina", "--role", "reviewer"), "a long enough password\n"),
        (("review", "import", "labelled.parquet"), ""),
        (("review", "export", "--out", "decisions.csv"), ""),
    ):
        done = installed.upr(*arguments, given=given)
        assert done.returncode == 0, done.stderr
        if arguments[0] == "review":
            assert done.stderr.startswith(f"Home folder: {installed.folder} (UPR_HOME names another).\n")
    assert (installed.folder / "data" / "reviewed" / "desk.db").is_file()
    assert (installed.folder / "decisions.csv").is_file()
    assert {path for path in installed.package.rglob("*") if "__pycache__" not in path.parts} == before


def test_the_home_folder_can_be_named(installed: Installed, tmp_path: Path) -> None:
    home = tmp_path / "kept here"
    done = installed.upr(
        "review",
        "user",
        "add",
        "ben",
        "--role",
        "admin",
        given="a long enough password\n",
        UPR_HOME=str(home),
    )
    assert done.returncode == 0, done.stderr
    assert f"Home folder: {home} " in done.stderr
    assert (home / "data" / "reviewed" / "desk.db").is_file()
    (tmp_path / "file").write_text("")
    refused = installed.upr("review", "user", "list", UPR_HOME=str(tmp_path / "file"))
    assert refused.returncode == 1
    assert "is not a folder. Name a folder, or unset it." in refused.stderr


def test_it_serves_the_desk(installed: Installed) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        str(installed.python.parent / "upr"),
        "review",
        "serve",
        "--port",
        str(port),
        "--database",
        "own.db",
    ]
    with subprocess.Popen(
        command, cwd=installed.folder, env=installed.environment(), stderr=subprocess.PIPE
    ) as desk:
        try:
            pages = {
                path: _page(f"http://127.0.0.1:{port}{path}", desk) for path in ("/", "/static/desk.css")
            }
        finally:
            desk.terminate()
            desk.wait(timeout=60)
    assert "upr review user add" in pages["/"], "without accounts it says how to add one"
    assert "{" in pages["/static/desk.css"]


def _page(url: str, desk: subprocess.Popen[bytes]) -> str:
    """A page, as soon as the desk answers."""
    until = time.monotonic() + 120
    while time.monotonic() < until and desk.poll() is None:
        try:
            return httpx.get(url, follow_redirects=True, timeout=30).text
        except httpx.ConnectError:
            time.sleep(0.1)
    raise AssertionError("the desk does not answer")
