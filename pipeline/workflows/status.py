"""`upr status`: what runs, which model is in use since when, how accurate accepted labels were measured to
be, and what waits.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.arrival.verdict import audit_alarm
from pipeline.evaluation.intervals import UNDEFINED, Estimate
from pipeline.evaluation.metrics.document import to_plain
from pipeline.registry.choosing import choose_model
from pipeline.registry.versions import CHAMPION
from pipeline.review.deciding.queue import status_counts
from pipeline.review.statistics.audit import read_audit
from pipeline.review.store.database import Database
from pipeline.review.store.transitions import QUEUED
from pipeline.settings import Settings
from pipeline.store.descriptions import described
from pipeline.store.files import read_json
from pipeline.store.locks import holders
from pipeline.store.tables import read_parquet
from pipeline.workflows.state import UpdateState


@dataclass(frozen=True)
class PipelineStatus:
    """The state of a home folder.

    Attributes:
        jobs: what runs: on what, and who since when.
        model: version, origin, since ("" where the registry does not say), sessions, demo.
        audit: accuracy of accepted labels by the audit sample; `weeks` of it, latest last; `alarm`.
        desk: items by status; None without a desk.
        waiting: items that people have to decide on.
        coded_since: coded rows that the model has not learned from, by session.
        last_update: the last entry of the log of updates; None if there was none.
        stopped_update: when an update began that was stopped, "" if none was.
    """

    jobs: list[tuple[str, str]]
    model: dict[str, Any]
    audit: Estimate
    weeks: list[tuple[str, Estimate]]
    alarm: bool
    desk: dict[str, int] | None
    waiting: int
    coded_since: dict[int, int]
    last_update: dict[str, Any] | None
    stopped_update: str

    def document(self) -> dict[str, Any]:
        """As JSON values."""
        plain: dict[str, Any] = to_plain(self)
        return plain


def read_status(home: Path, settings: Settings, desk: Database | None, corpus: Path | None) -> PipelineStatus:
    """The state of a home folder; nothing is changed.

    Args:
        home: the folder.
        settings: the registry.
        desk: the review desk; None if there is none.
        corpus: the table of `ingest`; None if there is none.

    Raises: ModelError, SettingsError, StoreError.
    """
    state = UpdateState(home / "data" / "update")
    audit, weeks, counts = UNDEFINED, [], None
    if desk is not None:
        with desk.read() as connection:
            found, counts = read_audit(connection), status_counts(connection)
        audit, weeks = found.overall, [(week.isoformat(), accuracy) for week, accuracy in found.weeks]
    model = _model(settings)
    jobs = [(_shown(path, home), who) for path, who in holders(home)]
    running = any(path == _shown(state.folder, home) for path, _ in jobs)
    current = state.folder / "current.json"
    log = state.log()
    return PipelineStatus(
        jobs=jobs,
        model=model,
        audit=audit,
        weeks=weeks,
        alarm=audit_alarm(audit, model["promised_error"]),
        desk=counts,
        waiting=sum(counts[status] for status in QUEUED) if counts else 0,
        coded_since=_coded_since(corpus, model) if corpus else {},
        last_update=log[-1] if log else None,
        stopped_update=read_json(current)["started_at"] if current.is_file() and not running else "",
    )


def _shown(path: Path, home: Path) -> str:
    return str(path.relative_to(home)) if path.is_relative_to(home) else str(path)


def _model(settings: Settings) -> dict[str, Any]:
    choice = choose_model(CHAMPION, settings)
    model = described(choice.folder)
    since = ""
    if choice.origin.startswith(CHAMPION):
        from pipeline.registry.promotions import history
        from pipeline.registry.versions import Registry

        entries = history(Registry(settings))
        since = entries[-1].at if entries and entries[-1].after.model_version == model.version else ""
    return {
        "version": model.version,
        "origin": choice.origin,
        "since": since,
        "sessions": model.sessions(),
        "demo": model.demo,
        "promised_error": model.promised_error,
        "learned": sorted({*model.facts.get("train_sessions", ()), *model.facts.get("tune_sessions", ())}),
    }


def _coded_since(corpus: Path, model: dict[str, Any]) -> dict[int, int]:
    table = read_parquet(corpus, ["session", "action", "kind"])
    coded = pc.and_(pc.is_valid(table["action"]), pc.not_equal(table["kind"], "pledge"))
    sessions = table.filter(pa.chunked_array(coded.chunks))["session"].to_pylist()
    counts = Counter(s for s in sessions if s is not None and s not in set(model["learned"]))
    return dict(sorted(counts.items()))


def status_text(status: PipelineStatus) -> str:
    """The state in words, a line for each fact."""
    model = status.model
    since = f" since {model['since']}" if model["since"] else ""
    lines = [
        f"Model in use: {model['version']} ({model['origin']}){since}, trained on sessions "
        f"{model['sessions']}" + (" - a DEMONSTRATION" if model["demo"] else "")
    ]
    lines += [f"Running: {what}: {who}" for what, who in status.jobs] or ["Running: nothing"]
    lines.append(_update_line(status))
    if status.desk is None:
        lines.append("Review desk: none")
    else:
        counts = ", ".join(f"{n:,} {name}" for name, n in status.desk.items() if n) or "empty"
        lines.append(f"Review desk: {status.waiting:,} wordings wait for people ({counts})")
    if status.audit.defined:
        found = status.audit
        verdict = "ALARM: below what was promised" if status.alarm else "no alarm"
        promised = f"promised {1 - model['promised_error']:.0%}"
        lines.append(
            f"Accuracy of accepted labels, measured by the audit sample: {found.value:.1%} "
            f"({found.low:.1%} to {found.high:.1%}, {found.support:,} labels; {promised}): {verdict}"
        )
        lines += [f"  week of {week}: {e.value:.1%} of {e.support:,}" for week, e in status.weeks[-4:]]
    else:
        lines.append("Accuracy of accepted labels: not measured yet (no decision on the audit sample)")
    if status.coded_since:
        named = ", ".join(f"session {s} ({n:,})" for s, n in status.coded_since.items())
        lines.append(f"Coded, and not yet learned from: {named}. `make run` retrains")
    return "\n".join(lines) + "\n"


def _update_line(status: PipelineStatus) -> str:
    if status.stopped_update:
        return f"Update: that of {status.stopped_update} was stopped; `upr update` goes on with it"
    last = status.last_update
    if last is None:
        return "Update: none yet"
    changes = ", ".join(f"{n:,} {kind}" for kind, n in last["counts"].items() if n) or "nothing new"
    return f"Last update: {last['ended_at']}, from {', '.join(last['sources'])}: {changes}"
