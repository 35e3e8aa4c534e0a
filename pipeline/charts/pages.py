"""Pages in one file, drawn from templates: they need no network and no script."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.charts.drawing import both_widths
from pipeline.charts.strings import say, state
from pipeline.store.sentences import count, decimal, language


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
    made.filters.update(count=count, decimal=decimal, state=state)
    return made
