"""`upr arrival`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import say
from pipeline.cli.terminal import PATH, bar, model_option


@click.command()
@click.argument("labelled", type=PATH)
@click.option("--out", required=True, type=PATH, help="Folder for arrival.html and arrival.json.")
@click.option("--session", type=click.IntRange(min=1), help="Which session, if the table holds several.")
@click.option(
    "--corpus",
    type=PATH,
    help=(
        "Coded sessions to compare with: output of `upr ingest`.  "
        "[default: data/corpus/corpus.parquet, if there]"
    ),
)
@model_option("The model that labelled the table.")
@click.option(
    "--database",
    envvar="UPR_REVIEW_DATABASE",
    metavar="URL",
    help="The review desk, for its audit sample and pace.  [default: data/reviewed/desk.db, if there]",
)
def command(
    labelled: Path, out: Path, session: int | None, corpus: Path | None, model: str, database: str | None
) -> None:
    """Write the arrival report of a session that nobody has coded: how it differs from earlier sessions, how
    good its labels are expected to be, the hours of review, and whether to go on, review more, or retrain.
    """
    from pipeline import settings
    from pipeline.cli.desk import DEFAULT_DATABASE, PRECEDENTS
    from pipeline.review.store.database import open_database
    from pipeline.stages import arrival

    home = settings.home()
    default = home / PRECEDENTS
    address = database or (str(home / DEFAULT_DATABASE) if (home / DEFAULT_DATABASE).is_file() else None)
    done = arrival.run(
        labelled,
        out,
        settings.load(),
        session=session,
        corpus=corpus or (default if default.is_file() else None),
        desk=open_database(address) if address else None,
        model=model,
        progress=bar,
    )
    verdict = done.document["verdict"]
    say(f"{verdict['title']}. {verdict['findings'][0]['text']}")
    expected = done.document["expected"]
    if expected:
        found = expected["accuracy"]
        say(
            f"Expected accuracy of the actions: {found['value']:.1%} "
            f"({found['low']:.1%} to {found['high']:.1%})."
        )
    say(f"{done.page}: open it in a browser. The same as data: {done.data}")
