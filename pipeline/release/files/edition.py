"""A release with its figures and descriptions, from its tables and release.json.

`publish` makes it of new tables, `verify` of those of a release; so both arrive at the same files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from pipeline.errors import SettingsError
from pipeline.release.files.beside import following
from pipeline.release.files.pages import Provenance
from pipeline.release.files.writing import Edition
from pipeline.release.site.entries import entries
from pipeline.release.statistics.by_issue import actions_by_issue, issues_over_time
from pipeline.release.statistics.measured import measured
from pipeline.release.statistics.repeated import repeated
from pipeline.release.statistics.shares import rounded, tables
from pipeline.release.tables.content import Content
from pipeline.release.tables.uwazi_import import UwaziLabels
from pipeline.release.tables.vocabulary import vocabulary
from pipeline.store.files import digest, read_json
from pipeline.store.vocabularies import config_path, load_states, load_taxonomy_file, read_yaml


def edition_of(
    content: Content,
    diff: pa.Table,
    facts: Mapping[str, Any],
    found: Callable[[], pa.Table] | None = None,
) -> Edition:
    """The content with its figures and with what it says of itself.

    Args:
        content: the tables.
        diff: diff.parquet.
        facts: release.json.
        found: gives threads.parquet where another process makes it.

    Raises: SettingsError where configs/uwazi_import.yaml cannot be used.
    """
    states = load_states()
    taxonomy = load_taxonomy_file(content.quality["taxonomy"]).taxonomy
    rows = measured(
        content.recommendations, content.scores, content.splits["session_split"], states, taxonomy
    )
    provenance = Provenance(facts, rows.measured_texts)
    figures = {
        **tables(rows),
        "actions_by_issue": actions_by_issue(rows),
        "issues_over_time": issues_over_time(rows),
    }
    statistics = {name: rounded(table) for name, table in figures.items()}
    known = entries(content.recommendations)
    followed = found() if found else following(content.recommendations)
    statistics["repeated"] = rounded(repeated(content.recommendations, followed))
    return Edition(
        content,
        statistics,
        followed,
        diff,
        facts["broken"],
        provenance,
        states,
        _uwazi_labels(),
        known,
        taxonomy,
    )


def threads_facts() -> dict[str, Any]:
    """What release.json says of threads.parquet: identity of word lists and classifier, and their figures.

    Programs of one identity find the same threads in the same rows.
    """
    files = ("threads.yaml", "threads_model.json")
    by = "-".join(digest(config_path(name))[:12] for name in files)
    return {"by": by, "measured": read_json(config_path("threads_model.json"))["measured"]}


def taxonomy_table(used: str) -> pa.Table:
    """taxonomy.csv, of every taxonomy in configs/. Args: `used`, the version of the release's labels."""
    files = [load_taxonomy_file(p.stem) for p in sorted(config_path("taxonomy").glob("*.yaml"))]
    return vocabulary([(f.taxonomy, f.moved) for f in files], used)


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
