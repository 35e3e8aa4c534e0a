"""`upr publish`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import say
from pipeline.cli.terminal import bar

_PATH = click.Path(path_type=Path)


@click.command()
@click.option(
    "--out", required=True, type=_PATH, help="Folder of releases; `latest` in it points at the newest."
)
@click.option("--corpus", type=_PATH, help="Output of `upr ingest`.  [default: data/corpus/corpus.parquet]")
@click.option(
    "--labelled", type=_PATH, help="Output of `upr label`.  [default: data/labelled/corpus.parquet]"
)
@click.option(
    "--decisions", type=_PATH, help="Output of `upr review export`: .parquet, .csv, .jsonl or .xlsx."
)
@click.option(
    "--evaluation",
    type=_PATH,
    help="Output folder of `upr evaluate`.  [default: reports/evaluation, if there]",
)
@click.option(
    "--implementation",
    type=_PATH,
    help="Reports on implementation: a .csv with rec_key, status, reporter, source, date.",
)
@click.option(
    "--documents",
    type=_PATH,
    help="Output of `upr extract`, or a folder of such tables: rows that name no document get symbol and "
    "paragraph from the report of their review.",
)
@click.option(
    "--release", "name", metavar="YYYY.N", help="Name of the release.  [default: the next of this year]"
)
@click.option(
    "--breaking",
    metavar="REASON",
    help="Allow this release to drop columns or rows of the last one; the reason is recorded.",
)
@click.option("--report", type=_PATH, help="Write what was done to this JSON file.")
def command(
    out: Path,
    corpus: Path | None,
    labelled: Path | None,
    decisions: Path | None,
    evaluation: Path | None,
    implementation: Path | None,
    documents: Path | None,
    name: str | None,
    breaking: str | None,
    report: Path | None,
) -> None:
    """Publish corpus, model labels and reviewed decisions as an immutable release under OUT/YYYY.N.

    If the content equals that of the latest release, nothing is written. A person's label is never
    overwritten by a model's.
    """
    from pipeline import settings
    from pipeline.stages import publish

    home = settings.home()
    measured = evaluation or home / "reports" / "evaluation"
    inputs = publish.PublishInputs(
        corpus or home / "data" / "corpus" / "corpus.parquet",
        labelled or home / "data" / "labelled" / "corpus.parquet",
        decisions,
        measured if evaluation or measured.is_dir() else None,
        implementation,
        documents,
    )
    done = publish.run(
        inputs, out, settings.load(), name=name, breaking=breaking, report=report, progress=bar
    )
    if not done.created:
        say(f"Nothing has changed since release {done.folder.name}; no new one was made.")
    else:
        changes = ", ".join(f"{n:,} {what}" for what, n in done.changes.items() if n) or "no rows changed"
        say(f"Release {done.folder.name}: {done.counts['rows']:,} rows, {done.counts['labels']:,} labels.")
        if done.counts["paragraphs_from_reports"]:
            found = done.counts["paragraphs_from_reports"]
            say(f"Symbol and paragraph found in reports for {found:,} rows.")
        say(f"Since {done.previous or 'the beginning'}: {changes}.")
    click.echo(done.folder)
