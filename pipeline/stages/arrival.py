"""Stage `arrival`: the report on a session whose labels nobody has reviewed yet, as a page and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.arrival.document import NOTHING_MEASURED, Coded, DeskFigures, KnownSessions, arrival_document
from pipeline.arrival.estimates import METHODS, PastErrors
from pipeline.arrival.rows import Reference, labelled_rows
from pipeline.charts.arrival import arrival_charts
from pipeline.charts.drawing import percent
from pipeline.charts.pages import environment
from pipeline.corpus.coded import tag_matrix
from pipeline.corpus.schema import LABELLED
from pipeline.corpus.splits import text_groups
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.errors import SettingsError, SourceError
from pipeline.models.bundle import Bundle, Predictions
from pipeline.models.decision import OTHERS, Kept, label_columns, label_texts
from pipeline.progress import Progress, silent
from pipeline.registry.choosing import choose_model
from pipeline.registry.versions import CHAMPION
from pipeline.review.settings import load_desk_settings
from pipeline.review.statistics.audit import read_audit, seconds_per_decision
from pipeline.review.store.database import Database
from pipeline.settings import Settings, locale_language
from pipeline.sources.tables.labelled import labelled_table
from pipeline.store.descriptions import promised_error
from pipeline.store.files import write_json, write_text
from pipeline.store.held_out import read_held_out
from pipeline.store.models import load_bundle
from pipeline.store.sentences import speaking
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import config_path, read_yaml, translate

_REFERENCE_SESSIONS = 2
"""So many of the latest coded sessions that the model was not trained on are the reference."""
_BATCH = 1_000


@dataclass(frozen=True)
class ArrivalResult:
    """What was written: `page` and `data`, and the document itself."""

    page: Path
    data: Path
    document: dict[str, Any]


def run(
    labelled: Path,
    out: Path,
    settings: Settings,
    *,
    session: int | None = None,
    corpus: Path | None = None,
    desk: Database | None = None,
    model: str = CHAMPION,
    progress: Progress = silent,
) -> ArrivalResult:
    """Write `out`/arrival.html and `out`/arrival.json.

    Args:
        labelled: what `label` wrote.
        out: folder.
        settings: assumptions (`arrival`), splits, taxonomy.
        session: which one; may be None where the table holds only one.
        corpus: the table of `ingest`, with coded sessions that the new one is compared with; None if there
            is none.
        desk: the review desk, whose audit sample and pace are taken; None if there is none.
        model: the model that labelled the table.
        progress: shows the rows of earlier sessions as they are labelled for comparison.

    Raises: SourceError if the table holds no labels of that session, several sessions and none is chosen, or
        labels of another model; ModelError, StoreError.
    """
    choice = choose_model(model, settings)
    bundle = load_bundle(choice.folder)
    table, number = _of_session(labelled_table(labelled, settings.extract), session, labelled)
    _check_model(table, bundle, labelled)
    coded = _coded(corpus, bundle.taxonomy, number) if corpus else None
    known = KnownSessions(
        model={
            "version": bundle.version,
            "origin": choice.origin,
            "demo": bundle.demo,
            "train_sessions": bundle.facts.get("train_sessions", []),
            "tune_sessions": bundle.facts.get("tune_sessions", []),
        },
        taxonomy=bundle.taxonomy,
        blind=bundle.blinder.blind,
        coded=coded,
        reference=_reference(coded, bundle, choice.folder, settings, progress) if coded else None,
        errors=past_errors(),
        promise=promised_error(bundle.facts),
        desk=_measured(desk) if desk else NOTHING_MEASURED,
        options=settings.arrival,
        tests=settings.evaluate,
    )
    with speaking(locale_language()):
        document = arrival_document(number, table, known)
        page = environment().get_template("arrival.html.j2")
        text = page.render(arrival=document, charts=arrival_charts(document), share=percent)
    data, written = out / "arrival.json", out / "arrival.html"
    write_json(data, document)
    write_text(written, text)
    return ArrivalResult(written, data, document)


def past_errors() -> PastErrors:
    """The estimator of accuracy and its errors on past sessions, from configs/accuracy_estimates.yaml.

    Raises: SettingsError if the file cannot be used.
    """
    path = config_path("accuracy_estimates.yaml")
    found = read_yaml(path)
    try:
        errors = {int(session): float(points) / 100 for session, points in found["errors"].items()}
        if found["method"] not in METHODS:
            raise ValueError(f"there is no method '{found['method']}'")
        return PastErrors(found["method"], tuple(errors), tuple(errors.values()))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SettingsError(
            str(path), f"cannot be used ({error!r}).", "Restore it, or run `python -m benchmarks.arrival`."
        ) from error


def _of_session(table: pa.Table, session: int | None, path: Path) -> tuple[pa.Table, int]:
    """The recommendations of one session, and its number."""
    table = table.filter(pc.fill_null(pc.not_equal(table["kind"], "pledge"), True))
    counts = Counter(s for s in table["session"].to_pylist() if s is not None)
    if session is None and len(counts) == 1:
        session = next(iter(counts))
    if session is None:
        named = ", ".join(f"{s} ({n:,} rows)" for s, n in sorted(counts.items())) or "none"
        raise SourceError(
            str(path),
            f"the table must hold recommendations of one session; it holds those of: {named}.",
            "Choose one with --session, or label with `--column session=...`.",
        )
    chosen = table.filter(pc.fill_null(pc.equal(table["session"], session), False))
    if not chosen.num_rows:
        raise SourceError(
            str(path), f"the table has no recommendation of session {session}.", "Choose another --session."
        )
    return chosen, session


def _check_model(table: pa.Table, bundle: Bundle, path: Path) -> None:
    pairs = zip(table["model_version"].to_pylist(), table["language"].to_pylist(), strict=True)
    # French and Spanish have models of their own beside the one in use.
    versions = sorted({v for v, language in pairs if v is not None and language not in OTHERS})
    others = any(language in OTHERS for language in table["language"].to_pylist())
    if versions != [bundle.version] and (versions or not others):
        raise SourceError(
            str(path),
            f"it was labelled by {', '.join(versions) or 'no model'}, and the model is {bundle.version}.",
            "Label it again with `upr label`, or name the model that labelled it with --model.",
        )


def _coded(corpus: Path, taxonomy: Taxonomy, session: int) -> Coded | None:
    """Whole sessions that experts coded before this one, as wordings; None if there are none."""
    table = read_parquet(corpus)
    expert = pc.and_(
        pc.equal(table["label_source"], "expert"), pc.fill_null(pc.less(table["session"], session), False)
    )
    table = table.filter(pc.fill_null(pc.and_(expert, pc.not_equal(table["kind"], "pledge")), False))
    if not table.num_rows:
        return None
    sessions = table["session"].to_pylist()
    groups = text_groups(table["text"].to_pylist())[0]
    first = list(
        {key: i for i, key in reversed(list(enumerate(zip(sessions, groups, strict=True))))}.values()
    )
    chosen = table.take(pa.array(sorted(first)))
    issues: list[list[str] | None] = [
        translate(tags or [], version or taxonomy.version, taxonomy.version)
        for tags, version in zip(
            chosen["issues"].to_pylist(), chosen["taxonomy_version"].to_pylist(), strict=True
        )
    ]
    return Coded(
        chosen["row_id"].to_pylist(),
        chosen["text"].to_pylist(),
        chosen["session"].to_pylist(),
        chosen["state_under_review"].to_pylist(),
        np.array(chosen["action"].to_pylist(), dtype=np.int64),
        tag_matrix(issues, taxonomy),
        dict(sorted(Counter(sessions).items())),
    )


def _reference(
    coded: Coded, bundle: Bundle, folder: Path, settings: Settings, progress: Progress
) -> Reference | None:
    """Coded rows of the latest sessions with labels of a model that did not learn them, as `_unlearned` finds
    them.
    """
    places, kept = _unlearned(coded, bundle, folder, settings)
    if not len(places):
        return None
    texts = [coded.texts[i] for i in places.tolist()]
    columns: dict[str, list[Any]] = {}
    starts = range(0, len(texts), _BATCH)
    for start in progress(starts, "earlier sessions labelled for comparison", len(starts)):
        batch = texts[start : start + _BATCH]
        own = kept and Kept({i: kept.places[start + i] for i in range(len(batch))}, kept.predictions)
        labels = label_columns(label_texts(bundle, batch, ["en"] * len(batch), own), bundle)
        for name, values in labels.items():
            columns.setdefault(name, []).extend(values)
    columns |= {
        "text": texts,
        "kind": ["recommendation"] * len(texts),
        "state_under_review": [coded.reviewed[i] for i in places.tolist()],
        "session": [coded.sessions[i] for i in places.tolist()],
    }
    table = pa.table({name: pa.array(values, LABELLED.field(name).type) for name, values in columns.items()})
    rows = labelled_rows(table, bundle.taxonomy)
    labelled = np.flatnonzero(rows.action > 0)
    return Reference(rows, coded.action[places], coded.tags[places]).take(labelled)


def _unlearned(
    coded: Coded, bundle: Bundle, folder: Path, settings: Settings
) -> tuple[npt.NDArray[np.int64], Kept | None]:
    """Places of the coded wordings that say how the model errs, and the held-out predictions of them, where
    they are needed.

    Best are whole sessions that it neither learned from nor was tuned on; then rows of which it keeps
    held-out predictions, as a final model does; then the sessions that it was tuned on, on which its
    probabilities are a little too good.
    """
    learned, tuned = (set(bundle.facts.get(f"{part}_sessions", [])) for part in ("train", "tune"))
    enough = [s for s, n in coded.rows.items() if n >= settings.splits.session_rows]
    fresh = [s for s in enough if s not in learned | tuned][-_REFERENCE_SESSIONS:]
    if fresh:
        return coded.of(fresh), None
    held = read_held_out(folder)
    if held is not None:
        known = {name: i for name, i in held.places().items() if not held.decided[i]}
        sessions = sorted({s for s, name in zip(coded.sessions, coded.row_ids, strict=True) if name in known})
        latest = coded.of(sessions[-_REFERENCE_SESSIONS:]).tolist()
        places = np.array([i for i in latest if coded.row_ids[i] in known], dtype=np.int64)
        predictions = Predictions(held.action, held.tags, held.known, bundle.thresholds)
        return places, Kept({i: known[coded.row_ids[p]] for i, p in enumerate(places.tolist())}, predictions)
    return coded.of([s for s in enough if s in tuned - learned][-_REFERENCE_SESSIONS:]), None


def _measured(desk: Database) -> DeskFigures:
    with desk.read() as connection:
        audit, seconds = read_audit(connection), seconds_per_decision(connection)
    weeks = [(week.isoformat(), accuracy) for week, accuracy in audit.weeks]
    return DeskFigures(audit.overall, weeks, seconds, load_desk_settings().second_reading_share)
