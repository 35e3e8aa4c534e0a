"""Charts as bytes: of a corpus, and of a model's quality. Nothing here reads or writes files."""

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd

from pipeline.charts.actions import action_bars, precise_dots, precise_over_time
from pipeline.charts.drawing import Chart, both_widths, png, svg
from pipeline.charts.issues import acceptance, tag_dots, tags_over_time
from pipeline.charts.metrics import quality_charts
from pipeline.charts.strings import say
from pipeline.corpus.text import cycle_of
from pipeline.evaluation.metrics.document import merge

__all__ = ["Chart", "both_widths", "corpus_charts", "png", "quality_charts", "quality_plots", "svg"]


def corpus_charts(tables: Mapping[str, pd.DataFrame]) -> list[tuple[str, str, list[Chart]]]:
    """Anchor, title and charts of each part of a page, in order; charts without data are left out.

    Args: `tables`, of `pipeline.release.statistics.shares.tables`.
    """
    sessions = tables["sessions"]
    complete = {int(s) for s in sessions.loc[sessions["complete"], "session"]}
    # A cycle makes a headline as soon as one of its sessions is there as a whole.
    cycles = {cycle for s in complete if (cycle := cycle_of(s)) is not None}
    parts: list[tuple[str, str, list[Chart | None]]] = [
        (
            "asked",
            say("part.asked"),
            [
                precise_over_time(tables["sessions"]),
                action_bars(tables["actions_by_session"], "session", complete),
                action_bars(tables["actions_by_cycle"], "cycle", cycles),
                precise_dots(tables["actions_by_recommending_region"], "recommending_region"),
                precise_dots(tables["actions_by_reviewed_region"], "reviewed_region"),
                precise_dots(tables["actions_by_recommending_state"], "recommending"),
                precise_dots(tables["actions_by_reviewed_state"], "reviewed"),
            ],
        ),
        (
            "issues",
            say("part.issues"),
            [
                tag_dots(tables["issues"]),
                tags_over_time(tables["issues_by_session"], tables["issues"], complete),
            ],
        ),
        (
            "answers",
            say("part.answers"),
            [
                acceptance(tables["acceptance_by_action"], "action"),
                acceptance(tables["acceptance_by_issue"], "issue"),
            ],
        ),
    ]
    return [(anchor, title, [c for c in charts if c is not None]) for anchor, title, charts in parts]


def quality_plots(
    tune: Mapping[str, Any], test: Mapping[str, Any], kind: Literal["svg", "png"] = "svg"
) -> dict[str, bytes]:
    """The charts of a model's quality as files by name ("confusion.svg"), for `dvc plots` and MLflow.

    Args: the two documents of `evaluate`; figures of the test part are shown where there are any. PNG is for
    places that show no SVG; it carries the chart's title.
    """
    draw = svg if kind == "svg" else png
    return {f"{chart.name}.{kind}": draw(chart) for chart in quality_charts(merge([tune, test]))}
