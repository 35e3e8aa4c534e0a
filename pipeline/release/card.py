"""README.md of a release."""

from __future__ import annotations

from typing import Any


def dataset_card(manifest: dict[str, Any]) -> str:
    """The dataset card."""
    c = manifest["counts"]
    return f"""---
license: {manifest["licence"].lower()}
language: [en]
pretty_name: {manifest["title"]}
configs:
  - config_name: recommendations
    default: true
    data_files: recommendations.parquet
  - config_name: labels
    data_files: labels.parquet
  - config_name: splits
    data_files: splits.parquet
---

# {manifest["title"]}, release {manifest["release"]}

{c["rows"]:,} rows: {c["recommendations"]:,} recommendations (one for each recommending State) and {c["pledges"]:,} pledges.
"""
