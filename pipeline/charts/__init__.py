"""Charts as bytes: of a corpus, and of a model's quality. Nothing here reads or writes files."""

from collections.abc import Mapping
from typing import Any, Literal

from pipeline.charts.actions import actions_by_region, actions_by_session, precise_over_time
from pipeline.charts.drawing import Chart, inline, png, svg
from pipeline.charts.issues import acceptance_by_action, acceptance_by_tag, tag_frequencies, tags_over_time
from pipeline.charts.metrics import quality_charts
from pipeline.evaluation.metrics.document import merge
from pipeline.evaluation.statistics import Counted

__all__ = ["Chart", "corpus_charts", "inline", "png", "quality_charts", "quality_plots", "svg"]


def corpus_charts(counted: Counted) -> list[Chart]:
    """All charts of a corpus, in the order of the page; charts without data are left out."""
    charts = [
        precise_over_time(counted),
        actions_by_session(counted),
        actions_by_region(counted, "recommending_region"),
        actions_by_region(counted, "reviewed_region"),
        tag_frequencies(counted),
        tags_over_time(counted),
        acceptance_by_action(counted),
        acceptance_by_tag(counted),
    ]
    return [chart for chart in charts if chart is not None]


def quality_plots(
    tune: Mapping[str, Any], test: Mapping[str, Any], kind: Literal["svg", "png"] = "svg"
) -> dict[str, bytes]:
    """The charts of a model's quality as files by name ("confusion.svg"), for `dvc plots` and MLflow.

    Args: the two documents of `evaluate`; figures of the test part are shown where there are any. PNG is for
    places that show no SVG; it carries the chart's title.
    """
    draw = svg if kind == "svg" else png
    return {f"{chart.name}.{kind}": draw(chart) for chart in quality_charts(merge([tune, test]))}
