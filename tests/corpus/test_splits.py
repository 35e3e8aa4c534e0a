"""Splits that cannot leak: by law, frozen, and nothing but the training sessions reaches a model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline import settings
from pipeline.corpus.coded import Corpus, corpus_from
from pipeline.corpus.splits import (
    Part,
    Split,
    random_split,
    session_split,
    sessions_of,
    text_groups,
    waiting_in_words,
)
from pipeline.corpus.text import normalise
from pipeline.models.bundle import Bundle
from pipeline.models.features import word_features
from pipeline.options import SplitOptions
from pipeline.store.models import load_bundle
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import load_blinder, load_taxonomy
from tests.conftest import ROOT
from tests.trainings import training_on

FROZEN = yaml.safe_load((ROOT / "configs" / "frozen_splits.yaml").read_text())

# Few wordings and many rows, in spellings that normalise alike, so that texts recur across sessions.
_texts = st.sampled_from(
    [
        "Adopt a law",
        "adopt a  LAW.",
        "Adopt a-law",
        "Ratify",
        "ratify!",
        "Study it",
        "Ensure peace",
        "End torture",
        "é",
        "É",
    ]
)
_rows = st.lists(
    st.tuples(
        _texts, st.none() | st.integers(1, 19), st.sampled_from(["recommendation", "pledge"]), st.booleans()
    ),
    min_size=1,
    max_size=40,
)

PARTS: tuple[Part, ...] = ("train", "tune", "test", "pledges")


def by_session(rows: list[tuple[str, int | None, str, bool]]) -> Split:
    texts, sessions, kinds, gold = (list(column) for column in zip(*rows, strict=True))
    return session_split(
        texts, sessions, kinds, gold, SplitOptions(train=tuple(range(1, 17)), tune=(17,), test=(18,))
    )


def at_random(rows: list[tuple[str, int | None, str, bool]], seed: int) -> Split:
    texts, _, kinds, gold = (list(column) for column in zip(*rows, strict=True))
    return random_split(
        texts,
        kinds,
        gold,
        SplitOptions(
            train=(), tune=(), test=(), random_seed=seed, random_tune_share=0.2, random_test_share=0.2
        ),
    )


@given(_rows, st.integers(0, 1000))
def test_no_wording_stands_in_two_parts_of_the_random_split(
    rows: list[tuple[str, int | None, str, bool]], seed: int
) -> None:
    split = at_random(rows, seed)
    parts_of: dict[str, set[str]] = {}
    for (text, _, _, _), part in zip(rows, split.parts.tolist(), strict=True):
        if part in ("train", "tune", "test"):
            parts_of.setdefault(normalise(text), set()).add(part)
    assert all(len(parts) == 1 for parts in parts_of.values())
    assert not split.seen[split.rows("test")].any()
    assert not split.seen[split.rows("tune")].any()


@given(_rows)
def test_unseen_rows_share_no_wording_with_what_was_learned_from(
    rows: list[tuple[str, int | None, str, bool]],
) -> None:
    split = by_session(rows)
    words = np.array([normalise(text) for text, *_ in rows])
    learned, tuned = set(words[split.rows("train")]), set(words[split.rows("tune")])
    for part, known in (("tune", learned), ("test", learned | tuned), ("pledges", learned | tuned)):
        for place in split.rows(part):  # type: ignore[arg-type]
            assert split.seen[place] == (words[place] in known)


@given(_rows)
def test_a_session_decides_the_part_and_pledges_never_train(
    rows: list[tuple[str, int | None, str, bool]],
) -> None:
    split = by_session(rows)
    for (_, session, kind, gold), part in zip(rows, split.parts.tolist(), strict=True):
        expected = ""
        if gold:
            expected = (
                "pledges"
                if kind == "pledge"
                else {17: "tune", 18: "test"}.get(
                    session or 0, "train" if session and session < 17 else "waiting"
                )
            )
        assert part == expected
    if any(kind == "pledge" for _, _, kind, _ in rows):
        assert not any(
            part in ("train", "tune", "test")
            for (_, _, kind, _), part in zip(rows, at_random(rows, 0).parts, strict=True)
            if kind == "pledge"
        )


@given(_rows, st.randoms(use_true_random=False))
def test_a_digest_does_not_depend_on_the_order_of_rows(
    rows: list[tuple[str, int | None, str, bool]], random: Any
) -> None:
    numbered = list(enumerate(rows))
    shuffled = numbered.copy()
    random.shuffle(shuffled)
    digests = {
        split([row for _, row in order]).digest([str(n) for n, _ in order])
        for order in (numbered, shuffled)
        for split in (by_session,)
    }
    assert len(digests) == 1


@given(_rows, _rows)
def test_a_wordings_part_stays_when_the_corpus_grows(
    rows: list[tuple[str, int | None, str, bool]], more: list[tuple[str, int | None, str, bool]]
) -> None:
    assert at_random(rows + more, 7).parts.tolist()[: len(rows)] == at_random(rows, 7).parts.tolist()


def by_time(coded: dict[int, int], **changes: Any) -> dict[int, str]:
    """The part of each session of a corpus with so many coded rows a session."""
    options = SplitOptions(train=tuple(range(1, 17)), tune=(17,), test=(18,), **changes)
    found = sessions_of(coded, options)
    return {session: found.part(session) for session in coded}


WHOLE = dict.fromkeys(range(1, 19), 2000)


@pytest.mark.parametrize("shared", [("train", "tune"), ("train", "test"), ("tune", "test")])
def test_a_session_named_for_two_parts_is_refused(shared: tuple[str, str]) -> None:
    named = {"train": (1,), "tune": (2,), "test": (3,)} | dict.fromkeys(shared, (4,))
    with pytest.raises(ValueError, match="two parts"):
        sessions_of(WHOLE, SplitOptions(**named))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "parts"),
    [
        ({}, {16: "train", 17: "tune", 18: "test"}),
        # Decisions of running sessions wait; neither tests nor tunes on them.
        ({19: 60, 44: 999}, {17: "tune", 18: "test", 19: "waiting", 44: "waiting"}),
        # A session that is coded moves all others; decisions that are older than the tuning session train.
        ({19: 1000}, {17: "train", 18: "tune", 19: "test"}),
        ({19: 60, 20: 2000, 21: 10}, {17: "train", 18: "tune", 19: "waiting", 20: "test", 21: "waiting"}),
        (
            {19: 60, 20: 2000, 21: 1500, 22: 5},
            {18: "train", 19: "train", 20: "tune", 21: "test", 22: "waiting"},
        ),
        # Years without coding make no difference.
        ({30: 1200, 44: 1100, 45: 3}, {18: "train", 30: "tune", 44: "test", 45: "waiting"}),
    ],
)
def test_the_split_moves_with_time(more: dict[int, int], parts: dict[int, str]) -> None:
    found = by_time(WHOLE | more)
    assert {session: found[session] for session in parts} == parts
    assert found[1] == "train"
    stays = by_time(WHOLE | more, by="benchmark")
    assert {stays[session] for session in more} <= {"waiting"}
    assert (stays[16], stays[17], stays[18]) == ("train", "tune", "test")


def test_a_corpus_of_small_sessions_has_the_benchmarks_split() -> None:
    assert by_time({16: 50, 17: 40, 18: 1000, 19: 7}) == {16: "train", 17: "tune", 18: "test", 19: "waiting"}


@given(st.dictionaries(st.integers(1, 60), st.integers(1, 3000), min_size=1))
def test_nothing_that_trains_is_as_late_as_what_it_is_measured_on(coded: dict[int, int]) -> None:
    parts = by_time(coded)
    of = {part: [s for s, found in parts.items() if found == part] for part in ("train", "tune", "test")}
    whole = [session for session, rows in coded.items() if rows >= 1000]
    if len(whole) >= 2:
        assert of["test"] == [max(whole)]
        assert len(of["tune"]) == 1
        assert of["train"] == [session for session in coded if session < of["tune"][0]]
        assert all(coded[session] >= 1000 for session in of["tune"] + of["test"])


def test_a_decision_on_a_wording_of_a_measured_session_does_not_train() -> None:
    """An expert's row of an early session may repeat a wording that is tested; it was coded without it."""
    texts = ["Adopt a law", "adopt a LAW.", "Ratify", "Adopt a-law", "Adopt a law"]
    sessions = [3, 4, 5, 18, 44]
    options = SplitOptions(train=tuple(range(1, 17)), tune=(17,), test=(18,))
    decided = [False, True, True, False, True]
    split = session_split(texts, sessions, ["recommendation"] * 5, [True] * 5, options, decided)
    assert split.parts.tolist() == ["train", "waiting", "train", "test", "waiting"]
    without = session_split(texts[1:], sessions[1:], ["recommendation"] * 4, [True] * 4, options, decided[1:])
    assert not without.seen[without.rows("test")].any(), "the wording is tested, so nobody knows it"


def test_decisions_make_no_session_one_that_is_measured() -> None:
    """The desk asks for what is doubtful first: figures on it would say nothing of the whole session."""
    rows = [(s, False) for s in (16, 17, 18) for _ in range(1000)] + [(44, True)] * 1200
    options = SplitOptions(train=tuple(range(1, 17)), tune=(17,), test=(18,))
    split = session_split(
        [f"text {i}" for i in range(len(rows))],
        [session for session, _ in rows],
        ["recommendation"] * len(rows),
        [True] * len(rows),
        options,
        [decided for _, decided in rows],
    )
    assert {(rows[i][0], str(part)) for i, part in enumerate(split.parts)} == {
        (16, "train"),
        (17, "tune"),
        (18, "test"),
        (44, "waiting"),
    }


def test_rows_that_no_part_takes_are_counted_by_session(sample_path: Path) -> None:
    table = read_parquet(sample_path)
    later = pa.array([44 if s == 16 else s for s in table["session"].to_pylist()], table["session"].type)
    moved = table.set_column(table.column_names.index("session"), "session", later)
    corpus = corpus_from(moved, load_taxonomy("2014-10"), settings.load().splits)
    rows = [i for i, s in enumerate(table["session"].to_pylist()) if s == 16]
    gold = [i for i in rows if corpus.actions[i] and table["kind"][i].as_py() != "pledge"]
    waiting = training_on(corpus).waiting()
    assert waiting == {44: len(gold)}
    assert len(gold) > 10
    assert str(len(gold)) in waiting_in_words(waiting)
    assert "session 44" in waiting_in_words(waiting)
    assert waiting_in_words({None: 1200, 19: 3}).endswith(": no session (1,200), session 19 (3).")


def test_a_session_may_not_be_of_two_parts() -> None:
    options = SplitOptions(train=(16, 17), tune=(17,), test=(18,))
    with pytest.raises(ValueError, match="two parts"):
        session_split(["x"], [17], ["recommendation"], [True], options)


def test_groups_are_of_equal_normalised_texts() -> None:
    groups, _ = text_groups(["Adopt a law.", "Ratify", "adopt a LAW", "ratify it"])
    assert groups.tolist() == [0, 1, 0, 2]


def check_frozen(corpus: Corpus, frozen: dict[str, Any]) -> None:
    for name, split in corpus.splits.items():
        rows = {part: len(split.rows(part)) for part in PARTS}
        assert rows == frozen[name]["rows"]
        assert {part: int(split.seen[split.rows(part)].sum()) for part in ("tune", "test")} == frozen[name][
            "seen"
        ]  # type: ignore[arg-type]
        assert split.digest(corpus.row_ids) == frozen[name]["sha256"]


def test_the_splits_of_the_sample_are_frozen(sample: Corpus) -> None:
    check_frozen(sample, FROZEN["sample"])


@pytest.mark.long
@pytest.mark.corpus
def test_the_splits_of_the_real_corpus_are_frozen(real: Corpus) -> None:
    """By time, which is the default, they are those of the benchmark."""
    assert settings.load().splits.by == "time"
    check_frozen(real, FROZEN["real"])
    benchmark = settings.load().splits.model_copy(update={"by": "benchmark"})
    check_frozen(corpus_from(real.table, real.taxonomy, benchmark), FROZEN["real"])


@pytest.mark.corpus
def test_about_one_row_in_twenty_of_sessions_17_and_18_was_seen_in_training(real: Corpus) -> None:
    split = real.splits["session"]
    trained = set(split.groups[split.rows("train")].tolist())
    repeated = {
        part: sum(g in trained for g in split.groups[split.rows(part)].tolist()) for part in ("tune", "test")
    }  # type: ignore[arg-type]
    # 5.2 % of 2,821 and 5.0 % of 2,387: letters and digits alone decide, so more texts are equal than word
    # for word.
    assert repeated == {"tune": 148, "test": 119}


def check_training_rows(corpus: Corpus) -> None:
    kinds, sessions = corpus.table["kind"].to_pylist(), corpus.sessions
    split = corpus.splits["session"]
    for part, allowed in (("train", range(1, 17)), ("tune", [17]), ("test", [18])):
        assert {sessions[i] for i in split.rows(part)} <= set(allowed)  # type: ignore[arg-type]
        assert {kinds[i] for i in split.rows(part)} == {"recommendation"}  # type: ignore[arg-type]
    assert {kinds[i] for i in split.rows("pledges")} == {"pledge"}
    assert max(sessions[i] or 0 for i in split.rows("pledges")) == 19


def test_neither_pledges_nor_later_sessions_train(sample: Corpus) -> None:
    check_training_rows(sample)


@pytest.mark.corpus
def test_neither_pledges_nor_later_sessions_train_on_the_real_corpus(real: Corpus) -> None:
    check_training_rows(real)


def test_the_models_words_are_those_of_the_training_rows_and_no_others(
    sample: Corpus, bundle: Bundle, models: Path
) -> None:
    blinder = load_blinder()

    def words_of(split: Split, parts: set[str]) -> set[str]:
        rows = np.flatnonzero(np.isin(split.parts, sorted(parts)))
        return {feature for i in rows for feature in word_features(blinder.blind(sample.texts[i]))}

    for split, trained, parts in (
        (sample.splits["session"], bundle, {"train", "tune"}),
        (sample.splits["random"], load_bundle(models / "random"), {"train"}),
    ):
        words = words_of(split, parts)
        known = set(trained.classifier.encoder.vocabularies()[0])  # type: ignore[attr-defined]
        assert known <= words
        others = words_of(split, {"tune", "test", "pledges"} - parts)
        assert others - words, "the test proves nothing if other rows have no words of their own"


def test_no_module_names_the_folders_that_are_only_for_measuring() -> None:
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        found = re.search(
            r"""["'/](lists|extraction|parallel|reports\.csv|published_figures)["'/]""", path.read_text()
        )
        assert found is None, f"{path} names {found and found[0]}"


def test_make_raw_copies_coded_rows_only() -> None:
    """What `dvc.yaml` starts from holds UPR Info's exports, and none of the folders that are only for
    measuring.
    """
    makefile = (ROOT / "Makefile").read_text()
    assert "upr-info" in makefile
    assert not re.search(r"\b(lists|extraction|parallel)/", makefile)
