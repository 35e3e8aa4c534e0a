"""What `upr status` says."""

import json
import shutil

from pipeline import settings
from pipeline.store.locks import held
from tests.conftest import change_settings, forget
from tests.workflows.home import TEXTS, drop, state_of


def test_a_fresh_home_has_a_model_and_nothing_else(project, upr):
    said = upr("status")
    assert said.code == 0, said.err
    assert "Model in use: linear-" in said.out
    assert "DEMONSTRATION" in said.out
    assert "Running: nothing" in said.out
    assert "Update: none yet" in said.out
    assert "Review desk: none" in said.out
    assert not (project / "data").exists(), "looking changes nothing"


def test_after_an_update_it_says_what_waits(project, sample_path, upr):
    (project / "data" / "corpus").mkdir(parents=True)
    shutil.copy(sample_path, project / "data" / "corpus" / "corpus.parquet")
    drop(project / "dropped", "a.csv")
    upr("update", project / "dropped")
    said = upr("status")
    assert "6 new" in said.out
    assert "wordings wait for people" in said.out
    assert "not measured yet" in said.out
    assert "Coded, and not yet learned from: session 18 (201)" in said.out
    document = json.loads(upr("status", "--json").out)
    assert document["last_update"]["counts"]["new"] == 6
    assert document["coded_since"] == {"18": 201}
    assert document["waiting"] <= len(TEXTS)


def test_the_promise_is_that_of_the_model_in_use_not_of_the_settings_of_today(project, upr):
    before = json.loads(upr("status", "--json").out)["model"]["promised_error"]
    change_settings(project, {"train.doubt.max_accepted_error": 0.25})
    forget()
    assert settings.load().train.doubt.max_accepted_error == 0.25
    assert json.loads(upr("status", "--json").out)["model"]["promised_error"] == before != 0.25


def test_what_runs_is_named(project, upr):
    with held(project / "data" / "update"):
        said = upr("status")
    assert "Running: data/update: process" in said.out


def test_an_update_that_was_stopped_is_named(project, upr):
    from datetime import UTC, datetime

    state_of(project).begin(["x"], datetime(2026, 3, 2, 6, tzinfo=UTC))
    assert "that of 2026-03-02T06:00:00+00:00 was stopped" in upr("status").out
