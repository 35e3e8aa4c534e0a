"""The recommendations that the sources of an update hold now: a Uwazi instance, files, folders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.corpus.schema import LABELLED
from pipeline.errors import SourceError, UprError
from pipeline.progress import Progress, silent
from pipeline.settings import Settings
from pipeline.sources.anything import ANY_SUFFIXES, Intake, records_of
from pipeline.sources.folders import expand
from pipeline.sources.opening import standardiser
from pipeline.sources.records import Reject
from pipeline.sources.row_faults import RowFaults
from pipeline.sources.tables.events import TableOptions
from pipeline.stages import fetch
from pipeline.store.vocabularies import load_states
from pipeline.workflows.state import Rows, keyed


@dataclass
class GatheredRows:
    """What was read.

    Attributes:
        rows: by row_id, in the contract's columns; codes only where a Uwazi instance has them.
        read: names of the sources that were read whole: file names, and hosts of instances.
        failed: inputs that could not be used.
        problems: what a person should look at in the others.
        told: how tables were understood, and what was not read.
        unclear: row ids of rows of which a cell could not be read.
        files: SHA-256 of each file, by path.
    """

    rows: Rows = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    failed: list[UprError] = field(default_factory=list)
    problems: list[Reject] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    unclear: set[str] = field(default_factory=set)
    files: dict[str, str] = field(default_factory=dict)


def is_address(source: str) -> bool:
    """Whether a source is the address of a Uwazi instance, and no path."""
    return source.startswith(("http://", "https://"))


def found_in(sources: Sequence[str]) -> GatheredRows:
    """The files of the sources that are paths, with their sums; no rows yet. An empty folder is no fault: it
    waits for documents.
    """
    gathered = GatheredRows()
    paths = [Path(source) for source in sources if not is_address(source)]
    waiting = [path for path in paths if path.is_dir() and not any(path.iterdir())]
    files = expand([path for path in paths if path not in waiting], ANY_SUFFIXES)
    gathered.told = [*files.left_out, *(f"{path}: the folder is empty." for path in waiting)]
    gathered.files = {str(file): sha for file, sha in files.digests()}
    gathered.failed = files.failed
    return gathered


def gather(
    sources: Sequence[str],
    work: Path,
    settings: Settings,
    progress: Progress = silent,
    say: Callable[[str], None] = lambda _: None,
) -> GatheredRows:
    """Read all sources. Downloads are kept in `work`, so that one that was stopped goes on.

    Raises: SourceError if an instance does not answer, or with fewer rows than it counts itself; or if none
        of the files can be used.
    """
    gathered = found_in(sources)
    for number, source in enumerate(sources, 1):
        if is_address(source):
            _instance(source, work / f"fetched-{number}.parquet", gathered, settings, progress, say)
    _files(gathered, settings, progress)
    if not gathered.rows and gathered.failed:
        raise gathered.failed[0]
    return gathered


def _instance(
    address: str,
    out: Path,
    gathered: GatheredRows,
    settings: Settings,
    progress: Progress,
    say: Callable[[str], None],
) -> None:
    if not out.is_file():
        own = settings.model_copy(update={"fetch": settings.fetch.model_copy(update={"url": address})})
        found = fetch.run(out, own, progress=progress, say=say)
        if found.tally.differences:
            out.unlink()
            raise SourceError(
                address,
                f"its answer is not whole: {found.tally.differences[0]}.",
                "Nothing was changed. Run the update again; if it stays so, look at the instance.",
            )
        gathered.problems += found.checked.rejects
    gathered.rows |= keyed(out)
    gathered.read.add(urlsplit(address).netloc)


def _files(gathered: GatheredRows, settings: Settings, progress: Progress) -> None:
    files = [Path(name) for name in gathered.files]
    intake, faults = Intake(), RowFaults()
    states = load_states()
    machine = standardiser(states, None)
    options = TableOptions(language=settings.fetch.language)
    for record in records_of(files, states, settings, intake, options, progress):
        row = machine.row(record)
        faults.add(record, row.faults)
        values = dict.fromkeys(LABELLED.names) | row.values
        # Codes in files are not read here, as `label` never reads them; `upr ingest` takes coded tables.
        values |= {"action": None, "issues": None, "label_source": None}
        gathered.rows.setdefault(values["row_id"], values)
        if row.faults:
            gathered.unclear.add(values["row_id"])
    gathered.failed += intake.failed
    gathered.problems += [*intake.problems, *faults.rejects()]
    gathered.told += intake.told
    unread = {Path(error.where).name for error in intake.failed}
    gathered.read |= {file.name for file in files} - unread


def refuse_far_fewer(sources: Sequence[str], before: Rows, now: Rows, least: float) -> None:
    """An instance that lost many rows at once has more likely failed than withdrawn them.

    Args: `before`, the rows of the last update; `least`, the share of them that an instance must still hold.

    Raises: SourceError if it holds fewer.
    """
    then = Counter(row["source_file"] for row in before.values())
    held = Counter(row["source_file"] for row in now.values())
    hosts = {urlsplit(source).netloc for source in sources if is_address(source)}
    for source in sorted(hosts & set(then)):
        if held[source] < least * then[source]:
            raise SourceError(
                source,
                f"it holds {held[source]:,} recommendations, and held {then[source]:,} at the last update.",
                "Nothing was changed. If they were withdrawn, run again with --allow-fewer.",
            )
