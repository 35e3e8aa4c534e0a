"""splits.parquet: the project's splits, for the rows of a release."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.corpus.coded import corpus_from
from pipeline.corpus.schema import PEOPLE
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.options import SplitOptions
from pipeline.release.tables.columns import SPLITS


def tested_sessions(recommendations: pa.Table, splits: pa.Table) -> frozenset[int]:
    """The sessions that models are tested on. Args: `splits`, of these recommendations."""
    of_test = recommendations.filter(pc.equal(splits["session_split"], "test"))
    return frozenset(pc.unique(of_test["session"].drop_null()).to_pylist())


def split_table(recommendations: pa.Table, taxonomy: Taxonomy, options: SplitOptions) -> pa.Table:
    """The parts of every row. Only rows that a person labelled are in one."""
    by_people = pc.fill_null(pc.is_in(recommendations["label_source"], pa.array(PEOPLE)), False)
    gold = {
        c: pc.if_else(by_people, recommendations[c], pa.scalar(None, recommendations[c].type))
        for c in ("action", "issues")
    }
    needed = ("row_id", "text", "session", "kind", "action", "issues", "label_source")
    coded = pa.table({c: gold.get(c, recommendations[c]) for c in needed})
    corpus = corpus_from(coded, taxonomy, options)
    session, random = corpus.splits["session"], corpus.splits["random"]

    def seen(parts: Any, flags: Any) -> pa.Array:
        # Nothing is seen or unseen outside the parts that are measured.
        return pa.array(flags, mask=~np.isin(parts, ("tune", "test", "pledges")))

    return pa.table(
        {
            "row_id": recommendations["row_id"],
            "text_group": recommendations["text_group"],
            "session_split": pa.array(session.parts.tolist(), pa.string()),
            "session_seen": seen(session.parts, session.seen),
            "random_split": pa.array(random.parts.tolist(), pa.string()),
            "random_seen": seen(random.parts, random.seen),
        },
        schema=SPLITS,
    )


def with_in_sample(recommendations: pa.Table, splits: pa.Table) -> pa.Table:
    """The rows with `machine_in_sample`: whether the model may have learned a code of the same text.

    Args: `splits`, splits.parquet of these rows. What `upr label --held-out` says of other rows is held out.
    """
    learned = splits.filter(pc.equal(splits["session_split"], "train"))["text_group"].unique()
    found = pc.is_in(recommendations["text_group"], value_set=learned)
    values = pc.if_else(pc.is_valid(recommendations["machine_action"]), found, pa.scalar(None, pa.bool_()))
    place = recommendations.column_names.index("machine_in_sample")
    return recommendations.set_column(place, recommendations.schema.field(place), values).combine_chunks()
