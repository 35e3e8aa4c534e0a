"""What tests share: the two corpora, a small model of the sample, and a project folder of their own to write
in.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import settings as hypothesis_settings

from pipeline import cli, settings
from pipeline.corpus.coded import Corpus, corpus_from
from pipeline.models.bundle import Bundle
from pipeline.settings import Settings
from pipeline.stages import evaluate, ingest, train
from pipeline.store import vocabularies
from pipeline.store.models import load_bundle
from pipeline.store.tables import read_parquet
from tests.coded_rows import NO_CORPUS, SAMPLE
from tests.made_once import made_once
from tests.trainings import usable

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILES = (
    "stages/test_register.py",
    "release/test_verify.py",
    "models/test_refreshing.py",
    "release/test_publish.py",
    "cli/test_bad_input.py",
    "stages/test_label.py",
    "stages/test_label_any_table.py",
    "workflows/test_update.py",
    "registry/test_choosing.py",
    "review/web/test_openapi.py",
    "review/web/test_browser_pages.py",
    "review/web/test_browser_people.py",
    "stages/test_fetch.py",
    "review/web/test_web_guard.py",
    "test_graph.py",
    "stages/test_arrival.py",
    "stages/test_report.py",
)
"""Half of the time of `make test`, the longest first."""
_OWN = ("UPR_SETTINGS", "MLFLOW_TRACKING_URI", "SOURCE_DATE_EPOCH")


def forget() -> None:
    """Let the project folder, its settings and its vocabularies be read anew."""
    for cached in (
        settings.home,
        settings.load,
        vocabularies.load_sample_ids,
        vocabularies.load_states,
        vocabularies.load_blinder,
        vocabularies.load_codebook,
        vocabularies.load_taxonomy_file,
    ):
        cached.cache_clear()


def pytest_configure(config: pytest.Config) -> None:
    """Tests see this repository, and nothing of the person's own settings; a test may change folders."""
    config.addinivalue_line(
        "markers",
        "fresh: installs a whole environment from PyPI; minutes long, runs only when asked for (-m fresh)",
    )
    for name in _OWN:
        os.environ.pop(name, None)
    os.environ["UPR_HOME"] = str(ROOT)
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    if os.environ.get("UPR_CORPUS"):
        os.environ["UPR_CORPUS"] = str(Path(os.environ["UPR_CORPUS"]).resolve())
    # On a busy machine no deadline can be kept; the same cases each time, so that a red suite means a changed
    # project.
    hypothesis_settings.register_profile("upr", deadline=None, derandomize=True)
    hypothesis_settings.load_profile("upr")
    forget()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes an environment of its own, unless it is asked for, and begin with the files that
    take longest.

    pytest-xdist hands files to its processes in this order, so that none is left alone with a long one.
    """
    first = {ROOT / "tests" / name: place for place, name in enumerate(LONGEST_FILES)}
    items.sort(key=lambda item: first.get(item.path, len(first)))
    for item in items:
        if item.get_closest_marker("fresh") and "fresh" not in config.option.markexpr:
            item.add_marker(
                pytest.mark.skip(reason="minutes long, and needs PyPI: run it with `pytest -m fresh`")
            )


def pytest_report_header() -> str:
    """Which corpus the tests see."""
    return f"real corpus: {os.environ.get('UPR_CORPUS') or NO_CORPUS}"


def coded(path: Path) -> Corpus:
    """A table of `upr ingest` as arrays, with the splits of the settings."""
    return corpus_from(read_parquet(path), vocabularies.load_taxonomy("2014-10"), settings.load().splits)


@pytest.fixture(scope="session")
def corpus_folder() -> Path:
    """The real corpus; a test that asks for it is skipped, with the reason, where it is missing."""
    folder = settings.corpus_folder()
    if folder is None:
        pytest.skip(NO_CORPUS)
    return folder


@pytest.fixture(scope="session")
def real_path(corpus_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table of the real corpus's five exports and its pledges."""

    def make(folder: Path) -> None:
        sources = sorted((corpus_folder / "upr-info").glob("*.csv"))
        ingest.run(sources, folder / "corpus.parquet", settings.load())

    return made_once(tmp_path_factory, "real", make) / "corpus.parquet"


@pytest.fixture(scope="session")
def real(real_path: Path) -> Corpus:
    """The real corpus with its splits."""
    return corpus_from(read_parquet(real_path), vocabularies.load_taxonomy("2014-10"), settings.load().splits)


@pytest.fixture(scope="session")
def sample_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table of the embedded sample corpus."""

    def make(folder: Path) -> None:
        ingest.run([SAMPLE / "upr-info"], folder / "corpus.parquet", settings.load())

    return made_once(tmp_path_factory, "sample", make) / "corpus.parquet"


@pytest.fixture(scope="session")
def sample(sample_path: Path) -> Corpus:
    """The sample corpus with its splits."""
    return corpus_from(
        read_parquet(sample_path),
        vocabularies.load_taxonomy("2014-10"),
        settings.load().splits,
    )


def training() -> Settings:
    """The repository's settings, with as few out-of-fold models as there can be."""
    base = settings.load()
    return base.model_copy(update={"train": base.train.model_copy(update={"folds": 2})})


@pytest.fixture(scope="session")
def models(sample_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `upr train` writes for the sample corpus."""

    def make(folder: Path) -> None:
        train.run(sample_path, folder / "trained", training())

    return made_once(tmp_path_factory, "models", make) / "trained"


@pytest.fixture(scope="session")
def model_path(models: Path) -> Path:
    """Folder of a small model, for tests that need some model."""
    return models / "session"


@pytest.fixture(scope="session")
def bundle(model_path: Path) -> Bundle:
    """That model."""
    return load_bundle(model_path)


@pytest.fixture(autouse=True, scope="module")
def own_registry() -> Iterator[None]:
    """Let no other file's tests inherit the database that MLflow wrote into the environment."""
    yield
    os.environ.pop("MLFLOW_TRACKING_URI", None)


QUICK = {
    "evaluate.bootstrap_samples": 20,
    "evaluate.evidence_texts": 60,
    "evaluate.permutations": 49,
    "train.folds": 2,
}
"""Settings of a project folder of a test: as many draws and folds as its figures need."""


def make_project(folder: Path, model: Path, changes: Mapping[str, Any] | None = None) -> Path:
    """A project folder: configs/, dvc.yaml, a shipped model; `changes` go into the settings
    ("label.batch_rows": 10).
    """
    shutil.copytree(ROOT / "configs", folder / "configs")
    shutil.copy(ROOT / "dvc.yaml", folder / "dvc.yaml")
    shutil.copytree(model, folder / "models" / "shipped")
    change_settings(folder, QUICK | dict(changes or {}))
    return folder


def change_settings(folder: Path, changes: Mapping[str, Any]) -> None:
    """Change configs/settings.yaml of a project folder."""
    path = folder / "configs" / "settings.yaml"
    content = yaml.safe_load(path.read_text())
    for name, value in changes.items():
        *sections, last = name.split(".")
        section = content
        for part in sections:
            section = section[part]
        section[last] = value
    path.write_text(yaml.safe_dump(content, sort_keys=False))


@pytest.fixture(scope="session")
def evaluated(sample_path: Path, models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder in which the models were evaluated (reports/evaluation); its shipped model is weak,
    and no demonstration. Only tests/stages/test_register.py writes to it.
    """

    def make(folder: Path) -> None:
        base = training()
        features = base.train.linear.model_copy(update={"max_features": 30})
        weak = base.train.model_copy(update={"linear": features})
        train.run(sample_path, folder / "demonstration", base.model_copy(update={"train": weak}))
        usable(folder / "demonstration", folder / "weak")
        home = make_project(folder / "project", folder / "weak" / "final", {"evaluate.bootstrap_samples": 50})
        (home / "data" / "corpus").mkdir(parents=True)
        shutil.copy(sample_path, home / "data" / "corpus" / "corpus.parquet")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("UPR_HOME", str(home))
            forget()
            evaluate.run(sample_path, models, home / "reports" / "evaluation", settings.load())
        forget()
        shutil.copytree(home, folder / "unchanged")

    return made_once(tmp_path_factory, "evaluated", make) / "project"


@pytest.fixture(scope="session")
def unchanged(evaluated: Path) -> Path:
    """A copy of that project folder to which nobody writes."""
    return evaluated.parent / "unchanged"


@pytest.fixture
def project(tmp_path: Path, model_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project folder that a test may write to and change the settings of; call `forget` after a change."""
    folder = make_project(tmp_path / "project", model_path)
    monkeypatch.setenv("UPR_HOME", str(folder))
    monkeypatch.chdir(folder)
    # MLflow writes the database of an earlier test into the environment.
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    forget()
    yield folder
    monkeypatch.undo()
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    forget()


@dataclass(frozen=True)
class Said:
    """What a command left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


Upr = Callable[..., Said]


@pytest.fixture
def upr(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Upr:
    """The command line in this process. Anything but an orderly exit fails the test."""

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["upr", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err
        return Said(int(stopped.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real Chromium, one for all tests of a process: Playwright's sync API cannot be started twice at
    once.
    """
    path = next(
        (
            found
            for name in ("chromium", "chromium-browser", "google-chrome")
            if (found := shutil.which(name))
        ),
        None,
    )
    if path is None:
        pytest.skip("NOT TESTED in a browser: chromium is not installed here (apt-get install chromium)")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="NOT TESTED in a browser: playwright is not installed"
    )
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()
