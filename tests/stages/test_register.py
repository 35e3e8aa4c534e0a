"""Evaluate and register against a real MLflow database: what is kept, and who becomes champion."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from pipeline import settings
from pipeline.errors import ModelError, SourceError
from pipeline.registry.choosing import model_folder
from pipeline.registry.tracking import Tracker
from pipeline.stages import evaluate, label, register
from pipeline.stages.register import Registration
from pipeline.store.models import load_bundle
from tests.conftest import forget, make_project
from tests.trainings import usable


class Listener:
    """Hears which files this process opens, while it is on."""

    def __init__(self) -> None:
        self.on = False
        self.opened: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.on and event == "open":
            self.opened.append(str(arguments[0]))


@dataclass(frozen=True)
class Story:
    """A project in which models were evaluated and registered one after the other; each step's outcome is
    kept.
    """

    home: Path
    corpus: Path
    run_id: str
    tune: dict[str, Any]
    test: dict[str, Any]
    demo: Registration
    below: Registration
    better: Registration
    again: Registration
    worse: Registration
    champions: dict[str, tuple[str, str] | None]
    opened: list[str]
    metrics: dict[str, float]
    test_before_promotion: dict[str, Any]
    test_after_promotion: dict[str, Any]


def set_floor(home: Path, accuracy: float, **behaviour: float) -> None:
    floors = {"tune": {"action.accuracy": accuracy, "tags.micro_f1": 0.0}, "behaviour": behaviour}
    (home / "configs" / "quality_floors.yaml").write_text(yaml.safe_dump(floors))


@pytest.fixture(scope="module")
def story(sample_path: Path, models: Path, evaluated: Path) -> Iterator[Story]:  # noqa: PLR0915
    listener = Listener()
    folder, home = evaluated.parent, evaluated
    report = json.loads((home / "reports" / "evaluation" / "run.json").read_text())
    documents = [
        json.loads((home / "reports" / "evaluation" / f"{name}.json").read_text())
        for name in ("tune", "test")
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UPR_HOME", str(home))
        forget()
        chosen = settings.load()
        champions = {}

        def registered(name: str, models: Path, reports: Path) -> Registration:
            done = register.run(sample_path, models, reports, home / f"{name}.json", chosen)
            champions[name] = Tracker(chosen).aliased("champion")
            return done

        metrics = dict(Tracker(chosen)._client.get_run(report["run_id"]).data.metrics)
        demo = registered("demo", models, home / "reports" / "evaluation")
        full = usable(models, folder / "full")
        without = evaluate.run(sample_path, full, home / "full", chosen).test
        set_floor(home, 0.999, treaties=1.1)
        below = registered("below", full, home / "full")
        # From here on, nothing of the test session is left to be read, neither in files nor in MLflow.
        set_floor(home, 0.5)
        for name in ("test.json", "metrics.json", "predictions.parquet"):
            (home / "full" / name).unlink()
        shutil.rmtree(home / "full" / "plots")
        forget_test_figures(home / "mlflow.db")
        listener.on = True
        better = registered("better", full, home / "full")
        listener.on = False
        again = registered("again", full, home / "full")
        # The weak model with the good one's figures: predictions are compared, not what is said of them.
        tune = json.loads((home / "full" / "tune.json").read_text())
        logged = json.loads((home / "full" / "run.json").read_text())
        tune["model"]["version"] = load_bundle(folder / "weak" / "session").version
        logged["model_version"] = load_bundle(folder / "weak" / "final").version
        (home / "weak").mkdir()
        (home / "weak" / "tune.json").write_text(json.dumps(tune))
        (home / "weak" / "run.json").write_text(json.dumps(logged))
        worse = registered("worse", folder / "weak", home / "weak")
        beside = evaluate.run(sample_path, models, home / "beside", chosen).test
        yield Story(
            home,
            sample_path,
            report["run_id"],
            documents[0],
            documents[1],
            demo,
            below,
            better,
            again,
            worse,
            champions,
            listener.opened,
            metrics,
            without,
            beside,
        )
    forget()


def forget_test_figures(database: Path) -> None:
    with sqlite3.connect(database) as opened:
        for table, column in (
            ("metrics", "key"),
            ("latest_metrics", "key"),
            ("logged_model_metrics", "metric_name"),
        ):
            opened.execute(f"DELETE FROM {table} WHERE {column} LIKE 'test%' OR {column} LIKE 'random%'")
    opened.close()


def test_in_a_fresh_registry_the_shipped_model_is_champion_and_a_demonstration_never(story: Story) -> None:
    shipped = load_bundle(story.home / "models" / "shipped")
    assert story.champions["demo"] == ("1", shipped.version)
    assert not story.demo.promoted
    assert story.demo.reasons == ("it is a demonstration, trained on 909 rows",)
    version = Tracker(settings.load())._client.get_model_version("upr-labeller", story.demo.registry_version)
    assert version.tags["demo"] == "true"


def test_floors_hold_a_model_back(story: Story) -> None:
    assert not story.below.promoted
    assert story.below.reasons[0].startswith("action.accuracy is 0.")
    assert story.below.reasons[0].endswith("below the floor of 0.999")
    assert story.below.reasons[1].startswith("behaviour 'treaties' holds in ")
    assert story.below.reasons[1].endswith("below the floor of 1.1")
    assert story.champions["below"] == story.champions["demo"]


def test_a_better_model_becomes_champion_by_its_interval(story: Story) -> None:
    assert story.better.promoted
    assert story.champions["better"] == (story.better.registry_version, story.better.model_version)
    assert set(story.better.differences) == {"action.accuracy", "tags.micro_f1"}
    assert all(d.low > 0 for d in story.better.differences.values())
    assert story.better.registry_version == story.below.registry_version, (
        "registering again makes no second version"
    )


def test_the_model_in_use_is_measured_beside_the_one_evaluated(story: Story) -> None:
    shipped = load_bundle(story.home / "models" / "shipped")
    assert story.test_before_promotion["champion"]["version"] == shipped.version
    champion = story.test_after_promotion["champion"]
    assert champion["version"] == story.better.model_version
    # It was fitted on the test session, too: what is measured there are its held-out predictions.
    assert champion["held_out"]
    assert (
        champion["quality"]["all"]["rows"]
        == story.test_after_promotion["splits"]["session"]["test"]["all"]["rows"]
    )
    assert 0.3 < champion["quality"]["all"]["action"]["accuracy"]["value"] < 1


@pytest.mark.long
def test_a_model_in_use_that_learned_from_other_rows_and_keeps_no_held_out_ones_is_only_named(
    sample_path: Path, models: Path, tmp_path: Path
) -> None:
    home = make_project(tmp_path / "project", models / "random")
    # A process of its own: MLflow remembers the database of this one.
    environment = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"} | {
        "UPR_HOME": str(home)
    }
    command = ["evaluate", "--corpus", sample_path, "--models", models, "--out", home / "reports"]
    subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, command)],
        env=environment,
        check=True,
        capture_output=True,
    )
    test = json.loads((home / "reports" / "test.json").read_text())
    assert test["champion"] == {"version": load_bundle(models / "random").version}


def test_registering_the_champion_again_changes_nothing(story: Story) -> None:
    assert not story.again.promoted
    assert story.again.reasons == ("it is the champion already",)
    assert story.champions["again"] == story.champions["better"]


def test_a_worse_model_is_held_back_whatever_is_said_of_it(story: Story) -> None:
    assert not story.worse.promoted
    assert any(
        "may be worse than the champion's by more than 0.005" in reason for reason in story.worse.reasons
    )
    assert story.champions["worse"] == story.champions["better"]


def test_register_never_reads_the_test_session(story: Story) -> None:
    """It decided with the files deleted and the figures gone from MLflow; and it did not look for them
    either.
    """
    assert story.better.promoted
    assert any(name.endswith("tune.json") for name in story.opened), "the listener heard nothing"
    named = [
        n
        for n in story.opened
        if Path(n).name in {"test.json", "metrics.json", "predictions.parquet"} or "/plots/" in n
    ]
    assert [n for n in named if "mlartifacts" not in n and "site-packages" not in n] == []
    stages = yaml.safe_load((story.home / "dvc.yaml").read_text())["stages"]
    dependencies = stages["register"]["deps"]
    assert "reports/evaluation/tune.json" in dependencies
    assert not [
        d
        for d in dependencies
        if "test" in d or "metrics.json" in d or "predictions" in d or d == "reports/evaluation"
    ]


def test_the_decision_is_written_with_its_reasons(story: Story) -> None:
    written = json.loads((story.home / "better.json").read_text())
    assert written["promoted"] is True
    assert written["reasons"] == list(story.better.reasons)
    assert written["differences"]["action.accuracy"]["low"] == story.better.differences["action.accuracy"].low


def test_a_run_keeps_parameters_dataset_metrics_plots_and_model(story: Story) -> None:
    tracker = Tracker(settings.load())
    run = tracker._client.get_run(story.run_id)
    demo = json.loads((story.home / "reports" / "evaluation" / "metrics.json").read_text())
    assert run.data.params["train.linear.action_c"] == "2.0"
    assert run.data.params["taxonomy"] == "2014-10"
    assert story.metrics == {name: value for name, value in demo.items() if value is not None}
    assert {"tune.action.accuracy", "test_unseen.tags.micro_f1", "random.action.accuracy"} <= set(
        story.metrics
    )
    assert len(run.data.tags["corpus_sha256"]) == len(run.data.tags["split_sha256"]) == 64
    assert run.data.tags["upr.model_version"] == story.demo.model_version
    entry = next(found for found in run.inputs.dataset_inputs if found.dataset.name == "corpus")
    assert entry.dataset.name == "corpus"
    assert json.loads(entry.dataset.profile)["num_rows"] == 1110
    artifacts = {
        f.path
        for folder in ("plots", "evaluation")
        for f in tracker._client.list_artifacts(story.run_id, folder)
    }
    assert {"evaluation/tune.json", "evaluation/test.json"} <= artifacts
    assert (
        len([path for path in artifacts if path.startswith("plots/")])
        == len(list((story.home / "reports" / "evaluation" / "plots").iterdir()))
        >= 4
    )
    model = tracker._mlflow.models.get_model_info(f"models:/{run.outputs.model_outputs[0].model_id}")
    assert [column.name for column in model.signature.inputs] == ["text", "language"]
    assert model.saved_input_example_info is not None


def test_the_two_documents_are_kept_apart(story: Story) -> None:
    assert set(story.tune["splits"]["session"]) == {"tune"}
    assert "tune" not in story.test["splits"]["session"]
    assert set(story.test["splits"]["session"]) == {"test", "pledges"}
    assert story.test["splits"]["session"]["pledges"]["of_later_sessions"]["rows"] > 0
    accuracy = story.test["splits"]["session"]["test"]["unseen"]["action"]["accuracy"]
    assert accuracy["low"] <= accuracy["value"] <= accuracy["high"]


def test_predictions_are_kept_for_every_coded_row(story: Story) -> None:
    table = pq.read_table(story.home / "reports" / "evaluation" / "predictions.parquet")
    assert table.num_rows == 1140
    assert {"train", "tune", "test", "pledges"} == set(table["part"].to_pylist())


@pytest.mark.parametrize(
    "reference",
    ["models:/upr-labeller@champion", "models:/upr-labeller@challenger", "models:/upr-labeller/1"],
)
def test_a_registered_model_is_found_by_its_reference(reference: str, story: Story) -> None:
    expected = {"models:/upr-labeller@champion": story.better.model_version}.get(
        reference, story.worse.model_version
    )
    assert load_bundle(model_folder(reference, settings.load())).version == expected


@pytest.mark.parametrize(
    "reference",
    ["models:/nobody@champion", "models:/upr-labeller@nothing", "models:/upr-labeller/99", "models:/"],
)
def test_a_model_that_is_not_there_is_one_clear_error(reference: str, story: Story) -> None:
    with pytest.raises(ModelError, match="cannot be fetched"):
        model_folder(reference, settings.load())


def test_mlflow_labels_a_table_as_the_command_line_does(story: Story, tmp_path: Path) -> None:
    mlflow = Tracker(settings.load())._mlflow
    model = mlflow.pyfunc.load_model("models:/upr-labeller@champion")
    texts = [
        "Ratify the Convention against Torture",
        "",
        "Continue efforts to promote education for girls",
        None,
    ]
    table = pd.DataFrame({"text": texts, "language": ["en"] * 4}, index=[7, 3, 5, 1])
    given = model.predict(table)
    assert list(given.index) == [7, 3, 5, 1]
    assert given["action"].tolist()[0] == 5
    assert pd.isna(given["action"].iloc[1])
    assert given["review_reasons"].iloc[1] == ["empty-text"]
    source = tmp_path / "texts.txt"
    source.write_text("\n".join(text or "" for text in texts) + "\n")
    label.run([source], tmp_path / "out.parquet", settings.load(), model="models:/upr-labeller@champion")
    rows = pq.read_table(tmp_path / "out.parquet").to_pylist()
    for name in (
        "action",
        "action_confidence",
        "action_set",
        "issues",
        "needs_review",
        "review_reasons",
        "model_version",
    ):
        assert [None if not isinstance(v, list) and pd.isna(v) else v for v in given[name].tolist()] == [
            row[name] for row in rows
        ], name


def test_reports_of_another_model_are_refused(story: Story, models: Path) -> None:
    with pytest.raises(SourceError, match="the evaluation is of another model"):
        register.run(story.corpus, models, story.home / "full", story.home / "no.json", settings.load())
    assert not (story.home / "no.json").exists()


def test_models_of_another_corpus_are_refused(story: Story, models: Path, tmp_path: Path) -> None:
    other = tmp_path / "corpus.parquet"
    pq.write_table(pq.read_table(story.corpus).slice(0, 900), other)
    with pytest.raises(SourceError, match="trained on another corpus"):
        evaluate.run(other, models, tmp_path / "reports", settings.load())
    assert not (tmp_path / "reports").exists()
