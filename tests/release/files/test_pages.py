"""The pages, looked at in a real browser. Pictures go to the folder that UPR_PICTURES names, else to the
test's own.
"""

import csv
import io
import os
import re
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.corpus.sessions import year_of
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.corpus.text import cycle_of
from pipeline.release.site import rows as site_rows
from pipeline.release.site.entries import Entry, Followed, Link, entries, followed
from pipeline.release.tables.columns import RECOMMENDATIONS
from pipeline.store.tables import read_parquet
from tests.axe import violations
from tests.release.files.opening import opened


@pytest.fixture
def pictures(tmp_path):
    folder = Path(os.environ.get("UPR_PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize(
    ("scheme", "width"),
    [
        ("dark", 390),
        pytest.param("light", 390, marks=pytest.mark.long),
        pytest.param("light", 1100, marks=pytest.mark.long),
        pytest.param("dark", 1100, marks=pytest.mark.long),
    ],
)
def test_the_page_fits_shows_its_charts_and_asks_nobody(chromium, release, pictures, width, scheme):
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked, faults = [], []
    page.on("request", lambda r: asked.append(r.url))
    page.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else None)
    page.goto((release / "index.html").as_uri())
    assert asked == [(release / "index.html").as_uri()]
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shown = page.locator("figure svg:visible")
    assert shown.count() == page.locator("figure").count() >= 8
    kind = "narrow" if width < 576 else "wide"
    assert page.locator(f"figure svg.{kind}:visible").count() == shown.count()
    # No label runs out of its chart, and no two labels of one axis lie on each other.
    assert page.evaluate(OUTSIDE) == []
    for number in range(shown.count()):
        assert shown.nth(number).bounding_box()["height"] > 60
    picture = page.screenshot(full_page=True, path=pictures / f"release-{width}-{scheme}.png")
    assert len(picture) > 50_000
    page.close()


OUTSIDE = """() => [...document.querySelectorAll('figure svg')]
  .filter(s => s.getBoundingClientRect().width).flatMap(svg => {
  const box = svg.closest('main').getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(t => {
    const r = t.getBoundingClientRect();
    return r.width && (r.left < box.left - 4 || r.right > box.right + 4);
  }).map(t => t.textContent);
})"""


def test_every_chart_says_what_is_seen_its_source_and_its_table(chromium, release):
    page = chromium.new_page()
    page.goto((release / "index.html").as_uri())
    for figure in page.locator("figure").all():
        assert len(figure.locator("h3").inner_text().split()) >= 5
        assert "Invented sample texts" in figure.locator("figcaption").inner_text()
        figure.locator("summary").click()
        assert figure.locator("tbody tr").count() >= 2
        assert all(svg.get_attribute("aria-label") for svg in figure.locator("svg").all())
    page.close()


def test_a_state_page_prints_on_a_few_sheets(chromium, release, pictures):
    page = chromium.new_page(viewport={"width": 1000, "height": 900})
    page.goto((release / "states" / "FRA.html").as_uri())
    assert "France" in page.locator("h1").inner_text()
    page.screenshot(full_page=True, path=pictures / "state.png")
    sheets = page.pdf(path=pictures / "state.pdf", prefer_css_page_size=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", sheets)) <= 4
    assert page.evaluate("document.documentElement.scrollWidth") <= 1000
    page.close()


CUT_OFF = """() => [...document.querySelectorAll('.scroll')]
  .filter(box => box.offsetParent && box.scrollWidth > box.clientWidth + 1).map(box => box.innerText)"""


@pytest.mark.parametrize("language", ["", "fr", "es"])
def test_no_table_of_a_state_page_is_cut_off_on_a_desktop(chromium, release, language):
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    pages = sorted((release / language / "states").iterdir(), key=lambda path: -path.stat().st_size)
    columns = 0
    for path in pages[:3]:
        page.goto(path.as_uri())
        assert page.evaluate(CUT_OFF) == []
        columns = max(
            columns,
            page.evaluate("Math.max(...[...document.querySelectorAll('thead tr')].map(r => r.cells.length))"),
        )
    assert columns >= 7, "none of them has a wide table"
    page.close()


def test_every_state_of_the_list_has_its_page(release):
    linked = set(re.findall(r'href="(states/[A-Z]{3}\.html)"', (release / "index.html").read_text()))
    assert linked == {p.relative_to(release).as_posix() for p in (release / "states").iterdir()}


def test_a_page_says_who_labelled_and_how_intervals_are_made(release):
    text = (release / "index.html").read_text()
    assert "prediction-powered inference" in text or "too few texts" in text
    assert "of rows labelled by people" in text
    assert "<script" not in text
    assert "http://" not in re.sub(r'xmlns(:\w+)?="[^"]+"', "", text)


ENTRY = Entry("k", "k", "Kenya", "KEN", 9, "Ratify it", (), 1, (), 5, "Noted", None, None, True)


def _entries(release):
    return entries(read_parquet(release / "recommendations.parquet"))


@pytest.mark.parametrize("people", [True, False])
def test_every_recommendation_to_a_state_can_be_read_without_scripts(chromium, release, people):
    iso = next(e.iso for e in _entries(release) if e.people == people)
    known = [e for e in _entries(release) if e.iso == iso]
    page, complaints = opened(chromium, release, f"states/{iso}.html", java_script_enabled=False)
    rows = page.locator("table.rows tbody tr")
    assert rows.count() == len(known) >= 3
    assert [rows.nth(i).get_attribute("id") for i in range(len(known))] == [e.anchor for e in known]
    for row, entry in zip(rows.all(), known, strict=True):
        cells = [cell.text_content().strip() for cell in row.locator("td").all()]
        assert cells[1].startswith(entry.text)
        assert cells[2:4] == ["; ".join(entry.by), "; ".join(entry.issues)]
        assert cells[0] == (entry.paragraph or "")
        assert cells[4] == str(entry.action)
        assert cells[5:] == [entry.response or "Unknown", "P" if entry.people else "M"]
    explained = page.locator("noscript").inner_text()
    assert "Category: 1 Minimal, 2 Continuing, 3 Considering, 4 General, 5 Specific." in explained
    assert "Labelled by: P people, M model." in explained
    heads = page.locator("table.rows").first.locator("th")
    assert heads.nth(4).text_content() == (
        "Category: 1 Minimal, 2 Continuing, 3 Considering, 4 General, 5 Specific"
    )
    assert heads.nth(6).text_content() == "Labelled by: P people, M model"
    assert complaints == []
    page.close()


def test_scripts_spell_out_the_codes_of_rows_and_link_each_row(chromium, release):
    known = [e for e in _entries(release) if e.iso == "KEN"]
    page, complaints = opened(chromium, release, "states/KEN.html")
    for row, entry in zip(page.locator("table.rows tbody tr").all(), known, strict=True):
        cells = [cell.text_content() for cell in row.locator("td").all()]
        assert cells[0] == (entry.paragraph or "#")
        assert row.locator("td a").first.get_attribute("href") == f"#{entry.anchor}"
        assert cells[4] == f"{entry.action} {ACTIONS[entry.action]}"
        assert cells[5:] == [entry.response or "Unknown", "people" if entry.people else "model"]
    heads = page.locator("table.rows").first.locator("th").all_text_contents()
    assert heads[4:] == ["Category", "Response", "Labelled by"]
    assert not page.locator("noscript").is_visible()
    assert complaints == []
    page.close()


def test_rows_of_a_state_are_filtered_sorted_linked_and_saved(chromium, release):
    known = [e for e in _entries(release) if e.iso == "KEN"]
    wanted = [e for e in known if e.action == 5 and "ratify" in e.text.lower()]
    assert 0 < len(wanted) < len(known)
    page, complaints = opened(chromium, release, f"states/KEN.html#{wanted[0].anchor}")
    assert page.locator(f"[id='{wanted[0].anchor}']").is_visible()  # its review was opened
    page.locator("#tools input[type=search]").fill("RATIFY")
    page.locator("#tools label", has_text="Category").locator("select").select_option("5 Specific")
    shown = page.locator("table.rows tbody tr:visible")
    assert {row.get_attribute("id") for row in shown.all()} == {e.anchor for e in wanted}
    assert page.locator("#tools [role=status]").inner_text() == f"{len(wanted)} of {len(known)} are shown."
    with page.expect_download() as saved:
        page.locator("#tools button", has_text=".csv").click()
    assert saved.value.suggested_filename == "INVENTED-SAMPLE-upr-KEN.csv"
    lines = list(csv.DictReader(io.StringIO(Path(saved.value.path()).read_text("utf-8-sig"))))
    assert sorted(line["Recommendation"] for line in lines) == sorted(e.text for e in wanted)
    assert {line["Labelled by"] for line in lines} <= {"people", "model"}
    assert all(line["Link"].split("#")[1] in {e.anchor for e in wanted} for line in lines)
    page.locator("#tools input[type=search]").fill("")
    page.locator("#tools label", has_text="Category").locator("select").select_option("")
    page.locator("#tools button", has_text="Open").click()
    table = page.locator("table.rows").last
    button = table.locator("th button", has_text="Recommended by")
    button.click()
    assert table.locator("th[aria-sort=ascending]").inner_text().startswith("Recommended by")
    first = table.locator("tbody tr td:nth-child(3)").all_inner_texts()
    button.click()
    assert table.locator("tbody tr td:nth-child(3)").all_inner_texts() != first or len(set(first)) == 1
    assert complaints == []
    page.close()


@pytest.mark.parametrize("how", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}])
def test_a_state_page_has_no_axe_violation_and_fits(chromium, release, pictures, how):
    page, complaints = opened(chromium, release, "states/KEN.html", bypass_csp=True, **how)
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    # Before axe, which asks for the style sheet by itself, as a page in a folder may not.
    assert complaints == []
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(full_page=True, path=pictures / f"rows-{len(str(how))}.png")
    page.close()


def test_a_link_may_name_a_row_by_all_of_its_key(chromium, release):
    wanted = next(e for e in _entries(release) if e.iso == "KEN" and "-" not in e.anchor)
    assert wanted.key == f"{wanted.anchor}{wanted.key[8:]}"
    page, complaints = opened(chromium, release, f"states/KEN.html#{wanted.key}")
    assert page.locator(f"[id='{wanted.anchor}']").is_visible()  # its review was opened
    assert complaints == []
    page.close()


def test_anchors_are_short_and_each_stands_once_on_the_page_of_a_state():
    def row(key, state, response="Noted"):
        made = dict.fromkeys(RECOMMENDATIONS.names) | {"rec_key": key, "rec_id": key, "row_id": key}
        return made | {
            "text": "Ratify it",
            "text_group": key,
            "kind": "recommendation",
            "state_under_review": state,
            "session": 9,
            "response": response,
        }

    rows = [
        row("aaaaaaaa000000000001", "Kenya"),
        row("aaaaaaaa000000000002", "Kenya"),
        row("aaaaaaaa000000000003", "Nepal"),
        row("bbbbbbbb000000000001", "Kenya"),
        row("bbbbbbbb000000000001", "Kenya", "Supported"),
    ]
    found = entries(pa.Table.from_pylist(rows, schema=RECOMMENDATIONS))
    assert {(e.reviewed, e.anchor) for e in found} == {
        ("Kenya", "aaaaaaaa000000000001"),
        ("Kenya", "aaaaaaaa000000000002"),
        ("Nepal", "aaaaaaaa"),
        ("Kenya", "bbbbbbbb"),
        ("Kenya", "bbbbbbbb-2"),
    }


def test_a_row_links_to_a_few_of_many_later_ones_and_counts_the_rest():
    later = tuple(Link(f"{n:08x}", 20 + n, "near", ("noted",)) for n in range(5))
    shown = str(site_rows.received([ENTRY], {"k": Followed(1, (), later, None)}))
    assert shown.count("<a href=#0000000") == 3
    assert "(near, noted); and 2 more." in shown


def test_reviews_of_a_state_are_told_with_their_years(release):
    known = [e for e in _entries(release) if e.iso == "KEN"]
    page = (release / "states" / "KEN.html").read_text()
    for session in {e.session for e in known}:
        assert f"<summary>Session {session} ({year_of(session)}, cycle {cycle_of(session)}): " in page
    pages = (path.read_text() for path in (release / "states").iterdir())
    rows = [found for page in pages for found in re.findall(r"<th scope=row>Session (\d+)(.*?)<td", page)]
    assert rows
    assert all(rest == f" ({year_of(int(session))})" for session, rest in rows)


def test_only_reviews_that_are_open_are_printed(chromium, release):
    page, _ = opened(chromium, release, "states/KEN.html")
    page.emulate_media(media="print")
    assert page.locator("table.rows tbody tr:visible").count() == 0
    page.evaluate("document.querySelector('details.review').open = true")
    assert page.locator("table.rows tbody tr:visible").count() > 0
    assert not page.locator("#tools").is_visible()
    page.close()


def test_a_recommendation_says_in_which_other_reviews_it_was_asked(release):
    known = _entries(release)
    found = followed(known, read_parquet(release / "threads.parquet"))
    again = [e for e in known if e.key in found and found[e.key].earlier]
    assert again
    for entry in again:
        page = (release / "states" / f"{entry.iso}.html").read_text()
        row = page[page.index(f"<tr id={entry.anchor}>") :].split("\n")[0]
        before = found[entry.key].earlier
        assert f"<p>In {found[entry.key].reviews} reviews. Before: " in row
        for link in before:
            earlier = next(e for e in known if e.anchor == link.anchor)
            assert earlier.session == link.session < entry.session
            assert earlier.iso == entry.iso
            assert f"<a href=#{link.anchor}>{link.session}</a> ({link.relation}, " in row
            assert (earlier.response or "unknown").lower() in row


def test_a_recommending_state_leads_to_each_state_that_it_addressed(release):
    known = _entries(release)
    page = (release / "states" / "FRA.html").read_text()
    made = page[page.index('id="made-rows"') :]
    addressed = Counter(e.iso for e in known if "France" in e.by)
    found = re.findall(r"<a href=([A-Z]{3})\.html#rows>[^<]+</a> (\d+)", made)
    assert {iso: int(count) for iso, count in found} == addressed
    assert len(found) == len(addressed) > 5
    for iso in addressed:
        assert 'id="rows"' in (release / "states" / f"{iso}.html").read_text()
