"""Labelled tables as arrays."""

import numpy as np
import pyarrow as pa
import pytest

from pipeline.arrival.rows import labelled_rows
from pipeline.corpus.schema import LABELLED
from pipeline.store.vocabularies import load_taxonomy
from tests.arrival.sessions import coded, labelled

TAXONOMY = load_taxonomy("2014-10")
WOMEN = TAXONOMY.index["Women's rights"]


def table(*rows):
    whole = dict.fromkeys(LABELLED.names) | {"rec_id": "r", "row_id": "r", "kind": "recommendation"}
    return pa.Table.from_pylist([whole | row for row in rows], schema=LABELLED)


def test_a_row_is_read_with_its_label_and_a_row_without_one_counts_as_for_review():
    rows = labelled_rows(
        table(
            {
                "text": "Ratify it",
                "action": 5,
                "action_confidence": 0.9,
                "issues": ["Women's rights"],
                "issue_scores": [("Women's rights", 0.8), ("Justice", 0.2)],
                "needs_review": False,
                "session": 18,
            },
            {"text": "Ratifier", "needs_review": True},
            {"text": "A pledge", "kind": "pledge", "needs_review": False},
        ),
        TAXONOMY,
    )
    assert rows.action.tolist() == [5, 0]
    assert rows.confidence.tolist() == [0.9, 0.0]
    assert rows.accepted.tolist() == [True, False]
    assert np.flatnonzero(rows.given[0]).tolist() == [WOMEN]
    assert rows.scores[0, TAXONOMY.index["Justice"]] == pytest.approx(0.2)
    assert not rows.scores[1].any()


def test_a_wording_that_several_states_made_is_one():
    rows = labelled_rows(table({"text": "Ratify it"}, {"text": "ratify IT."}, {"text": "Do it"}), TAXONOMY)
    assert rows.wordings().texts == ["Ratify it", "Do it"]


def test_a_tag_of_no_taxonomy_is_refused():
    with pytest.raises(KeyError, match="Unknown tag"):
        labelled_rows(table({"text": "x", "issue_scores": [("Unknown tag", 0.9)]}), TAXONOMY)


def test_rows_are_taken_in_the_order_asked_for():
    rows = labelled([0.5, 0.6, 0.7]).take(np.array([2, 0]))
    assert rows.confidence.tolist() == [0.7, 0.5]
    assert rows.groups.tolist() == [2, 0]
    taken = coded([0.5, 0.6, 0.7], [True, False, True]).take(np.array([1, 2]))
    assert taken.right.tolist() == [False, True]
    assert taken.sessions == [17]
