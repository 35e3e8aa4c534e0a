import re
from functools import cache
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pipeline.charts import corpus_charts, png, quality_charts, quality_plots, svg
from pipeline.charts.drawing import (
    ACCENT,
    ACTION_COLOURS,
    ACTION_INK,
    GRID,
    INK,
    MUTED,
    ON_ACCENT,
    estimate_text,
    inline,
    percent,
)
from pipeline.corpus.sessions import year_of
from pipeline.evaluation.metrics import by_value, evaluation_document, measure, slice_quality
from pipeline.evaluation.statistics import count_by_state
from pipeline.release.statistics.measured import as_labelled
from pipeline.release.statistics.shares import tables
from pipeline.store.sentences import speaking
from pipeline.store.vocabularies import load_states
from tests.random_evaluations import an_evaluation

GIVERS = (("France",), ("Japan", "Brazil"), ("Kenya",), ())
TAGS = (
    ["Justice"],
    ["Justice", "Women's rights"],
    ["Freedom of association and peaceful assembly"],
    ["Detention & <b>"],
)


def counted(sessions=(1, 2, 3, 4, 5)):
    rows = [(s, a, i) for s in sessions for a in range(1, 6) for i in range(4)]
    return count_by_state(
        pa.table(
            {
                "kind": ["recommendation" for _ in rows],
                "state_under_review": [("Chad", "India", "Poland")[i % 3] for _, _, i in rows],
                "recommending_states": [list(GIVERS[i]) for _, _, i in rows],
                "session": [s for s, _, _ in rows],
                "cycle": [1 for _ in rows],
                "response": [("Supported", "Noted", "Pending")[(a + i) % 3] for _, a, i in rows],
                "action": [a for _, a, _ in rows],
                "issues": [TAGS[(s + i) % 4] for s, _, i in rows],
                "label_source": ["expert" for _ in rows],
            }
        ),
        load_states(),
    )


def document(part, session, seed=1, rows=200):
    evaluation = an_evaluation(rows, seed)
    regions = by_value([("Africa", "Asia", "WEOG")[i % 3] for i in range(rows)])
    slices = {
        "session": slice_quality(evaluation, by_value([session] * rows), samples=20),
        "recommending_region": slice_quality(evaluation, regions, samples=20),
    }
    quality = measure(evaluation, samples=20)
    return evaluation_document(
        {"version": "v1"}, {"session": {part: {"all": quality, "unseen": quality}}}, {part: slices}
    )


def of_corpus(rows):
    return [chart for _, _, charts in corpus_charts(tables(as_labelled(rows))) for chart in charts]


TUNE, TEST = document("tune", 17), document("test", 18, seed=2)
ALL = [*of_corpus(counted()), *quality_charts({**TEST, "slices": {**TUNE["slices"], **TEST["slices"]}})]


@cache
def inlined(name, narrow=False):
    return inline(next(c for c in ALL if c.name == name), narrow)


def test_every_chart_is_there():
    assert [c.name for c in ALL] == [
        "precise-over-time",
        "actions-by-session",
        "actions-by-cycle",
        "precise-by-recommending-region",
        "precise-by-reviewed-region",
        "precise-by-recommending-state",
        "precise-by-reviewed-state",
        "tags",
        "tags-over-time",
        "acceptance-by-action",
        "acceptance-by-issue",
        "confusion",
        "reliability-action",
        "reliability-tags",
        "tag-f1",
        "quality-by-session",
        "slices-recommending-region",
    ]


@pytest.mark.parametrize("chart", ALL, ids=lambda c: c.name)
def test_a_chart_says_what_is_seen_and_has_its_table(chart):
    assert chart.title
    assert chart.subtitle.endswith(".")
    assert chart.alt.endswith(".")
    assert "nan" not in f"{chart.title} {chart.subtitle} {chart.alt}".lower()
    assert chart.lines
    assert all(len(line) == len(chart.header) for line in chart.lines)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(
    "name", ["precise-over-time", "actions-by-session", "tags-over-time", "quality-by-session"]
)
def test_sessions_stand_with_their_years_on_axes_and_in_tables(name, narrow):
    chart = next(c for c in ALL if c.name == name)
    figure = chart.draw(narrow)
    figure.canvas.draw()
    bars = name == "actions-by-session"
    for axes in figure.axes:
        labels = axes.get_yticklabels() if bars else axes.get_xticklabels()
        low, high = sorted(axes.get_xlim())
        shown = [t.get_text() for t in labels if bars or low <= t.get_position()[0] <= high]
        shown = [text for text in shown if text]
        assert shown
        for text in shown:
            number, year = re.findall(r"\d+", text)
            assert int(year) == year_of(int(number)), text
    for line in chart.lines:
        number, year = re.findall(r"\d+", line[0])
        assert int(year) == year_of(int(number))


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("chart", ALL, ids=lambda c: c.name)
def test_a_chart_is_an_svg_with_text_and_the_same_bytes_twice(chart, narrow):
    first = svg(chart, narrow)
    assert first == svg(chart, narrow)
    root = ET.fromstring(first)
    assert root.tag.endswith("svg")
    assert root.findall(".//{*}text")
    assert b"date" not in first.lower()


@pytest.mark.parametrize("chart", ALL, ids=lambda c: c.name)
def test_an_inlined_chart_is_well_formed_follows_the_theme_and_refers_to_nothing_outside(chart):
    text = inlined(chart.name)
    root = ET.fromstring(text)
    assert root.get("role") == "img"
    assert root.get("aria-label") == chart.alt
    assert "var(--" in text
    assert not any(colour in text for colour in (INK, MUTED, GRID, ACCENT, ON_ACCENT))
    assert "DejaVu" not in text
    ids = re.findall(r'\bid="([^"]+)"', text)
    referred = re.findall(r'(?:url\(#|href="#)([^)"]+)', text)
    assert set(referred) == set(ids)
    assert not re.search(r'href="(?!#)', text)


def test_ids_do_not_clash_on_one_page():
    ids = [
        i
        for chart in ALL
        for narrow in (False, True)
        for i in re.findall(r'\bid="([^"]+)"', inlined(chart.name, narrow))
    ]
    assert len(ids) == len(set(ids))


def test_labels_are_escaped():
    assert "Detention &amp; &lt;b&gt;" in inlined("tags")


def test_plots_for_dvc_and_mlflow_show_the_test_part():
    plots = quality_plots(TUNE, TEST)
    assert plots.keys() >= {"confusion.svg", "reliability-action.svg", "tag-f1.svg", "quality-by-session.svg"}
    accuracy = TEST["splits"]["session"]["test"]["unseen"]["action"]["accuracy"]["value"]
    assert f"{100 * accuracy:.1f}% of actions are right".encode() in plots["confusion.svg"]


def test_pictures_for_places_without_svg():
    pictures = quality_plots(TUNE, TEST, "png")
    assert {n.removesuffix(".png") for n in pictures} == {
        n.removesuffix(".svg") for n in quality_plots(TUNE, TEST)
    }
    assert all(p.startswith(b"\x89PNG") for p in pictures.values())
    assert png(ALL[0]) == png(ALL[0])


def test_nothing_to_show_gives_no_chart():
    assert of_corpus(counted(sessions=())) == []
    assert quality_charts({}) == []
    assert [c.name for c in of_corpus(counted(sessions=(4,)))] == [
        c.name for c in ALL[:11] if not c.name.endswith("-over-time")
    ]


def test_a_chart_says_whether_labels_of_a_model_are_corrected():
    people, model = counted(), counted()
    model.rows["by_people"] = False
    assert all("as they are" not in c.subtitle for c in of_corpus(people))
    said = [c.subtitle for c in of_corpus(model) if "95% interval" in c.subtitle]
    assert len(said) > 6
    assert all(
        "95% interval (Wilson); labels of a model count as they are." in text or "Hollow" in text
        for text in said
    )


def test_charts_of_an_empty_evaluation_are_left_out():
    nothing = measure(an_evaluation(3, 1).where(np.zeros(3, dtype=bool)), samples=3)
    assert quality_charts(evaluation_document({}, {"session": {"test": {"unseen": nothing}}})) == []


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("action", ACTION_COLOURS)
def test_figures_on_the_bars_can_be_read(action):
    light, dark = sorted((luminance(ACTION_COLOURS[action]), luminance(ACTION_INK[action])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2 AA


def test_undefined_is_a_dash():
    assert percent(float("nan")) == percent(None) == "–"
    assert estimate_text({"value": None, "low": None, "high": None}) == estimate_text(None) == "–"
    assert estimate_text({"value": 0.5, "low": 0.25, "high": 0.75}, 2) == "0.50 (0.25 to 0.75)"
    assert percent(0.3318) == "33.2%"


def _sessions(*lines):
    """Lines of the table of sessions: session, reviews of it that are there, precise share."""
    from pipeline.corpus.sessions import is_complete

    return pd.DataFrame(
        [
            {
                "session": session,
                "recommendations": 100 * reviews,
                "reviewed_states": reviews,
                "precise_as_labelled": share,
                "precise": share,
                "precise_low": share - 0.02,
                "precise_high": share + 0.02,
                "by_people": 100 * reviews,
                "complete": is_complete(session, reviews),
            }
            for session, reviews, share in lines
        ]
    )


def test_a_line_breaks_at_missing_sessions_and_one_report_makes_no_headline():
    from pipeline.charts.actions import precise_over_time

    chart = precise_over_time(_sessions((17, 15, 0.30), (18, 14, 0.36), (34, 1, 0.90)))
    assert "session 34" not in chart.title
    assert "highest in session 18, 36%" in chart.title
    assert "only some reviews" in chart.subtitle
    assert [line[0] for line in chart.lines] == ["17 (2013)", "18 (2014)", "34 (2019), in part"]
    axes = chart.draw(False).axes[0]
    joined = [x for line in axes.lines if len(set(x := np.asarray(line.get_xdata()).tolist())) > 1]
    assert joined == [[17, 18]]
    band = np.asarray(axes.collections[0].get_paths()[0].vertices)[:, 0]
    assert band.max() == 18


def test_lines_of_complete_sessions_break_where_sessions_are_missing():
    from pipeline.charts.actions import precise_over_time

    chart = precise_over_time(_sessions((17, 15, 0.30), (18, 14, 0.36), (34, 14, 0.5), (35, 14, 0.4)))
    axes = chart.draw(False).axes[0]
    joined = [x for line in axes.lines if len(set(x := np.asarray(line.get_xdata()).tolist())) > 1]
    assert joined == [[17, 18], [34, 35]]
    assert "highest in session 34, 50%" in chart.title


def test_without_a_complete_session_nothing_is_said_of_any():
    from pipeline.charts.actions import precise_over_time

    chart = precise_over_time(_sessions((2, 3, 0.30), (4, 2, 0.36)))
    assert not any(character.isdigit() for character in chart.title)


def figures(line):
    """The numbers of a line of a table, whatever language writes them."""
    return re.findall(r"\d+", " ".join(line))


@pytest.mark.parametrize("language", ["fr", "es"])
def test_charts_speak_other_languages_with_the_same_figures(language):
    english = of_corpus(counted())
    with speaking(language):
        theirs = of_corpus(counted())
        drawn = [inline(chart) for chart in theirs]
    assert [chart.name for chart in theirs] == [chart.name for chart in english]
    for own, chart, picture in zip(english, theirs, drawn, strict=True):
        for name in ("title", "subtitle", "alt", "header"):
            assert getattr(chart, name) != getattr(own, name), (chart.name, name)
        assert len(chart.lines) == len(own.lines)
        words = " ".join([chart.title, chart.subtitle, chart.alt, *chart.header, picture])
        assert re.findall(r"\b(the|of|with|session of|Recommendations|[0-9]+\.[0-9]%)\b", words) == []
        assert sorted(map(figures, chart.lines)) == sorted(map(figures, own.lines))


def test_a_drawing_keeps_its_texts_and_places_but_no_empty_groups():
    chart = of_corpus(counted())[0]
    drawn, whole = inline(chart), svg(chart).decode()
    texts = re.findall(r"<text[^>]*>(.*?)</text>", drawn)
    assert texts == re.findall(r"<text[^>]*>(.*?)</text>", whole)
    ET.fromstring(drawn)
    assert "<g>" not in drawn
    assert "\n" not in drawn.strip()
    place = re.compile(r"translate\(([\d.]+) ([\d.]+)\)")
    for short, long in zip(place.findall(drawn), place.findall(whole), strict=True):
        assert [float(x) for x in short] == pytest.approx([float(x) for x in long], abs=0.01)
