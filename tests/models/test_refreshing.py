"""An ensemble refreshed: its network stays, decisions are learned, and limits rest on unknown rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from pipeline import settings
from pipeline.corpus.coded import Corpus, corpus_from
from pipeline.evaluation.assessment import Assessor
from pipeline.evaluation.gate import compare, possible_losses
from pipeline.evaluation.unfitted import Unfitted, unfitted
from pipeline.models.bundle import Bundle
from pipeline.models.ensemble import EnsembleClassifier
from pipeline.models.limits import Limits
from pipeline.models.training import Fitted, Start, Training
from pipeline.registry.networks import learnable
from pipeline.store.models import load_bundle, shipped_folder
from pipeline.store.vocabularies import load_states
from tests.trainings import training_on

pytestmark = pytest.mark.long

KIND = "{} the keepers of the old lighthouses{}"
"""Wordings of a kind that no coder has seen, and that the network is sure to be about something else."""
VERBS = ("Protect", "Support", "Pay", "Train", "Listen to", "Respect", "Free", "House", "Feed", "Visit")
PLACES = ("", " of the north", " in winter", " without delay", " on the islands", " by law", " as promised")
TAG = "Right to water"


def texts_of_the_kind() -> list[str]:
    return [KIND.format(verb, place) for verb in VERBS for place in PLACES]


def with_decisions(corpus: Corpus, texts: Sequence[str], action: int, tags: Sequence[str]) -> Corpus:
    """The corpus, and decisions of session 34."""
    table = corpus.table
    first = table.slice(0, 1).to_pylist()[0]
    rows = [
        first
        | {
            "row_id": f"{n:020x}",
            "rec_id": f"{n:020x}",
            "text": text,
            "session": 34,
            "kind": "recommendation",
            "action": action,
            "issues": list(tags),
            "label_source": "reviewed",
        }
        for n, text in enumerate(texts)
    ]
    joined = pa.concat_tables([table, pa.Table.from_pylist(rows, schema=table.schema)])
    return corpus_from(joined, corpus.taxonomy, settings.load().splits)


@pytest.fixture(scope="module")
def champion() -> Bundle:
    """The shipped model with the facts of one that learned sessions 1 to 16: the sample's texts are invented,
    so it has learned none of them.
    """
    bundle = load_bundle(shipped_folder())
    facts = bundle.facts | {"train_sessions": list(range(1, 17)), "tune_sessions": [17]}
    return Bundle(**{**vars(bundle), "facts": facts})


def refreshed(
    champion: Bundle, training: Training, known: Sequence[int] = range(1, 17)
) -> tuple[Fitted, Fitted]:
    assert isinstance(champion.classifier, EnsembleClassifier)
    limits = Limits(champion.calibration, champion.thresholds, {})
    return training.twin_and_final(Start(champion.classifier, list(known), limits))


@pytest.fixture(scope="module")
def training(sample: Corpus) -> Training:
    return training_on(sample)


@pytest.fixture(scope="module")
def without(champion: Bundle, training: Training) -> tuple[Fitted, Fitted]:
    return refreshed(champion, training)


@pytest.fixture(scope="module")
def corrected(sample: Corpus) -> Corpus:
    """The corpus with decisions on three wordings in four."""
    texts = [text for n, text in enumerate(texts_of_the_kind()) if n % 4]
    return with_decisions(sample, texts, 5, [TAG])


@pytest.fixture(scope="module")
def decided(champion: Bundle, corrected: Corpus) -> tuple[Fitted, Fitted]:
    return refreshed(champion, training_on(corrected))


def test_the_network_stays_and_the_rest_is_fitted_on_sessions_that_it_does_not_know(
    champion: Bundle, without: tuple[Fitted, Fitted], sample: Corpus
) -> None:
    for fitted, sessions in zip(without, ({17}, {17, 18}), strict=True):
        ours, theirs = fitted.bundle.classifier, champion.classifier
        assert isinstance(ours, EnsembleClassifier)
        assert isinstance(theirs, EnsembleClassifier)
        assert [n.onnx for n in ours.networks] == [n.onnx for n in theirs.networks]
        assert ours.weights != theirs.weights
        assert ours.corrections is None
        assert {sample.sessions[i] for i in fitted.rows} == sessions
        assert set(fitted.bundle.facts["tune_sessions"]) == sessions
        assert fitted.bundle.facts["network_sessions"] == list(range(1, 17))


def test_wordings_that_the_network_knows_set_no_limit(without: tuple[Fitted, Fitted], sample: Corpus) -> None:
    groups = sample.splits["session"].groups
    known = set(groups[sample.splits["session"].rows("train")].tolist())
    rows = without[0].rows
    repeated = sum(groups[i] in known for i in rows.tolist())
    assert repeated
    assert without[0].bundle.facts["tune_rows"] == len(rows) - repeated


def test_meta_model_and_limits_are_kept_where_the_network_knows_every_session(
    champion: Bundle, training: Training
) -> None:
    for fitted in refreshed(champion, training, range(1, 19)):
        assert isinstance(fitted.bundle.classifier, EnsembleClassifier)
        assert isinstance(champion.classifier, EnsembleClassifier)
        assert fitted.bundle.classifier.weights == champion.classifier.weights
        assert fitted.bundle.thresholds == champion.thresholds
        assert fitted.bundle.facts["meta_model_kept"]
        assert len(fitted.rows) == 0


def test_decisions_are_obeyed_on_their_wordings_and_learned_for_others_of_their_kind(
    without: tuple[Fitted, Fitted], decided: tuple[Fitted, Fitted], sample: Corpus
) -> None:
    texts = texts_of_the_kind()
    for before, after in zip(without, decided, strict=True):
        tag = sample.taxonomy.index[TAG]
        first, then = before.bundle.predict(texts), after.bundle.predict(texts)
        assert not first.tags[:, tag].any()
        told = np.arange(len(texts)) % 4 > 0
        assert then.tags[told, tag].all()
        assert (then.action[told] == 5).all()
        assert then.tags[~told, tag].all(), "wordings of the kind that nobody decided on"
        assert (then.action[~told] == 5).all()


def test_decisions_change_little_of_what_was_not_decided(
    without: tuple[Fitted, Fitted], decided: tuple[Fitted, Fitted], sample: Corpus
) -> None:
    test = [sample.texts[i] for i in sample.splits["session"].rows("test")]
    before, after = without[0].bundle.predict(test), decided[0].bundle.predict(test)
    assert (before.action == after.action).mean() > 0.97
    assert (before.tags == after.tags).mean() > 0.995


def test_what_is_kept_of_a_decision_is_said_without_it(
    decided: tuple[Fitted, Fitted], sample: Corpus
) -> None:
    """The gate compares these: each wording by corrections that were fitted on the others."""
    twin = decided[0]
    kept = np.flatnonzero(twin.decided)
    assert len(kept) == sum(n % 4 > 0 for n in range(len(texts_of_the_kind())))
    corpus = [text for n, text in enumerate(texts_of_the_kind()) if n % 4]
    held_out = twin.held_out.action_probabilities[kept, 4]
    in_sample = twin.bundle.predict(corpus).action_probabilities[:, 4]
    assert held_out.mean() < in_sample.mean()
    assert (twin.held_out.action[kept] == 5).mean() > 0.9


@pytest.mark.long
def test_a_code_that_a_decision_contradicts_does_not_train(champion: Bundle, sample: Corpus) -> None:
    split = sample.splits["session"]
    tested = set(split.groups[np.isin(split.parts, ("tune", "test"))].tolist())
    at = next(i for i in split.rows("train").tolist() if int(split.groups[i]) not in tested)
    other = 1 + int(sample.actions[at]) % 5
    training = training_on(with_decisions(sample, [sample.texts[at]] * 2, other, [TAG]))
    same = int((split.groups == split.groups[at]).sum())
    assert training.superseded() == same
    assert training.contradicting() == []
    twin, _ = refreshed(champion, training)
    said = twin.bundle.predict([sample.texts[at]])
    assert said.action.tolist() == [other]
    assert said.tags[0, sample.taxonomy.index[TAG]]


def test_decisions_that_contradict_each_other_are_found(sample: Corpus) -> None:
    one = with_decisions(sample, ["Light the lamps", "Trim the wicks"], 5, [TAG])
    rows = one.table.slice(len(sample.texts), 1).to_pylist()
    more = pa.Table.from_pylist([rows[0] | {"row_id": "f" * 20, "action": 2}], schema=one.table.schema)
    both = corpus_from(pa.concat_tables([one.table, more]), one.taxonomy, settings.load().splits)
    assert training_on(both).contradicting() == [[len(sample.texts), len(sample.texts) + 2]]


def test_networks_learn_from_no_decision_and_from_no_code_that_one_contradicts(sample: Corpus) -> None:
    """At no depth: what a network learned the gate could not compare models on."""
    split = sample.splits["session"]
    train = split.rows("train")
    tested = set(split.groups[np.isin(split.parts, ("tune", "test"))].tolist())
    at = next(i for i in train.tolist() if int(split.groups[i]) not in tested)
    more = with_decisions(sample, [sample.texts[at]], 1 + int(sample.actions[at]) % 5, [TAG])
    rows = more.table.to_pylist()
    rows[-1]["session"] = sample.sessions[at]
    table = pa.Table.from_pylist(rows, schema=more.table.schema)
    corpus = corpus_from(table, more.taxonomy, settings.load().splits)
    found = np.flatnonzero(learnable(training_on(corpus)))
    same = np.flatnonzero(split.groups == split.groups[at])
    assert corpus.splits["session"].parts[-1] == "train", "by its session alone it would train"
    assert found.tolist() == [i for i in train.tolist() if i not in same]


def test_no_decision_on_a_wording_of_the_test_session_is_in_the_twin(sample: Corpus) -> None:
    split = sample.splits["session"]
    texts = [sample.texts[int(split.rows("test")[0])], "Light the lamps"]
    training = training_on(with_decisions(sample, texts, 5, [TAG]))
    assert training.twin_rows()[-2:].tolist() == [False, True]
    assert training.coded[-2:].all()
    assert training.waiting() == {34: 1}


def test_the_gate_lets_consistent_decisions_pass(
    champion: Bundle, decided: tuple[Fitted, Fitted], corrected: Corpus
) -> None:
    """The tuning session is coded as before; it and the decisions are compared together."""
    wanted = np.concatenate([corrected.splits["session"].rows("tune"), np.flatnonzero(corrected.decided)])
    ours = Unfitted(decided[0].rows, decided[0].held_out)
    theirs = unfitted(champion, corrected, wanted, None, 5)
    rows = np.array([i for i in wanted.tolist() if ours.has(i) and theirs.has(i)])
    assert corrected.decided[rows].sum() == corrected.decided.sum() < len(rows)
    assessor = Assessor(corrected, load_states(), 200, 0, 15)
    found = compare(assessor, rows, ours.of_rows(rows), theirs.of_rows(rows))
    assert possible_losses(found.differences, 0.005) == []
    assert found.differences["tags.micro_f1"].low > 0
