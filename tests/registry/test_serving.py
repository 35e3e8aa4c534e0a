"""The packaged model gives what the command gives, whatever the text."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from mlflow.pyfunc.scoring_server import predictions_to_json

from pipeline import settings
from pipeline.registry.packaging import copy_languages
from pipeline.registry.serving import UprModel
from pipeline.stages import label
from pipeline.store.models import shipped_folder
from pipeline.store.vocabularies import config_path

WORDINGS = (
    "Ratify the Convention against Torture",
    "Consider abolishing the death penalty",
    "Continue its efforts to promote education for girls",
    "Ratifier la Convention contre la torture",
    "Ratificar la Convención contra la Tortura",
    "Ратифицировать Конвенцию против пыток",
    "批准禁止酷刑公约",
    "Strengthen l aw enforcement",
    "Abolition",
    "Ratify",
    "",
    "-?!",
    "2019",
    "½",
    "Adopt a law &amp; a plan <b>now</b>",
    "Implement resolution 1325 (2000)",
    "vulner\u00adable gr\u200boups are protected",
    "Adopt a law " * 400,
    "R a t i f y   t h e   C o n v e n t i o n",
    "RATIFY THE CONVENTION ON THE RIGHTS OF THE CHILD",
    "Protect journalists \U0001f4f0\U0001f64f and bloggers",
    "12 34 56.7 %",
    "\u201cEnd statelessness\u201d, as Norway and the United States of America asked",
    "Ensure\nthat\tprisons\r\nare inspected",
)
FIRST = ("", "134.7 ", "- ", "(a) ", "Rec. 9: ", "(Chile) ", "A/HRC/1/2, para. 3: ", "<p>", "\u00a0")
LAST = ("", ";", " (Cuba);", " (Cuba, Atlantis)", " (Китай)", " (2019)", "</p>", " ; and", " \x07")
COMPARED = (
    "action",
    "action_confidence",
    "action_set",
    "issues",
    "issue_scores",
    "needs_review",
    "review_reasons",
    "label_source",
    "model_version",
    "taxonomy_version",
)


@pytest.fixture(scope="module")
def odd() -> list[str]:
    """1,000 texts as nobody should write them."""
    rng = random.Random(0)
    return [rng.choice(FIRST) + rng.choice(WORDINGS) + rng.choice(LAST) for _ in range(1000)]


@pytest.fixture(scope="module", params=["linear", "shipped"])
def folder(request: pytest.FixtureRequest, model_path: Path) -> Path:
    """A small linear model, and the shipped one, an ensemble."""
    return model_path if request.param == "linear" else shipped_folder()


@pytest.fixture(scope="module")
def served(odd: list[str], folder: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    model = UprModel()
    files = {name: str(config_path(f"{name}.csv")) for name in ("states", "state_names")}
    languages = tmp_path_factory.mktemp("packaged") / "languages"
    copy_languages(languages)
    artifacts = {"bundle": str(folder), "languages": str(languages), **files}
    model.load_context(SimpleNamespace(artifacts=artifacts))
    return model.predict(None, pd.DataFrame({"text": odd}))


def test_the_packaged_model_gives_what_the_command_gives(
    odd: list[str], served: pd.DataFrame, folder: Path, tmp_path: Path
) -> None:
    source, out = tmp_path / "odd.csv", tmp_path / "out.jsonl"
    pd.DataFrame({"text": odd}).to_csv(source, index=False)
    label.run([source], out, settings.load(), model=str(folder))
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == len(odd)
    given: list[dict[str, Any]] = json.loads(json.dumps(served.to_dict("records"), allow_nan=False))
    for text, row, other in zip(odd, rows, given, strict=True):
        assert {name: row[name] for name in COMPARED} == {name: other[name] for name in COMPARED}, text
    assert len({tuple(row["review_reasons"]) for row in rows}) > 5
    assert len({row["model_version"] for row in rows}) == 3, "English, French and Spanish"


def test_answers_are_json_also_for_an_empty_text(served: pd.DataFrame) -> None:
    answer = io.StringIO()
    predictions_to_json(served, answer)

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    predictions = json.loads(answer.getvalue(), parse_constant=refuse)["predictions"]
    assert {None} < {row["action"] for row in predictions}
