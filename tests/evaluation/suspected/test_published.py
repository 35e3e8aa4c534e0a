"""Which published statistics would change: on tables where the answer is plain."""

from __future__ import annotations

import pyarrow as pa
import pytest

from pipeline.corpus.coded import Corpus
from pipeline.evaluation.statistics import count_by_state
from pipeline.evaluation.suspected.inquiry import find_suspected_errors
from pipeline.evaluation.suspected.published import compare
from pipeline.rules.labeller import RuleLabeller
from pipeline.store.vocabularies import load_codebook, load_states


def counted(actions, issues=None, session=13, giver="France"):
    rows = len(actions)
    table = {
        "kind": ["recommendation"] * rows,
        "state_under_review": ["Chad"] * rows,
        "recommending_states": [[giver]] * rows,
        "session": [session] * rows,
        "cycle": [1 if session < 13 else 2] * rows,
        "action": actions,
        "issues": issues or [["Labour"]] * rows,
        "label_source": ["expert"] * rows,
    }
    return count_by_state(pa.table(table), load_states())


def found(before, after):
    return {(f.name, f.where): f for f in compare(before, after)}


def test_nothing_changes_where_no_code_does():
    same = counted([1, 2, 3, 4, 5])
    figures = compare(same, same)
    assert figures
    assert not any(f.changes for f in figures)


def test_a_share_changes_from_more_than_0_15_points_on():
    precise = ("Precise recommendations (category 5 Specific)", "session 13")
    before = counted([5] * 500 + [4] * 1500)
    little = found(before, counted([5] * 497 + [4] * 1503))[precise]
    more = found(before, counted([5] * 496 + [4] * 1504))[precise]
    assert little.printed
    assert (little.coded, little.corrected) == (25.0, pytest.approx(24.85))
    assert not little.changes
    assert more.changes


def test_an_order_changes_with_one_row():
    before = counted([5] * 5, [["Labour"], ["Labour"], ["Poverty"], ["Poverty"], ["Justice"]])
    after = counted([5] * 5, [["Labour"], ["Poverty"], ["Poverty"], ["Poverty"], ["Justice"]])
    ranks = found(before, after)[("The three most frequent issues", "session 13")]
    assert ranks.coded_order == ("Labour", "Poverty", "Justice")
    assert ranks.corrected_order == ("Poverty", "Justice", "Labour")
    assert ranks.changes


def test_means_are_on_mcmahons_scale():
    means = found(counted([3] * 4, session=5, giver="Chad"), counted([3, 3, 3, 4], session=5, giver="Chad"))
    figure = means[("Mean action on McMahon's scale", "from Africa to all, sessions 1 to 12")]
    assert (figure.coded, figure.corrected) == (4.0, 3.75)
    assert figure.changes
    assert figure.printed


def test_test_rows_are_counted_but_never_listed(sample: Corpus, bundle):
    """What the model picked of the test session must not reach those who correct the corpus, nor move what is
    picked elsewhere.
    """
    split = sample.splits["session"]
    predictions = bundle.predict(sample.texts)
    rules = RuleLabeller(load_codebook(), sample.taxonomy)

    def of(corpus):
        return find_suspected_errors(
            corpus, load_states(), rules, predictions.take(split.rows("train")), predictions, bundle.version
        )

    inquiry = of(sample)
    test = {sample.row_ids[i] for i in split.rows("test")}
    assert not test & set(inquiry.table["row_id"].to_pylist())
    assert inquiry.document["test_rows"] == len(test)
    wrong = sample.actions.copy()
    wrong[split.rows("test")] = wrong[split.rows("test")] % 5 + 1
    again = of(Corpus(**{**vars(sample), "actions": wrong}))
    assert again.table.equals(inquiry.table)
    assert again.document["test_suspects"] > inquiry.document["test_suspects"]
