"""Promotion and rollback: who, when and why is kept; the former model comes back with its former labels."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import settings
from pipeline.registry.promotions import LOG_PREFIX, Promotion, Side, former, history, promote, unlogged
from pipeline.registry.tracking import Tracker
from pipeline.store.models import load_bundle
from tests.conftest import Said, Upr, forget
from tests.registry.registries import TEXT, project_with_registry


@pytest.fixture(scope="module")
def home(model_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with three models in its registry, of which the third is a demonstration; no champion."""
    return project_with_registry(tmp_path_factory.mktemp("promotions"), model_path, [False, False, True])


@pytest.fixture
def in_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("UPR_HOME", str(home))
    monkeypatch.chdir(home)
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    forget()
    yield home
    monkeypatch.undo()
    forget()


def test_the_story_of_a_registry(
    in_home: Path, upr: Upr, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Promoted, promoted again, rolled back: labels are the former bytes, and each step is in the log."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1400000000")
    texts = tmp_path / "texts.txt"
    texts.write_text(f"{TEXT}\nContinue efforts to promote education for girls\n" * 30)

    def labels() -> bytes:
        said = upr("label", texts, "--out", tmp_path / "out.parquet")
        assert said.code == 0, said.err
        return (tmp_path / "out.parquet").read_bytes()

    def done(said: Said) -> str:
        assert said.code == 0, said.err
        return said.err

    versions = [load_bundle(in_home.parent / f"model-{n}").version for n in (1, 2)]
    assert "The log is empty" in done(upr("models", "history"))
    assert f"Champion: version 1, {versions[0]} (tune.action.accuracy 0.1000" in done(
        upr("models", "promote", "1", "--why", "the first")
    )
    first = labels()
    done(upr("models", "promote", versions[1], "--why", "it knows\n the  new words"))
    assert labels() != first
    assert "already; nothing was changed" in done(upr("models", "promote", "2", "--why", "again"))
    done(upr("models", "rollback", "--why", "too many rows for review"))
    assert labels() == first
    done(upr("models", "rollback", "--to", "2", "--why", "after all"))
    log = history(Tracker(settings.load()))
    assert [(e.how, e.before and e.before.version, e.after.version, e.why) for e in log] == [
        ("promote", None, "1", "the first"),
        ("promote", "1", "2", "it knows the new words"),
        ("rollback", "2", "1", "too many rows for review"),
        ("rollback", "1", "2", "after all"),
    ]
    assert log[1].before == Side("1", versions[0], {"tune.action.accuracy": 0.1, "tune.tags.micro_f1": 0.5})
    assert all("@" in entry.who and entry.at.endswith("+00:00") for entry in log)
    shown = upr("models", "history").out
    assert shown.index("it knows the new words") < shown.index("after all")
    listed = [line.split("\t") for line in upr("models", "list").out.splitlines()]
    assert [line[:3] for line in listed[1:3]] == [["1", versions[0], "-"], ["2", versions[1], "champion"]]
    assert listed[3][2] == "demonstration"
    assert listed[1][3:] == ["0.1000", "0.5000", "-", "-"]
    assert f"Model      {versions[0]} (models:/upr-labeller/1)" in upr("models", "show", "1").out


def test_a_demonstration_never_becomes_champion(in_home: Path, upr: Upr) -> None:
    tracker = Tracker(settings.load())
    before, log = tracker.aliased("champion"), history(tracker)
    for command in (["promote", "3"], ["rollback", "--to", "3"]):
        said = upr("models", *command, "--why", "to see")
        assert said.code == 1
        assert "it is a demonstration, trained on a small sample, and never becomes champion." in said.err
    assert (tracker.aliased("champion"), history(tracker)) == (before, log)


@pytest.mark.parametrize(
    ("command", "what"),
    [
        (["promote", "99", "--why", "x"], "it has no version '99'. `upr models list`"),
        (["promote", "1", "--why", " \n"], "a reason of 1 to 1,000 characters is needed."),
        (["promote", "1", "--why", "x" * 1001], "a reason of 1 to 1,000 characters is needed."),
    ],
)
def test_what_cannot_be_promoted_is_one_clear_error(
    command: list[str], what: str, in_home: Path, upr: Upr
) -> None:
    said = upr("models", *command)
    assert said.code == 1
    assert what in said.err


def test_without_an_earlier_champion_a_rollback_says_what_to_do(project: Path, upr: Upr) -> None:
    said = upr("models", "rollback", "--why", "x")
    assert said.code == 1
    assert "the log names no champion before the present one. Name a version" in said.err
    assert "no model yet" in upr("models", "list").err


def test_a_champion_moved_by_other_means_is_told(in_home: Path, upr: Upr) -> None:
    tracker = Tracker(settings.load())
    promote(tracker, "2", "to begin with")
    assert "other means" not in upr("models", "history").err
    tracker.set_alias("champion", "1")
    assert "The champion now is version 1" in upr("models", "history").err
    # The log of such a registry leads nowhere from here.
    assert upr("models", "rollback", "--why", "x").code == 1


def test_an_entry_is_never_written_over(in_home: Path) -> None:
    tracker = Tracker(settings.load())
    before = tracker.model_tags()
    for version in ("1", "2", "1", "2"):
        promote(tracker, version, "there and back")
    after = tracker.model_tags()
    assert {key: after[key] for key in before} == before
    added = set(after) - set(before)
    assert len(added) in (3, 4)
    assert all(key.startswith(LOG_PREFIX) and json.loads(after[key])["why"] for key in added)


def entries(moves: list[tuple[str, str]]) -> list[Promotion]:
    """A log of moves ("promote" or "rollback", version), each from the champion before it."""
    log: list[Promotion] = []
    for how, version in moves:
        before = log[-1].after if log else None
        log.append(
            Promotion(
                "", "", "rollback" if how == "rollback" else "promote", "x", before, Side(version, "", {})
            )
        )
    return log


def test_a_second_rollback_goes_further_back() -> None:
    moves = [("promote", "1"), ("promote", "2"), ("promote", "3")]
    assert former(entries(moves), "3") == "2"
    assert former(entries([*moves, ("rollback", "2")]), "2") == "1"
    assert former(entries([*moves, ("rollback", "2"), ("rollback", "1")]), "1") is None
    assert former(entries([*moves, ("rollback", "2"), ("promote", "4")]), "4") == "2"
    assert former(entries(moves), "2") is None, "the log does not know how version 2 came to be champion now"
    assert former([], None) is None


@given(st.lists(st.integers(1, 5), min_size=1, max_size=8))
def test_rolling_back_undoes_promotions_one_by_one(promoted: list[int]) -> None:
    line = [str(v) for i, v in enumerate(promoted) if i == 0 or v != promoted[i - 1]]
    moves = [("promote", version) for version in line]
    back: list[str] = []
    while (earlier := former(entries(moves), moves[-1][1])) is not None and len(back) < 20:
        back.append(earlier)
        moves.append(("rollback", earlier))
    if len(set(line)) == len(line):
        assert back == line[-2::-1]
    assert not unlogged(entries(moves), moves[-1][1])
