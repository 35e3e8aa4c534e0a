"""All suspected label errors of a corpus: rows for people to check, and the statistics that would change.

Rows of training sessions are compared with out-of-fold predictions, those of the tuning session with
predictions of the model. Suspected errors of the test session are counted for the statistics only. They are
in no table: if people corrected only the rows that a model selects, its test figures would be too good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.corpus.coded import Corpus
from pipeline.corpus.states import States
from pipeline.evaluation.statistics import count_by_state
from pipeline.evaluation.suspected.finding import ScoredRows, together, usual
from pipeline.evaluation.suspected.published import Statistic, compare
from pipeline.evaluation.suspected.reasons import ELSEWHERE, Suspect, suspects, suspects_table
from pipeline.models.bundle import Predictions
from pipeline.rules.labeller import RuleLabeller

LIKELY = 2
"""Number of witnesses from which an error is likely: the rules or equal texts agree with the model."""
_SHOWN = 12
_SHOWN_COLUMNS = (
    *("row_id", "session", "source_file", "source_row", "state_under_review", "text"),
    *("coded_action", "action", "coded_issues", "issues", "review_reasons", "witnesses"),
)

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class SuspectedErrors:
    """The suspected label errors of a corpus.

    Attributes:
        table: suspected rows of the training and tuning sessions, most suspicious first (columns:
            `reasons.SCHEMA`).
        document: counts, the most suspicious rows and the statistics that would change, for the evaluation
            document.
    """

    table: pa.Table
    document: dict[str, Any]


def find_suspected_errors(
    corpus: Corpus,
    states: States,
    rules: RuleLabeller,
    out_of_fold: Predictions,
    predictions: Predictions,
    model_version: str,
) -> SuspectedErrors:
    """Find the suspected label errors of a corpus.

    Args:
        corpus: the coded rows.
        states: for the statistics by regional group.
        rules: the codebook's rules.
        out_of_fold: predictions of the training rows of the session split, in their order.
        predictions: of the whole corpus, by the model of the session split.
        model_version: of that model.
    """
    split = corpus.splits["session"]
    train, tune, test = (split.rows(part) for part in ("train", "tune", "test"))
    tuned = _coded(corpus, tune, predictions.take(tune))
    known = [(c, usual(c, len(c.action))) for c in (_coded(corpus, train, out_of_fold), tuned)]
    rows = np.concatenate([train, tune])
    found = suspects(*together(known), [corpus.texts[i] for i in rows], rules, corpus.taxonomy)
    judged = out_of_fold.followed_by(predictions.take(tune))
    named = f"suspected errors, {model_version}"
    table = suspects_table(found, corpus.table.take(pa.array(rows)), judged, corpus.taxonomy, named)
    everything = np.concatenate([rows, test])
    tested = _of_test(corpus, known, rules, predictions, everything, len(rows))
    document = _counts(found, len(rows)) | {
        "shown": {what: _shown(found, table, what) for what in ("action", "tags")},
        "test_rows": len(test),
        "test_suspects": len(tested),
        "statistics": _statistics(corpus, states, [*found, *tested], everything),
    }
    return SuspectedErrors(table, document)


def _coded(corpus: Corpus, rows: Rows, predictions: Predictions) -> ScoredRows:
    probabilities, scores = (
        predictions.action_probabilities.astype(np.float64),
        predictions.tag_scores.astype(np.float64),
    )
    return ScoredRows(
        corpus.actions[rows], corpus.tags[rows], probabilities, scores, corpus.splits["session"].groups[rows]
    )


def _of_test(
    corpus: Corpus,
    known: Sequence[Any],
    rules: RuleLabeller,
    predictions: Predictions,
    rows: Rows,
    first: int,
) -> list[Suspect]:
    """Suspected rows of the test part, which begin at `first`; thresholds are those of the tuning rows."""
    test = rows[first:]
    usually = usual(known[-1][0], len(test))
    parts = [*known, (_coded(corpus, test, predictions.take(test)), usually)]
    return [
        s
        for s in suspects(*together(parts), [corpus.texts[i] for i in rows], rules, corpus.taxonomy)
        if s.row >= first
    ]


def _counts(found: Sequence[Suspect], rows: int) -> dict[str, Any]:
    every = [s for suspect in found for s in suspect.suspicions]
    return {
        "rows": rows,
        "suspects": len(found),
        "likely": sum(s.witnesses >= LIKELY for s in found),
        "actions": sum(s.tag is None for s in every),
        "likely_actions": sum(s.tag is None and s.witnesses >= LIKELY for s in every),
        "tags_missing": sum(s.tag is not None and s.suggested == 1 for s in every),
        "likely_tags_missing": sum(
            s.tag is not None and s.suggested == 1 and s.witnesses >= LIKELY for s in every
        ),
        "tags_too_many": sum(s.tag is not None and s.suggested == 0 for s in every),
        "likely_tags_too_many": sum(
            s.tag is not None and s.suggested == 0 and s.witnesses >= LIKELY for s in every
        ),
        "coded_differently_elsewhere": sum(any(ELSEWHERE in reason for reason in s.reasons) for s in found),
    }


def _shown(found: Sequence[Suspect], table: pa.Table, what: str) -> list[dict[str, Any]]:
    """The most suspicious rows by action, or by tags only; each wording once."""
    wanted = [i for i, s in enumerate(found) if (s.suspicions[0].tag is None) == (what == "action")]
    copies = Counter(table["rec_id"].take(pa.array(wanted, pa.int64())).to_pylist())
    lines: dict[str, dict[str, Any]] = {}
    for i in wanted:
        if len(lines) == _SHOWN:
            break
        line = {name: table[name][i].as_py() for name in _SHOWN_COLUMNS}
        lines.setdefault(line["text"], line | {"rows": copies[table["rec_id"][i].as_py()]})
    return list(lines.values())


def _statistics(corpus: Corpus, states: States, found: Sequence[Suspect], rows: Rows) -> dict[str, Any]:
    """The figures that would change if all suspicions held, and if only the likely ones did."""
    table = corpus.table.take(pa.array(rows))
    coded = count_by_state(table, states)
    figures = {
        name: compare(coded, count_by_state(_corrected(table, found, corpus, least), states))
        for name, least in _DEGREES.items()
    }
    return {
        name: {
            "figures": len(these),
            "changed": sum(f.changes for f in these),
            "printed": sum(f.printed for f in these),
            "printed_changed": sum(f.printed and f.changes for f in these),
        }
        for name, these in figures.items()
    } | {
        "changes": [
            _change(*pair)
            for pair in zip(figures["all"], figures["likely"], strict=True)
            if any(f.changes for f in pair)
        ]
    }


_DEGREES: Mapping[str, int] = {"all": 1, "likely": LIKELY}


def _corrected(table: pa.Table, found: Sequence[Suspect], corpus: Corpus, least: int) -> pa.Table:
    actions, issues = table["action"].to_pylist(), table["issues"].to_pylist()
    for suspect in found:
        actions[suspect.row] = suspect.action(actions[suspect.row], least)
        issues[suspect.row] = suspect.issues(issues[suspect.row] or (), corpus.taxonomy, least)
    table = table.set_column(table.column_names.index("action"), "action", pa.array(actions, pa.int64()))
    return table.set_column(
        table.column_names.index("issues"), "issues", pa.array(issues, pa.list_(pa.string()))
    )


def _change(everything: Statistic, likely: Statistic) -> dict[str, Any]:
    ranks = everything.unit == "rank"
    return {
        "name": everything.name,
        "where": everything.where,
        "unit": everything.unit,
        "printed": everything.printed,
        "coded": list(everything.coded_order) if ranks else everything.coded,
        "if_likely": list(likely.corrected_order) if ranks else likely.corrected,
        "if_all": list(everything.corrected_order) if ranks else everything.corrected,
        "changes_if_likely": likely.changes,
        "changes_if_all": everything.changes,
    }
