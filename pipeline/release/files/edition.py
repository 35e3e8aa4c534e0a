"""A release with its figures and descriptions, from its tables and release.json.

`publish` makes it of new tables, `verify` of those of a release; so both arrive at the same files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipeline.errors import SettingsError
from pipeline.release.files.pages import Provenance
from pipeline.release.files.writing import Edition
from pipeline.release.statistics.measured import measured
from pipeline.release.statistics.shares import rounded, tables
from pipeline.release.tables.content import Content
from pipeline.release.tables.uwazi_import import UwaziLabels
from pipeline.release.tables.vocabulary import vocabulary
from pipeline.store.vocabularies import config_path, load_states, load_taxonomy_file, read_yaml


def edition_of(content: Content, diff: pa.Table, facts: Mapping[str, Any]) -> Edition:
    """The content with its figures and with what it says of itself.

    Args:
        content: the tables.
        diff: diff.parquet.
        facts: release.json.

    Raises: SettingsError where configs/uwazi_import.yaml cannot be used.
    """
    # As it is read back from the file, so that all orders are the same when the release is verified.
    facts = json.loads(json.dumps(facts, sort_keys=True))
    states = load_states()
    taxonomy = load_taxonomy_file(content.quality["taxonomy"]).taxonomy
    rows = measured(
        content.recommendations, content.scores, content.splits["session_split"], states, taxonomy
    )
    provenance = Provenance(facts, rows.measured_texts)
    statistics = {name: rounded(table) for name, table in tables(rows).items()}
    return Edition(content, statistics, diff, facts["broken"], provenance, states, _uwazi_labels())


def taxonomy_table() -> pa.Table:
    """taxonomy.csv, of every taxonomy in configs/."""
    files = [load_taxonomy_file(p.stem) for p in sorted(config_path("taxonomy").glob("*.yaml"))]
    return vocabulary([(f.taxonomy, f.moved) for f in files])


def _uwazi_labels() -> UwaziLabels:
    path = config_path("uwazi_import.yaml")
    found = read_yaml(path)
    try:
        return UwaziLabels(
            dict(found["sessions"]),
            dict(found["responses"]),
            str(found["pledge"]),
            frozenset(found["source_words"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SettingsError(
            str(path), f"cannot be used ({error!r}).", "Correct the file, or restore it."
        ) from error
