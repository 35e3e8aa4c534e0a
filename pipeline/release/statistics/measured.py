"""The recommendations of a release, with each label corrected for the measured errors of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corpus.states import States
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.evaluation.intervals import Estimate, FloatArray
from pipeline.evaluation.statistics import MCMAHON, Counted, count_by_state
from pipeline.release.statistics.correction import (
    ACTION_STRATA,
    PEOPLE,
    TAG_STRATA,
    IntArray,
    Rates,
    action_rates_by_answer,
    action_stratum,
    by_answer,
    corrected_mean,
    corrected_ratio,
    corrected_share,
    expected,
    tag_rates_by_answer,
    tag_stratum,
)

LEAST_TEXTS = 100
"""With fewer measured texts, nothing is corrected."""


@dataclass(frozen=True)
class Measured:
    """Rows that figures are computed from: recommendations without pledges, one for each recommending State.

    Attributes:
        rows: see `pipeline.evaluation.statistics.Counted`.
        tags: T labels, in the order of columns.
        action: (n,) stratum of the action, `PEOPLE` for a person's.
        action_values: (n, 5) what each category counts as; all 0 where there is no label.
        action_rates: of the strata.
        tag: (n, T) stratum of each tag.
        tag_values: (n, T).
        tag_rates: T rates.
        measured_texts: how many texts the rates rest on; 0 where nothing is corrected.
    """

    rows: pd.DataFrame
    tags: tuple[str, ...]
    action: IntArray
    action_values: FloatArray
    action_rates: Rates
    tag: npt.NDArray[np.int8]
    tag_values: npt.NDArray[np.float32]
    tag_rates: list[Rates]
    measured_texts: int

    def take(self, places: IntArray) -> Measured:
        """Some rows, in this order."""
        return Measured(
            self.rows.iloc[places],
            self.tags,
            self.action[places],
            self.action_values[places],
            self.action_rates,
            self.tag[places],
            self.tag_values[places],
            self.tag_rates,
            self.measured_texts,
        )

    def __len__(self) -> int:
        """Recommendations, as UPR Info counts."""
        return len(self.rows)

    @property
    def by_people(self) -> int:
        """Recommendations that a person labelled."""
        return int(self.rows["by_people"].sum())

    def groups(self, by: str) -> list[tuple[str | int, Measured]]:
        """Each value of a column with its recommendations, in order; rows without a value belong to none."""
        places: Mapping[Any, Any] = self.rows.reset_index(drop=True).groupby(by, sort=True).indices
        return [
            ((int(v) if isinstance(v, (int, np.integer)) else str(v)), self.take(np.asarray(p)))
            for v, p in sorted(places.items())
        ]

    def action_share(self, action: int) -> Estimate:
        """Share of a category among recommendations with one."""
        known = self.rows["action"].notna().to_numpy()
        column = action - 1
        values = self.action_values[known, column]
        return corrected_share(
            values, self.action[known], self.action_rates.share[:, column], self.action_rates.weight
        )

    def tag_share(self, tag: int) -> Estimate:
        """Share of recommendations that carry the tag of a column."""
        rates = self.tag_rates[tag]
        return corrected_share(
            self.tag_values[:, tag].astype(np.float64),
            self.tag[:, tag].astype(np.int64),
            rates.share,
            rates.weight,
        )

    def _answered(self) -> tuple[npt.NDArray[np.bool_], FloatArray]:
        response = self.rows["response"].to_numpy()
        return np.isin(response, ("Supported", "Noted")), (response == "Supported").astype(np.float64)

    def accepted_of_action(self, action: int) -> Estimate:
        """Share supported among the answered recommendations of a category."""
        answered, supported = self._answered()
        rates = self.action_rates
        values = self.action_values[answered, action - 1]
        return corrected_ratio(
            supported[answered], values, self.action[answered], rates.share[:, action - 1], rates.weight
        )

    def accepted_of_tag(self, tag: int) -> Estimate:
        """Share supported among the answered recommendations that carry a tag."""
        answered, supported = self._answered()
        values = self.tag_values[answered, tag].astype(np.float64)
        rates = self.tag_rates[tag]
        return corrected_ratio(
            supported[answered], values, self.tag[answered, tag].astype(np.int64), rates.share, rates.weight
        )

    def mean_action(self, *, mcmahon: bool = False) -> Estimate:
        """Mean category; on the scale of McMahon, where 3 and 4 are exchanged, if `mcmahon`."""
        scale = np.array([MCMAHON[a] if mcmahon else a for a in range(1, 6)], dtype=np.float64)
        known = self.rows["action"].notna().to_numpy()
        values = self.action_values[known]
        order = np.argsort(scale)
        rates = Rates(self.action_rates.share[:, order], self.action_rates.weight)
        return corrected_mean(values @ scale, values @ scale**2, self.action[known], rates)


def measured(
    table: pa.Table,
    scores: npt.NDArray[np.float32],
    parts: pa.ChunkedArray,
    states: States,
    taxonomy: Taxonomy,
) -> Measured:
    """The recommendations of a release, ready for figures.

    Args:
        table: recommendations.parquet.
        scores: (rows, T) the model's probabilities of the tags, 0 where too low to be published.
        parts: session_split of each row: the rates come from the coders' rows of the part `test`.
        states, taxonomy: vocabularies.
    """
    only = pc.equal(table["kind"], "recommendation").to_numpy(zero_copy_only=False)
    table, scores = table.filter(pa.array(only)), scores[only]
    tested = np.array(parts.to_pylist(), dtype=object)[only] == "test"
    rows = count_by_state(table, states).rows
    labelled_action = rows["action"].fillna(0).to_numpy(dtype=np.int64)
    gold_tags = _tag_matrix(rows["issues"], taxonomy.labels)
    people = rows["by_people"].to_numpy(dtype=bool)
    predicted = table["machine_action"].fill_null(0).to_numpy()
    confidence = table["machine_action_confidence"].fill_null(0.0).to_numpy()
    action, tag = action_stratum(np.maximum(predicted, 1), confidence), tag_stratum(scores.astype(np.float64))
    groups = np.unique(table["text_group"].to_numpy(zero_copy_only=False), return_inverse=True)[1].astype(
        np.int64
    )
    expert = pc.equal(table["label_source"], "expert").fill_null(False).to_numpy(zero_copy_only=False)
    held_out = tested & expert & (predicted > 0)
    texts = len(np.unique(groups[held_out]))
    if texts < LEAST_TEXTS:
        return as_labelled(Counted(rows), taxonomy.labels)
    response = rows["response"].to_numpy(dtype=object)
    of_action = action_rates_by_answer(
        action[held_out], labelled_action[held_out], groups[held_out], response[held_out]
    )
    of_tags = tag_rates_by_answer(tag[held_out], gold_tags[held_out], groups[held_out], response[held_out])
    action, tag = by_answer(action, response, ACTION_STRATA), by_answer(tag, response, TAG_STRATA)
    theirs = people | (labelled_action == 0)
    action = np.where(theirs, PEOPLE, action)
    strata = np.where(theirs[:, None], PEOPLE, tag).astype(np.int8)
    tag_values = np.empty(gold_tags.shape, dtype=np.float32)
    for t, rates in enumerate(of_tags):
        tag_values[:, t] = expected(strata[:, t].astype(np.int64), gold_tags[:, t].astype(np.float64), rates)
    return Measured(
        rows,
        taxonomy.labels,
        action,
        expected(action, _indicators(labelled_action), of_action),
        of_action,
        strata,
        tag_values,
        of_tags,
        texts,
    )


def as_labelled(counted: Counted, tags: Sequence[str] | None = None) -> Measured:
    """Rows in which every label counts as it is: nothing is known of the errors of those who gave them.

    Args: `tags`, in the order of columns; None for those that occur, by name.
    """
    rows = counted.rows
    names = tuple(tags if tags is not None else sorted({tag for row in rows["issues"] for tag in row}))
    action = rows["action"].fillna(0).to_numpy(dtype=np.int64)
    matrix = _tag_matrix(rows["issues"], names)
    return Measured(
        rows,
        names,
        np.full(len(rows), PEOPLE, dtype=np.int64),
        _indicators(action),
        Rates(np.zeros((ACTION_STRATA, 5)), np.ones(ACTION_STRATA)),
        np.full(matrix.shape, PEOPLE, dtype=np.int8),
        matrix.astype(np.float32),
        [Rates(np.zeros(TAG_STRATA), np.ones(TAG_STRATA)) for _ in names],
        0,
    )


def _indicators(action: IntArray) -> FloatArray:
    """(n, 5) 1 at the category of each row; all 0 where there is none."""
    return np.where(action[:, None] > 0, np.eye(5)[np.maximum(action, 1) - 1], 0.0)


def _tag_matrix(issues: pd.Series, tags: Sequence[str]) -> npt.NDArray[np.bool_]:
    places = {tag: place for place, tag in enumerate(tags)}
    matrix = np.zeros((len(issues), len(tags)), dtype=bool)
    for row, labels in enumerate(issues):
        for label in labels:
            matrix[row, places[label]] = True
    return matrix


def machine_scores(table: pa.Table, labels: pa.Table, taxonomy: Taxonomy) -> npt.NDArray[np.float32]:
    """(rows, T) the model's published probability of each tag, 0 where none is published.

    A tag that it gave without a probability has 1.
    """
    only = labels.filter(
        pc.and_(pc.equal(labels["task"], "issue"), pc.is_in(labels["source"], pa.array(["model", "rule"])))
    )
    rows = pc.index_in(only["row_id"], table["row_id"].combine_chunks()).to_numpy()
    columns = pc.index_in(only["label_id"], pa.array([t.id for t in taxonomy.tags])).to_numpy()
    scores = np.zeros((table.num_rows, len(taxonomy.tags)), dtype=np.float32)
    given = only["given"].to_numpy(zero_copy_only=False).astype(np.float64)
    probability = only["probability"].to_pandas().to_numpy(dtype=np.float64)
    scores[rows, columns] = np.where(np.isnan(probability), given, probability)
    return scores
