"""The pages of a release in French and Spanish: whole, linked with each other, with the same figures."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from pipeline import settings
from pipeline.charts.strings import SENTENCES as OF_CHARTS
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.release.files.origin import marked, shown_title
from pipeline.release.strings import SENTENCES
from pipeline.stages import verify
from pipeline.store.names import LANGUAGES, action_name, state_name, tag_names
from pipeline.store.sentences import OWN_NAMES, speaking
from pipeline.store.vocabularies import load_states
from tests.axe import violations

OTHERS = LANGUAGES[1:]
KINDS = ("index.html", "states/KEN.html", "issues/justice.html", "search.html", "compare.html", "draft.html")
ENGLISH = re.compile(
    r"\b(the|of|and|with|which|this|by|from|recommendations?|States?|made|received|share|labelled|session of|"
    r"people|issues?|number|supported|noted|pending|unknown|search|none|all|[0-9]+\.[0-9]%|[0-9],[0-9]{3})\b"
)


def pages(release, language):
    folder = release if language == "en" else release / language
    found = [*folder.glob("*.html"), *folder.glob("states/*.html"), *folder.glob("issues/*.html")]
    return {path.relative_to(folder).as_posix(): path for path in found}


def words(html):
    """What people see, or hear, of a page; without recommendations and the data of scripts."""
    html = re.sub(
        r"<script.*?</script>|<style.*?</style>|<dl class=\"examples\">.*?</dl>", "", html, flags=re.S
    )
    html = re.sub(
        r'<([ia]) lang="en".*?</\1>|<nav class="languages".*?</nav>|<a href="[^"]*">[\w./]*\.\w+</a>',
        "",
        html,
    )
    said = re.findall(r'aria-label="([^"]*)"', html)
    return unescape(" ".join([re.sub(r"<[^>]*>", " ", html), *said]))


@pytest.mark.parametrize("language", OTHERS)
def test_every_page_has_its_counterpart_and_says_what_it_is(release, language):
    english, other = pages(release, "en"), pages(release, language)
    assert set(english) == set(other)
    assert len(other) > 100
    for name, path in other.items():
        text = path.read_text()
        assert f'<html lang="{language}">' in text
        linked = dict(re.findall(r'rel="alternate" hreflang="(\w+)" lang="\w+" href="([^"]*)"', text))
        assert set(linked) == set(LANGUAGES) - {language}
        assert (path.parent / linked["en"]).resolve() == english[name].resolve()
        with speaking(language):
            assert SENTENCES.say("mark.invented") in unescape(text), name
        for code in linked:
            assert f">{OWN_NAMES[code]}</a>" in text


@pytest.mark.parametrize("language", OTHERS)
def test_every_link_of_a_page_leads_to_what_is_there(release, language):
    ids = {
        path.resolve(): set(re.findall(r'\bid="?([\w.-]+)', path.read_text()))
        for tongue in LANGUAGES
        for path in pages(release, tongue).values()
    }
    for path in pages(release, language).values():
        for address in set(re.findall(r'(?:href|src)="?([^">\s]+)', path.read_text())):
            file, _, anchor = address.partition("#")
            target = (path.parent / file).resolve() if file else path.resolve()
            assert target.is_file(), (path, address)
            if anchor and "=" not in anchor:
                assert unquote(anchor) in ids[target], (path, address)


@pytest.mark.parametrize("language", OTHERS)
def test_no_page_holds_an_untranslated_string(release, language):
    sentences = {
        str(text)
        for known in (SENTENCES, OF_CHARTS)
        for key, text in known.load("en").items()
        if text != known.load(language)[key] and isinstance(text, str) and len(text) > 12
    }
    starts = {re.split(r"\{", text)[0].strip() for text in sentences}
    names = {label for label, tag in tag_names("2014-10", language).items() if tag.name != label}
    names |= {s.name for s in load_states().all if state_name(s.name, language) != s.name}
    names -= {action_name(number, language) for number in ACTIONS}
    for name, path in pages(release, language).items():
        said = words(path.read_text())
        assert [s for s in starts if len(s) > 12 and s in said] == [], name
        assert ENGLISH.findall(said) == [], name
        assert re.findall(r"\b(?:" + "|".join(map(re.escape, sorted(names))) + r")\b", said) == [], name


@pytest.mark.parametrize("language", OTHERS)
def test_figures_are_the_same_in_every_language(release, language):
    english, other = pages(release, "en"), pages(release, language)

    def figures(path):
        # Only the English pages hold recommendations, and issues by each State.
        text = re.sub(r'<details class="review">.*?</details>', "", path.read_text(), flags=re.S)
        cells = re.findall(r"<td>([^<\n]*)|<dd>([^<]*)</dd>|width:([\d.]+)", text)
        return sorted(filter(None, ("".join(re.findall(r"\d", "".join(cell))) for cell in cells)))

    for name in ("index.html", "compare.html", *(n for n in other if n.startswith(("states/", "issues/")))):
        own, theirs = figures(other[name]), figures(english[name])
        assert own == theirs, name


@pytest.mark.parametrize("language", OTHERS)
def test_a_forged_figure_on_a_page_of_another_language_is_found(copied, language):
    page = copied / language / "states" / "FRA.html"
    text = page.read_text()
    share = re.search(r"<dd>(\d+,\d.%)</dd>", text)[1]
    page.write_text(text.replace(f"<dd>{share}</dd>", "<dd>99,9\u00a0%</dd>", 1))
    added = copied / language / "states" / "XXX.html"
    added.write_text("<p>more</p>")
    faults = verify.run(copied, checks=("recomputed",)).faults["recomputed"]
    assert any(f.startswith(f"{language}/states/FRA.html is not what the tables") for f in faults)
    assert f"{language}/states/XXX.html does not follow from the tables." in faults
    assert len(faults) == 2


def opened(chromium, path, **how):
    page = chromium.new_page(bypass_csp=how.pop("bypass_csp", False), **how)
    complaints = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.on("requestfailed", lambda r: complaints.append(r.url))
    file, _, rest = str(path).partition("#")
    page.goto(Path(file).as_uri() + ("#" + rest if rest else ""))
    return page, complaints


@pytest.mark.long
@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", KINDS)
def test_a_page_fits_a_phone_and_is_accessible(chromium, release, language, name):
    page, complaints = opened(
        chromium, release / language / name, viewport={"width": 390, "height": 900}, bypass_csp=True
    )
    if name in ("search.html", "compare.html"):
        page.locator(".tools").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("h1").evaluate("node => getComputedStyle(node).fontWeight") == "700"
    # Before axe, which asks for the style sheet by itself, as a page in a folder may not.
    assert complaints == []
    assert violations(page) == []
    page.close()


@pytest.mark.parametrize("language", OTHERS)
def test_the_search_speaks_the_language_and_its_addresses_are_those_of_english(chromium, release, language):
    page, complaints = opened(
        chromium, release / language / "search.html#issue=Justice&action=5+Specific&by-group=WEOG"
    )
    page.locator("#results li").first.wait_for()
    assert ENGLISH.findall(words(re.sub(r"<li>.*?</li>", "", page.content()))) == []
    chosen = page.locator("select[name=action] option:checked").inner_text()
    assert chosen.startswith(f"5 {action_name(5, language)} (")
    texts = page.locator("#results p[lang=en]")
    assert texts.count() == page.locator("#results li").count()
    facts = " ".join(page.locator("#results .note").all_inner_texts())
    assert not ENGLISH.search(facts)
    assert tag_names("2014-10", language)["Justice"].name in facts
    found = page.locator("#results li").count()
    row = page.locator("#results a").first
    assert (release / language / row.get_attribute("href").partition("#")[0]).resolve().is_file()
    # The other language keeps what was chosen.
    page.locator("nav.languages a[hreflang=en]").click()
    page.locator("#results li").first.wait_for()
    assert page.url.endswith("search.html#issue=Justice&action=5+Specific&by-group=WEOG")
    assert page.locator("#results li").count() == found > 0
    row = page.locator("#results a").first.get_attribute("href")
    assert (release / row.partition("#")[0]).is_file()
    assert complaints == []
    page.close()


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_that_stands_as_an_example_is_marked_as_english(release, language):
    english, other = pages(release, "en"), pages(release, language)
    shown = 0
    for name in (n for n in other if n.startswith("issues/")):
        found = re.findall(r'<dd><span lang="en">(.*?)</span>\n', other[name].read_text())
        assert found == re.findall(r"<dd>(.*)\n<p class", english[name].read_text()), name
        shown += len(found)
    assert shown > 50


@pytest.mark.parametrize("language", OTHERS)
def test_the_comparison_speaks_the_language_with_the_figures_of_english(chromium, release, language):
    cells = {}
    for tongue, folder in (("en", release), (language, release / language)):
        page, complaints = opened(chromium, folder / "compare.html#a=KEN&b=Africa")
        page.locator("#beside table").first.wait_for()
        cells[tongue] = sorted(
            "".join(re.findall(r"\d", text)) for text in page.locator("#beside td").all_inner_texts()
        )
        if tongue != "en":
            assert ENGLISH.findall(words(page.content())) == []
            with page.expect_download() as saved:
                page.locator("#compare button").click()
            assert not ENGLISH.search(Path(saved.value.path()).read_text("utf-8-sig").partition("\n")[0])
        assert complaints == []
        page.close()
    assert cells["en"] == cells[language]


def test_a_title_that_the_publisher_chose_stays_and_the_usual_one_is_translated():
    for chosen, french in (
        ("UPR recommendations, labelled", "Recommandations de l’EPU, étiquetées"),
        ("Our own", "Our own"),
    ):
        manifest = {"title": marked(chosen, 0, True), "invented": 0, "demo": True}
        with speaking("fr"):
            assert shown_title(manifest) == f"DÉMONSTRATION, À NE PAS UTILISER\u00a0: {french}"
        assert shown_title(manifest) == f"DEMONSTRATION, NOT FOR USE: {chosen}"


def test_the_usual_title_is_that_of_the_settings():
    assert SENTENCES.load("en")["title"] == settings.load().publish.title
