"""`upr label`."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import say
from pipeline.cli.asking import asking, columns_asked
from pipeline.cli.terminal import INPUT, PATH_OR_ADDRESS, bar, model_option

if TYPE_CHECKING:
    from pipeline.stages.label import LabelResult

_SHOWN = 20
_SCHEDULER = re.compile(r"dask://(?P<address>(?:[\w.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5})/?")


def _scheduler(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """HOST:PORT of the option --on."""
    found = None if value is None else _SCHEDULER.fullmatch(value)
    if value is not None and found is None:
        raise click.BadParameter(f"'{value}' is not of the form dask://HOST:PORT.")
    return found and found["address"]


@click.command()
@click.argument("inputs", nargs=-1, required=True, type=INPUT, metavar="INPUT...")
@click.option(
    "--out",
    required=True,
    type=PATH_OR_ADDRESS,
    help="Labelled table: .parquet, .csv, .jsonl or .xlsx; FOLDER/part-*.parquet for partitions.",
)
@model_option()
@click.option(
    "--held-out",
    is_flag=True,
    help="Give coded rows what the model's recipe says without them, to compare it with their codes.",
)
@click.option(
    "--on",
    metavar="dask://HOST:PORT",
    callback=_scheduler,
    help="Label on the workers of this Dask cluster (extra `dask`); the output is the same.",
)
@asking
@click.option("--encoding", help="Encoding of text files (default: found out).")
@click.option("--delimiter", help="Separator of .csv files (default: found out).")
def command(
    inputs: tuple[Path | str, ...],
    out: Path | str,
    model: str,
    held_out: bool,
    on: str | None,
    columns: tuple[str, ...],
    sheets: tuple[str, ...],
    other_mechanisms: bool,
    encoding: str | None,
    delimiter: str | None,
) -> None:
    """Label tables, documents, folders of these, or plain text (.txt or "-": one recommendation a line).

    An interrupted job resumes when the same command is run again. A row that cannot be labelled is written
    without an action, marked for review, with the reason. Gold labels of an input are never read.

    Any table with a column of texts will do: its headings and columns are found, or told by --column and
    --sheet, and all of its columns stand in the output, after the labels.

    Inputs and --out may be addresses, such as s3://bucket/rows.parquet (extra `s3`).
    """
    from pipeline import settings
    from pipeline.sources.tables.events import TableOptions
    from pipeline.stages import label

    base = settings.load()
    chosen = {k: v for k, v in (("encoding", encoding), ("delimiter", delimiter)) if v}
    adapted = base.model_copy(update={"ingest": base.ingest.model_copy(update=chosen)})
    asked = TableOptions(columns_asked(columns), sheets, adapted.fetch.language, other_mechanisms)
    with tempfile.TemporaryDirectory() as folder:
        paths = [_spooled(Path(folder)) if str(path) == "-" else path for path in inputs]
        result = label.run(
            paths, out, adapted, model=model, held_out=held_out, asked=asked, on=on, progress=bar
        )
    _tell(result, out)
    if result.failed:
        sys.exit(1)


def _tell(result: LabelResult, out: Path | str) -> None:
    """What was done, on stderr."""
    from pipeline.review.strings import reason_in_words
    from pipeline.store.languages import model_in_words

    for sentence in result.told:
        say(sentence)
    if result.resumed_batches:
        say(f"Resumed an interrupted run that had finished {result.resumed_batches:,} batches.")
    if result.demo:
        say("The model is a DEMONSTRATION, trained on a small sample. Do not use these labels.")
    say(
        f"{out}: {result.rows:,} rows labelled by {result.model_version} ({result.model_origin}); "
        f"{result.for_review:,} for review."
    )
    for version, rows in sorted(result.other_models.items()):
        say(f"  {rows:,} of them labelled by {model_in_words(version)}")
    for reason, count in sorted(result.reasons.items(), key=lambda item: -item[1]):
        say(f"  {count:,} {reason_in_words(reason)}")
    for problem in result.problems[:_SHOWN]:
        page = f", page {problem.page}" if problem.page else ""
        say(f"{problem.file}{page}: {problem.reason}")
    if result.problems:
        say(f"{len(result.problems):,} things to look at in the inputs, all in {result.rejects}.")
    for error in result.failed:
        say(f"upr: not labelled: {error}")


def _spooled(folder: Path) -> Path:
    """Standard input as a file."""
    path = folder / "stdin.txt"
    with path.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return path
