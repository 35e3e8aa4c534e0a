"""A coded corpus as arrays, with its splits: what training and evaluation compute on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.corpus.splits import Split, random_split, session_split
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.options import SplitOptions


@dataclass(frozen=True)
class Corpus:
    """Rows of the one table, as far as models are concerned.

    Attributes:
        table: the whole table, for slices.
        row_ids, texts, sessions: (n).
        actions: (n,) 1..5, 0 where there is no gold.
        tags: (n, T), in the order of the taxonomy.
        decided: (n) whether the gold is a reviewer's decision.
        taxonomy: the tags.
        splits: by name, "session" and "random".
    """

    table: pa.Table
    row_ids: list[str]
    texts: list[str]
    sessions: list[int | None]
    actions: npt.NDArray[np.int64]
    tags: npt.NDArray[np.bool_]
    decided: npt.NDArray[np.bool_]
    taxonomy: Taxonomy
    splits: dict[str, Split]


def corpus_from(table: pa.Table, taxonomy: Taxonomy, options: SplitOptions) -> Corpus:
    """Arrays and splits of a table with the contract's columns.

    Raises: KeyError for a tag that the taxonomy lacks; ValueError for sessions named for two parts.
    """
    texts = table["text"].to_pylist()
    sessions = table["session"].to_pylist()
    kinds = table["kind"].to_pylist()
    actions = np.array([a or 0 for a in table["action"].to_pylist()], dtype=np.int64)
    tags = tag_matrix(table["issues"].to_pylist(), taxonomy)
    labelled = (actions > 0).tolist()
    sources = (
        table["label_source"].to_pylist() if "label_source" in table.column_names else [None] * len(texts)
    )
    decided = [source == "reviewed" for source in sources]
    splits = {
        "session": session_split(texts, sessions, kinds, labelled, options, decided),
        "random": random_split(texts, kinds, labelled, options),
    }
    gold = np.array(decided, dtype=np.bool_) & (actions > 0)
    return Corpus(table, table["row_id"].to_pylist(), texts, sessions, actions, tags, gold, taxonomy, splits)


def tag_matrix(issues: list[list[str] | None], taxonomy: Taxonomy) -> npt.NDArray[np.bool_]:
    """(n, T) from lists of labels. Raises: KeyError for an unknown label."""
    matrix = np.zeros((len(issues), len(taxonomy.tags)), dtype=bool)
    for row, labels in enumerate(issues):
        for label in labels or ():
            matrix[row, taxonomy.index[label]] = True
    return matrix
