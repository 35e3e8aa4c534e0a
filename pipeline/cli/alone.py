"""`upr alone`: a command while nobody else may use a folder; `make run` is one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from pipeline.cli.terminal import PATH


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("path", type=PATH)
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED, metavar="COMMAND...")
def command(path: Path, words: tuple[str, ...]) -> None:
    """Run COMMAND while no other `upr alone` of the same PATH runs. Its exit code is this one's.

    Where another runs, nothing is started; the message says which, and the exit code is 1.
    """
    from pipeline.errors import SettingsError
    from pipeline.store.locks import held

    with held(path):
        try:
            process = subprocess.Popen(words)  # noqa: S603
        except OSError as error:
            raise SettingsError(words[0], f"cannot be started ({error}).", "Check the command.") from error
        while True:
            try:
                code = process.wait()
                break
            except KeyboardInterrupt:
                # The command got it, too, and ends in its own way.
                continue
    sys.exit(code if code >= 0 else 128 - code)
