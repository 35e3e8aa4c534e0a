"""The style of charts, and how they become bytes.

There is one palette and two widths; text stays text; the same data gives the same bytes.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pipeline.store import sentences

DRAWN_BY = f"matplotlib {mpl.__version__}"
"""What draws: another version may give other bytes for the same chart."""

WIDE, NARROW = 7.5, 3.55
"""Width in inches of a page's column, and of a phone's screen. Text is 9 pt in both."""

INK, MUTED, GRID, ACCENT, ON_ACCENT = "#1b1c1e", "#5a5f66", "#d8dadd", "#0a6aa6", "#fdfdfe"
"""Colours of the light theme. On a page each is a variable, which has another value in the dark theme."""

ACTION_COLOURS = {1: "#9a9a9a", 2: "#56b4e9", 3: "#e69f00", 4: "#0072b2", 5: "#d55e00"}
"""Okabe and Ito's palette, told apart by people with any colour vision, on light and on dark."""

ACTION_INK = {1: "#111111", 2: "#111111", 3: "#111111", 4: "#ffffff", 5: "#111111"}
"""What is readable on these colours (contrast of 4.5 or more)."""

PERCENT_AXIS = FuncFormatter(lambda value, _: sentences.percent(value, 0))

_THEMED = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    GRID: "var(--grid)",
    ACCENT: "var(--accent)",
    ON_ACCENT: "var(--on-accent)",
}

_PLACES = re.compile(r'( (?:d|x|y|points|transform)=")([^"]*)"')
"""Attributes of places; other numbers, such as those in texts, stay as they are."""
_FRACTION = re.compile(r"-?\d+\.\d{3,}")

_STYLE: Any = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": GRID,
    "axes.labelsize": 9,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": False,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
}


@dataclass(frozen=True)
class Chart:
    """A chart with its title, texts and table.

    Attributes:
        name: short, for file names and anchors.
        title: the finding, as a sentence.
        subtitle: what is measured, and on which rows.
        alt: description for people who cannot see the chart.
        header, lines: the table of its figures.
        draw: makes the figure, in a phone's width if its argument is true.
    """

    name: str
    title: str
    subtitle: str
    alt: str
    header: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    draw: Callable[[bool], Figure]


@contextmanager
def style() -> Iterator[None]:
    """A context in which all charts have the common style."""
    with mpl.rc_context(_STYLE):
        yield


def panel(
    width: float, height: float, left: float, right: float = 0.1, bottom: float = 0.35, top: float = 0.1
) -> tuple[Figure, Axes]:
    """A figure with one set of axes. Args: all in inches; margins are what labels need."""
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes(
        (left / width, bottom / height, (width - left - right) / width, (height - bottom - top) / height)
    )
    axes.patch.set_alpha(0)
    figure.patch.set_alpha(0)
    return figure, axes


def svg(chart: Chart, narrow: bool = False) -> bytes:
    """A chart as an SVG file, light theme; the same data gives the same bytes."""
    out = io.BytesIO()
    with mpl.rc_context({**_STYLE, "svg.hashsalt": f"{chart.name}-{narrow}"}):
        figure = chart.draw(narrow)
        FigureCanvasSVG(figure)
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Title": chart.title})
    return out.getvalue()


def png(chart: Chart) -> bytes:
    """A chart as a PNG file on white, with its title, for places that show no SVG."""
    out = io.BytesIO()
    with style():
        figure = chart.draw(False)
        FigureCanvasAgg(figure)
        figure.suptitle(chart.title, x=0.01, y=1.0, ha="left", va="bottom", fontsize=10)
        figure.savefig(
            out, format="png", dpi=144, facecolor="white", bbox_inches="tight", metadata={"Software": None}
        )
    return out.getvalue()


def inline(chart: Chart, narrow: bool = False) -> str:
    """A chart as an SVG element of a page, with the page's font and colours and with unique ids."""
    text = svg(chart, narrow).decode("utf-8")
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<title>.*?</title>", "", text, flags=re.DOTALL)
    # Ids of groups are not referred to, and are removed; ids of clip paths and markers are salted, and stay.
    referred = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", text))
    text = re.sub(r' id="([^"]+)"', lambda m: m[0] if m[1] in referred else "", text)
    text = re.sub(r"font-family: [^;\"]*;? ?", "", text)
    text = _shortened(text)
    for colour, variable in _THEMED.items():
        text = text.replace(colour, variable)
    # The page may shrink a chart, but not enlarge it beyond the size that its text was set for.
    points = re.search(r' width="([\d.]+)pt"', text)
    widest = f"{float(points[1]) * 4 / 3:.0f}px" if points else "100%"
    opening = (
        f'<svg class="{"narrow" if narrow else "wide"}" style="max-width: {widest}" role="img" '
        f'aria-label="{_attribute(chart.alt)}"'
    )
    text = re.sub(r' (?:width|height)="[\d.]+pt"', "", text, count=2)
    return re.sub(r"<svg\b", lambda _: opening, text, count=1)


def _shortened(text: str) -> str:
    """An SVG element without what nobody sees: indents, groups without attributes, thousandths of a point."""
    text = _PLACES.sub(
        lambda m: m[1] + _FRACTION.sub(_hundredths, m[2].replace("\n", " ")).rstrip() + '"', text
    )
    text = re.sub(r' transform="rotate\(-0 [^"]*"', "", text)
    text = re.sub(r">\s*\n\s*<", "><", text).replace("<g/>", "")
    kept: list[bool] = []

    def group(found: re.Match[str]) -> str:
        if found[0] == "</g>":
            return "</g>" if kept.pop() else ""
        kept.append(found[0] != "<g>")
        return found[0] if kept[-1] else ""

    return re.sub(r"<g(?: [^>]*)?>|</g>", group, text)


def _hundredths(found: re.Match[str]) -> str:
    return f"{float(found[0]):.2f}".rstrip("0").rstrip(".")


def both_widths(chart: Chart) -> Markup:
    """A chart for a page and for a phone, as SVG elements; the page's style sheet shows one.

    Drawn by us, so safe: matplotlib escapes texts.
    """
    return Markup(inline(chart) + inline(chart, narrow=True))  # noqa: S704


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def percent(share: float | None, digits: int = 1) -> str:
    """ "33.2%", as the language that is spoken writes it; a dash where undefined."""
    return sentences.UNDEFINED if share is None else sentences.percent(share, digits)


def estimate_text(estimate: Mapping[str, float | None] | None, digits: int = 3) -> str:
    """An estimate of an evaluation document as "0.903 (0.891 to 0.914)"; a dash where undefined."""
    if estimate is None or estimate["value"] is None:
        return "–"
    low, high = estimate["low"], estimate["high"]
    ends = "" if low is None or high is None else f" ({low:.{digits}f} to {high:.{digits}f})"
    return f"{estimate['value']:.{digits}f}{ends}"


def stacked_text(estimate: Mapping[str, float | None], digits: int = 3) -> str:
    """An estimate on two lines, its interval below, so that many columns fit side by side."""
    return estimate_text(estimate, digits).replace(" (", "\n").replace(" to ", "–").rstrip(")")


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The lines of a table, as column to value."""
    return [{str(k): v for k, v in line.items()} for line in table.to_dict("records")]


def beside(axes: Axes, x: float, y: float, text: str) -> None:
    """A label right of a point."""
    axes.annotate(text, (x, y), (5, 0), textcoords="offset points", va="center", annotation_clip=False)


def dot_lines(
    names: Sequence[str],
    estimates: Sequence[tuple[float, float, float]],
    narrow: bool,
    left: float,
    start: float,
    written: Callable[[float], str],
) -> tuple[Figure, Axes]:
    """Values with intervals as a dot chart on an axis that ends at 1, the first line at the top.

    Args:
        names: of the lines; beside them, or above them on a phone where they are long.
        estimates: value, low, high of each line; NaN leaves a line empty.
        narrow: whether it is for a phone.
        left: width of the names, in inches.
        start: where the axis begins.
        written: formats the value beside its dot.
    """
    above = narrow and left > 1.5
    height = (0.36 if above else 0.235) * len(names) + 0.45
    figure, axes = panel(NARROW if narrow else WIDE, height, 0.15 if above else left, 0.5, 0.3)
    for line, (name, (value, low, high)) in enumerate(zip(names, estimates, strict=True)):
        if above:
            axes.text(start, line - 0.48, name, va="center")
        if math.isnan(value):
            continue
        least, most = (value if math.isnan(end) else end for end in (low, high))
        axes.plot(
            [max(least, start), most],
            [line, line],
            color=ACCENT,
            linewidth=2.4,
            alpha=0.45,
            solid_capstyle="round",
            clip_on=False,
        )
        axes.plot([value], [line], marker="o", markersize=5, color=ACCENT, clip_on=False)
        beside(axes, most, line, written(value))
    places = list(range(len(names)))
    axes.set_yticks([] if above else places, [] if above else list(names), color=INK)
    axes.set_ylim(len(names) - 0.5, -0.8 if above else -0.5)
    axes.set_xlim(start, 1.0)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.grid(axis="x")
    axes.spines["bottom"].set_visible(False)
    return figure, axes


def number(value: float | None) -> float:
    """The value of a figure; NaN where it is undefined."""
    return math.nan if value is None else float(value)


def estimate_dots(figures: Sequence[tuple[str, Mapping[str, Any]]], narrow: bool, left: float) -> Figure:
    """Estimates, one a line; the axis begins where the lowest interval allows."""
    estimates = [(number(f["value"]), number(f["low"]), number(f["high"])) for _, f in figures]
    lowest = min((low for _, low, _ in estimates if not math.isnan(low)), default=0.0)
    start = min(0.8, math.floor(10 * lowest) / 10)
    return dot_lines(
        [name for name, _ in figures], estimates, narrow, left, start, lambda value: f"{value:.2f}"
    )[0]
