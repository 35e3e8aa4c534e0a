"""The desk's database: what it keeps."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from pipeline.review.store.columns import Id as _Id
from pipeline.review.store.columns import metadata as metadata
from pipeline.review.store.moments import Moment

desk = Table(
    "desk", metadata, Column("name", String(40), primary_key=True), Column("value", Text, nullable=False)
)
"""Facts about the database itself. Before revisions were counted it held the version of the tables."""

users = Table(
    "users",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("name_key", String(80), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("password_hash", Text),  # null: an account that cannot log in (an imported sheet)
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
    Column("language", String(5)),  # null: what the browser asks for
    Column("temporary", Boolean, nullable=False, default=False, server_default=false()),
    Column("told", _Id, nullable=False, default=0, server_default="0"),
)
"""`temporary`: the password was set by a lead and must be changed; `told`: the last entry that the inbox
showed.
"""

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("flash", JSON),
    Column("expires_at", Moment, nullable=False),
)

login_failures = Table(
    "login_failures",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name_key", String(80), nullable=False),
    Column("address", String(80), nullable=False),
    Column("at", Moment, nullable=False),
    Index("login_failures_at", "address", "at"),
)

rounds = Table(
    "rounds",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("audit_share", Double, nullable=False),
    Column("second_share", Double, nullable=False),
    Column("deadline", Date),
    Column("withdrawn_at", Moment),
)
"""One row an import that brought something: what people are asked to do with it."""

round_people = Table(
    "round_people",
    metadata,
    Column("round_id", ForeignKey("rounds.id"), primary_key=True),
    Column("user_id", ForeignKey("users.id"), primary_key=True),
)
"""Who works on a round; everybody, where none is named."""

acts = Table(
    "acts",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("user_id", _Id),
    Column("what", String(40), nullable=False),
    Column("details", JSON, nullable=False),
)
"""What leads did with rounds, assignments and accounts."""

items = Table(
    "items",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("text_key", String(40), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("status", String(12), nullable=False),
    Column("version", Integer, nullable=False, default=0),
    Column("standing", JSON, nullable=False),
    Column("first_reader", _Id),
    Column("second_due", Boolean, nullable=False),
    Column("prediction_id", _Id),
    Column("priority", Double, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("assignee_id", _Id),
    Column("similar", JSON, nullable=False),  # [[precedent id, similarity], ...], most similar first
    Column("round_id", _Id),
    Column("earlier", JSON(none_as_null=True)),  # [[earlier id, relation], ...]; null: not looked for
    Index("items_queue", "status", "priority", "id"),
    Index("items_second", "status", "first_reader", "priority"),
    Index("items_assigned", "assignee_id", "status", "priority"),
    Index("items_round", "round_id", "status"),
)
"""One row a wording: identical texts are one decision. `standing` is `transitions.Standing`; `version`
counts its changes. `status` is that of `standing`, or "withdrawn" while its round is.
"""

occurrences = Table(
    "occurrences",
    metadata,
    Column("row_id", String(40), primary_key=True),
    Column("item_id", ForeignKey("items.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("source", JSON, nullable=False),
    Column("gold_action", Integer),
    Column("gold_issues", JSON),
    Column("round_id", _Id),
    Column("document", String(200)),
    Column("paragraph", String(40)),
    Index("occurrences_place", "document", "paragraph"),
)
"""Where a wording stands: the source columns of each row, and what experts coded there. `round_id`: the
round that brought the row; `document`: its symbol, else its file.
"""

predictions = Table(
    "predictions",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("item_id", ForeignKey("items.id"), nullable=False),
    Column("model_version", String(120), nullable=False),
    Column("taxonomy_version", String(40), nullable=False),
    Column("label_source", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("action", Integer),
    Column("action_confidence", Double),
    Column("action_set", JSON, nullable=False),
    Column("issues", JSON, nullable=False),
    Column("issue_scores", JSON, nullable=False),
    Column("needs_review", Boolean, nullable=False),
    Column("review_reasons", JSON, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("labelled_at", Moment),
    UniqueConstraint("item_id", "model_version", name="predictions_key"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("item_id", ForeignKey("items.id"), nullable=False, index=True),
    Column("version", Integer),  # of the item, after; null where the item did not change (skip)
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("reading", Integer, nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("action", Integer),
    Column("issues", JSON),
    Column("note", Text),
    Column("prediction_id", _Id),
    Column("shown", JSON),
    Column("model_version", String(120)),
    Column("taxonomy_version", String(40), nullable=False),
    Column("seconds", Double),
    Column("batch", String(40), index=True),
    Column("undoes", _Id, unique=True),
    Column("request", String(64)),
    # The database itself refuses two decisions on one state of an item, and one request twice.
    UniqueConstraint("item_id", "version", name="decisions_version"),
    UniqueConstraint("user_id", "request", "item_id", name="decisions_request"),
    Index("decisions_user", "user_id", "id"),
)

readings = Table(
    "readings",
    metadata,
    Column("decision_id", ForeignKey("decisions.id"), primary_key=True, autoincrement=False),
    Column("item_id", _Id, nullable=False, index=True),
    Column("user_id", _Id, nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("reading", Integer, nullable=False),
    Column("action", Integer, nullable=False),
    Column("blind", Boolean, nullable=False),
    Column("seconds", Double),
    Column("suggested", Integer),  # the action that the person saw suggested; null where none was shown
    Column("confidence", Double),
    Column("tags_changed", Boolean),
    Column("audit", Boolean, nullable=False),
    Index("readings_user", "user_id", "at"),
    Index("readings_seconds", "user_id", "seconds", "kind"),
)
"""Answers that nobody took back, one row each and narrow: what statistics and lists count. It follows from
`decisions`, which stays the record; `upr review doctor` compares the two.
"""

leases = Table(
    "leases",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("taken_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
)

skips = Table(
    "skips",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True),
)

seen = Table(
    "seen",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True),
)
"""Who has seen the suggestion of an item that will be read twice, and so cannot read it blind."""

facet_values = Table(
    "facet_values",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("facet", String(20), nullable=False),
    Column("value", String(200), nullable=False),
    UniqueConstraint("facet", "value", name="facet_values_key"),
)

facets = Table(
    "facets",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("value_id", ForeignKey("facet_values.id"), primary_key=True),
    Column("status", String(12), nullable=False),
    Column("priority", Double, nullable=False),
    Index("facets_queue", "value_id", "status", "priority", "item_id"),
    sqlite_with_rowid=False,
)
"""What an item can be filtered by. `status` and `priority` repeat the item's, so that a filter reads one
index.
"""

saved_filters = Table(
    "saved_filters",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("name", String(80), nullable=False),
    Column("filter", JSON, nullable=False),
    UniqueConstraint("user_id", "name", name="saved_filters_key"),
)

previews = Table(
    "previews",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("change", JSON, nullable=False),
    Column("members", JSON, nullable=False),  # [[item id, version], ...]
)
