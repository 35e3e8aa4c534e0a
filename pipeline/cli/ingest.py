"""`upr ingest`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import say
from pipeline.cli.asking import GOLD, asking, columns_asked
from pipeline.cli.terminal import PATH, bar


@click.command()
@click.argument("sources", nargs=-1, required=True, type=PATH, metavar="SOURCE...")
@click.option("--out", required=True, type=PATH, help="The table, ending in .parquet.")
@asking
@click.option(
    "--encoding", help="Encoding of .csv files (default: found out), e.g. utf-8, cp1252, mac_roman."
)
@click.option("--delimiter", help="Separator of .csv files (default: found out).")
@click.option("--taxonomy", help="Version of the taxonomy that tags are checked against.")
@click.option("--strict", is_flag=True, help="Write nothing if any row is rejected.")
def command(
    sources: tuple[Path, ...],
    out: Path,
    columns: tuple[str, ...],
    sheets: tuple[str, ...],
    other_mechanisms: bool,
    encoding: str | None,
    delimiter: str | None,
    taxonomy: str | None,
    strict: bool,
) -> None:
    """Read database exports (.csv .xls .xlsx), Uwazi JSON and published data sets into one checked table.

    Rejected rows go to OUT.rejects.jsonl with file, row and reason.
    """
    from pipeline import settings
    from pipeline.sources.checked import corrections_path
    from pipeline.sources.tables.events import TableOptions
    from pipeline.stages import ingest
    from pipeline.store.files import rejects_path

    base = settings.load()
    chosen = {k: v for k, v in (("encoding", encoding), ("delimiter", delimiter)) if v}
    adapted = base.model_copy(
        update={"ingest": base.ingest.model_copy(update=chosen), "taxonomy": taxonomy or base.taxonomy}
    )
    asked = TableOptions(columns_asked(columns, GOLD), sheets, other_mechanisms=other_mechanisms)
    result = ingest.run(sources, out, adapted, strict=strict, asked=asked, progress=bar)
    for sentence in result.told:
        say(sentence)
    for name, described in result.understood.items():
        read = result.checked.read[name]
        say(
            f"{name}: {f'{read:,} rows' if read else 'no row yet, so nothing is taken from it'} ({described})"
        )
    kept, rejects = result.checked.table.num_rows, result.checked.rejects
    unlabelled = (
        f", {result.checked.unlabelled:,} of them without a person's label"
        if result.checked.unlabelled
        else ""
    )
    say(f"{out}: {kept:,} rows kept{unlabelled}.")
    if rejects:
        first = rejects[0]
        say(
            f"{len(rejects):,} rows rejected, see {rejects_path(out)}. The first: {first.file}, row "
            f"{first.row}: {first.reason}"
        )
    corrected = result.checked.corrections
    if corrected.num_rows:
        contradictions = corrected["kind"].to_pylist().count("contradiction")
        say(
            f"Decisions of reviewers contradict {corrected.num_rows - contradictions:,} codes and "
            f"{contradictions:,} other decisions: all in {corrections_path(out)}, with the former values."
        )
