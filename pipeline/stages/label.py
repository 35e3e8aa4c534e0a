"""Stage `label`: from tables, documents and plain text to labelled rows.

It needs bounded memory, and resumes after being killed. Gold labels of an input are never read.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import __version__
from pipeline.corpus.schema import SOURCE_COLUMNS
from pipeline.errors import SettingsError, SourceError, UprError
from pipeline.labelling.batches import Columns, Used, loaded_anew
from pipeline.labelling.workers import AHEAD, label_batches, worker_pool
from pipeline.progress import Progress, silent
from pipeline.registry.choosing import choose_model
from pipeline.registry.versions import CHAMPION
from pipeline.settings import Settings
from pipeline.sources.anything import ANY_SUFFIXES, Intake, about_how_many, records_of
from pipeline.sources.folders import expand
from pipeline.sources.opening import standardiser
from pipeline.sources.records import Reject
from pipeline.sources.row_faults import RowFaults
from pipeline.sources.tables.events import TableOptions
from pipeline.store.files import digest, rejects_path, write_jsonl
from pipeline.store.jobs import Job
from pipeline.store.languages import versions_of_languages
from pipeline.store.locks import held
from pipeline.store.outputs import Output
from pipeline.store.remote import fetched, sent
from pipeline.store.vocabularies import config_path, load_states


@dataclass(frozen=True)
class LabelResult:
    """What was done.

    Attributes:
        rows: rows written.
        for_review: rows that a person should look at.
        reasons: how many rows name each reason.
        failed: inputs that could not be used, with the error; the others were labelled.
        problems: what a person should look at in the inputs (gaps in the numbering, conflicts, cells that
            were not understood); also in the rejects file.
        told: how each table was understood, and what was not read.
        model_version: of the model; `model_origin`, where it is from, in words.
        other_models: of the models of other languages: by version, how many rows each labelled.
        demo: the model is a demonstration.
        resumed_batches: batches found finished from an earlier, killed run.
        rejects: where the problems are written.
    """

    rows: int
    for_review: int
    reasons: dict[str, int]
    failed: tuple[UprError, ...]
    problems: tuple[Reject, ...]
    told: tuple[str, ...]
    model_version: str
    model_origin: str
    other_models: dict[str, int]
    demo: bool
    resumed_batches: int
    rejects: str


def run(
    inputs: Sequence[Path | str],
    out: Path | str,
    settings: Settings,
    *,
    model: str = CHAMPION,
    held_out: bool = False,
    asked: TableOptions | None = None,
    on: str | None = None,
    progress: Progress = silent,
) -> LabelResult:
    """Label every row of the inputs into `out` (.parquet, .csv, .jsonl or .xlsx), in input order.

    Args:
        inputs: files, or folders of files, that `ingest` or `extract` reads, or plain text (.txt, a
            recommendation a line), as paths, or as addresses (`str`, see `store.remote`). Documents of one
            review are merged.
        out: the labelled table, a path or an address. Its state stands in `<out>.partial` until it is whole.
            `folder/part-*.parquet` makes partitions of it, in that folder.
        settings: batches, processes, encoding.
        model: see `choose_model`.
        held_out: whether coded rows that the model keeps a held-out prediction of get that one, so that
            their labels can be compared with the codes: the model itself was fitted on them.
        asked: what the person told of the tables.
        on: HOST:PORT of the scheduler of a Dask cluster, whose workers label; None for this machine.
        progress: shows rows as they are labelled.

    Raises: SourceError if no input can be used; ModelError; StoreError; UprError if a worker is killed, or
        the cluster cannot be used. Nothing is left at `out` then. StoreError, too, if another process labels
        into `out`.
    """
    with sent(out) as path:
        output = Output.at(path)
        with (
            held(output.place, "Wait until it has ended, or name another --out."),
            fetched(inputs) as (paths, missing),
        ):
            result = _run(paths, missing, output, settings, model, held_out, asked, on, progress)
    if not isinstance(out, Path):
        return replace(result, rejects=f"{out.rpartition('/')[0] if output.pattern else out}.rejects.jsonl")
    return result


def _run(
    inputs: Sequence[Path],
    missing: Sequence[UprError],
    output: Output,
    settings: Settings,
    model: str,
    held_out: bool,
    asked: TableOptions | None,
    on: str | None,
    progress: Progress,
) -> LabelResult:
    folder, origin = choose_model(model, settings)
    used = Used(folder, held_out, settings.label.languages)
    # Loaded here and not in the workers: they are forked, and share it.
    bundle = loaded_anew(folder)
    intake, faults = Intake(failed=list(missing)), RowFaults()
    sums = _files(inputs, intake)
    files = [file for file, _ in sums]
    asked = asked or TableOptions(language=settings.fetch.language)
    told = [sorted(asked.columns.items()), list(asked.sheets), asked.language, asked.other_mechanisms]
    identity = _identity(sums, output, bundle.version, settings) | {"asked": told, "held_out": held_out}
    job = Job.open(output.place, identity, moment())
    size, about = settings.label.batch_rows, about_how_many(files, settings.extract)
    batches = enumerate(_batches(_rows(files, settings, intake, faults, asked, progress), size))
    count = 0
    with closing(_labelled(batches, job, used, settings.label.processes, on)) as labelling:
        for _ in progress(
            labelling, f"batches of {size} labelled", None if about is None else -(-about // size)
        ):
            count += 1
    if not count:
        job.close()
        raise (
            intake.failed[0]
            if intake.failed
            else SourceError(str(inputs[0]), "there is no row in it.", "Check that it is the right one.")
        )
    problems, rejects = (*intake.problems, *faults.rejects()), rejects_path(output.place)
    if problems:
        write_jsonl(rejects, (asdict(problem) for problem in problems))
    tally = LabelCounts()
    each = -(-settings.label.partition_rows // size)
    written = output.write(intake.parts, tally.watch(job.batches(count)), each)
    job.close()
    return LabelResult(
        written,
        tally.for_review,
        tally.reasons,
        tuple(intake.failed),
        problems,
        tuple(intake.told),
        bundle.version,
        origin,
        {version: n for version, n in tally.models.items() if version != bundle.version},
        bundle.demo,
        job.resumed,
        str(rejects),
    )


def _labelled(
    batches: Iterator[tuple[int, Columns]], job: Job, used: Used, processes: int, on: str | None
) -> Generator[int]:
    """The number of each batch when it is finished, by whichever machine."""
    if on is not None:
        from pipeline.labelling.cluster import label_on_cluster  # needs an extra

        yield from label_on_cluster(on, batches, job, used)
        return
    first = list(islice(batches, 2))
    workers = processes - 1 if len(first) > 1 else 0
    with worker_pool(workers, first[0][1] if first else {}, job.started_at, used) as pool:
        yield from label_batches(chain(first, batches), job, pool, workers * AHEAD, used)


def _identity(
    files: Sequence[tuple[Path, str]], output: Output, model_version: str, settings: Settings
) -> dict[str, Any]:
    """Everything that decides the bytes of the output."""
    limits = settings.extract.model_dump(exclude={"processes"})  # a document beyond them is left out
    return {
        "inputs": [[file.name, sha] for file, sha in files],
        "model": model_version,
        "pipeline": __version__,
        "languages": versions_of_languages(settings.label.languages),
        "batch_rows": settings.label.batch_rows,
        "format": [output.suffix, output.pattern],
        "reading": [settings.ingest.encoding, settings.ingest.delimiter, settings.fetch.language, limits],
        "configs": {
            name: digest(config_path(name)) for name in ("sources.yaml", "states.csv", "state_names.csv")
        },
    }


def moment() -> datetime:
    """The time, or `SOURCE_DATE_EPOCH` if it is set, so that the bytes can be reproduced."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return datetime.fromtimestamp(int(epoch) if epoch else int(time.time()), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise SettingsError(
            "SOURCE_DATE_EPOCH",
            f"'{epoch}' is not a time ({error}).",
            "Write seconds since 1970, or unset it.",
        ) from error


def _files(inputs: Sequence[Path], intake: Intake) -> list[tuple[Path, str]]:
    """The files of the inputs with their sums; what cannot be read or is left out goes to `intake`."""
    files = expand(inputs, ANY_SUFFIXES)
    sums = files.digests()
    intake.told += files.left_out
    intake.failed += files.failed
    return sums


def _rows(
    files: Sequence[Path],
    settings: Settings,
    intake: Intake,
    faults: RowFaults,
    asked: TableOptions | None,
    progress: Progress,
) -> Iterator[dict[str, Any]]:
    """The source columns of every row, in order, with its faults in `_faults`, its part and its own cells."""
    states = load_states()
    machine = standardiser(states, None)
    for record in records_of(files, states, settings, intake, asked, progress):
        row = machine.row(record)
        faults.add(record, row.faults)
        part = None if record.part is None else intake.parts[record.part]
        own = None if part is None or record.own is None else part.pack(record.own)
        yield {"_faults": row.faults, "_part": record.part, "_own": own, **row.values}


def _batches(rows: Iterator[dict[str, Any]], size: int) -> Iterator[Columns]:
    names = (*SOURCE_COLUMNS, "_faults", "_part", "_own")
    while batch := list(islice(rows, size)):
        yield {name: [row[name] for row in batch] for name in names}


class LabelCounts:
    """Counts rows for review, their reasons, and the rows that each model labelled."""

    def __init__(self) -> None:
        """Start with zero."""
        self.for_review = 0
        self.reasons: Counter[str] = Counter()
        self.models: Counter[str] = Counter()

    def watch(self, batches: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """Pass batches through unchanged, and count."""
        for batch in batches:
            self.for_review += pc.sum(batch["needs_review"]).as_py() or 0
            labelled = batch.filter(pc.is_valid(batch["action"]))
            self.models.update(labelled["model_version"].to_pylist())
            self.reasons.update(reason for row in batch["review_reasons"].to_pylist() for reason in row)
            yield batch
