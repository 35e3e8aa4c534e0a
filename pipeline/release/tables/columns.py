"""The tables of a release: their columns, types, and the meaning of each column."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from pipeline.corpus.schema import LABELLED

FORMAT = 2
"""Grows when files or columns of a release change in a way that old readers notice."""

SCHEMA_VERSION = f"{FORMAT}.2"
"""Of the tables: the second number grows when columns, files or values are added (docs/formats.md)."""

_SCORES = pa.list_(pa.struct([pa.field("key", pa.string()), pa.field("value", pa.float64())]))
_TIME = pa.timestamp("us", tz="UTC")


def _published(field: pa.Field) -> pa.Field:
    """A column as it is published: maps become lists of key and value, since `datasets` reads no maps."""
    return pa.field(field.name, _SCORES, field.nullable) if pa.types.is_map(field.type) else field


RECOMMENDATIONS = pa.schema(
    [
        *(_published(field) for field in LABELLED),
        pa.field("rec_key", pa.string(), nullable=False),
        pa.field("replaces", pa.string()),
        pa.field("text_group", pa.string(), nullable=False),
        pa.field("state_under_review_iso", pa.string()),
        pa.field("state_under_review_region", pa.string()),
        pa.field("recommending_state", pa.string()),
        pa.field("recommending_state_iso", pa.string()),
        pa.field("recommending_state_region", pa.string()),
        pa.field("machine_action", pa.int64()),
        pa.field("machine_action_confidence", pa.float64()),
        pa.field("machine_issues", pa.list_(pa.string())),
        pa.field("machine_model_version", pa.string()),
        pa.field("machine_in_sample", pa.bool_()),
        pa.field("implementation", pa.list_(pa.string())),
        pa.field("paragraph_similarity", pa.float64()),
    ]
)
"""recommendations.parquet: one row a recommendation and recommending State."""

LABELS = pa.schema(
    [
        pa.field("row_id", pa.string(), nullable=False),
        pa.field("rec_id", pa.string(), nullable=False),
        pa.field("task", pa.string(), nullable=False),
        pa.field("label_id", pa.string(), nullable=False),
        pa.field("label", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("given", pa.bool_(), nullable=False),
        pa.field("probability", pa.float64()),
        pa.field("in_prediction_set", pa.bool_()),
        pa.field("model_version", pa.string()),
        pa.field("taxonomy_version", pa.string()),
        pa.field("decided_at", _TIME),
    ]
)
"""labels.parquet: every label that anyone gave or considered, one a row."""

SPLITS = pa.schema(
    [
        pa.field("row_id", pa.string(), nullable=False),
        pa.field("text_group", pa.string(), nullable=False),
        pa.field("session_split", pa.string()),
        pa.field("session_seen", pa.bool_()),
        pa.field("random_split", pa.string()),
        pa.field("random_seen", pa.bool_()),
    ]
)
"""splits.parquet: how the rows are divided for training, tuning and testing."""

TAXONOMY = pa.schema(
    [
        *(
            pa.field(n, pa.string())
            for n in ("task", "id", "label", "definition", "valid_from", "valid_to", "replaced_by")
        ),
        pa.field("used", pa.bool_()),
    ]
)
"""taxonomy.csv: the vocabulary of both tasks over all versions. Lines of the version that a release has its
labels in are `used`, one an id: rows are joined with these only, or those of a renamed tag double.
"""

THREADS = pa.schema(
    [
        pa.field("thread_id", pa.string(), nullable=False),
        pa.field("rec_key", pa.string(), nullable=False),
        pa.field("order", pa.int64()),
        pa.field("relation", pa.string(), nullable=False),
        pa.field("repeats", pa.string()),
        pa.field("probability", pa.float64()),
        pa.field("session", pa.int64(), nullable=False),
    ]
)
"""threads.parquet: recommendations to a State that were made again in a later review."""

DIFF = pa.schema(
    [
        pa.field("change", pa.string(), nullable=False),
        pa.field("row_id", pa.string(), nullable=False),
        pa.field("rec_id", pa.string(), nullable=False),
        pa.field("field", pa.string()),
        pa.field("source_before", pa.string()),
        pa.field("source_after", pa.string()),
        pa.field("before", pa.string()),
        pa.field("after", pa.string()),
    ]
)
"""diff.parquet: what happened to each row since the previous release."""

TIME_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "recommendations": ("labelled_at",),
    "labels": ("decided_at",),
    "splits": (),
}
"""Columns that may differ between two runs on the same input."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "recommendations": ("row_id",),
    "labels": ("row_id", "task", "label_id", "source"),
    "splits": ("row_id",),
}
"""Columns that identify a row of each table."""

MEANING: Mapping[str, Mapping[str, str]] = {
    "recommendations": {
        "rec_id": (
            "identifies a wording within a review: hash of State under Review (ISO code), session "
            "and normalised text"
        ),
        "row_id": (
            "unique: hash of rec_id, recommending State (ISO code), and the ordinal among rows equal in both"
        ),
        "source_file": "file that the row came from",
        "source_row": "1-based data row in that file, or order of the paragraph in the document",
        "text": "the recommendation, cleaned, without number and States",
        "state_under_review": "State that the recommendation is made to, by UPR Info's short name",
        "recommending_states": (
            "the State that makes it, as a list of at most one (the column's form in "
            "all tables of the project)"
        ),
        "session": "session of the UPR Working Group",
        "cycle": "UPR cycle: sessions 1-12 are 1, 13-26 are 2, 27-40 are 3, 41-54 are 4",
        "symbol": "UN document symbol of the report",
        "paragraph": "paragraph number in the report, such as 134.7",
        "kind": "recommendation, or pledge (voluntary; it has no recommending State and no response)",
        "response": "Supported, Noted or Pending; null where not known",
        "response_raw": "the source's own word for the response",
        "language": "ISO 639-1 code of the text",
        "action": (
            "action category, 1 to 5: a person's where there is one, else the model's (see label_source)"
        ),
        "action_confidence": "calibrated probability of action; null where a person labelled",
        "action_set": (
            "prediction set of the action (conformal, 95 % coverage); null where a person labelled"
        ),
        "issues": "issue tags: a person's where there are some, else the model's, most certain first",
        "issue_scores": (
            "the model's calibrated probabilities of tags above 0.05, as key and value; null "
            "where a person labelled"
        ),
        "needs_review": "whether a person should check this label",
        "review_reasons": "reasons for review, as codes such as weak-action or unseen-wording",
        "label_source": (
            "who gave action and issues: expert (UPR Info's coders), reviewed (a reviewer's "
            "decision), model, or rule"
        ),
        "model_version": "model that gave the label, or that the reviewer saw",
        "taxonomy_version": "version of the tag list",
        "labelled_at": "start of the labelling job, or time of the reviewer's decision (UTC)",
        "page": "page of the document",
        "char_start": "first character of the text in the document",
        "char_end": "position after the last character",
        "themes": "themes given by OHCHR",
        "position_source": "where the response was read",
        "affected_persons": "groups of persons given by OHCHR",
        "sdgs": "Sustainable Development Goals given by OHCHR",
        "text_raw": "the text as it stood in the source, where cleaning changed it",
        "text_fr": "the same recommendation in French, where the documents give it",
        "text_es": "the same recommendation in Spanish, where the documents give it",
        "rec_key": (
            "identifies a wording within a review, and survives corrections: the rec_id that the wording had "
            "when it was first published"
        ),
        "replaces": "the rec_id that this row had before its text was last corrected; null where it was not",
        "text_group": "equal for rows with the same normalised text, in any review",
        "state_under_review_iso": "ISO 3166-1 alpha-3 code",
        "state_under_review_region": "UN regional group, as UPR Info uses it",
        "recommending_state": (
            "State that makes the recommendation; null for pledges and where it is not known"
        ),
        "recommending_state_iso": "ISO 3166-1 alpha-3 code",
        "recommending_state_region": "UN regional group, as UPR Info uses it",
        "machine_action": "the model's action, also where the column action has a person's label",
        "machine_action_confidence": "its calibrated probability",
        "machine_issues": "the model's tags, also where the column issues has a person's labels",
        "machine_model_version": "the model that gave machine_action and machine_issues",
        "machine_in_sample": (
            "whether the text is in the part train of the session split, so that the model may have learned "
            "its code: machine labels of such rows agree with the coders more often than those of others; "
            "null without a machine label"
        ),
        "implementation": (
            "what others report of the implementation, by date, each with who reports (State, NGO or NHRI), "
            "the report and its date, as they gave it; nothing is judged here, and null means that no report "
            "was given"
        ),
        "paragraph_similarity": (
            "where symbol and paragraph were found by comparing the text with the report of the same review: "
            "how similar it is to the wording there, 0.9 to 1 (1, too, where it is a part of that "
            "word for word); null where the source names them, or nothing was found"
        ),
    },
    "labels": {
        "row_id": "row in recommendations",
        "rec_id": "wording within a review",
        "task": "action or issue",
        "label_id": "id in taxonomy.csv, stable over renaming",
        "label": "spelling of the label",
        "source": "expert, reviewed, model or rule",
        "given": "whether the source gives this label; false for one that a model only considered",
        "probability": (
            "the model's calibrated probability; null for people, and for actions that are only in the set"
        ),
        "in_prediction_set": (
            "whether the action is in the model's prediction set; null for people and for issues"
        ),
        "model_version": "the model, or the one that the reviewer saw",
        "taxonomy_version": "version of the tag list that it was given in",
        "decided_at": (
            "time of the decision or of the labelling job (UTC); null where the source does not say"
        ),
    },
    "splits": {
        "row_id": "row in recommendations",
        "text_group": "the same for equal texts; a split by group never separates equal texts",
        "session_split": (
            "train, tune, test or pledges, by session; waiting for rows with a person's label that neither "
            "train nor are measured; empty for rows without one"
        ),
        "session_seen": "whether the same text is in the training or tuning part",
        "random_split": "train, tune or test, at random by text",
        "random_seen": "as session_seen, for the random split",
    },
    "threads": {
        "thread_id": "the rec_key of the first recommendation of the thread",
        "rec_key": "wording within a review, as in recommendations",
        "order": "1 for the first review in which the thread was asked, 2 for the next; null for perhaps",
        "relation": (
            "first (it repeats none), same (the same act on the same subject), near (weaker, stronger, "
            "wider, narrower, or one of several acts), or perhaps (for readers to judge, never counted)"
        ),
        "repeats": "the rec_key of the earlier recommendation that it repeats; null for first",
        "probability": "that it is the same or near, by the classifier of pairs; null for first",
        "session": "session of its review",
    },
    "diff": {
        "change": (
            "added, removed, corrected (a field of a row whose row_id changed, since its text or State was "
            "corrected; one line has the row_id itself), relabelled (action or issues), or changed (another "
            "field)"
        ),
        "row_id": "row in this release, or for removed ones in the previous",
        "rec_id": "wording within a review",
        "field": "the column that changed; null for added and removed",
        "source_before": "label_source in the previous release",
        "source_after": "label_source in this one",
        "before": "value in the previous release, as JSON",
        "after": "value in this one, as JSON",
    },
}
"""Table to column to meaning, for cards and descriptors."""

_TYPE_NAMES = {"double": "float", "int64": "int", "bool": "bool", "string": "string"}


def type_name(kind: pa.DataType) -> str:
    """A type in words that do not depend on who wrote the file: "list of string", "timestamp (UTC)"."""
    if pa.types.is_list(kind):
        inner = "key and value" if pa.types.is_struct(kind.value_type) else type_name(kind.value_type)
        return f"list of {inner}"
    return _TYPE_NAMES.get(str(kind), "timestamp (UTC)" if pa.types.is_timestamp(kind) else str(kind))


SCHEMAS: Mapping[str, pa.Schema] = {
    "recommendations": RECOMMENDATIONS,
    "labels": LABELS,
    "splits": SPLITS,
    "threads": THREADS,
    "diff": DIFF,
}
"""The Parquet tables by name."""
