"""What docs/users/team.md tells a team to do, in clones of one repository."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.conftest import ROOT, change_settings
from tests.dvc_project import make_dvc_project, run_in, stages_run

pytestmark = pytest.mark.long
C = "configs/settings.yaml:train.linear.action_c"


def git(home: Path, *arguments: str) -> str:
    return run_in(home, "git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments)


def dvc(home: Path, *arguments: str) -> str:
    # Experiments in the queue run in a copy of the folder: they need the same registry.
    server = {"MLFLOW_TRACKING_URI": f"sqlite:///{home / 'mlflow.db'}"}
    return run_in(home, "dvc", *arguments, changes=server)


def committed(home: Path, why: str) -> None:
    """All that a state of the data changes, committed and pushed as the page says."""
    git(home, "add", "data/raw.dvc", "data/raw-reports.dvc", "dvc.lock", "reports")
    git(home, "commit", "-m", why)
    dvc(home, "push")


@pytest.fixture(scope="module")
def team(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A team's clone, after `make team` and one run on the sample corpus."""
    folder = make_dvc_project(tmp_path_factory.mktemp("team") / "upr", models / "final")
    shutil.copy(ROOT / ".gitignore", folder)
    shutil.copytree(
        ROOT / ".dvc", folder / ".dvc", ignore=shutil.ignore_patterns("tmp", "cache", "config.local")
    )
    run_in(folder, "git", "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "The project, as it is")
    run_in(folder, "bash", str(ROOT / "deploy" / "team.sh"))
    dvc(folder, "remote", "add", "-d", "store", str(folder.parent / "store"))
    git(folder, "commit", "-am", "Version data and results with DVC")
    dvc(folder, "repro")
    dvc(folder, "add", "data/raw", "data/raw-reports")
    committed(folder, "The first state")
    return folder


@pytest.fixture(scope="module")
def colleague(team: Path) -> Path:
    """A colleague's clone, without data yet."""
    folder = team.parent / "colleague"
    git(team, "clone", "--quiet", str(team), str(folder))
    return folder


def test_a_colleague_pulls_rows_and_results_and_runs_nothing_again(team: Path, colleague: Path) -> None:
    dvc(colleague, "pull")
    rows = Path("data/corpus/corpus.parquet")
    assert (colleague / rows).read_bytes() == (team / rows).read_bytes()
    assert stages_run(dvc(colleague, "repro")) == ["start", "champion"]
    assert git(colleague, "status", "--short") == ""


def test_settings_and_figures_are_compared_and_an_experiment_is_applied(team: Path) -> None:
    assert dvc(team, "params", "diff").strip() == ""
    dvc(team, "exp", "run", "evaluate", "-S", f"{C}=1.0", "--name", "softer")
    assert "train.linear.action_c" in dvc(team, "params", "diff")
    assert "test.action.accuracy" in dvc(team, "metrics", "diff", "--all")
    shown = dvc(team, "exp", "show", "--only-changed", "--csv")
    assert "softer" in shown
    git(team, "checkout", "--", ".")
    dvc(team, "checkout")
    assert "action_c" not in dvc(team, "params", "diff")
    dvc(team, "exp", "apply", "softer")
    assert "train.linear.action_c" in dvc(team, "params", "diff")
    git(team, "checkout", "--", ".")
    dvc(team, "checkout")


def test_the_queue_tries_several_settings_and_leaves_the_folder_as_it_was(team: Path) -> None:
    before = git(team, "status", "--short")
    dvc(team, "exp", "run", "--queue", "evaluate", "-S", f"{C}=0.5,2.0")
    assert dvc(team, "queue", "status").count("Queued") == 2
    dvc(team, "exp", "run", "--run-all")
    assert dvc(team, "queue", "status").count("Success") == 2
    assert git(team, "status", "--short") == before
    shown = dvc(team, "exp", "show", "--only-changed", "--csv")
    assert {"0.5", "2.0"} <= {cell for line in shown.splitlines() for cell in line.split(",")}


def test_a_model_leads_back_to_its_rows(team: Path, colleague: Path) -> None:
    rows = team / "data" / "corpus" / "corpus.parquet"
    first, commit = rows.read_bytes(), git(team, "rev-parse", "HEAD").strip()
    with sqlite3.connect(team / "mlflow.db") as database:
        (md5,) = next(database.execute("select value from tags where key = 'dvc.corpus_md5' limit 1"))
    some = next((team / "data" / "raw").glob("*.csv"))
    some.write_text("".join(some.read_text().splitlines(keepends=True)[:-1]))
    change_settings(team, {"train.linear.action_c": 1.5})
    dvc(team, "repro", "ingest")
    dvc(team, "add", "data/raw")
    committed(team, "The second state")
    assert rows.read_bytes() != first
    git(colleague, "pull", "--quiet")
    found = git(colleague, "log", "-S", md5, "--format=%H", "--", "dvc.lock").split()
    assert found[-1] == commit
    git(colleague, "checkout", "--quiet", found[-1])
    dvc(colleague, "pull", "data/corpus/corpus.parquet")
    assert (colleague / "data" / "corpus" / "corpus.parquet").read_bytes() == first
