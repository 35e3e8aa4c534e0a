"""Stage `publish`: an immutable release of corpus, model labels and reviewed decisions for other tools."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline import __version__
from pipeline.charts.drawing import DRAWN_BY
from pipeline.errors import ReleaseError, SettingsError
from pipeline.progress import Progress, silent
from pipeline.release.files.catalogue import address_of, web_address, write_catalogue
from pipeline.release.files.copies import compressed
from pipeline.release.files.edition import edition_of, taxonomy_table, threads_facts
from pipeline.release.files.folder import check_free, latest, manifest, next_name, point, publishing, releases
from pipeline.release.files.origin import marked
from pipeline.release.files.signing import sign
from pipeline.release.files.writing import csv_bytes, write_release
from pipeline.release.statistics.measured import machine_scores
from pipeline.release.statistics.metrics import both, quality_of
from pipeline.release.tables.assembly import in_taxonomy, layers, recommendations
from pipeline.release.tables.changes import Comparison, change_counts, compare
from pipeline.release.tables.columns import SCHEMA_VERSION
from pipeline.release.tables.content import Content, manifest_of
from pipeline.release.tables.decided import successors_in
from pipeline.release.tables.implementation import read_reports, with_reports
from pipeline.release.tables.inputs import read_columns, read_decisions, read_documents, read_evaluation
from pipeline.release.tables.invented import invented_rows
from pipeline.release.tables.keys import with_keys
from pipeline.release.tables.long_labels import long_labels
from pipeline.release.tables.paragraphs import with_paragraphs
from pipeline.release.tables.splitting import split_table, with_in_sample
from pipeline.settings import Settings
from pipeline.store.files import atomic_folder, read_json, write_json
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import (
    load_sample_ids,
    load_states,
    load_taxonomy_file,
    translate,
)


@dataclass(frozen=True)
class PublishInputs:
    """The files that a release is made of; all but the corpus may be missing (None)."""

    corpus: Path
    labelled: Path | None = None
    decisions: Path | None = None
    evaluation: Path | None = None
    implementation: Path | None = None
    documents: Path | None = None


@dataclass(frozen=True)
class PublishResult:
    """What was done.

    Attributes:
        folder: the release, new or (where nothing changed) the latest one.
        created: whether a release was made.
        previous: the release before, if any.
        counts: of release.json.
        changes: rows by kind of change against the previous release.
    """

    folder: Path
    created: bool
    previous: str | None
    counts: dict[str, Any]
    changes: dict[str, int]


def run(
    inputs: PublishInputs,
    out: Path,
    settings: Settings,
    *,
    name: str | None = None,
    breaking: str | None = None,
    report: Path | None = None,
    progress: Progress = silent,
) -> PublishResult:
    """Make a release under `out`, unless its content would equal that of the latest.

    Args:
        inputs: what it is made of.
        out: the folder of releases; `latest` in it points at the newest.
        settings: title, licence, taxonomy version, splits.
        name: of the release, YYYY.N; by default the next of this year.
        breaking: why columns or rows may be lost against the latest release; without it, that is refused.
        report: a JSON file that says what was done, for dvc.
        progress: shows the files as they are written.

    Raises: StoreError, ReleaseError, DecisionError, SettingsError. No part of a release is left then.
    """
    chosen = settings.publish
    creators = [creator.model_dump(exclude_none=True) for creator in chosen.creators]
    address = address_of(chosen.address, chosen.doi, creators)
    reports = [] if inputs.implementation is None else read_reports(inputs.implementation)
    content = assemble(inputs, settings, out)
    now = _now()
    with publishing(out):
        before = latest(out)
        old = out / before if before else None
        before_tables = {n: read_parquet(old / f"{n}.parquet") for n in content.tables()} if old else None
        if before_tables is not None:
            rows = with_keys(content.recommendations, before_tables["recommendations"])
            content = replace(content, recommendations=rows)
        rows = with_reports(content.recommendations, reports, inputs.implementation)
        content = replace(content, recommendations=rows)
        comparison = compare(content.tables(), before_tables)
        if old is not None and comparison.equal and _same_facts(content, old):
            done = _report(old, False, manifest(old))
        else:
            done = _make(
                content,
                comparison,
                out,
                name or next_name(out, now.year),
                before,
                breaking,
                now,
                settings.publish.signing_key,
                progress,
            )
        write_catalogue(out, address)
    if report is not None:
        write_json(report, _facts(done))
    return done


def assemble(inputs: PublishInputs, settings: Settings, out: Path | None = None) -> Content:
    """The content of a release from its inputs.

    Args: `out`, the folder of earlier releases, which tell what became of wordings that decisions are on.
    """
    _granted(settings)
    states, vocab = load_states(), load_taxonomy_file(settings.taxonomy)
    version = settings.taxonomy

    def translated(labels: list[str], own: str) -> list[str]:
        try:
            return translate(labels, own, version)
        except KeyError as error:
            raise SettingsError(
                f"taxonomy {own}",
                f"has no tag {error}, or none that leads to {version}.",
                "Add it to the taxonomy's file, or correct the label.",
            ) from error

    def table(path: Path | None, what: str) -> pa.Table | None:
        return None if path is None else in_taxonomy(read_columns(path, what), version, translated)

    corpus = in_taxonomy(read_columns(inputs.corpus, "upr ingest"), version, translated)
    decisions = (
        None
        if inputs.decisions is None
        else in_taxonomy(read_decisions(inputs.decisions, settings.extract), version, translated)
    )
    known = successors_in(_earlier(out), states)
    together = layers(corpus, table(inputs.labelled, "upr label"), decisions, states, known)
    rows = recommendations(together, states)
    if inputs.documents is not None:
        rows = with_paragraphs(rows, read_documents(inputs.documents, settings.extract), states)
    try:
        labels = long_labels(together, vocab.taxonomy)
    except KeyError as error:
        raise ReleaseError(
            f"tag {error}",
            f"is not one of taxonomy {version}.",
            "Label with a model of this version, or set `taxonomy` in configs/settings.yaml.",
        ) from error
    splits = split_table(rows, vocab.taxonomy, settings.splits)
    rows = with_in_sample(rows, splits)
    evaluation = read_evaluation(inputs.evaluation)
    demo = bool(evaluation and evaluation["model"]["demo"])
    about = {
        **_said(settings, invented_rows(rows, load_sample_ids()), demo),
        "drafting": web_address("publish.drafting", settings.publish.drafting),
        "pipeline_version": __version__,
        "splits": settings.splits.model_dump(mode="json"),
        "threads": threads_facts(),
    }
    scores = machine_scores(rows, labels, vocab.taxonomy)
    tables = (rows, labels, splits, scores, vocab.taxonomy)
    quality = quality_of(both(*tables), both(*tables, "pledge"), vocab.taxonomy, evaluation)
    return Content(rows, labels, splits, taxonomy_table(version), quality, scores, about)


def _earlier(out: Path | None) -> Iterator[pa.Table]:
    if out is not None:
        for name in releases(out):
            yield read_parquet(out / name / "recommendations.parquet")


def _said(settings: Settings, invented: int, demo: bool) -> dict[str, Any]:
    """Title, licence and rights; invented texts are nobody's documents, whatever the settings say."""
    title, licence, rights = _granted(settings)
    texts = {"texts": "invented for this project, CC0-1.0; no documents of the United Nations"}
    codes = {"codes": "given to invented texts for this project, CC0-1.0; not UPR Info's"}
    return {
        "title": marked(title, invented, demo),
        "licence": "CC0-1.0" if invented else licence,
        "rights": rights | (texts | codes if invented else {}),
        "invented": invented,
        "demo": demo,
    }


def _granted(settings: Settings) -> tuple[str, str, dict[str, str]]:
    """Title, licence and rights. Raises: SettingsError where nobody said which were granted."""
    chosen = settings.publish
    if chosen.licence is None or chosen.rights is None:
        missing = "licence" if chosen.licence is None else "rights"
        raise SettingsError(
            f"publish.{missing}",
            "is not set, and a release must say what others may do with it.",
            'Name the licence that you were granted, or "none", and the rights in texts, codes and labels in '
            "configs/settings.yaml.",
        )
    return chosen.title, chosen.licence, chosen.rights.model_dump()


def _now() -> datetime:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(epoch) if epoch else int(time.time()), UTC)


def _same_facts(content: Content, old: Path) -> bool:
    """Whether what stands beside the tables is the same too: vocabulary, quality, title and licence."""
    known = manifest(old)
    return (
        known.get("schema_version") == SCHEMA_VERSION
        and all(known.get(k) == v for k, v in content.about.items())
        and read_json(old / "metrics.json") == content.quality
        and (old / "taxonomy.csv").read_bytes() == csv_bytes(content.taxonomy)
    )


def _make(
    content: Content,
    comparison: Comparison,
    out: Path,
    name: str,
    before: str | None,
    breaking: str | None,
    now: datetime,
    key: str | None,
    progress: Progress,
) -> PublishResult:
    check_free(out, name)
    if comparison.broken and not breaking:
        raise ReleaseError(
            f"{out / name}",
            f"would break tools that use {before}: {'; '.join(comparison.broken)}.",
            (
                "Give inputs that hold all that the last release held, or say why it must be so with "
                "--breaking REASON."
            ),
        )
    facts = manifest_of(
        content, name, now.isoformat().replace("+00:00", "Z"), before, breaking if comparison.broken else None
    )
    facts |= {
        "broken": list(comparison.broken),
        "compressed": compressed(content.recommendations.num_rows),
        "changes": change_counts(comparison.diff),
        "drawn_by": DRAWN_BY,
        "signed": key is not None,
    }
    # As it is read back from the file, so that all orders are the same when the release is verified.
    facts = json.loads(json.dumps(facts, sort_keys=True))
    diff = comparison.diff
    with atomic_folder(out / name) as temporary:
        write_release(temporary, content, diff, facts, partial(edition_of, content, diff, facts), progress)
        if key is not None:
            sign(temporary, key)
    point(out, name)
    return _report(out / name, True, facts)


def _report(folder: Path, created: bool, facts: dict[str, Any]) -> PublishResult:
    return PublishResult(folder, created, facts["previous"], facts["counts"], facts["changes"])


def _facts(done: PublishResult) -> dict[str, Any]:
    """What stands in the report for dvc: the same whether the release was made now or before."""
    return {
        "release": done.folder.name,
        "previous": done.previous,
        "counts": done.counts,
        "changes": done.changes,
    }
