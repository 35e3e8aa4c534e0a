"""The table of recommendations that a State made, and what is saved of tables, in a real browser."""

import csv
import io
import re
from collections import Counter
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.release.site.entries import entries, followed
from pipeline.store.names import action_name, state_name, tag_names
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import load_states
from tests.axe import violations
from tests.release.files import opening


@pytest.fixture(scope="module")
def known(release):
    return [e for e in entries(read_parquet(release / "recommendations.parquet")) if "France" in e.by]


def opened(chromium, release, name="states/FRA.html", load=True, **how):
    """A page with its table loaded, and its complaints."""
    page, complaints = opening.opened(chromium, release, name, **how)
    if load:
        page.locator("#made-table button").click()
        page.locator("#made-table table.rows").first.wait_for(state="attached")
    return page, complaints


def cells(page):
    """The cells of all rows that are not hidden, and the address that the first cell leads to."""
    return page.evaluate("""() => {
      const rows = document.querySelectorAll('#made-table tbody tr:not([hidden])');
      const words = row => [...row.cells].map(cell => cell.firstChild.textContent);
      return [...rows].map(row => [row.querySelector('a').getAttribute('href'), ...words(row)]);
    }""")


def downloaded(page, button):
    with page.expect_download() as saved:
        button.click()
    return saved.value


def sheet(path):
    book = CalamineWorkbook.from_filelike(io.BytesIO(Path(path).read_bytes()))
    return book.get_sheet_by_index(0).to_python()


def test_the_table_has_every_recommendation_that_the_state_made(chromium, release, known):
    page, complaints = opened(chromium, release)
    wanted = {
        f"../states/{e.iso}.html#{e.anchor}": [
            e.paragraph or "#",
            e.text,
            e.reviewed,
            "; ".join(e.by),
            "; ".join(e.issues),
            f"{e.action} {ACTIONS[e.action]}",
            e.response or "Unknown",
            "people" if e.people else "model",
        ]
        for e in known
    }
    found = {address: row for address, *row in cells(page)}
    assert {address: [row[0], row[1], row[2], row[5:]] for address, row in found.items()} == {
        address: [row[0], row[1], row[2], row[5:]] for address, row in wanted.items()
    }
    for address, row in found.items():
        assert set(row[3].split("; ")) == set(wanted[address][3].split("; "))
        assert set(row[4].split("; ")) == set(wanted[address][4].split("; "))
    assert len(found) == len(known) > 10
    headings = page.locator("#made-table summary").all_inner_texts()
    sessions = [int(re.search(r"Session (\d+) ", heading)[1]) for heading in headings]
    assert sessions == sorted({e.session for e in known}, reverse=True)
    page.locator("#made-table button", has_text="Open").click()
    page.locator("#made-table tbody a").first.click()
    page.locator("tr:target").wait_for()
    assert complaints == []
    page.close()


def test_the_table_is_narrowed_sorted_and_saved_as_it_is_seen(chromium, release, known):
    page, complaints = opened(chromium, release)
    with_word = [e for e in known if "rights" in " ".join((e.text, *e.issues)).lower()]
    wanted = sorted(e.text for e in with_word if e.response == "Supported")
    assert 1 < len(wanted) < len(known)
    tools = page.locator("#made-table .tools")
    tools.locator("label", has_text="Response").locator("select").select_option("Supported")
    tools.locator("input").fill("RIGHTS")
    assert sorted(row[2] for row in cells(page)) == wanted
    assert tools.locator("[role=status]").inner_text() == f"{len(wanted)} of {len(known)} are shown."
    for head in page.locator("#made-table th:nth-child(2) button:visible").all():
        head.click()
        head.click()
    shown = [row[2] for row in cells(page)]
    plain = downloaded(page, tools.locator("button", has_text=".csv"))
    assert plain.suggested_filename == "INVENTED-SAMPLE-upr-FRA-made.csv"
    lines = list(csv.reader(io.StringIO(Path(plain.path()).read_text("utf-8-sig"))))
    assert lines[0][:4] == ["Review", "Paragraph", "Recommendation", "State under review"]
    assert [line[2] for line in lines[1:]] == shown
    book = downloaded(page, tools.locator("button", has_text=".xlsx"))
    assert book.suggested_filename == "INVENTED-SAMPLE-upr-FRA-made.xlsx"
    assert sheet(book.path()) == lines
    assert complaints == []
    page.close()


@pytest.fixture(scope="module")
def repeating(release):
    """The State that repeated most of what other reviews had asked before, and all that it made."""
    every = entries(read_parquet(release / "recommendations.parquet"))
    threads = followed(every, read_parquet(release / "threads.parquet"))
    again = Counter(name for e in every if e.key in threads and threads[e.key].earlier for name in e.by)
    ((name, number),) = again.most_common(1)
    assert number
    return load_states().find(name).iso, [e for e in every if name in e.by]


def threads_in(page):
    """Address of a row to what is said of its thread, and the addresses that this leads to."""
    return page.evaluate("""() => {
      const found = {};
      for (const said of document.querySelectorAll('#made-table tbody p')) {
        const links = [...said.querySelectorAll('a')].map(link => link.getAttribute('href'));
        found[said.closest('tr').querySelector('a').getAttribute('href')] = [said.textContent, links];
      }
      return found;
    }""")


def threads_on_pages(release, known):
    """The same, from the pages of the States that were asked."""
    found = {}
    for entry in known:
        page = (release / "states" / f"{entry.iso}.html").read_text()
        row = page[page.index(f"<tr id={entry.anchor}>") :].split("\n")[0]
        said = re.search(r"<p>((?:In|Again|Perhaps).*?)<td>", row)
        if said:
            address = f"../states/{entry.iso}.html"
            links = [f"{address}#{anchor}" for anchor in re.findall(r"<a href=#([^>]+)>", said[1])]
            found[f"{address}#{entry.anchor}"] = [re.sub("<[^>]+>", "", said[1]), links]
    return found


def test_a_row_says_in_which_other_reviews_it_was_asked_as_the_page_of_its_state(
    chromium, release, repeating
):
    iso, known = repeating
    page, complaints = opened(chromium, release, f"states/{iso}.html")
    wanted = threads_on_pages(release, known)
    assert threads_in(page) == wanted
    assert any("Before: " in said for said, _ in wanted.values())
    assert complaints == []
    page.close()


def test_other_reviews_are_saved_and_told_in_the_language_of_the_page(chromium, release, repeating):
    page, complaints = opened(chromium, release, f"fr/states/{repeating[0]}.html")
    said = [text for text, _ in threads_in(page).values()]
    assert any(re.search(r"Dans \d+ examens\. Avant\s: \d+ \((même|proche), ", text) for text in said)
    assert "Sous un texte figurent" in page.locator("#made-table").inner_text()
    saved = downloaded(page, page.locator("#made-table .tools button", has_text=".csv"))
    lines = list(csv.reader(io.StringIO(Path(saved.path()).read_text("utf-8-sig"))))
    at = lines[0].index("Autres examens")
    assert sorted(line[at] for line in lines[1:] if line[at]) == sorted(said)
    assert complaints == []
    page.close()


@pytest.mark.parametrize("language", ["fr", "es"])
def test_the_table_speaks_the_language_and_leads_to_the_english_rows(chromium, release, known, language):
    page, complaints = opened(chromium, release, f"{language}/states/FRA.html")
    found = {row[2]: row for row in cells(page)}
    assert page.locator("#made-table tbody td[lang=en]").count() == len(known)
    for entry in known:
        row = found[entry.text]
        assert row[3] == state_name(entry.reviewed, language)
        assert set(row[5].split("; ")) == {tag_names("2014-10", language)[t].name for t in entry.issues}
        assert row[6] == f"{entry.action} {action_name(entry.action, language)}"
        file, _, anchor = row[0].partition("#")
        rows = (release / language / "states" / file).resolve().read_text()
        assert f"<tr id={anchor}>" in rows
    assert complaints == []
    page.close()


def test_without_scripts_links_lead_to_the_states_addressed(chromium, release, known):
    page, complaints = opened(chromium, release, load=False, java_script_enabled=False)
    assert "needs scripts; the links below work without" in page.locator("main").inner_text()
    page.locator("summary", has_text="By State under review").click()
    links = page.locator("section[aria-labelledby=made-rows] a:visible")
    assert {link.get_attribute("href") for link in links.all()} == {f"{e.iso}.html#rows" for e in known}
    assert complaints == []
    page.close()


@pytest.mark.parametrize(
    "how", [{}, {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}}], ids=["wide", "phone"]
)
def test_the_table_has_no_axe_violation_and_fits(chromium, release, how):
    page, complaints = opened(chromium, release, bypass_csp=True, **how)
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # Before axe, which asks for the style sheet by itself, as a page in a folder may not.
    assert complaints == []
    assert violations(page) == []
    page.close()


def test_what_the_search_finds_is_saved_as_a_workbook(chromium, release, known):
    page, complaints = opened(chromium, release, "search.html", load=False)
    page.locator("#search select[name=by]").wait_for()
    page.goto((release / "search.html").as_uri() + "#by=FRA")
    page.wait_for_function("document.querySelector('select[name=by]').value !== '-1'")
    plain = downloaded(page, page.locator("button", has_text=".csv"))
    lines = list(csv.reader(io.StringIO(Path(plain.path()).read_text("utf-8-sig"))))
    book = downloaded(page, page.locator("button", has_text=".xlsx"))
    assert book.suggested_filename == "INVENTED-SAMPLE-upr-search.xlsx"
    found = sheet(book.path())
    rows, session = lines[0].index("Rows"), lines[0].index("Session")
    assert {type(line[at]) for line in found[1:] for at in (rows, session)} == {float}
    as_text = [[str(int(c)) if isinstance(c, float) else c for c in line] for line in found]
    assert as_text == lines
    assert len(lines) == len(known) + 1
    assert complaints == []
    page.close()


def test_a_large_workbook_with_any_text_is_whole(chromium, release):
    """A large sheet is compressed in a worker, which the page's policy must allow."""
    page, complaints = opened(chromium, release, load=False)
    page.evaluate("""() => {
      const lines = Array.from({ length: 9000 }, (_, at) => [`${at} ü <b>&"' ` + Math.sin(at), at]);
      const odd = [["=1+1", 1], ["a\\u0007b\\ufffe", 2], ["x\\ny", 3], ["", 4]];
      const [, book] = page.saving("save-shown", "many.csv", () => [["text", "number"], ...odd, ...lines]);
      book.id = "book";
      document.querySelector("main").prepend(book);
    }""")
    found = sheet(downloaded(page, page.locator("#book")).path())
    assert found[:5] == [["text", "number"], ["=1+1", 1], ["ab", 2], ["x\ny", 3], ["", 4]]
    assert len(found) == 9005
    assert found[5][0] == "0 ü <b>&\"' 0"
    assert found[9004][1] == 8999
    assert complaints == []
    page.close()


@pytest.mark.parametrize("gone", ["site/names-en.js", "site/texts-01.js"])
def test_missing_data_is_told(chromium, copied, gone):
    (copied / gone).unlink()
    page, _ = opened(chromium, copied, load=False)
    page.locator("#made-table button").click()
    page.locator("#made-table .banner").wait_for()
    assert f"{gone} is missing" in page.locator("#made-table .banner").inner_text()
    page.close()


def test_a_missing_writer_is_told_and_its_licences_stand_in_it(chromium, copied):
    writer = copied / "site" / "write-excel-file.js"
    held = writer.read_text()
    assert held.index("gitlab.com/catamphetamine") < held.index("Arjun Barrett") < held.index("*/")
    writer.unlink()
    page, _ = opened(chromium, copied)
    page.locator("#made-table button", has_text=".xlsx").click()
    page.locator("#made-table [role=alert]").wait_for()
    assert "site/write-excel-file.js is missing" in page.locator("#made-table [role=alert]").inner_text()
    page.close()
