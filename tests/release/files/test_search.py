"""The search over all recommendations of a release, in a real browser."""

import csv
import gzip
import io
import json
import re
from base64 import b64encode
from collections import Counter
from pathlib import Path

import pytest

from pipeline.release.checks.recomputed import same
from pipeline.release.site.entries import entries
from pipeline.release.site.packed import packed, unpacked
from pipeline.release.site.search import ENTRIES, names, texts
from pipeline.store.tables import read_parquet
from pipeline.store.vocabularies import load_states
from pipeline.threads.model import RELATIONS
from tests.axe import violations


@pytest.fixture(scope="module")
def known(release):
    return entries(read_parquet(release / "recommendations.parquet"))


class Search:
    """The search page, opened from the folder."""

    def __init__(self, chromium, release, asked="", **how):
        self.page = chromium.new_page(**how)
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on(
            "request",
            lambda r: self.complaints.append(r.url) if not r.url.startswith(("file:", "blob:")) else None,
        )
        self.page.goto((release / "search.html").as_uri() + asked)
        self.page.locator("#search select").first.wait_for()

    def type(self, words):
        self.page.locator("#search input[type=search]").fill(words)
        return self

    def choose(self, name, label):
        select = self.page.locator(f"#search select[name={name}]")
        texts = select.locator("option").all_inner_texts()
        select.select_option(index=next(i for i, t in enumerate(texts) if t.rsplit(" (", 1)[0] == label))
        return self

    @property
    def found(self):
        """Address of the row of each result, all shown."""
        return self.page.evaluate("""() => {
          const more = [...document.querySelectorAll('button')].find(b => b.textContent.startsWith('Show '));
          while (!more.hidden) more.click();
          return [...document.querySelectorAll('#results .where a')].map(link => link.getAttribute('href'));
        }""")

    def counts(self, name):
        options = self.page.locator(f"#search select[name={name}] option").all_inner_texts()[1:]
        return {text.rsplit(" (", 1)[0]: int(text.rsplit(" (", 1)[1].rstrip(")")) for text in options}

    @property
    def said(self):
        return self.page.locator("#search [role=status]").inner_text()

    def closed(self):
        self.page.close()
        return self.complaints


def address(entry):
    return f"states/{entry.iso}.html#{entry.anchor}"


def test_words_are_found_by_their_stems_and_phrases_in_their_order(chromium, release, known):
    search = Search(chromium, release)
    assert len(search.found) == len(known)

    def wanted(pattern):
        found = {address(e) for e in known if re.search(pattern, e.text, re.IGNORECASE)}
        assert 0 < len(found) < len(known)
        return found

    assert set(search.type("ratifying").found) == wanted(r"\bratif(y|ied|ies|ying|ication)\b")
    assert set(search.type('"human rights"').found) == wanted(r"\bhuman rights?\b")
    assert set(search.type('"rights human"').found) == set()
    assert set(search.type("rights human").found) == wanted(r"(?=.*\brights?\b)(?=.*\bhuman\b)")
    assert set(search.type("discriminat*").found) == wanted(r"\bdiscriminat")
    assert set(search.type("discriminat").found) == wanted(r"\bdiscriminat")  # still being typed
    assert search.type("zyxw").found == []
    assert "Not in any text: zyxw." in search.said
    search.type('"human right"')
    marks = {m.lower() for m in search.page.locator("#results mark").all_inner_texts()}
    assert marks <= {"human", "right", "rights"}
    assert search.closed() == []


def test_filters_count_what_each_of_their_values_would_leave(chromium, release, known):
    search = Search(chromium, release).choose("response", "Supported").choose("action", "5 Specific")
    states = load_states()
    left = [e for e in known if e.response == "Supported" and e.action == 5]
    assert {address(e) for e in left} == set(search.found)
    assert search.said.startswith(f"{len(left)} of {len(known):,} wordings are found; they are ")
    assert f"they are {sum(e.rows for e in left)} recommendations" in search.said
    assert search.counts("to") == Counter(e.reviewed for e in left)
    assert search.counts("issue") == Counter(tag for e in left for tag in e.issues)
    by_group = Counter(g for e in left for g in {states.find(s).region for s in e.by})
    assert search.counts("by-group") == by_group
    # A filter's own choice does not narrow its own counts: they say what another choice would give.
    assert search.counts("response") == Counter(e.response or "Unknown" for e in known if e.action == 5)
    people = Counter("people" if e.people else "a model" for e in left)
    assert search.counts("labelled") == people
    assert search.closed() == []


def test_a_search_is_a_link_and_a_result_leads_to_its_row(chromium, release, known):
    first = Search(chromium, release).type("rights").choose("to", "Kenya")
    asked = first.page.evaluate("location.hash")
    assert asked == "#q=rights&to=KEN"
    found = first.found
    assert first.closed() == []
    again = Search(chromium, release, asked)
    assert again.found == found != []
    again.page.locator("#results .where a").first.click()
    row = again.page.locator(f"[id='{found[0].split('#')[1]}']")
    row.wait_for()
    assert row.is_visible()
    again.page.go_back()
    again.page.locator("#search select").first.wait_for()
    assert again.page.evaluate("location.hash") == asked
    again.page.locator("button", has_text="Clear all").click()
    assert len(again.found) == len(known)
    assert again.closed() == []


def test_what_is_found_is_saved(chromium, release, known):
    search = Search(chromium, release, "#to=KEN&labelled=model")
    wanted = [e for e in known if e.iso == "KEN" and not e.people]
    with search.page.expect_download() as saved:
        search.page.locator("button", has_text=".csv").click()
    assert saved.value.suggested_filename == "INVENTED-SAMPLE-upr-search.csv"
    lines = list(csv.DictReader(io.StringIO(Path(saved.value.path()).read_text("utf-8-sig"))))
    assert sorted(line["Recommendation"] for line in lines) == sorted(e.text for e in wanted)
    by = {line["Link"].split("#")[1]: line for line in lines}
    for entry in wanted:
        line = by[entry.anchor]
        assert line["Recommended by"] == "; ".join(entry.by)
        assert line["Issues"] == "; ".join(entry.issues)
        assert (line["Labelled by"], line["Rows"]) == ("model", str(entry.rows))
        assert line["Response"] == (entry.response or "Unknown")
    search.closed()


def test_without_scripts_the_page_says_what_is_there(chromium, release, known):
    page = chromium.new_page(java_script_enabled=False)
    page.goto((release / "search.html").as_uri())
    assert "needs scripts, which are off" in page.locator("main").inner_text()
    links = [a.get_attribute("href") for a in page.locator("main a").all()]
    assert {f"states/{e.iso}.html" for e in known} <= set(links)
    assert all((release / link).is_file() for link in links)
    page.close()


def test_a_missing_data_file_is_told(chromium, copied):
    (copied / "site" / "texts-01.js").write_text("packed(")
    page = chromium.new_page()
    page.goto((copied / "search.html").as_uri())
    page.locator("#search .banner").wait_for()
    assert "site/texts-01.js is damaged." in page.locator("#search").inner_text()
    page.close()


@pytest.mark.parametrize(
    "how",
    [
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
        pytest.param({}, marks=pytest.mark.long),
    ],
)
def test_the_search_has_no_axe_violation_and_fits(chromium, release, how):
    search = Search(chromium, release, "#q=rights", bypass_csp=True, **how)
    assert violations(search.page) == []
    assert search.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    search.page.emulate_media(media="print")
    assert not search.page.locator("#search .tools").is_visible()
    search.closed()


def test_data_files_are_compared_by_what_they_hold():
    value = {"text": ['</script> "quoted" ü'], "to": [1]}
    script = packed(value)
    assert json.loads(unpacked(script)) == value
    other = b'packed("%b");\n' % b64encode(gzip.compress(unpacked(script), 1, mtime=5))
    assert other != script
    assert same("site/texts-01.js", other, script, "")
    for forged in (
        packed({**value, "to": [2]}),
        script + b"alert(1);\n",
        script[:-9],
        b"",
        b'packed("AAAA");\n',
    ):
        assert not same("site/texts-01.js", forged, script, "")


def test_files_hold_every_wording_once(release, known):
    many = known * (ENTRIES // len(known) + 1)
    columns = [
        json.loads(unpacked(content))
        for _, content in texts(many, read_parquet(release / "threads.parquet").slice(0, 0))
    ]
    called = names(many, load_states())
    assert called["files"] == ["site/texts-01.js", "site/texts-02.js"]
    assert [text for part in columns for text in part["text"]] == [e.text for e in many]
    assert [called["states"][s][0] for part in columns for s in part["to"]] == [e.reviewed for e in many]


def test_files_hold_the_earlier_wording_that_each_repeats(release, known):
    threads = read_parquet(release / "threads.parquet")
    (part,) = [json.loads(unpacked(content)) for _, content in texts(known, threads)]
    again = part["again"]
    found = {
        known[at].key: (known[at + back].key, order, RELATIONS[relation])
        for at, back, order, relation in zip(
            again["at"], again["back"], again["order"], again["relation"], strict=True
        )
    }
    wanted = {
        line["rec_key"]: (line["repeats"], line["order"] or 1, line["relation"])
        for line in threads.to_pylist()
        if line["repeats"]
    }
    assert found == wanted
    assert found
