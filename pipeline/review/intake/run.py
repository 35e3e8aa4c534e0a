"""Filling the queue: a labelled table becomes items, predictions and filters. Idempotent, and one
transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from pipeline.errors import StoreError
from pipeline.progress import Progress, silent
from pipeline.review.intake.appraisal import Appraisal, Background, appraise, place_facets, queued
from pipeline.review.intake.batch import Batch, add_precedents, next_id, place_of
from pipeline.review.intake.earlier import Reviews, follow, store_earlier
from pipeline.review.intake.explaining import explain_all
from pipeline.review.intake.gathering import (
    Explained,
    Explainer,
    GatheredItems,
    GatheredText,
    MoreEvidence,
    no_more_evidence,
    same_prediction,
)
from pipeline.review.intake.known import Known, read_known, stored_rows
from pipeline.review.intake.precedents import Precedent, nearest
from pipeline.review.intake.priority import SECOND, drawn
from pipeline.review.intake.result import IntakeResult
from pipeline.review.rounds.planning import RoundPlan, add_round
from pipeline.review.settings import DeskSettings
from pipeline.review.store.before import precedents
from pipeline.review.store.database import Database
from pipeline.review.store.tables import items, predictions, rounds
from pipeline.review.store.transitions import QUEUED, Standing, Status, with_prediction
from pipeline.sources.records import Reject


@dataclass(frozen=True)
class _Findings:
    """What was found out of the wordings before the database is locked, by text key."""

    explained: dict[str, Explained]
    similar: dict[str, list[tuple[int, float]]]
    earlier: dict[str, list[list[Any]]]
    background: Background
    precedents: int


class DeskIntake:
    """One import. Use `run` once."""

    def __init__(
        self,
        database: Database,
        settings: DeskSettings,
        explain: Explainer,
        blind: Callable[[str], str],
        progress: Progress = silent,
        more: MoreEvidence = no_more_evidence,
        plan: RoundPlan | None = None,
    ) -> None:
        """Args: `explain`, the rules' words on a text; `blind`, masks names of States before texts are
        compared; `plan`, of the round that the import begins, by default that of the settings.
        """
        plan = plan or RoundPlan("import", settings.audit_share, settings.second_reading_share)
        self._plan = plan
        self._database = database
        self._settings = settings.model_copy(
            update={"audit_share": plan.audit_share, "second_reading_share": plan.second_share}
        )
        self._explain = explain
        self._blind = blind
        self._progress = progress
        self._more = more
        self._result = IntakeResult()

    def run(
        self,
        gathered: GatheredItems,
        chosen: Sequence[Precedent],
        reviews: Reviews | None = None,
        *,
        strict: bool = False,
    ) -> IntakeResult:
        """Write what is new. Whole or not at all.

        Args: `reviews`, where to look for what a State was asked before; what the import and the database
            hold is added.

        Raises: StoreError if `strict` and any row is a reject.
        """
        self._result = IntakeResult(
            rows=gathered.rows, variants=gathered.variants, rejects=list(gathered.rejects)
        )
        wordings = list(gathered.wordings.values())
        with self._database.read() as connection:
            known = read_known(connection, list(gathered.wordings))
            coded = [
                tuple(row)
                for row in connection.execute(
                    select(precedents.c.id, precedents.c.text_key, precedents.c.text)
                )
            ]
        have = {key for _, key, _ in coded}
        coming = [p for p in chosen if p.text_key not in have]
        texts = [t for _, _, t in coded] + [p.text for p in coming]
        fresh = [
            w for w in wordings if w.key not in known or set(w.predictions) - set(known[w.key].predictions)
        ]
        asking = [w for w in fresh if queued(w, self._settings)]
        explained = explain_all(fresh, asking, self._explain, self._more, self._progress)
        seeking = [w for w in wordings if queued(w, self._settings) and (w.key not in known or coming)]
        places = nearest([w.text for w in seeking], texts, self._blind, self._progress)
        asking = [w for w in wordings if queued(w, self._settings)]
        followed = follow(self._database, wordings, asking, known, reviews, self._progress, anew=bool(coming))
        with self._database.write() as connection:
            ids = [i for i, _, _ in coded] + add_precedents(connection, coming)
            similar = {
                w.key: [(ids[p], s) for p, s in found] for w, found in zip(seeking, places, strict=True)
            }
            tags = Counter(
                tag
                for w in wordings
                for said in list(w.predictions.values())[-1:]
                for tag in said["issues"] or ()
            )
            self._write(
                connection,
                wordings,
                _Findings(
                    explained,
                    similar,
                    store_earlier(connection, followed),
                    Background(tags, len(wordings)),
                    len(texts),
                ),
            )
            if strict and self._result.rejects:
                first = self._result.rejects[0]
                raise StoreError(
                    f"{first.file}, row {first.row}", first.reason, "Nothing was taken (--strict)."
                )
            self._result.precedents = len(coming)
            self._result.queued = (
                connection.scalar(select(func.count()).select_from(items).where(items.c.status.in_(QUEUED)))
                or 0
            )
        return self._result

    def _write(self, connection: Connection, wordings: list[GatheredText], findings: _Findings) -> None:
        known = read_known(connection, [w.key for w in wordings])
        stored = stored_rows(connection, [r for w in wordings for r in w.rows])
        batch = Batch(
            next_id(connection, items.c.id),
            next_id(connection, predictions.c.id),
            next_id(connection, rounds.c.id),
        )
        for wording in wordings:
            before = known.get(wording.key)
            item_id = before.id if before else batch.new_item_id()
            first = before.copies if before else 0
            new = {row_id: row for row_id, row in wording.rows.items() if row_id not in stored}
            batch.occurrences += [
                {"row_id": r, "item_id": item_id, "position": first + i, "round_id": batch.round_id, **row}
                | place_of(row["source"])
                for i, (r, row) in enumerate(new.items())
            ]
            self._result.new_rows += len(new)
            self._result.known_rows += len(wording.rows) - len(new)
            said = [
                p
                for version, p in wording.predictions.items()
                if before is None or version not in before.predictions
            ]
            self._result.new_predictions += len(said)
            if before is None:
                self._add(batch, item_id, wording, findings)
            else:
                self._refuse_changed(wording, before)
                self._revisit(batch, before, wording, len(new), said, findings)
        if batch.occurrences or batch.predictions:
            add_round(connection, batch.round_id, self._plan, self._database.now())
            self._result.round_name = self._plan.name
        batch.write(self._database, connection)

    def _appraise(self, wording: GatheredText, said: dict[str, Any] | None, findings: _Findings) -> Appraisal:
        similar = findings.similar.get(wording.key)
        similarity = (
            None if not findings.precedents or similar is None else (similar[0][1] if similar else 0.0)
        )
        return appraise(
            wording,
            said,
            findings.explained.get(wording.key),
            similarity,
            findings.background,
            self._settings,
        )

    def _add(self, batch: Batch, item_id: int, wording: GatheredText, findings: _Findings) -> None:
        said = list(wording.predictions.values())
        latest = batch.say(item_id, said, findings.explained.get(wording.key))
        appraisal = self._appraise(wording, said[-1] if said else None, findings)
        more = {
            "second_due": drawn(wording.key, self._settings.second_reading_share, SECOND),
            "similar": [list(pair) for pair in findings.similar.get(wording.key, ())],
            "earlier": findings.earlier.get(wording.key),
            "round_id": batch.round_id,
        }
        batch.add(
            item_id,
            wording,
            Standing(Status.OPEN if appraisal.queued else Status.CERTAIN),
            latest,
            appraisal,
            more,
        )
        self._result.new_items += 1

    def _revisit(
        self,
        batch: Batch,
        before: Known,
        wording: GatheredText,
        new_rows: int,
        said: list[dict[str, Any]],
        findings: _Findings,
    ) -> None:
        """A wording that is known: a newer prediction moves what nobody has decided, and only where it
        differs.
        """
        changes: dict[str, Any] = {"copies": before.copies + new_rows} if new_rows else {}
        if findings.similar.get(wording.key):
            changes["similar"] = [list(pair) for pair in findings.similar[wording.key]]
        if wording.key in findings.earlier:
            changes["earlier"] = findings.earlier[wording.key]
        if new_rows:
            batch.facets[before.id] = (
                before.standing.status.value,
                before.priority,
                tuple(place_facets(wording)),
            )
        if said:
            changes["prediction_id"] = batch.say(before.id, said, findings.explained.get(wording.key))
            if before.current is not None and same_prediction(before.current, said[-1]):
                self._result.unchanged += 1
            else:
                changes |= self._respeak(batch, before, self._appraise(wording, said[-1], findings))
        if before.withdrawn and (new_rows or said):
            # Its round was withdrawn; this import asks for it again.
            status = changes.get("status", before.standing.status.value)
            changes |= {"round_id": batch.round_id, "status": status}
            batch.brought_back.append(before.id)
            _, priority, pairs = batch.facets.get(before.id, ("", before.priority, ()))
            batch.facets[before.id] = (status, priority, pairs)
        batch.change(before.id, changes)

    def _respeak(self, batch: Batch, before: Known, appraisal: Appraisal) -> dict[str, Any]:
        standing = with_prediction(before.standing, queue=appraisal.queued)
        batch.facets[before.id] = (standing.status.value, appraisal.priority, appraisal.facets)
        batch.predicted_anew.append(before.id)
        if not standing.readers and standing.status in (Status.OPEN, Status.CERTAIN):
            self._result.requeued += standing.status is Status.OPEN
            self._result.settled += standing.status is Status.CERTAIN
        changes: dict[str, Any] = {"priority": appraisal.priority, "reasons": list(appraisal.reasons)}
        if standing != before.standing:
            changes |= {
                "standing": standing.to_json(),
                "status": standing.status.value,
                "version": before.version + 1,
            }
        return changes

    def _refuse_changed(self, wording: GatheredText, before: Known) -> None:
        """Predictions are immutable: another word of the same model on the same text is a reject."""
        for version, said in wording.predictions.items():
            earlier = before.predictions.get(version)
            if earlier is not None and earlier["text"] == said["text"] and not same_prediction(earlier, said):
                source = next(iter(wording.rows.values()))["source"]
                reason = (
                    f"Model {version} said something else of this text before; predictions do not "
                    f"change. Give the model a new version."
                )
                self._result.rejects.append(
                    Reject(source["source_file"] or "", source["source_row"], reason, text=said["text"][:120])
                )
