"""Pages in one file, drawn from templates: they need no network and no script."""

from __future__ import annotations

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.charts.drawing import both_widths
from pipeline.charts.strings import say, state
from pipeline.store.sentences import count, decimal, language

_ORIGINS = {
    "no-champion": re.compile(r"shipped, since the registry has no champion"),
    "shipped": re.compile(r"shipped"),
    "best": re.compile(r"best"),
    "folder": re.compile(r"folder (?P<name>.+)"),
    "version": re.compile(r"(?P<alias>\w+), version (?P<version>\d+) of (?P<name>.+)"),
}


def model_origin(origin: str) -> str:
    """Where a model is from, in the language of the page.

    Args: `origin`, in English, as `registry.choosing.Choice` has it; a reference stays as it is.

    >>> model_origin("champion, version 3 of upr-labeller")
    'champion, version 3 of upr-labeller'
    """
    for key, pattern in _ORIGINS.items():
        found = pattern.fullmatch(origin)
        if found:
            return say(f"origin.{key}", **found.groupdict())
    return origin


@cache
def environment(package: str = "pipeline.charts") -> Environment:
    """The templates in the folder `templates` of a package. `svg` draws a chart in both widths."""
    made = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(svg=both_widths, t=say, language=language)
    made.filters.update(count=count, decimal=decimal, state=state, model_origin=model_origin)
    return made
