"""The pages, looked at in a real browser. Pictures go to the folder that UPR_PICTURES names, else to the
test's own.
"""

import os
import re
from pathlib import Path

import pytest


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


def test_every_state_of_the_list_has_its_page(release):
    linked = set(re.findall(r'href="(states/[A-Z]{3}\.html)"', (release / "index.html").read_text()))
    assert linked == {p.relative_to(release).as_posix() for p in (release / "states").iterdir()}


def test_a_page_says_who_labelled_and_how_intervals_are_made(release):
    text = (release / "index.html").read_text()
    assert "prediction-powered inference" in text or "too few texts" in text
    assert "of rows labelled by people" in text
    assert "<script" not in text
    assert "http://" not in re.sub(r'xmlns(:\w+)?="[^"]+"', "", text)
