"""The report as people see it: opened in a real browser, on a desk and on a phone, by light and by dark."""

import pytest

from pipeline.stages import report
from pipeline.store.files import write_json
from tests.charts.test_charts import TEST, TUNE
from tests.stages.test_report import corpus

TEXTS_OUTSIDE = """() => {
  const found = [];
  for (const chart of document.querySelectorAll('figure svg')) {
    const box = chart.getBoundingClientRect();
    if (!box.width) continue;
    for (const text of chart.querySelectorAll('text')) {
      const own = text.getBoundingClientRect();
      if (own.left < box.left - 3 || own.right > box.right + 3
          || own.top < box.top - 3 || own.bottom > box.bottom + 3)
        found.push([chart.parentNode.id, text.textContent]);
    }
  }
  return found;
}"""

CHARTS_OUTSIDE = """() => [...document.querySelectorAll('figure > svg')].filter(chart => {
  const box = chart.getBoundingClientRect(), around = chart.parentNode.getBoundingClientRect();
  return box.width && (box.left < around.left - 3 || box.right > around.right + 3);
}).map(chart => chart.parentNode.id)"""

TEXTS_OVERLAPPING = """() => {
  const found = [];
  for (const chart of document.querySelectorAll('figure svg')) {
    if (!chart.getBoundingClientRect().width) continue;
    const written = [...chart.querySelectorAll('text')].filter(t => t.textContent.trim());
    const texts = written.map(t => [t.textContent, t.getBoundingClientRect()]);
    texts.forEach(([one, a], i) => texts.slice(i + 1).forEach(([other, b]) => {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 3 && down > 5) found.push([chart.parentNode.id, one, other]);
    }));
  }
  return found;
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    in_use = {"version": "v0", "quality": TEST["splits"]["session"]["test"], "slices": TEST["slices"]["test"]}
    for name, document in (
        ("tune", TUNE),
        ("test", {**TEST, "model": {"version": "v1", "demo": True}, "champion": in_use}),
    ):
        write_json(folder / f"{name}.json", document)
    report.run(
        corpus(folder / "corpus.parquet"),
        [folder / "tune.json", folder / "test.json"],
        folder / "report.html",
    )
    return (folder / "report.html").as_uri()


@pytest.fixture(params=[(1200, "light"), (390, "light"), (390, "dark")], ids=lambda p: f"{p[0]}-{p[1]}")
def page(request, chromium, address):
    width, scheme = request.param
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True
    )
    opened = context.new_page()
    opened.complaints = []
    opened.on("console", lambda message: opened.complaints.append(message.text))
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on("request", lambda r: r.url.startswith(("file:", "data:")) or opened.complaints.append(r.url))
    opened.goto(address)
    yield opened
    context.close()


def test_the_page_works_offline_and_fits_its_screen(page, tmp_path):
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    shown = page.locator("figure svg:visible")
    assert shown.count() == page.locator("figure > svg").count() / 2
    assert {shown.nth(i).get_attribute("class") for i in range(shown.count())} == {
        "wide" if page.viewport_size["width"] > 600 else "narrow"
    }
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert (tmp_path / "page.png").stat().st_size > 50_000


def test_no_text_of_a_chart_is_cut_off_or_covers_another(page):
    assert page.evaluate(CHARTS_OUTSIDE) == []
    assert page.evaluate(TEXTS_OUTSIDE) == []
    assert page.evaluate(TEXTS_OVERLAPPING) == []


def test_a_chart_opens_its_table(page):
    table = page.locator("#precise-over-time table")
    assert not table.is_visible()
    page.locator("#precise-over-time summary").click()
    assert table.is_visible()
    assert table.locator("tbody tr").count() == 5


def test_light_and_dark_are_told_apart(page):
    background, ink = (
        page.evaluate(f"getComputedStyle(document.body).{name}") for name in ("backgroundColor", "color")
    )
    brightness = [sum(int(c) for c in colour[4:-1].split(",")) for colour in (background, ink)]
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert (brightness[0] < brightness[1]) == dark
    figure = page.locator("#precise-over-time svg:visible text").first
    assert figure.evaluate("t => getComputedStyle(t).fill") == page.evaluate(
        "(() => { const p = document.querySelector('.sub'); return getComputedStyle(p).color; })()"
    )
