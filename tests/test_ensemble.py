"""Two models as one: what the weights learn, and that rare classes stay near the common line."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from scipy import special

from pipeline.bundle import Bundle
from pipeline.classifiers import FloatMatrix, LinearClassifier, Scores
from pipeline.ensemble import EnsembleClassifier, Shortcut, combined, fit_alone, fit_weights
from pipeline.errors import ModelError
from pipeline.store.models import load_bundle, save_bundle, shipped_folder
from pipeline.transformer.inference import Network

ROWS = 600
DICE = np.random.default_rng(5)
ACTIONS = DICE.integers(1, 6, ROWS)
TAGS = DICE.random((ROWS, 4)) < np.array([0.5, 0.2, 0.1, 0.01])


def scores(strength: float, seed: int, tag_bias: float = 0.0) -> Scores:
    """Scores that point to the gold by `strength`, with noise of one."""
    dice = np.random.default_rng(seed)
    action = strength * np.eye(5)[ACTIONS - 1] + dice.normal(size=(ROWS, 5))
    tags = strength * np.where(TAGS, 1, -1) + dice.normal(size=TAGS.shape) + tag_bias
    return Scores(action.astype(np.float32), tags.astype(np.float32), np.ones(ROWS, dtype=np.float32))


def action_loss(of: Scores) -> float:
    return float(-special.log_softmax(of.action, axis=1)[np.arange(ROWS), ACTIONS - 1].mean())


def tag_loss(of: Scores) -> float:
    return float(np.logaddexp(0, np.where(TAGS, -of.tags, of.tags)).mean())


def test_two_models_are_better_than_each() -> None:
    network, linear = scores(2.0, 1), scores(1.5, 2)
    both = combined(network, linear, fit_weights(network, linear, ACTIONS, TAGS))
    assert action_loss(both) < min(action_loss(network), action_loss(linear)) - 0.05
    assert tag_loss(both) < min(tag_loss(network), tag_loss(linear)) - 0.01


def test_a_model_that_knows_nothing_gets_next_to_no_weight() -> None:
    weights = fit_weights(scores(3.0, 1), scores(0.0, 2), ACTIONS, TAGS)
    assert weights.action[1] < 0.1 * weights.action[0]
    assert weights.tags[1] < 0.1 * weights.tags[0]


def test_an_overconfident_model_is_toned_down() -> None:
    network = scores(2.0, 1)
    loud = Scores(network.action * 10, network.tags * 10, network.known)
    weights, quiet = (fit_weights(of, scores(0.0, 2), ACTIONS, TAGS) for of in (loud, network))
    assert weights.action[0] == pytest.approx(quiet.action[0] / 10, rel=0.05)
    assert weights.tags[0] == pytest.approx(quiet.tags[0] / 10, rel=0.05)


def test_a_common_bias_of_the_tags_is_taken_back() -> None:
    weights = fit_weights(scores(2.0, 1, tag_bias=-3.0), scores(0.0, 2), ACTIONS, TAGS)
    plain = fit_weights(scores(2.0, 1), scores(0.0, 2), ACTIONS, TAGS)
    assert np.mean(weights.tag_shift) - np.mean(plain.tag_shift) == pytest.approx(3.0 * plain.tags[0], rel=0.1)


def test_the_shift_of_a_tag_without_cases_stays_near_the_others() -> None:
    tags = TAGS.copy()
    tags[:, 3] = False
    shift = np.array(fit_weights(scores(2.0, 1), scores(1.0, 2), ACTIONS, tags).tag_shift)
    # Without the shrinking it would run off: the log-loss of 600 rows without a case falls for ever.
    assert abs(shift[3] - shift[:3].mean()) < 3.0


def test_scores_keep_the_known_words_and_the_shapes() -> None:
    network, linear = scores(2.0, 1), scores(1.5, 2)
    both = combined(network, linear, fit_weights(network, linear, ACTIONS, TAGS))
    assert (both.action.shape, both.tags.shape, both.action.dtype) == ((ROWS, 5), (ROWS, 4), np.float32)
    assert both.known is linear.known


class Asked:
    """Stands for a model: the scores of rows named by their numbers as texts; it remembers what it was asked."""

    def __init__(self, scores: Scores) -> None:
        self.scores = scores
        self.rows: list[int] = []

    def score(self, texts: Sequence[str]) -> Scores:
        rows = [int(text) for text in texts]
        return Scores(self.scores.action[rows], self.scores.tags[rows], self.scores.known[rows])

    def logits(self, texts: Sequence[str]) -> tuple[FloatMatrix, FloatMatrix]:
        self.rows = [int(text) for text in texts]
        return self.scores.action[self.rows], self.scores.tags[self.rows]


@pytest.mark.parametrize(("action", "tag"), [(0.9, 0.2), (0.0, 0.5), (1.01, 0.1)])
def test_the_network_is_asked_exactly_where_the_linear_model_is_not_sure(action: float, tag: float) -> None:
    network, linear = Asked(scores(2.0, 1)), Asked(scores(3.0, 2))
    weights, alone = fit_weights(network.scores, linear.scores, ACTIONS, TAGS), fit_alone(linear.scores, ACTIONS, TAGS)
    shortcut = Shortcut(alone, action, tag)
    classifier = EnsembleClassifier(cast(Network, network), cast(LinearClassifier, linear), weights, shortcut)
    found = classifier.score([str(i) for i in range(ROWS)])
    both, single = combined(network.scores, linear.scores, weights), combined(linear.scores, linear.scores, alone)
    probabilities, tags = special.softmax(single.action, axis=1).max(axis=1), special.expit(single.tags)
    sure = (probabilities >= action) & (np.minimum(tags, 1 - tags).max(axis=1) <= tag + 1e-6)
    assert network.rows == np.flatnonzero(~sure).tolist()
    for own, asked, spared in ((found.action, both.action, single.action), (found.tags, both.tags, single.tags)):
        np.testing.assert_allclose(own, np.where(sure[:, None], spared, asked), rtol=1e-5, atol=1e-5)


def test_the_linear_model_alone_leaves_the_network_out() -> None:
    alone = fit_alone(scores(1.0, 2), ACTIONS, TAGS)
    assert (alone.action[0], alone.tags[0]) == (0.0, 0.0)
    assert alone.action[1] > 0.5


@pytest.fixture(scope="module")
def shipped() -> Bundle:
    return load_bundle(shipped_folder())


ODD = ["", "1234", "😀🎉", "\x00\x07 ratify", "<p>Ratify</p>", "Ratifier la Convention contre la torture", "漢字", "ratify " * 20_000]


def test_the_shipped_ensemble_says_something_of_every_text_and_the_same_whatever_stands_beside_it(shipped: Bundle) -> None:
    texts = [*ODD, "Consider ratifying the Convention against Torture", "Strengthen the protection of women by amending the penal code"]
    together = shipped.predict(texts)
    assert np.isfinite(together.action_probabilities).all()
    assert np.isfinite(together.tag_scores).all()
    for i, text in enumerate(texts):
        alone = shipped.predict([text])
        np.testing.assert_allclose(alone.action_probabilities[0], together.action_probabilities[i], atol=1e-5)
        np.testing.assert_allclose(alone.tag_scores[0], together.tag_scores[i], atol=1e-5)


def test_the_shipped_ensemble_does_not_see_which_state_is_meant(shipped: Bundle) -> None:
    wording = "That {} continue its efforts to ratify the Rome Statute and protect {} women"
    ours = shipped.predict([wording.format(state, people) for state, people in (("Chad", "Chadian"), ("Jordan", "Jordanian"))])
    np.testing.assert_array_equal(ours.action_probabilities[0], ours.action_probabilities[1])
    np.testing.assert_array_equal(ours.tag_scores[0], ours.tag_scores[1])


def test_an_ensemble_saved_again_is_the_same_model(shipped: Bundle, tmp_path: Path) -> None:
    again = save_bundle(tmp_path / "again", shipped)
    assert again.classifier.kind == "ensemble"
    for text in ODD:
        np.testing.assert_array_equal(again.predict([text]).tag_scores, shipped.predict([text]).tag_scores)


@pytest.mark.parametrize("name", ["network.onnx", "tokenizer.json", "ensemble.json"])
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
