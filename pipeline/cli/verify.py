"""`upr verify`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli import say
from pipeline.cli.terminal import bar


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The publisher's public OpenPGP key; the release must be signed by it. Needs GnuPG.",
)
def command(folder: Path, key: Path | None) -> None:
    """Check a release: checksums, columns, keys, counts, descriptions, copies, statistics, changes.

    DIR is a release, or the folder of releases, whose latest is checked. Exit code 1 if anything is wrong.
    """
    from pipeline.stages import verify

    result = verify.run(folder, key=key, progress=bar)
    for name, faults in result.faults.items():
        click.echo(f"{'FAULT' if faults else 'ok':5} {name}")
        for fault in faults:
            click.echo(f"      {fault}")
    for note in result.notes:
        click.echo(f"note  {note}")
    if not result.sound:
        wrong = sum(map(len, result.faults.values()))
        say(
            f"upr: {result.folder}: the release is not what it promises ({wrong} faults, above). Fetch it "
            f"again, or publish anew."
        )
        sys.exit(1)
    say(f"{result.folder}: release {result.release} holds what it promises.")
