"""`upr update`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli import say
from pipeline.cli.terminal import PATH, bar, model_option, say_home

ATTENTION, BUSY = 3, 75
"""Exit codes besides 0, 1 and 2: done, and a person should look; another update runs (EX_TEMPFAIL)."""


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE...]")
@click.option("--publish", is_flag=True, help="Make a release, too, if anything changed.")
@click.option(
    "--releases", type=PATH, help="Folder of releases.  [default: data/published in the home folder]"
)
@click.option("--no-queue", is_flag=True, help="Put nothing into the review desk.")
@click.option(
    "--database",
    envvar="UPR_REVIEW_DATABASE",
    metavar="URL",
    help="A review desk that is there.  [default: data/reviewed/desk.db in the home folder, made if needed]",
)
@model_option("The model that labels.")
@click.option("--allow-fewer", is_flag=True, help="Go on although a source lost many recommendations.")
@click.option("--quiet", is_flag=True, help="Print nothing if nothing changed.")
def command(
    sources: tuple[str, ...],
    publish: bool,
    releases: Path | None,
    no_queue: bool,
    database: str | None,
    model: str,
    allow_fewer: bool,
    quiet: bool,
) -> None:
    """Bring labels, review queue and reports to what the sources hold now: the addresses of Uwazi instances,
    files, or folders in which documents are dropped. Default: the instance of configs/settings.yaml.

    For cron or a systemd timer. Only what is new or changed is labelled; an update that was killed goes on.
    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done, but a person should look, 75
    another update is running.
    """
    from pipeline import settings
    from pipeline.cli.desk import DEFAULT_DATABASE, PRECEDENTS
    from pipeline.review.store.database import open_database
    from pipeline.store.locks import BusyError
    from pipeline.workflows import update
    from pipeline.workflows.plan import UpdatePlan
    from pipeline.workflows.summary import summary_text

    if not quiet:
        say_home()
    loaded, home = settings.load(), settings.home()
    places = {
        "corpus": home / PRECEDENTS,
        "labelled": home / "data" / "labelled" / "corpus.parquet",
        "evaluation": home / "reports" / "evaluation",
    }
    there = {name: path if path.exists() else None for name, path in places.items()}
    # A desk that was named is there already: a mistyped name must not become an empty one.
    address = database or str(home / DEFAULT_DATABASE)
    desk = None if no_queue else open_database(address, create=not database)
    plan = UpdatePlan(
        sources=[*sources] or [loaded.fetch.url],
        folder=home / "data" / "update",
        desk=desk,
        releases=(releases or home / "data" / "published") if publish else None,
        model=model,
        allow_fewer=allow_fewer,
        **there,
    )
    try:
        summary = update.run(plan, loaded, progress=bar, say=say)
    except BusyError as error:
        say(f"upr: {error}")
        sys.exit(BUSY)
    if summary.changed or summary.needs_attention or not quiet:
        click.echo(summary_text(summary), nl=False)
    sys.exit(ATTENTION if summary.needs_attention else 0)
