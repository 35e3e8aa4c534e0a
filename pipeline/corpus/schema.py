"""The one table: columns of a labelled recommendation, their types, and what every row must hold.

The corpus (gold labels, `label_source` expert) and labelled output share these columns, so that what
one stage writes the next reads without translation.
"""

from __future__ import annotations

import pyarrow as pa

KINDS = ("recommendation", "pledge")
RESPONSES = ("Supported", "Noted", "Pending")
LABEL_SOURCES = ("expert", "reviewed", "model", "rule")
PEOPLE = ("expert", "reviewed")
"""Values of `label_source` that mean that a person labelled."""

LABELLED = pa.schema(
    [
        pa.field("rec_id", pa.string(), nullable=False),
        pa.field("row_id", pa.string(), nullable=False),
        pa.field("source_file", pa.string()),
        pa.field("source_row", pa.int64()),
        pa.field("text", pa.string()),
        pa.field("state_under_review", pa.string()),
        pa.field("recommending_states", pa.list_(pa.string())),
        pa.field("session", pa.int64()),
        pa.field("cycle", pa.int64()),
        pa.field("symbol", pa.string()),
        pa.field("paragraph", pa.string()),
        pa.field("kind", pa.string()),
        pa.field("response", pa.string()),
        pa.field("response_raw", pa.string()),
        pa.field("language", pa.string()),
        pa.field("action", pa.int64()),
        pa.field("action_confidence", pa.float64()),
        pa.field("action_set", pa.list_(pa.int64())),
        pa.field("issues", pa.list_(pa.string())),
        pa.field("issue_scores", pa.map_(pa.string(), pa.float64())),
        pa.field("needs_review", pa.bool_()),
        pa.field("review_reasons", pa.list_(pa.string())),
        pa.field("label_source", pa.string()),
        pa.field("model_version", pa.string()),
        pa.field("taxonomy_version", pa.string()),
        pa.field("labelled_at", pa.timestamp("us", tz="UTC")),
        pa.field("page", pa.int64()),
        pa.field("char_start", pa.int64()),
        pa.field("char_end", pa.int64()),
        pa.field("themes", pa.list_(pa.string())),
        pa.field("position_source", pa.string()),
        pa.field("affected_persons", pa.list_(pa.string())),
        pa.field("sdgs", pa.list_(pa.string())),
        pa.field("text_raw", pa.string()),
        pa.field("text_fr", pa.string()),
        pa.field("text_es", pa.string()),
    ]
)
"""Columns in order (contract)."""

SOURCE_COLUMNS = (*LABELLED.names[:15], *LABELLED.names[LABELLED.get_field_index("page") :])
"""What a source can say of a recommendation. `label` reads these and no others: never gold."""

LIST_COLUMNS = tuple(f.name for f in LABELLED if pa.types.is_list(f.type))
MAP_COLUMNS = tuple(f.name for f in LABELLED if pa.types.is_map(f.type))


RELEASE_COLUMNS = (
    "rec_key",
    "replaces",
    "text_group",
    "state_under_review_iso",
    "state_under_review_region",
    "recommending_state",
    "recommending_state_iso",
    "recommending_state_region",
    "machine_action",
    "machine_action_confidence",
    "machine_issues",
    "machine_model_version",
    "machine_in_sample",
    "implementation",
    "paragraph_similarity",
)
"""What a release adds to the columns; readers of published tables leave them unread, since they follow from
the others.
"""
