"""Which rows an update labels, and their labels."""

from __future__ import annotations

from pipeline.corpus.schema import SOURCE_COLUMNS
from pipeline.models.reasons import Reason
from pipeline.progress import Progress
from pipeline.settings import Settings
from pipeline.stages import label
from pipeline.store.tables import read_parquet
from pipeline.workflows.changes import Changes
from pipeline.workflows.state import Rows, Run, keyed, write_rows


def to_label(changes: Changes, now: Rows, labelled: Rows, version: str) -> list[str]:
    """Ids of uncoded rows that are new or changed; with the others of their sessions that another model than
    `version` has labelled, so that a session has the labels of one model.
    """
    fresh = [i for i in (*changes.new, *changes.changed) if now[i]["action"] is None]
    sessions = {now[i]["session"] for i in fresh}
    older = [
        i
        for i, row in labelled.items()
        if row["session"] in sessions and row["model_version"] != version and i in now
    ]
    return list(dict.fromkeys([*fresh, *older]))


def label_rows(run: Run, unclear: set[str], settings: Settings, model: str, progress: Progress) -> None:
    """Step 3: the labels of new.parquet, in labelled.parquet, with the rows' own source columns.

    Args: `unclear`, ids of rows of which a cell could not be read; they go to review.
    """
    out, source = run.path("labelled.parquet"), run.path("new.parquet")
    if out.is_file():
        return
    rows = list(keyed(source).values())
    if not rows:
        write_rows(out, {})
        return
    raw = run.path("labels.parquet")
    label.run([source], raw, settings, model=model, progress=progress)
    # `label` gives a row for each, in order; it names new.parquet as the source, and numbers equal rows anew.
    own = {}
    for row, made in zip(rows, read_parquet(raw).to_pylist(), strict=True):
        made |= {name: row[name] for name in SOURCE_COLUMNS if name != "language"}
        if row["row_id"] in unclear:
            made["review_reasons"] = [*(made["review_reasons"] or ()), Reason.UNCLEAR_SOURCE_ROW.value]
            made["needs_review"] = True
        own[row["row_id"]] = made
    write_rows(out, own)
