"""Advice for those who draft: rewrites do what they promise and change no meaning, examples are what they are
said to be.
"""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import api
from pipeline.advice.checking import explained
from pipeline.advice.coded import CodedCorpus, CodedText, read_coded
from pipeline.advice.reasons import WAYS_IN_WORDS
from pipeline.advice.rewriting import WAYS, forbidden_edits, proposals, rewritten
from pipeline.corpus.blinding import MASK
from pipeline.corpus.schema import LABELLED
from pipeline.errors import SourceError
from pipeline.models.decision import label_texts

DRAFTS = (
    "Strengthen the protection of women against violence",
    "Ensure access to education for all children in rural areas.",
    "Improve conditions in prisons",
    "Continue efforts to protect the rights of migrants",
    "Promote freedom of expression",
    "Combat trafficking in persons more effectively",
    "Guarantee the independence of the judiciary",
    "Take further measures to protect human rights defenders",
)


@pytest.fixture(scope="module")
def shipped() -> api.Model:
    return api.load_model("shipped")


def coded(
    text: str, action: int, response: str = "Supported", state: str = "Chile", session: int = 3
) -> CodedText:
    return CodedText(
        f"id {text[:20]}", text, state, session, response, action, ("Torture and other CID treatment",)
    )


CORPUS = CodedCorpus(
    (
        coded("Ratify the Convention against Torture", 5),
        coded("Ratify the Convention against Torture", 5, "Noted", "Ghana", 4),
        coded("Criminalise torture in law", 5),
        coded("Criminalise torture as France did", 5),
        coded("Prevent torture in places of detention", 4),
        coded("Adopt a law against torture by the police", 5, "Noted"),
        coded("Publish the report on torture", 5, "Pending"),
    ),
    "corpus.parquet",
)


def raised(draft: str, model: api.Model) -> list[str]:
    """The proposals for a draft, each held to what is promised by other ways than made it."""
    before = api.label([draft], model).to_pylist()[0]
    found = proposals(draft, before["issues"], model.bundle)
    texts = [rewrite.text for rewrite in found]
    after = api.label(texts, model).to_pylist()
    opinions = model.bundle.rules.label([model.bundle.seen(text) for text in (draft, *texts)])
    for row, opinion in zip(after, opinions[1:], strict=True):
        assert (row["action"], opinion.action) == (5, 5), row["text"]
        assert set(row["issues"]) == set(before["issues"])
        assert set(opinion.tags) == set(opinions[0].tags)
        assert row["text"].startswith(draft.rstrip(" ."))
        assert not forbidden_edits(draft, row["text"], model.bundle)
    return texts


@pytest.mark.parametrize("draft", DRAFTS)
def test_rewrites_are_specific_for_model_and_rules_and_keep_the_tags(draft: str, shipped: api.Model) -> None:
    assert raised(draft, shipped)


@pytest.mark.long
@pytest.mark.corpus
def test_rewrites_of_200_general_recommendations(real_path: Path, shipped: api.Model) -> None:
    rows = {r.rec_id: r for r in read_coded(real_path).rows if r.action == 4}
    chosen = random.Random(0).sample(sorted(rows), 200)
    drafts = [rows[name].text for name in chosen]
    general = [
        draft
        for draft, label in zip(drafts, label_texts(shipped.bundle, drafts, ["en"] * 200), strict=True)
        if label.action == 4
    ]
    helped = [bool(raised(draft, shipped)) for draft in general]
    # Measured: 190 of 200 are general for the model as well, and 178 of these get a rewrite.
    assert len(general) >= 180
    assert sum(helped) >= 0.85 * len(general)


@pytest.mark.parametrize(
    ("proposed", "named"),
    [
        ("Strengthen protection of women, by adopting legislation", "taken away, changed, or moved"),
        ("By adopting legislation, strengthen the protection of women", "taken away, changed, or moved"),
        ("Strengthen the protection of men, by adopting legislation", "taken away, changed, or moved"),
        ("Strengthen the protection of women, by not prosecuting them", "negated or excepted"),
        ("Strengthen the protection of women, by adopting legislation by 2030", "a number or a date"),
        ("Strengthen the protection of women, by adopting the law of Sweden", "a State or a people"),
        ("Strengthen the protection of women, by ratifying the Convention against Torture", "an issue"),
    ],
)
def test_edits_that_change_the_meaning_are_forbidden(proposed: str, named: str, shipped: api.Model) -> None:
    assert named in " ".join(forbidden_edits("Strengthen the protection of women", proposed, shipped.bundle))


def test_no_way_that_is_proposed_is_a_forbidden_edit(shipped: api.Model) -> None:
    draft = "Strengthen the protection of women"
    for _, added in WAYS:
        assert forbidden_edits(draft, rewritten(draft, added), shipped.bundle) == []
    assert MASK not in shipped.bundle.blinder.blind(
        " ".join(" ".join(ways) for ways in WAYS_IN_WORDS.values())
    )


@pytest.mark.parametrize(
    ("draft", "told"),
    [
        ("Strengthen the protection of women", "“Strengthen” asks for general action."),
        ("Adopt measures to protect women", "because of what it is about: “measures”"),
        ("Continue and strengthen the protection of women", "Of two leading verbs the second counts"),
        ("Improve the rights of women by amending the family code", "the act that is named counts"),
        ("The protection of women", "the codebook's rules alone see no leading verb"),
    ],
)
def test_the_category_is_explained_by_the_rule_that_gave_it(
    draft: str, told: str, shipped: api.Model
) -> None:
    advice = api.check(draft, shipped).advice
    assert advice is not None
    assert told in advice.why


def test_what_is_only_considered_is_not_rewritten_but_explained(shipped: api.Model) -> None:
    advice = api.check("Consider ratifying the Convention against Torture", shipped).advice
    assert advice is not None
    assert advice.rewrites == ()
    assert "This asks for more than your draft does." in advice.ways[0]
    specific = api.check("Ratify the Convention against Torture", shipped).advice
    assert specific is not None
    assert (specific.ways, specific.rewrites) == ((), ())
    russian = api.check("Ратифицировать Конвенцию против пыток и защищать права", shipped)
    assert (russian.label.action, russian.advice) == (None, None)


def test_examples_are_specific_supported_and_name_no_state(shipped: api.Model) -> None:
    done = explained(shipped.bundle, "", "Strengthen the prevention of torture", CORPUS, "Republic of Chile")
    advice = done.advice
    assert advice is not None
    assert {e.text for e in advice.examples} == {
        "Ratify the Convention against Torture",
        "Criminalise torture in law",
    }
    assert all(e.state_under_review is None for e in advice.examples)
    assert advice.support is not None
    assert (advice.support.supported, advice.support.answered) == (3, 5)
    assert advice.support.low < 0.6 < advice.support.high
    assert "60%" in advice.support.sentence


@pytest.mark.parametrize(
    ("draft", "name", "verb"),
    [
        ("Renforcer la lutte contre la torture dans les prisons", "French", "Renforcer"),
        ("Fortalecer la lucha contra la tortura en las prisiones", "Spanish", "Fortalecer"),
    ],
)
def test_a_french_or_spanish_draft_is_told_what_cannot_be_offered(
    draft: str, name: str, verb: str, shipped: api.Model
) -> None:
    done = explained(shipped.bundle, "", draft, CORPUS, "Chile", ("fr", "es"))
    advice = done.advice
    assert advice is not None
    assert done.label.action == 4
    assert f"“{verb}” asks for general action" in advice.why
    assert f"The draft is {name}" in advice.limits
    assert advice.ways == WAYS_IN_WORDS[4]
    assert advice.support is not None
    assert (advice.rewrites, advice.examples, advice.asked_before) == ((), (), ())
    assert explained(shipped.bundle, "", DRAFTS[0], CORPUS, "Chile", ("fr", "es")).advice.limits == ""


def test_what_the_state_was_asked_before_comes_with_its_answer(shipped: api.Model) -> None:
    text = "Ratify the Convention against Torture as soon as possible"
    asked = {
        state: explained(shipped.bundle, "", text, CORPUS, state).advice.asked_before
        for state in ("Chile", "Ghana", "Peru")
    }
    assert [(r.text, r.response) for r in asked["Chile"]] == [(CORPUS.rows[0].text, "Supported")]
    assert [(r.session, r.response) for r in asked["Ghana"]] == [(4, "Noted")]
    assert asked["Peru"] == ()
    with pytest.raises(SourceError, match="Did you mean"):
        explained(shipped.bundle, "", text, CORPUS, "Chille")


def test_only_what_people_coded_before_the_test_session_is_shown(tmp_path: Path) -> None:
    base = dict.fromkeys(LABELLED.names) | {
        "row_id": "r",
        "action": 5,
        "issues": ["Justice"],
        "kind": "recommendation",
        "label_source": "expert",
    }
    rows = [
        base | {"rec_id": "good", "text": "Adopt a law", "session": 3},
        base | {"rec_id": "tested", "text": "Adopt a law", "session": 18},
        base | {"rec_id": "pledge", "text": "Adopt a law", "session": 3, "kind": "pledge"},
        base | {"rec_id": "machine", "text": "Adopt a law", "session": 3, "label_source": "model"},
        base | {"rec_id": "empty", "text": " - ", "session": 3},
    ]
    path = tmp_path / "corpus.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=LABELLED), path)
    assert [row.rec_id for row in read_coded(path).rows] == ["good"]
    pq.write_table(pa.table({"text": ["Adopt a law"]}), path)
    with pytest.raises(SourceError, match="has no column action"):
        read_coded(path)
