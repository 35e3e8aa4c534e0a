"""Suspected slips in words: who says what, and what the desk gets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from pipeline.corpus.coded import Corpus
from pipeline.corpus.schema import LABELLED
from pipeline.evaluation.suspected.finding import ScoredRows, usual
from pipeline.evaluation.suspected.reasons import SCHEMA, suspects, suspects_table
from pipeline.models.bundle import Bundle, Predictions
from pipeline.rules.labeller import RuleLabeller
from pipeline.store.vocabularies import load_codebook


@pytest.fixture(scope="module")
def found(sample: Corpus, bundle: Bundle):
    """The sample's training rows with perfect predictions, but for one action and one tag that the coders
    gave otherwise.
    """
    rows = sample.splits["session"].rows("train")
    texts = [sample.texts[i] for i in rows]
    rules = RuleLabeller(load_codebook(), sample.taxonomy)
    opinions = rules.label(texts)
    action, tags = sample.actions[rows].copy(), sample.tags[rows].copy()
    probabilities = np.full((len(rows), 5), 0.01)
    probabilities[np.arange(len(rows)), action - 1] = 0.96
    scores = np.where(tags, 0.97, 0.01)
    ratify = next(
        i for i, o in enumerate(opinions) if o.action == action[i] == 5 and len(o.action_spans) == 1
    )
    child = sample.taxonomy.index["Rights of the Child"]
    untagged = next(
        i
        for i, o in enumerate(opinions)
        if tags[i, child] and "Rights of the Child" in o.tags and i != ratify
    )
    action[ratify], tags[untagged, child] = 4, False
    probabilities[ratify] = 0.0075, 0.0075, 0.0075, 0.0075, 0.97
    scores[untagged, child] = 0.98
    coded = ScoredRows(action, tags, probabilities, scores, np.arange(len(rows)))
    table = sample.table.take(pa.array(rows))
    table = table.set_column(table.column_names.index("action"), "action", pa.array(action))
    issues = [[sample.taxonomy.labels[t] for t in np.flatnonzero(line)] for line in tags]
    table = table.set_column(
        table.column_names.index("issues"), "issues", pa.array(issues, pa.list_(pa.string()))
    )
    these = suspects(coded, usual(coded, len(rows)), texts, rules, sample.taxonomy)
    judged = Predictions(
        probabilities.astype(np.float32),
        scores.astype(np.float32),
        np.ones(len(rows), np.float32),
        bundle.thresholds,
    )
    return (
        sample,
        these,
        suspects_table(these, table, judged, sample.taxonomy, "v1 suspects"),
        ratify,
        untagged,
        opinions,
        texts,
    )


def test_model_and_rules_are_named_with_the_words_that_decide(found):
    _, these, _, ratify, untagged, opinions, texts = found
    by_row = {s.row: s for s in these}
    assert set(by_row) == {ratify, untagged}
    span = opinions[ratify].action_spans[0]
    assert by_row[ratify].reasons == (
        "model 0.97 says 5 Specific, coded 4 General (0.01)",
        f"rules say 5 ({opinions[ratify].action_rule}: '{texts[ratify][span.start : span.end]}')",
    )
    (reason,) = by_row[untagged].reasons
    assert reason.startswith("tag Rights of the Child is missing: model 0.98, rules find '")
    assert by_row[ratify].witnesses == by_row[untagged].witnesses == 2


def test_the_table_has_the_contracts_columns_with_what_the_coders_said_beside(found):
    sample, these, table, ratify, untagged, _, _ = found
    assert table.schema.equals(SCHEMA)
    assert table.column_names[: len(LABELLED)] == LABELLED.names
    rows = dict(zip((s.row for s in these), table.to_pylist(), strict=True))
    assert (rows[ratify]["coded_action"], rows[ratify]["action"], rows[ratify]["rules_action"]) == (4, 5, 5)
    assert rows[ratify]["issues"] == sorted(
        rows[ratify]["coded_issues"], key=sample.taxonomy.index.__getitem__
    )
    assert set(rows[untagged]["issues"]) - set(rows[untagged]["coded_issues"]) == {"Rights of the Child"}
    assert all(line["needs_review"] and line["label_source"] == "model" for line in rows.values())


def test_the_review_desk_takes_the_table(found, upr, project: Path):
    """As it is: no row is rejected, and every suspect waits in the queue with its reasons."""
    from pipeline.store.tables import write_batches

    _, these, table, *_ = found
    for suffix in (".parquet", ".csv"):
        path = project / f"suspected_errors{suffix}"
        write_batches(path, table.schema, [table])
        said = upr("review", "import", path, "--database", project / f"desk{suffix}.db")
        assert said.code == 0, said.err
        assert f"{len(these)} " in said.err + said.out
        assert (
            not (project / f"suspected_errors{suffix}.rejects.jsonl").exists()
            or not (project / f"suspected_errors{suffix}.rejects.jsonl").read_text()
        )
