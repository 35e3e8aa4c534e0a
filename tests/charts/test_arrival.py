"""Charts of the arrival report."""

from pipeline.charts.arrival import arrival_charts
from pipeline.charts.drawing import inline
from pipeline.store.sentences import speaking


def estimate(value, low, high, support=100):
    return {"value": value, "low": low, "high": high, "support": support}


def change(label, now, before, differs):
    return {
        "label": label,
        "now": estimate(now, now - 0.02, now + 0.02),
        "before": estimate(before, before, before),
        "p_value": 0.001 if differs else 0.8,
        "differs": differs,
        "points": 100 * (now - before),
    }


DOCUMENT = {
    "session": 18,
    "compared": {
        "sessions": [14, 15, 16, 17],
        "wordings": 900,
        "actions": [change(str(k), 0.2, 0.2, False) for k in range(1, 6)],
        "tags": [
            change("Justice", 0.2, 0.1, True),
            change("Migrants", 0.05, 0.1, True),
            change("Other", 0.1, 0.1, False),
        ],
    },
    "expected": {
        "promised_error": 0.03,
        "past": [{"session": 17, "error": 0.018}, {"session": 18, "error": -0.008}],
    },
    "audit": {
        "weeks": [
            {"week": "2026-03-02", "accuracy": estimate(0.98, 0.9, 1.0, 40)},
            {"week": "2026-03-09", "accuracy": estimate(0.95, 0.85, 0.99, 40)},
        ]
    },
}


def test_titles_say_what_was_found():
    charts = arrival_charts(DOCUMENT)
    assert [c.title for c in charts["compared"]] == [
        "Action categories: none differs by more than chance",
        "Issue tags that rise or fall most: more: Justice; fewer: Migrants",
    ]
    assert charts["expected"][0].title == "On past sessions the estimate was within 1.5 points in 1 of 2"
    assert "95.0% of 40" in charts["audit"][0].title


def test_past_sessions_stand_with_their_years():
    chart = arrival_charts(DOCUMENT)["expected"][0]
    labels = chart.draw(False).axes[0].get_xticklabels()
    assert [label.get_text() for label in labels] == ["17\n2013", "18\n2014"]
    assert [line[0] for line in chart.lines] == ["17 (2013)", "18 (2014)"]


def test_a_title_has_the_spaces_of_its_language():
    with speaking("fr"):
        title = arrival_charts(DOCUMENT)["compared"][1].title
    assert title.replace("\u202f", " ").replace("\xa0", " ") == (
        "Thèmes qui augmentent ou diminuent le plus : plus : Justice ; moins : Migrants"
    )


def test_every_chart_is_drawn_for_both_widths():
    for part in arrival_charts(DOCUMENT).values():
        assert part
        for chart in part:
            for narrow in (False, True):
                assert inline(chart, narrow).startswith("<svg")


def test_parts_without_figures_have_no_charts():
    empty = {**DOCUMENT, "compared": None, "expected": None, "audit": {"weeks": []}}
    assert arrival_charts(empty) == {"expected": [], "compared": [], "audit": []}
