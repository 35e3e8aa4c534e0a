"""`upr update`: what is new at the sources is labelled, queued for review, reported on, and published if
wanted. It can be run again at any time; a run that was killed goes on.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from pipeline.progress import Progress, silent
from pipeline.registry.choosing import choose_model
from pipeline.review import opening
from pipeline.settings import Settings
from pipeline.stages import arrival, publish
from pipeline.store.descriptions import described
from pipeline.store.files import read_json, write_json, write_jsonl, write_text
from pipeline.store.locks import held
from pipeline.workflows.changes import Changes, Correction, changes_between
from pipeline.workflows.gathering import found_in, gather, is_address, refuse_far_fewer
from pipeline.workflows.gone import decisions_on, in_words
from pipeline.workflows.labels import label_rows, to_label
from pipeline.workflows.plan import UpdatePlan
from pipeline.workflows.state import Rows, Run, UpdateState, keyed, write_rows
from pipeline.workflows.summary import Summary, summary_text


def run(
    plan: UpdatePlan,
    settings: Settings,
    *,
    progress: Progress = silent,
    say: Callable[[str], None] = lambda _: None,
) -> Summary:
    """Bring everything to what the sources hold now.

    Raises: UprError for whatever stops a step; the state is as it was then, and the next run goes on;
        what was queued at the desk before stays there. BusyError if another update runs.
    """
    with held(plan.folder, "Wait until it has ended."):
        return Update(plan, settings, progress, say).run()


class Update:
    """One run. Use `run` once."""

    def __init__(
        self, plan: UpdatePlan, settings: Settings, progress: Progress, say: Callable[[str], None]
    ) -> None:
        """Args: see `run`."""
        self.plan, self.settings, self.progress, self.say = plan, settings, progress, say
        self.state = UpdateState(plan.folder)

    def run(self) -> Summary:
        """All steps. Each leaves a file in the run's folder, and is not done twice."""
        log = self.state.log()
        there = found_in(self.plan.sources)
        current, resumed = self.state.begin(list(self.plan.sources), _now())
        if not resumed and not there.failed and self._as_before(log, there.files):
            summary = Summary(current.name, _text(current.started_at), [*self.plan.sources])
            return self._end(current, summary, there.files)
        if resumed:
            self.say(f"The update of {_text(current.started_at)} was stopped; it goes on.")
        facts = self._gathered(current)
        changes = self._changes(current, facts)
        label_rows(current, set(facts["unclear"]), self.settings, self.plan.model, self.progress)
        summary = Summary(
            current.name,
            _text(current.started_at),
            [*self.plan.sources],
            counts={
                "new": len(changes.new),
                "changed": len(changes.changed),
                "corrected": len(changes.corrected),
                "withdrawn": len(changes.withdrawn),
                "coded": len(changes.coded),
                "unchanged": changes.unchanged,
            },
            failed=facts["failed"],
            problems=facts["problems"],
            told=facts["told"],
            decided_and_gone=decisions_on(self.plan.desk, changes.gone),
            gone=[in_words(row) for row in self._known(changes.gone)],
        )
        if changes.any:
            summary.labelled = self._labels_of(current)
            summary.queued = self._queue(current)
            rows, labels = self._after(current, changes)
            summary.sessions = self._report(current, rows, labels)
            summary.release = self._publish(current, rows, labels, changes)
            write_rows(self.state.labelled_path, labels)
            write_rows(self.state.rows_path, rows)
        return self._end(current, summary, facts["files"])

    def _as_before(self, log: Sequence[dict[str, Any]], files: dict[str, str]) -> bool:
        """Whether the sources are files alone, and as they were when a run last read them, and read all."""
        own = [entry for entry in log if entry["sources"] == list(self.plan.sources)]
        return (
            not any(is_address(source) for source in self.plan.sources)
            and bool(own)
            and own[-1]["files"] == files
            and not own[-1]["failed"]
            and self.state.rows_path.is_file()
        )

    def _end(self, run: Run, summary: Summary, files: dict[str, str]) -> Summary:
        if summary.changed or summary.needs_attention:
            write_text(run.path("summary.txt"), summary_text(summary))
        elif run.folder.exists():
            shutil.rmtree(run.folder)
        entry = asdict(summary) | {"files": files, "ended_at": _text(_now())}
        self.state.end(run, entry)
        self.state.remove_old_runs(self.settings.update.keep_runs)
        return summary

    def _gathered(self, run: Run) -> dict[str, Any]:
        """Step 1: the rows of the sources, in gathered.parquet; what was found out, in gathered.json."""
        facts = run.path("gathered.json")
        if not facts.is_file():
            found = gather(self.plan.sources, run.folder, self.settings, self.progress, self.say)
            if not self.plan.allow_fewer:
                least = self.settings.update.least_share
                refuse_far_fewer(self.plan.sources, self.state.rows(), found.rows, least)
            write_rows(run.path("gathered.parquet"), found.rows)
            if found.problems:
                write_jsonl(run.path("problems.jsonl"), (asdict(problem) for problem in found.problems))
            write_json(
                facts,
                {
                    "read": sorted(found.read),
                    "failed": [str(error) for error in found.failed],
                    "problems": len(found.problems),
                    "told": found.told,
                    "unclear": sorted(found.unclear),
                    "files": found.files,
                },
            )
        known: dict[str, Any] = read_json(facts)
        return known

    def _changes(self, run: Run, facts: dict[str, Any]) -> Changes:
        """Step 2: the difference, in changes.json; the rows to label, in new.parquet."""
        path, model = run.path("changes.json"), self._model_version()
        stored = read_json(path) if path.is_file() else None
        if stored and stored["model"] == model:
            found = stored["changes"]
            return Changes(**found | {"corrected": [Correction(**pair) for pair in found["corrected"]]})
        # What a run that was killed had labelled by another model than the one in use now is not kept.
        for name in ("labels.parquet", "labelled.parquet", "queue.json"):
            run.path(name).unlink(missing_ok=True)
        now, before = keyed(run.path("gathered.parquet")), self.state.rows()
        coded = self._coded_rows()
        for row_id in now.keys() & coded.keys():
            if now[row_id]["action"] is None:
                now[row_id] |= {
                    name: coded[row_id][name]
                    for name in ("action", "issues", "label_source", "taxonomy_version")
                }
        changes = changes_between(before, now, facts["read"])
        write_rows(run.path("gathered.parquet"), now)
        write_rows(
            run.path("new.parquet"), {i: now[i] for i in to_label(changes, now, self.state.labelled(), model)}
        )
        write_json(path, {"model": model, "changes": asdict(changes)})
        return changes

    def _model_version(self) -> str:
        return described(choose_model(self.plan.model, self.settings).folder).version

    def _coded_rows(self) -> Rows:
        """Rows that people coded, from the table of `ingest`."""
        if self.plan.corpus is None:
            return {}
        return {i: row for i, row in keyed(self.plan.corpus).items() if row["action"] is not None}

    def _labels_of(self, run: Run) -> dict[str, Any]:
        """What was labelled, for the summary."""
        labels = keyed(run.path("labelled.parquet"))
        choice = choose_model(self.plan.model, self.settings)
        return {
            "rows": len(labels),
            "for_review": sum(bool(row["needs_review"]) for row in labels.values()),
            "model": ", ".join(sorted({row["model_version"] for row in labels.values()}))
            or described(choice.folder).version,
            "origin": choice.origin,
        }

    def _queue(self, run: Run) -> list[str]:
        """Step 4: the doubtful rows and the audit sample, in the desk's queue."""
        path = run.path("queue.json")
        if self.plan.desk is None or not keyed(run.path("labelled.parquet")):
            return []
        if not path.is_file():
            precedents = [self.plan.corpus] if self.plan.corpus else []
            lines = opening.import_files(
                self.plan.desk,
                [run.path("labelled.parquet")],
                precedents,
                model=self.plan.model,
                progress=self.progress,
            )
            write_json(path, lines)
        lines = read_json(path)
        return [str(line) for line in lines]

    def _after(self, run: Run, changes: Changes) -> tuple[Rows, Rows]:
        """All rows and all labels as they are after this run; the same if it is done again."""
        now, made = keyed(run.path("gathered.parquet")), keyed(run.path("labelled.parquet"))
        gone = set(changes.gone)
        rows = {i: row for i, row in self.state.rows().items() if i not in gone} | now
        labels = {
            i: row
            for i, row in (self.state.labelled() | made).items()
            if i in rows and rows[i]["action"] is None
        }
        return rows, labels

    def _report(self, run: Run, rows: Rows, labels: Rows) -> dict[str, Any]:
        """Step 5: an arrival report for each session that has new labels."""
        made = keyed(run.path("labelled.parquet"))
        sessions = sorted({row["session"] for row in made.values() if row["session"] is not None})
        if not sessions:
            return {}
        coded = self._coded_rows() | {i: row for i, row in rows.items() if row["action"] is not None}
        write_rows(run.path("coded.parquet"), coded)
        found = {}
        for session in sessions:
            table = run.path(f"session-{session}.parquet")
            own = {i: row for i, row in labels.items() if row["session"] == session}
            write_rows(table, own)
            done = arrival.run(
                table,
                run.path(f"arrival-{session}"),
                self.settings,
                session=session,
                corpus=run.path("coded.parquet") if coded else None,
                desk=self.plan.desk,
                model=self.plan.model,
                progress=self.progress,
            )
            verdict = done.document["verdict"]
            found[str(session)] = {
                "rows": len(own),
                "verdict": verdict["title"],
                "findings": [finding["text"] for finding in verdict["findings"]],
                "page": str(done.page),
                "alarm": done.document["audit"]["alarm"],
            }
        return found

    def _publish(self, run: Run, rows: Rows, labels: Rows, changes: Changes) -> str:
        """Step 6: a release of everything, if wanted; its folder, or ""."""
        if self.plan.releases is None:
            return ""
        corpus, labelled = run.path("release-corpus.parquet"), run.path("release-labelled.parquet")
        write_rows(corpus, rows | self._coded_rows())
        other = keyed(self.plan.labelled) if self.plan.labelled else {}
        write_rows(labelled, other | labels)
        chosen = None
        if self.plan.desk is not None:
            chosen = run.path("decisions.parquet")
            opening.export_file(self.plan.desk, chosen, "table", allow_fewer=True)
        reason = f"{len(changes.gone):,} recommendations were withdrawn or corrected at their source"
        done = publish.run(
            publish.PublishInputs(corpus, labelled, chosen, self.plan.evaluation),
            self.plan.releases,
            self.settings,
            breaking=reason if changes.gone else None,
            progress=self.progress,
        )
        return str(done.folder)

    def _known(self, row_ids: Sequence[str]) -> list[dict[str, Any]]:
        rows = self.state.rows()
        return [rows[i] for i in row_ids if i in rows]


def _now() -> datetime:
    return datetime.now(UTC)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
