"""The page for those who draft, opened from the folder of a release."""

import json
import re

import pytest

from pipeline.corpus.blinding import MASK
from pipeline.evaluation.intervals import wilson
from pipeline.release.files.draft_page import draft_page
from pipeline.release.files.pages import Provenance
from pipeline.release.site.entries import Entry, entries
from pipeline.release.site.packed import unpacked
from pipeline.store.names import LANGUAGES, tag_name
from pipeline.store.sentences import speaking
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import load_blinder, load_states
from tests.axe import violations

DRAFT = "Strengthen the protection of women against violence"


@pytest.fixture(scope="module")
def known(release):
    return entries(read_parquet(release / "recommendations.parquet"))


@pytest.fixture(scope="module")
def tested(release):
    rows = read_parquet(release / "recommendations.parquet").to_pandas()
    return set(
        rows["session"][read_parquet(release / "splits.parquet").to_pandas()["session_split"] == "test"]
    )


def counts(entry: Entry, tested) -> bool:
    return entry.action == 5 and entry.people and entry.session not in tested


def opened(chromium, release, name="draft.html", **how):
    page = chromium.new_page(**how)
    complaints = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.on(
        "request", lambda r: complaints.append(r.url) if not r.url.startswith(("file:", "blob:")) else None
    )
    page.goto((release / name).as_uri())
    page.locator("#draft textarea").wait_for()
    return page, complaints


def typed(page, draft, issue=None, state=None):
    page.locator("#draft textarea").fill(draft)
    for name, label in (("issue", issue), ("state", state)):
        if label:
            page.locator(f"#draft select[name={name}]").select_option(label=label)
    page.locator("#precedents h3").first.wait_for()
    return page.locator("#precedents")


def test_examples_are_specific_supported_on_the_issue_and_name_no_state(chromium, release, known, tested):
    page, complaints = opened(chromium, release)
    blind = load_blinder().blind
    shown = 0
    issues = sorted({tag for entry in known if counts(entry, tested) for tag in entry.issues})
    assert tested
    for issue in issues[:12]:
        found = typed(page, DRAFT, issue)
        assert found.locator("h3").first.inner_text() == f"What others asked for on “{issue}”"
        fitting = {
            entry.text
            for entry in known
            if counts(entry, tested)
            and issue in entry.issues
            and entry.response == "Supported"
            and MASK not in blind(entry.text)
        }
        texts = [text.inner_text() for text in found.locator("li p:first-child").all()]
        assert set(texts) <= fitting
        assert len(texts) == min(5, len(fitting))
        shown += len(texts)
    assert shown
    assert complaints == []
    page.close()


def test_examples_are_those_of_the_file_and_no_other(release, known, tested):
    places = json.loads(unpacked((release / "site" / "examples.js").read_bytes()))
    blind = load_blinder().blind
    assert places == [
        place
        for place, entry in enumerate(known)
        if counts(entry, tested) and entry.response == "Supported" and MASK not in blind(entry.text)
    ]


def test_the_most_similar_wording_comes_first(chromium, release, known, tested):
    places = json.loads(unpacked((release / "site" / "examples.js").read_bytes()))
    page, _ = opened(chromium, release)
    for place in places[:: max(1, len(places) // 8)]:
        entry = known[place]
        found = typed(page, entry.text.upper(), entry.issues[0])
        assert found.locator("li p").first.inner_text() == entry.text
    page.close()


def test_how_often_specific_ones_were_supported_is_what_the_rows_say(chromium, release, known, tested):
    page, _ = opened(chromium, release)
    table = {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts()
        for row in page.locator("[aria-label='The figures as a table'] tbody tr").all()
    }
    found: dict[str, tuple[int, int]] = {}
    for entry in known:
        if counts(entry, tested) and entry.response in ("Supported", "Noted"):
            for issue in entry.issues:
                yes, of = found.get(issue, (0, 0))
                found[issue] = yes + entry.rows * (entry.response == "Supported"), of + entry.rows
    assert set(table) == set(found)
    for issue, (yes, of) in found.items():
        share = wilson(yes, of)
        figures = f"{yes / of:.1%}", f"{share.low:.1%} to {share.high:.1%}"
        assert table[issue] == [f"{yes:,}", f"{of:,}", *figures]
        if of > 20:
            said = typed(page, DRAFT, issue).locator("p").first.inner_text()
            assert said.startswith(f"Of {of:,} specific recommendations on “{issue}”")
            assert f"{yes:,} were supported ({figures[0]}; 95% interval {figures[1]})" in said
    page.close()


def test_a_draft_without_a_chosen_issue_gets_that_of_similar_ones(chromium, release, known):
    page, _ = opened(chromium, release)
    typed(page, "Abolish the death penalty")
    assert (
        "mostly on “Death penalty”"
        in page.locator("#draft + [role=status], #draft [role=status]").inner_text()
    )
    page.locator("#draft textarea").fill("xyzzy")
    page.get_by_text("No recommendation has words like yours").wait_for()
    assert page.locator("#precedents h3").count() == 0
    page.locator("#draft textarea").fill(" ")
    page.locator("#precedents").wait_for(state="hidden")
    page.close()


def test_what_a_state_was_asked_before_is_told_with_its_answer(chromium, release, known):
    page, _ = opened(chromium, release)
    entry = next(e for e in known if e.reviewed and e.response == "Noted" and e.session)
    found = typed(page, entry.text, entry.issues[0] if entry.issues else None, entry.reviewed)
    heading = found.get_by_role("heading", name=f"What was asked before of: {entry.reviewed}")
    first = heading.locator("xpath=following-sibling::ol[1]/li[1]")
    assert first.locator("p").all_inner_texts()[0].startswith(f"{entry.reviewed}, session ")
    assert first.locator("p").all_inner_texts()[1] == entry.text
    assert first.locator("p").all_inner_texts()[2] == "Response: noted."
    others = {e.text for e in known if e.reviewed == entry.reviewed}
    assert (
        set(heading.locator("xpath=following-sibling::ol[1]").locator("p:nth-child(2)").all_inner_texts())
        <= others
    )
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_server_that_codes_drafts_is_linked_where_the_publisher_names_one(release, known, tested, language):
    facts = json.loads((release / "release.json").read_text())
    assert facts.pop("drafting") is None
    address = "https://drafts.example.org/draft?a=1&b=2"

    def page(**more: str | None) -> str:
        with speaking(language):
            (found,) = draft_page(Provenance(facts | more, 0), known, tested, load_states()).values()
        return found.decode()

    def links(page: str) -> list[str]:
        return re.findall(r'href="(https:[^"]*)"', page)

    assert links(page(drafting=address)) == [address.replace("&", "&amp;")]
    # A release from before there was such an address has none.
    assert links(page(drafting=None)) == links(page()) == []


@pytest.mark.parametrize("language", ["fr", "es"])
def test_the_page_speaks_the_language_and_leaves_recommendations_in_theirs(chromium, release, language):
    page, complaints = opened(chromium, release, f"{language}/draft.html")
    tag = tag_name("Death penalty", language)
    found = typed(page, "Abolish the death penalty")
    assert tag in found.locator("h3").first.inner_text()
    assert tag in page.locator("#support table, [aria-labelledby=support] table").inner_text()
    assert found.locator("li p[lang=en]").count()
    assert complaints == []
    page.close()


def test_without_scripts_the_ways_and_the_figures_can_be_read(chromium, release):
    page = chromium.new_page(java_script_enabled=False)
    page.goto((release / "draft.html").as_uri())
    text = page.locator("main").inner_text()
    assert "Precedents need scripts, which are off." in text
    assert "Ask for the act itself, where you want it" in text
    assert "Not shown are the category and the issues of the draft itself" in text
    assert page.locator("[aria-labelledby=support] tbody tr").count() > 10
    page.close()


def test_a_missing_file_is_told(chromium, copied):
    (copied / "site" / "examples.js").unlink()
    page = chromium.new_page()
    page.goto((copied / "draft.html").as_uri())
    page.locator("#draft .banner").wait_for()
    assert re.match(
        r"Precedents cannot be shown: site/examples\.js is missing", page.locator("#draft").inner_text()
    )
    page.close()


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("draft.html", {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}),
        pytest.param("draft.html", {}, marks=pytest.mark.long),
        pytest.param("fr/draft.html", {}, marks=pytest.mark.long),
    ],
)
def test_the_page_has_no_axe_violation_and_fits(chromium, release, name, how):
    page, complaints = opened(chromium, release, name, bypass_csp=True, **how)
    typed(page, DRAFT, state="Kenya")
    assert complaints == []
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
