"""The pages of the issues of a release."""

import re
from collections import Counter
from html import unescape

import pandas as pd
import pytest

from pipeline.charts.issues import share_over_time
from pipeline.corpus.sessions import session_text
from pipeline.release.site.entries import entries
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import load_taxonomy
from tests.axe import violations


@pytest.fixture(scope="module")
def known(release):
    return entries(read_parquet(release / "recommendations.parquet"))


@pytest.fixture(scope="module")
def rows(release):
    table = read_parquet(release / "recommendations.parquet").to_pandas()
    return table[table["kind"] == "recommendation"]


def statistics(release, name):
    return pd.read_csv(release / "statistics" / f"{name}.csv")


def cells(page, heading):
    """The rows of the table below a heading: name, then the cells, without the bar."""
    part = page[page.index(heading) :]
    body = part[part.index("<tbody>") : part.index("</table>")]
    found = []
    for row in body.split("<tr>")[1:]:
        texts = [unescape(re.sub("<[^>]*>", "", cell)).strip() for cell in re.split("<t[hd][^>]*>", row)[1:]]
        found.append([text for text in texts if text])
    return found


def test_every_tag_that_occurs_has_a_page_that_is_linked(release, known):
    there = Counter(tag for e in known for tag in e.issues)
    ids = {tag.id for tag in load_taxonomy("2014-10").tags if tag.label in there}
    assert {p.stem for p in (release / "issues").iterdir()} == ids
    for page in ("index.html", "search.html"):
        text = (release / page).read_text()
        assert set(re.findall(r'href="issues/([a-z-]+)\.html"', text)) == ids


def test_figures_of_an_issue_are_those_of_the_rows_with_their_denominators(release, rows, known):
    tag = load_taxonomy("2014-10").find("Torture and other CID treatment")
    own = rows[rows["issues"].map(lambda tags: tag.label in tags)]
    page = (release / "issues" / f"{tag.id}.html").read_text()
    assert len(own) > 5
    wordings = sum(tag.label in e.issues for e in known)
    facts = unescape(page[page.index('<dl class="facts">') : page.index("</dl>")])
    assert f"in {wordings:,} wordings</dt><dd>{len(own):,}</dd>" in facts
    assert f"of all {len(rows):,} recommendations (" in facts
    actions = {line[0]: line[1:] for line in cells(page, "How specific: action categories of")}
    for number, count in own["action"].value_counts().items():
        assert next(v for k, v in actions.items() if k.startswith(str(number)))[0] == f"{count:,}"
    answers = own["response"].fillna("Unknown").value_counts()
    found = {line[0]: int(line[1]) for line in cells(page, "Responses of the States under review to")}
    assert found == {word: answers.get(word, 0) for word in ("Supported", "Noted", "Pending", "Unknown")}
    by = own.explode("recommending_states")["recommending_states"].value_counts()
    found = cells(page, "By each recommending State")
    assert {line[0]: int(line[1]) for line in found} == by.to_dict()
    assert [line[0] for line in found] == sorted(by.index, key=str.casefold)
    made = rows["recommending_state"].value_counts()
    assert all(int(line[2]) == made[line[0]] for line in found)


def test_over_time_has_every_session_also_where_nothing_was_asked(release, rows):
    table = statistics(release, "issues_over_time")
    tag = "Death penalty"
    own = table[table["issue"] == tag].set_index("session")
    assert set(own.index) == set(rows["session"])
    for session, group in rows.groupby("session"):
        carries = group["issues"].map(lambda tags: tag in tags)
        assert (own["count"][session], own["of"][session]) == (carries.sum(), len(group))
        answered = group["response"][carries].fillna("Unknown").value_counts()
        assert own["supported"][session] == answered.get("Supported", 0)
        assert own["unknown"][session] == answered.get("Unknown", 0)
    assert (own["count"] == 0).any()
    assert (own["low"] <= own["share"]).all()
    assert (own["share"] <= own["high"]).all()


def test_the_chart_of_an_issue_names_years_and_takes_no_part_of_a_session_for_its_headline(release):
    table = statistics(release, "issues_over_time")
    own = table[table["issue"] == "Justice"]
    sessions = sorted(own["session"])
    whole = share_over_time(own, set(sessions))
    assert session_text(sessions[0]) in whole.title
    assert "Diamonds" not in whole.subtitle
    part = share_over_time(own, set())
    assert not re.search(r"\d", part.title)
    assert "Diamonds" in part.subtitle
    assert all(line[0].endswith("in part") for line in part.lines)
    assert share_over_time(own[:1], set()) is None


def test_links_of_an_issue_lead_somewhere(chromium, release, known):
    tag = load_taxonomy("2014-10").find("Torture and other CID treatment")
    page = chromium.new_page(java_script_enabled=True)
    page.goto((release / "issues" / f"{tag.id}.html").as_uri())
    for link in page.locator("a").all():
        target, _, row = link.get_attribute("href").partition("#")
        text = (release / "issues" / target).resolve().read_text()
        assert not target.startswith("../states") or not row or f"<tr id={row}>" in text
    page.locator("a", has_text="wordings in the search").click()
    page.locator("#results .where").first.wait_for()
    wanted = sum(tag.label in e.issues for e in known)
    assert page.locator("#search [role=status]").inner_text().startswith(f"{wanted} of {len(known):,} ")
    page.close()


@pytest.mark.parametrize(
    "how",
    [
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
        pytest.param({}, marks=pytest.mark.long),
    ],
)
def test_an_issue_page_has_no_axe_violation_and_fits(chromium, release, how):
    page = chromium.new_page(bypass_csp=True, **how)
    page.goto((release / "issues" / "justice.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
