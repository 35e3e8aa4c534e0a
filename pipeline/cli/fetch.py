"""`upr fetch`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import say
from pipeline.cli.terminal import PATH, bar


@click.command()
@click.option("--out", required=True, type=PATH, help="The table, ending in .parquet.")
@click.option("--url", help="Address of the Uwazi instance (default: UPR Info's, see configs/settings.yaml).")
@click.option(
    "--template", help="Id or name of the template of recommendations (default: found by its properties)."
)
@click.option("--language", help="Language of the rows, ISO 639-1 (default: en).")
@click.option("--taxonomy", help="Version of the taxonomy that tags are checked against.")
@click.option("--pause", type=click.FloatRange(min=0), help="Seconds between two requests.")
@click.option("--restart", is_flag=True, help="Delete the pages of a stopped download, and start again.")
@click.option("--strict", is_flag=True, help="Write nothing if any row is rejected.")
def command(
    out: Path,
    url: str | None,
    template: str | None,
    language: str | None,
    taxonomy: str | None,
    pause: float | None,
    restart: bool,
    strict: bool,
) -> None:
    """Download recommendations from a Uwazi instance into one checked table.

    A stopped download resumes when the same command is run again: its pages are kept in OUT.partial until the
    table is written. Rejected rows go to OUT.rejects.jsonl with row and reason, codes that decisions
    contradict to OUT.corrections.csv, as with `upr ingest`.
    """
    from pipeline import settings
    from pipeline.stages import fetch
    from pipeline.store.files import rejects_path

    base = settings.load()
    chosen = {
        k: v for k, v in (("url", url), ("language", language), ("pause_seconds", pause)) if v is not None
    }
    adapted = base.model_copy(
        update={"fetch": base.fetch.model_copy(update=chosen), "taxonomy": taxonomy or base.taxonomy}
    )
    result = fetch.run(out, adapted, template=template, strict=strict, restart=restart, progress=bar, say=say)
    tally, rejects = result.tally, result.checked.rejects
    resumed = f"; {result.kept_pages:,} pages were there already" if result.kept_pages else ""
    say(
        f"{adapted.fetch.url}, '{result.template}': {tally.rows:,} rows in {result.requests:,} "
        f"requests{resumed}."
    )
    for difference in tally.differences:
        say(f"Note: {difference}.")
    unlabelled = (
        f", {result.checked.unlabelled:,} of them without a person's label"
        if result.checked.unlabelled
        else ""
    )
    say(f"{out}: {result.checked.table.num_rows:,} rows kept{unlabelled}.")
    if rejects:
        first = rejects[0]
        say(
            f"{len(rejects):,} rows rejected, see {rejects_path(out)}. The first: {first.file}, row "
            f"{first.row}: {first.reason}"
        )
