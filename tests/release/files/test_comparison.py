"""The page on which two States or groups stand beside each other."""

import csv
import io
import re
from html import unescape
from pathlib import Path

import pytest

from pipeline.store.tables import read_parquet
from tests.axe import violations


@pytest.fixture(scope="module")
def rows(release):
    table = read_parquet(release / "recommendations.parquet").to_pandas()
    return table[table["kind"] == "recommendation"]


def opened(chromium, release, asked="", **how):
    page = chromium.new_page(**how)
    complaints = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.on(
        "request", lambda r: complaints.append(r.url) if not r.url.startswith(("file:", "blob:")) else None
    )
    page.goto((release / "compare.html").as_uri() + asked)
    page.locator("#compare select").first.wait_for()
    return page, complaints


def table(page, title):
    found = page.locator(f"#beside [role=region][aria-label^='{title}'] tbody tr").all()
    return {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in found}


def state_page(release, iso, role):
    """Name to cells of the tables of a State's page, of those it received or made."""
    text = (release / "states" / f"{iso}.html").read_text()
    part = text[text.index(f'<section class="{role}"') :]
    part = part[: part.index("</section>")]
    rows = re.findall(r"<tr><th scope=row>([^<]*)<td class=bar.*?</i>(.*)", part)
    return {unescape(name): cells.split("<td>")[1:] for name, cells in rows}


@pytest.mark.parametrize("role", ["received", "made"])
def test_two_states_have_the_figures_of_their_pages(chromium, release, rows, role):
    page, complaints = opened(chromium, release)
    if role == "made":
        page.locator("#compare label", has_text="What").locator("select").select_option("made")
    column = "state_under_review" if role == "received" else "recommending_state"
    first, second = rows[column].value_counts().index[:2]
    page.locator("#compare label", has_text="First").locator("select").select_option(label=first)
    page.locator("#compare label", has_text="Second").locator("select").select_option(label=second)
    own = [rows[rows[column] == name] for name in (first, second)]
    assert min(map(len, own)) > 0
    assert table(page, "Recommendations")["All"] == [f"{len(part):,}" for part in own]
    pages = [state_page(release, part[f"{column}_iso"].iloc[0], role) for part in own]
    actions = table(page, "Action categories")
    for name, cells in actions.items():
        assert cells == [*pages[0][name], *pages[1][name]]
    answers = table(page, "Responses")
    for word, cells in answers.items():
        counts = [part["response"].fillna("Unknown").eq(word).sum() for part in own]
        assert cells == [f"{count:,}" for count in counts]
    issues = table(page, "Issues")
    assert list(issues) == sorted(issues, key=str.casefold)
    for name, cells in issues.items():
        for part, count in zip(own, (cells[0], cells[3]), strict=True):
            assert int(count) == part["issues"].map(lambda tags, tag=name: tag in tags).sum()
    assert complaints == []
    page.close()


def test_a_comparison_is_a_link_and_is_saved(chromium, release, rows):
    page, complaints = opened(chromium, release, "#a=Africa&b=KEN")
    africa = rows[rows["state_under_review_region"] == "Africa"]
    kenya = rows[rows["state_under_review"] == "Kenya"]
    assert table(page, "Recommendations")["All"] == [f"{len(africa):,}", f"{len(kenya):,}"]
    with page.expect_download() as saved:
        page.locator("button", has_text="Save").click()
    assert saved.value.suggested_filename == "INVENTED-SAMPLE-upr-comparison.csv"
    lines = list(csv.DictReader(io.StringIO(Path(saved.value.path()).read_text("utf-8-sig"))))
    counts = {(e["Who"], e["Line"]): e["Number"] for e in lines if e["Table"].startswith("Action")}
    for number in (1, 5):
        name = next(line for _, line in counts if line.startswith(str(number)))
        assert counts["Kenya", name] == str((kenya["action"] == number).sum())
    page.locator("#compare label", has_text="Second").locator("select").select_option("WEOG")
    assert page.evaluate("location.hash") == "#a=Africa&b=WEOG"
    assert complaints == []
    page.close()


def test_a_choice_that_the_release_does_not_hold_is_told(chromium, release):
    page, _ = opened(chromium, release, "#a=nowhere&b=KEN")
    assert page.locator("#compare [role=status]").inner_text().startswith("Choose two")
    assert page.locator("#beside table").count() == 0
    assert page.locator("button", has_text="Save").is_disabled()
    page.close()


def test_without_scripts_the_regional_groups_can_be_read(chromium, release, rows):
    page = chromium.new_page(java_script_enabled=False)
    page.goto((release / "compare.html").as_uri())
    assert "needs scripts, which are off" in page.locator("main").inner_text()
    for heading, column in (("to", "state_under_review_region"), ("by", "recommending_state_region")):
        lines = page.locator(f"[role=region][aria-label^='Recommendations {heading}'] tbody tr").all()
        found = {re.search(r"\((\w+)\)", e.locator("th").inner_text())[1]: e for e in lines}
        numbers = {n: int(e.locator("td").first.inner_text().replace(",", "")) for n, e in found.items()}
        assert numbers == rows[column].value_counts().to_dict()
    page.close()


@pytest.mark.parametrize(
    "how",
    [
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
        pytest.param({}, marks=pytest.mark.long),
    ],
)
def test_the_comparison_has_no_axe_violation_and_fits(chromium, release, how):
    page, complaints = opened(chromium, release, "#a=KEN&b=CHL", bypass_csp=True, **how)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.emulate_media(media="print")
    assert not page.locator("#compare .tools").is_visible()
    assert complaints == []
    page.close()
