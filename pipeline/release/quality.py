"""metrics.json: how good the machine labels of a release are, measured on rows that people labelled too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipeline.taxonomy import Taxonomy


def quality_of(
    recommendations: pa.Table, labels: pa.Table, splits: pa.Table, taxonomy: Taxonomy, evaluation: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The document metrics.json."""
    return {"evaluation": dict(evaluation) if evaluation else None}
