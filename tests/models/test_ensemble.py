"""Networks, linear model and rules as one classifier, and its files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import pytest
from scipy import special

from pipeline.errors import ModelError
from pipeline.models.bundle import Bundle
from pipeline.models.ensemble import Cascade, EnsembleClassifier, network_scores
from pipeline.models.linear import FloatMatrix, LinearClassifier, Scores
from pipeline.models.network.inference import Network
from pipeline.models.stacking import BaseScores, fit_stacking, stacked_scores
from pipeline.store.models import load_bundle, save_bundle, shipped_folder
from tests.models.test_stacking import ACTIONS, ROWS, TAGS, action_loss, ruled, scores


class Recorder:
    """Stands for a model: gives the scores of rows named by their numbers as texts, and records the rows."""

    def __init__(self, scores: Scores) -> None:
        self.scores = scores
        self.rows: list[int] = []

    @property
    def encoder(self) -> Recorder:
        """The features of a text are its number."""
        return self

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.int64]:
        return np.array([int(text) for text in texts], dtype=np.int64)

    def scored(self, features: npt.NDArray[np.int64], texts: Sequence[str]) -> Scores:
        assert features.tolist() == [int(text) for text in texts]
        return self.scores.take(features)

    def logits(self, texts: Sequence[str]) -> tuple[FloatMatrix, FloatMatrix]:
        self.rows = [int(text) for text in texts]
        return self.scores.action[self.rows], self.scores.tags[self.rows]


@pytest.mark.parametrize(("action", "tag"), [(0.9, 0.2), (0.0, 0.5), (1.01, 0.1)])
def test_the_network_runs_exactly_where_the_first_stage_is_not_confident(action: float, tag: float) -> None:
    network, linear, rules = Recorder(scores(2.0, 1)), Recorder(scores(3.0, 2)), ruled(0.8, 3)
    together, apart = BaseScores(network.scores, linear.scores, rules), BaseScores(None, linear.scores, rules)
    weights, alone = (fit_stacking(base, ACTIONS, TAGS) for base in (together, apart))
    classifier = EnsembleClassifier(
        [cast(Network, network)], cast(LinearClassifier, linear), weights, Cascade(alone, action, tag)
    )
    found = classifier.score([str(i) for i in range(ROWS)], rules)
    both, single = stacked_scores(together, weights), stacked_scores(apart, alone)
    probabilities, tags = special.softmax(single.action, axis=1).max(axis=1), special.expit(single.tags)
    confident = (probabilities >= action) & (np.minimum(tags, 1 - tags).max(axis=1) <= tag + 1e-6)
    assert network.rows == np.flatnonzero(~confident).tolist()
    for own, second, first in (
        (found.action, both.action, single.action),
        (found.tags, both.tags, single.tags),
    ):
        np.testing.assert_allclose(own, np.where(confident[:, None], first, second), rtol=1e-5, atol=1e-5)


def test_several_networks_give_their_mean() -> None:
    first, second, linear = Recorder(scores(2.0, 1)), Recorder(scores(2.0, 4)), Recorder(scores(1.0, 2))
    networks = [cast(Network, network) for network in (first, second)]
    mean = network_scores(networks, [str(i) for i in range(ROWS)], linear.scores)
    logs = [special.log_softmax(network.scores.action, axis=1) for network in (first, second)]
    np.testing.assert_allclose(mean.action, (logs[0] + logs[1]) / 2, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(mean.tags, (first.scores.tags + second.scores.tags) / 2, rtol=1e-5, atol=1e-5)
    assert action_loss(mean) < min(action_loss(first.scores), action_loss(second.scores))


@pytest.fixture(scope="module")
def shipped() -> Bundle:
    return load_bundle(shipped_folder())


ODD = [
    "",
    "1234",
    "😀🎉",
    "\x00\x07 ratify",
    "<p>Ratify</p>",
    "Ratifier la Convention contre la torture",
    "漢字",
    "ratify " * 20_000,
]


def test_the_shipped_ensemble_says_something_of_every_text_and_the_same_whatever_stands_beside_it(
    shipped: Bundle,
) -> None:
    texts = [
        *ODD,
        "Consider ratifying the Convention against Torture",
        "Strengthen the protection of women by amending the penal code",
    ]
    together = shipped.predict(texts)
    assert np.isfinite(together.action_probabilities).all()
    assert np.isfinite(together.tag_scores).all()
    for i, text in enumerate(texts):
        alone = shipped.predict([text])
        np.testing.assert_allclose(alone.action_probabilities[0], together.action_probabilities[i], atol=1e-5)
        np.testing.assert_allclose(alone.tag_scores[0], together.tag_scores[i], atol=1e-5)


def test_the_shipped_ensemble_does_not_see_which_state_is_meant(shipped: Bundle) -> None:
    wording = "That {} continue its efforts to ratify the Rome Statute and protect {} women"
    ours = shipped.predict(
        [wording.format(state, people) for state, people in (("Chad", "Chadian"), ("Jordan", "Jordanian"))]
    )
    np.testing.assert_array_equal(ours.action_probabilities[0], ours.action_probabilities[1])
    np.testing.assert_array_equal(ours.tag_scores[0], ours.tag_scores[1])


def test_an_ensemble_saved_again_is_the_same_model(shipped: Bundle, tmp_path: Path) -> None:
    again = save_bundle(tmp_path / "again", shipped)
    assert again.classifier.kind == "ensemble"
    for text in ODD:
        np.testing.assert_array_equal(again.predict([text]).tag_scores, shipped.predict([text]).tag_scores)


@pytest.mark.parametrize("name", ["network-1.onnx", "tokenizer.json", "ensemble.json"])
def test_an_ensemble_with_an_altered_or_missing_file_is_refused(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(shipped_folder(), folder)
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-20])
    with pytest.raises(ModelError, match=name):
        load_bundle(folder)
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        load_bundle(folder)


def test_an_ensemble_of_an_older_format_is_named_as_such(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(shipped_folder(), folder)
    manifest = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    (folder / "bundle.json").write_text(json.dumps(manifest | {"format": 1}), encoding="utf-8")
    with pytest.raises(ModelError, match="older version"):
        load_bundle(folder)
