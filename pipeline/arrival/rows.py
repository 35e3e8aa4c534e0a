"""Labelled recommendations as arrays: of the session that arrived, and of coded sessions that the model was
not trained on, which say how the model errs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.corpus.coded import tag_matrix
from pipeline.corpus.splits import text_groups
from pipeline.corpus.taxonomy import Taxonomy

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LabelledRows:
    """Recommendations with the model's labels, without pledges.

    Attributes:
        texts: (n) as labelled.
        groups: (n,) integers, equal for rows with the same normalised text.
        reviewed: (n) State under review, None where unknown.
        session: (n) or None.
        action: (n,) 1..5, 0 where the model gave no label.
        confidence: (n,) calibrated probability of the action, 0 where there is no label.
        given: (n, T) whether the tag was predicted.
        scores: (n, T) calibrated probability of the tag, 0 where too low to be published.
        accepted: (n,) whether the label needs no review.
    """

    texts: list[str]
    groups: IntArray
    reviewed: list[str | None]
    session: list[int | None]
    action: IntArray
    confidence: FloatArray
    given: BoolArray
    scores: FloatArray
    accepted: BoolArray

    def __len__(self) -> int:
        """Rows."""
        return len(self.texts)

    def take(self, places: IntArray) -> LabelledRows:
        """Some rows, in this order."""
        chosen = places.tolist()
        return LabelledRows(
            [self.texts[i] for i in chosen],
            self.groups[places],
            [self.reviewed[i] for i in chosen],
            [self.session[i] for i in chosen],
            self.action[places],
            self.confidence[places],
            self.given[places],
            self.scores[places],
            self.accepted[places],
        )

    def wordings(self) -> LabelledRows:
        """The first row of each wording: a wording that many States made is one case."""
        return self.take(np.sort(np.unique(self.groups, return_index=True)[1]).astype(np.int64))


@dataclass(frozen=True)
class Reference:
    """Coded wordings of sessions that the model was not trained on, with its labels.

    Attributes:
        rows: with the model's labels; one a wording and session.
        action: (n,) as coded, 1..5.
        tags: (n, T) as coded.
    """

    rows: LabelledRows
    action: IntArray
    tags: BoolArray

    @property
    def right(self) -> BoolArray:
        """(n,) whether the model's action is the coded one."""
        right: BoolArray = self.rows.action == self.action
        return right

    @property
    def sessions(self) -> list[int]:
        """Its sessions, ascending."""
        return sorted({s for s in self.rows.session if s is not None})

    def take(self, places: IntArray) -> Reference:
        """Some rows, in this order."""
        return Reference(self.rows.take(places), self.action[places], self.tags[places])


def labelled_rows(table: pa.Table, taxonomy: Taxonomy) -> LabelledRows:
    """The recommendations of a table in the contract's columns, as `label` writes it; pledges are left out.

    Raises: KeyError for a tag that the taxonomy lacks.
    """
    kinds = table["kind"].to_pylist()
    table = table.filter(pa.array([kind != "pledge" for kind in kinds], pa.bool_()))
    texts = [text or "" for text in table["text"].to_pylist()]
    scores = np.zeros((len(texts), len(taxonomy.tags)))
    for row, pairs in enumerate(table["issue_scores"].to_pylist()):
        for tag, score in pairs or ():
            scores[row, taxonomy.index[tag]] = score
    return LabelledRows(
        texts,
        text_groups(texts)[0],
        table["state_under_review"].to_pylist(),
        table["session"].to_pylist(),
        np.array([a or 0 for a in table["action"].to_pylist()], dtype=np.int64),
        np.array([c or 0.0 for c in table["action_confidence"].to_pylist()], dtype=np.float64),
        tag_matrix(table["issues"].to_pylist(), taxonomy),
        scores,
        ~np.array([bool(r) for r in table["needs_review"].to_pylist()], dtype=bool),
    )
