"""Evidence of the shipped model: leaving it out costs a label more than leaving out as many random words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.corpus.coded import Corpus
from pipeline.evaluation.evidence_quality import ModelEvidenceQuality, model_evidence_quality
from pipeline.models.bundle import Bundle
from pipeline.models.label_evidence import CATEGORIES, evidence_of, scores_of
from pipeline.store.models import load_bundle, shipped_folder


@pytest.fixture(scope="module")
def shipped() -> Bundle:
    return load_bundle(shipped_folder())


def _check(found: ModelEvidenceQuality) -> None:
    for task in (found.action, found.tags):
        assert task.gain.low > 0.5, "in log odds, with 95 % certainty"
        assert task.evidence.value > task.random.value
        assert task.won.value > 0.85
    assert found.action.gain.support > 0.9 * found.texts


@pytest.mark.long
def test_the_shipped_models_evidence_is_faithful_on_the_sample_corpus(
    sample: Corpus, shipped: Bundle
) -> None:
    texts = [sample.texts[i] for i in sample.splits["session"].rows("tune")]
    found = model_evidence_quality(shipped, texts, most=60, samples=200, seed=0)
    assert found.texts == 60
    _check(found)


@pytest.mark.long
@pytest.mark.corpus
def test_the_shipped_models_evidence_is_faithful_on_the_tuning_session(real: Corpus, shipped: Bundle) -> None:
    texts = [real.texts[i] for i in real.splits["session"].rows("tune")]
    _check(model_evidence_quality(shipped, texts, most=100, samples=200, seed=0))


def test_the_same_seed_gives_the_same_figures_and_no_text_counts_twice(
    sample: Corpus, bundle: Bundle
) -> None:
    texts = [*sample.texts[:12], *sample.texts[:12]]
    one, other = (model_evidence_quality(bundle, texts, most=20, samples=50, seed=3) for _ in range(2))
    assert one == other
    assert one.texts == len(set(sample.texts[:12]))
    assert replace(one, texts=0) != replace(
        model_evidence_quality(bundle, texts, most=20, samples=50, seed=4), texts=0
    )


def test_every_label_of_a_text_is_explained_and_the_rules_words_join(bundle: Bundle) -> None:
    text = "Adopt a law against torture in prisons"
    opinion = bundle.rules.label([text])[0]
    found = evidence_of(bundle, text, 5, ["Torture and other CID treatment"], opinion)
    column = CATEGORIES + bundle.taxonomy.index["Torture and other CID treatment"]
    assert set(found) == {4, column}
    assert any("torture" in text[e.span.start : e.span.end] and e.by_rule for e in found[column])
    assert scores_of(bundle)([text]).shape == (1, CATEGORIES + len(bundle.taxonomy.tags))
