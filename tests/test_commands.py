"""Every command in the README and the documentation runs on the sample corpus, or says why it does not."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import settings
from pipeline.stages import label
from tests.coded_rows import SAMPLE
from tests.conftest import ROOT, Upr, forget, make_project

PAGES = (
    "docs/users/retrain.md",
    "docs/users/data.md",
    "docs/users/label.md",
    "README.md",
    "docs/users/review.md",
    "docs/review-desk.md",
)
"""First what makes the files that the others need; after these all other pages."""
NOT_RUN = {
    r"make (run|test|install|check|format|coverage)\b.*": "sets up an environment or runs this suite",
    r"make mutants\b.*": "hours of mutants",
    r"upr label plan\.xlsx .*": "plan.xlsx is the reader's; test_label_any_table.py has such",
    r"\S*pre-commit install": "changes the repository's hooks",
    r"export UPR_CORPUS=.*": "names a folder that only the reader has",
    r"source \.venv/bin/activate": "changes a shell, and nothing else",
    r"python3 -m venv upr": "tests/test_wheel.py makes the environment",
    r"upr/bin/pip install .*": "tests/test_wheel.py installs the wheel",
    r"mlflow ui .*": "a server of MLflow's; tests/stages/test_register.py reads the same database",
    r".*python -m benchmarks\..*": "a measurement of many minutes; needs UPR_CORPUS",
    r"upr review upgrade --database URL": "URL stands for a database; tests/review/store upgrades real ones",
    r"dvc status": "tests/test_graph.py asks it",
}
SERVED = r"upr (review )?serve\b.*"
STARTS = r"(upr|make|dvc|mlflow|python3?|pytest|export|source|pip|[\w.]+/bin/[\w-]+|[A-Z_]+=\S+)\s"


def commands_of(page: Path) -> list[str]:
    """The commands of fenced `sh` blocks and of indented blocks, without their comments."""
    found, fence, before = [], None, ""
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            fence = None if fence is not None else line.removeprefix("```").strip()
        elif line.strip() and (
            fence == "sh" or (fence is None and line.startswith("    ") and before in ("", "indented"))
        ):
            found.append(re.sub(r"\s{2,}#.*| +# .*", "", line.strip()))
        before = "indented" if line.startswith("    ") else line.strip()
    return found


def pages() -> list[str]:
    others = (path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
    return [*PAGES, *sorted(set(others) - set(PAGES) - {"CHANGELOG.md", "docs/reference.md"})]


EVERY = [(page, command) for page in pages() for command in commands_of(ROOT / page)]
RUN: dict[str, str] = {}
"""Each command once, with the first page that it is on."""
for _page, _command in EVERY:
    if not any(re.fullmatch(shape, _command) for shape in NOT_RUN):
        RUN.setdefault(_command, _page)
# An export needs a desk, which another page fills.
ORDER = sorted(RUN.items(), key=lambda pair: pair[0].startswith("upr review export"))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project folder with the sample corpus, the sample documents and the shipped model."""
    folder = make_project(tmp_path_factory.mktemp("commands") / "project", ROOT / "models" / "shipped")
    shutil.copytree(SAMPLE, folder / "data" / "sample")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UPR_HOME", str(folder))
        patch.chdir(folder)
        forget()
        # `make run` leaves it.
        document = folder / "data" / "labelled" / "session-document.xlsx"
        label.run([folder / "data" / "sample" / "session-document.pdf"], document, settings.load())
        yield folder
    forget()


def test_commands_are_found_on_every_page_that_has_some() -> None:
    assert {page for page, _ in EVERY} >= {*PAGES, "CONTRIBUTING.md", "docs/index.md"}
    assert all(re.match(STARTS, command + " ") for _, command in EVERY), "a block that is no command"
    # An entry of the list that fits no command any more would hide that a command went.
    assert not [shape for shape in NOT_RUN if not any(re.fullmatch(shape, command) for _, command in EVERY)]


def serve(folder: Path, command: str) -> None:
    """Start a server, wait until it says where it is, stop it."""
    words = [sys.executable, "-m", "pipeline", *shlex.split(command)[1:], "--port", "0"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        said = []
        for line in server.stderr:
            said.append(line)
            if " at http://" in line:
                break
        server.terminate()
    assert " at http://" in said[-1], said


@pytest.mark.long
@pytest.mark.parametrize(("command", "page"), ORDER, ids=lambda value: value[:60])
def test_the_command_runs(
    command: str, page: str, prepared: Path, upr: Upr, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = shlex.split(command)
    assert words[0] == "upr", f"{page}: run it, or say in NOT_RUN why not: {command}"
    if re.fullmatch(SERVED, command):
        serve(prepared, command)
        return
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough password\n"))
    said = upr(*words[1:])
    assert said.code == 0, f"{page}: {command}\n{said.err}"
