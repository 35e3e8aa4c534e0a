"""The content of a release, before it has a name and a folder."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.release.tables.columns import FORMAT, SCHEMA_VERSION, TIME_COLUMNS, type_name


@dataclass(frozen=True)
class Content:
    """The tables and facts of a release.

    Attributes:
        recommendations, labels, splits, taxonomy: see `columns`.
        quality: metrics.json.
        scores: (rows, T) the model's probabilities of the tags, see `measured.machine_scores`.
        about: title, licence and the like, as settings say.
    """

    recommendations: pa.Table
    labels: pa.Table
    splits: pa.Table
    taxonomy: pa.Table
    quality: dict[str, Any]
    scores: npt.NDArray[np.float32]
    about: dict[str, Any]

    def tables(self) -> dict[str, pa.Table]:
        """The Parquet tables by name."""
        return {"recommendations": self.recommendations, "labels": self.labels, "splits": self.splits}


def timeless(name: str, table: pa.Table) -> pa.Table:
    """A table without the columns that may differ between two runs on the same input."""
    return table.drop_columns([c for c in TIME_COLUMNS[name] if c in table.column_names])


def counts(content: Content) -> dict[str, Any]:
    """The counts of release.json: rows, labels, States, sessions, wordings, rows by source of the label."""
    table = content.recommendations
    sessions = [s for s in table["session"].unique().to_pylist() if s is not None]
    return {
        "rows": table.num_rows,
        "recommendations": pc.sum(pc.equal(table["kind"], "recommendation")).as_py() or 0,
        "pledges": pc.sum(pc.equal(table["kind"], "pledge")).as_py() or 0,
        "wordings": len(table.filter(pc.equal(table["kind"], "recommendation"))["rec_id"].unique()),
        "text_groups": len(table["text_group"].unique()),
        "labels": content.labels.num_rows,
        "rows_by_label_source": dict(
            sorted(Counter(s or "none" for s in table["label_source"].to_pylist()).items())
        ),
        "labels_by_task_and_source": _by_task_and_source(content.labels),
        "rows_with_paragraph": pc.count(table["paragraph"]).as_py(),
        "paragraphs_from_reports": pc.count(table["paragraph_similarity"]).as_py(),
        "needs_review": pc.sum(table["needs_review"]).as_py() or 0,
        "sessions": sorted(sessions),
        "states_under_review": len(pc.drop_null(table["state_under_review"]).unique()),
        "recommending_states": len(pc.drop_null(table["recommending_state"]).unique()),
    }


def _by_task_and_source(labels: pa.Table) -> dict[str, dict[str, int]]:
    given = labels.filter(labels["given"])
    found: dict[str, dict[str, int]] = {}
    grouped = (
        given.group_by(["task", "source"])
        .aggregate([([], "count_all")])
        .sort_by([("task", "ascending"), ("source", "ascending")])
    )
    for row in grouped.to_pylist():
        found.setdefault(row["task"], {})[row["source"]] = row["count_all"]
    return found


def manifest_of(
    content: Content, name: str, created: str, previous: str | None, breaking: str | None
) -> dict[str, Any]:
    """release.json: the description that programs read first."""
    versions = {v for v in content.recommendations["machine_model_version"].unique().to_pylist() if v}
    return {
        "release": name,
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "created": created,
        "previous": previous,
        "breaking": breaking,
        "models": sorted(versions),
        "taxonomy_versions": sorted(
            v for v in content.recommendations["taxonomy_version"].unique().to_pylist() if v
        ),
        "counts": counts(content),
        "columns": {n: {f.name: type_name(f.type) for f in t.schema} for n, t in content.tables().items()},
        **content.about,
    }
