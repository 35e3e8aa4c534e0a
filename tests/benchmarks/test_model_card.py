"""A model in the repository is what its card says; measured from its own files where the real corpus is at
hand.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.unlearned import unlearned
from pipeline import settings
from pipeline.corpus.coded import Corpus
from pipeline.registry.cards import card
from pipeline.store.descriptions import CARD, FIGURES, MANIFEST, described
from pipeline.store.models import load_bundle

MODELS = sorted(path.parent for path in (settings.home() / "models").glob(f"*/{FIGURES}"))
MEGABYTES = {"shipped": 25.0, "best": 50.0}


@pytest.mark.parametrize("folder", MODELS, ids=lambda path: path.name)
def test_a_card_is_made_from_the_figures_of_the_very_model(folder: Path) -> None:
    figures = json.loads((folder / FIGURES).read_text())
    model = described(folder)
    assert figures["model"] == model.version
    assert figures["figures_of"] == model.facts.get("evaluated_twin", model.version)
    size = float((folder / CARD).read_text().split(" MB.")[0].split()[-1])
    assert (folder / CARD).read_text() == card(model, figures, size)


@pytest.mark.parametrize("folder", MODELS, ids=lambda path: path.name)
def test_a_model_is_no_larger_than_promised(folder: Path) -> None:
    assert sum(path.stat().st_size for path in folder.iterdir()) / 1e6 <= MEGABYTES[folder.name]


@pytest.mark.long
@pytest.mark.corpus
@pytest.mark.parametrize("folder", MODELS, ids=lambda path: path.name)
def test_the_test_session_gives_the_figures_of_the_card(folder: Path, real: Corpus) -> None:
    """By what the model did not learn: its own predictions, or, of a final model, its held-out ones."""
    split = real.splits["session"]
    figures = json.loads((folder / FIGURES).read_text())
    rows = split.rows("test")
    assert figures["split_sha256"] == split.digest(real.row_ids)
    predictions = unlearned(folder, load_bundle(folder), real, rows)
    gold = real.tags[rows]
    micro_f1 = 2 * (predictions.tags & gold).sum() / (predictions.tags.sum() + gold.sum())
    part = figures["held_out"]["session_18"] if "held_out" in figures else figures["test"]
    # Other processors round 8-bit products otherwise in the last place: a row or two may tip.
    assert np.mean(predictions.action == real.actions[rows]) == pytest.approx(
        part["all"]["action"]["accuracy"]["value"], abs=0.002
    )
    assert micro_f1 == pytest.approx(part["all"]["tags"]["micro_f1"]["value"], abs=0.002)
    accepted = part["accepted"]["accepted"]["value"]
    assert np.mean(predictions.accepted) == pytest.approx(accepted, abs=0.005)


def test_the_models_in_the_repository_have_cards() -> None:
    models = {path.parent for path in (settings.home() / "models").glob(f"*/{MANIFEST}")}
    assert {path.name for path in models if path.name in MEGABYTES} == {path.name for path in MODELS}
