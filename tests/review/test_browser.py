"""A reviewer's working day in a real browser."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from benchmarks.review_load import fill
from pipeline.review.database import Database, open_database
from pipeline.review.ledger import history
from pipeline.review.opening import fill_queue
from pipeline.review.tables import decisions, items
from pipeline.review.transitions import Standing
from tests.review import invented
from tests.review.bench import PASSWORD, Served, ServedHere, people

AXE = Path(__file__).parent / "axe" / "axe.min.js"


class Bench:
    """A served desk, and people at it."""

    def __init__(self, database: Database, server: Any, chromium: Any) -> None:
        self.database = database
        self.server = server
        self.chromium = chromium
        self.contexts: list[Any] = []
        self.complaints: list[str] = []

    def log_in(self, name: str, **how: Any) -> Any:
        """A browser of its own, logged in, at the review page."""
        context = self.chromium.new_context(**how)
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: self.complaints.append(said.text) if said.type == "error" and not re.search("40[49]|422", said.text) else None,
        )
        page.goto(self.server.url)
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.click("button.primary")
        page.wait_for_url("**/review")
        return page

    def item(self, item: int) -> Any:
        with self.database.read() as connection:
            return connection.execute(select(items).where(items.c.id == item)).mappings().one()

    def codes(self, item: int) -> Any:
        return Standing.from_json(self.item(item)["standing"]).codes

    def kinds(self, item: int) -> list[str]:
        with self.database.read() as connection:
            return [entry["kind"] for entry in history(connection, item)]

    def entries(self) -> int:
        with self.database.read() as connection:
            return len(connection.execute(select(decisions.c.id)).all())

    def set_items(self, **values: Any) -> None:
        with self.database.write() as connection:
            connection.execute(update(items).values(**values))

    def until_entries(self, count: int) -> None:
        end = time.monotonic() + 15
        while self.entries() < count:
            assert time.monotonic() < end, f"{self.entries()} of {count} entries"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled desk to copy."""
    folder = tmp_path_factory.mktemp("prepared")
    database = open_database(str(folder / "desk.db"))
    rows = invented.rows(120)
    for number, row in enumerate(rows[:3]):  # one wording that stands three times and is doubted
        row |= {"text": "Take action to end child labour.", "row_id": f"same{number}", "needs_review": True}
    coded = invented.write(folder / "coded.parquet", invented.rows(80, seed=9, by="expert", sessions=(3, 9)))
    fill_queue(database, [invented.write(folder / "labelled.parquet", rows)], [coded])
    people(database)
    with database.write() as connection:  # which items are read twice is each test's choice
        connection.execute(update(items).values(second_due=False))
    database.close()
    return folder / "desk.db"


@pytest.fixture
def bench(prepared: Path, tmp_path: Path, chromium: Any) -> Iterator[Bench]:
    shutil.copy(prepared, tmp_path / "desk.db")
    database = open_database(str(tmp_path / "desk.db"))
    server = ServedHere(database)
    made = Bench(database, server, chromium)
    yield made
    for context in made.contexts:
        context.close()
    server.stop()
    database.close()
    assert made.complaints == []  # no script error, and nothing that the content security policy had to stop


def shown(page: Any) -> int:
    return int(page.locator("#desk form.card").get_attribute("data-item"))


def ready(page: Any) -> int:
    """Waits until the next recommendation is loaded; returns the one that is shown."""
    page.wait_for_selector("#ahead form.card", state="attached")
    return shown(page)


def tags(page: Any) -> list[str]:
    return [i.get_attribute("value") for i in page.locator("#desk .chips input[name=issues]").all()]


def checked(page: Any) -> str | None:
    found = page.locator("#desk input[name=action]:checked")
    return found.get_attribute("value") if found.count() else None


def test_one_key_accepts_saves_and_shows_the_next_which_is_loaded_already(bench: Bench) -> None:
    page = bench.log_in("Anna")
    first = ready(page)
    suggestion, suggested = checked(page), tags(page)
    coming = int(page.locator("#ahead form.card").get_attribute("data-item"))
    page.keyboard.press("Enter")
    assert shown(page) == coming
    page.wait_for_selector("#outcome .good")
    assert "Saved" in page.locator("#outcome").inner_text()
    assert (str(bench.codes(first).action), sorted(bench.codes(first).issues)) == (suggestion, sorted(suggested))
    for _ in range(5):
        ready(page)
        page.keyboard.press("Enter")
    bench.until_entries(6)
    assert bench.entries() == 6


def test_every_key_does_what_its_button_says(bench: Bench) -> None:
    page = bench.log_in("Anna")
    item = ready(page)
    for key in "12345":
        page.keyboard.press(key)
        assert checked(page) == key
    page.keyboard.press("2")
    before = tags(page)
    page.keyboard.press("Backspace")
    assert tags(page) == before[:-1]
    page.keyboard.press("t")
    page.keyboard.type("extraj")
    page.wait_for_selector(".listbox li")
    page.keyboard.press("Enter")
    assert tags(page)[-1] == "Extrajudicial executions"
    page.keyboard.type("dis")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    picked = page.locator(".listbox li[aria-selected=true]").inner_text()
    page.keyboard.press("Enter")
    assert tags(page)[-1] == picked
    page.keyboard.press("Backspace")  # in the empty field, too
    assert tags(page)[-1] == "Extrajudicial executions"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("dialog#keys").is_visible()
    page.keyboard.press("Enter")
    bench.until_entries(1)
    assert bench.codes(item).action == 2
    assert "Extrajudicial executions" in bench.codes(item).issues


def test_s_skips_e_passes_on_with_a_note_and_u_takes_back(bench: Bench) -> None:
    page = bench.log_in("Anna")
    item = ready(page)
    page.keyboard.press("Enter")
    bench.until_entries(1)
    skipped = ready(page)
    page.keyboard.press("s")
    bench.until_entries(2)
    passed_on = ready(page)
    assert passed_on != skipped
    page.keyboard.press("e")
    page.keyboard.type("Which 5 treaties are meant? s u e")
    page.locator("#desk button[value=escalate]").click()
    bench.until_entries(3)
    assert bench.item(passed_on)["status"] == "escalated"
    ready(page)
    page.keyboard.press("u")
    page.wait_for_selector(f"#desk form.card[data-item='{passed_on}']")
    assert bench.item(passed_on)["status"] == "open"
    page.keyboard.press("u")
    page.wait_for_selector(f"#desk form.card[data-item='{skipped}']")
    page.keyboard.press("u")
    page.wait_for_selector(f"#desk form.card[data-item='{item}']")
    assert bench.kinds(item) == ["decide", "undo"]
    assert bench.codes(item) is None
    with page.context.expect_page() as opened:
        page.keyboard.press("c")
    assert opened.value.url.endswith("/codebook")


def test_hints_stand_on_the_buttons_and_definitions_on_the_tags(bench: Bench) -> None:
    page = bench.log_in("Anna")
    ready(page)
    for verb, key in (("save", "Enter"), ("skip", "S")):
        assert page.locator(f"#desk button[value={verb}] kbd").inner_text() == key
    assert [k.inner_text() for k in page.locator("#desk .option kbd").all()] == list("12345")
    chip = page.locator("#desk .chip").first
    tip = chip.locator(".tip")
    assert not tip.is_visible()
    chip.locator("button").focus()
    assert tip.is_visible()
    assert len(tip.inner_text()) > 20
    assert chip.locator("button").get_attribute("aria-describedby") == tip.get_attribute("id")


def test_evidence_of_a_tag_lights_up_while_its_chip_has_the_focus(bench: Bench) -> None:
    page = bench.log_in("Anna")
    ready(page)
    page.goto(f"{bench.server.url}/review?tag=Death+penalty")
    mark = page.locator("#desk mark.span", has_text="death penalty").first
    before = mark.evaluate("e => getComputedStyle(e).backgroundColor")
    page.locator("#desk .chip button", has_text="Death penalty").focus()
    assert mark.evaluate("e => getComputedStyle(e).backgroundColor") != before
    assert page.locator("#desk mark.lead").count() == 1


def test_a_tag_is_removed_by_a_click_and_a_considered_one_added(bench: Bench) -> None:
    page = bench.log_in("Anna")
    ready(page)
    before = tags(page)
    page.locator("#desk .chip button").first.click()
    assert tags(page) == before[1:]
    page.locator("#desk .considered button", has_text="General").click()
    assert tags(page) == [*before[1:], "General"]


def test_two_people_never_get_one_item_and_the_later_one_is_told(bench: Bench) -> None:
    anna, ben = bench.log_in("Anna"), bench.log_in("Ben")
    item = ready(anna)
    ready(ben)
    assert shown(ben) != item
    assert int(ben.locator("#ahead form.card").get_attribute("data-item")) != int(
        anna.locator("#ahead form.card").get_attribute("data-item")
    )
    ben.goto(f"{bench.server.url}/items/{item}")
    assert "Anna has had this open" in ben.locator(".notice").inner_text()
    # Anna decides; Ben's page, opened before, is out of date, and says so without losing Anna's decision.
    anna.keyboard.press("5")
    anna.keyboard.press("Enter")
    bench.until_entries(1)
    ben.evaluate("document.querySelector('form.card').dataset.decidable = 'yes'")
    ben.keyboard.press("1")
    ben.keyboard.press("Enter")
    ben.wait_for_selector("#outcome .bad")
    assert "Not saved: Anna changed this recommendation" in ben.locator("#outcome").inner_text()
    assert bench.codes(item).action == 5
    assert bench.kinds(item) == ["decide"]


def test_a_conflict_on_the_review_page_is_told_and_loses_nothing(bench: Bench) -> None:
    page = bench.log_in("Anna")
    item = ready(page)
    with bench.database.write() as connection:  # somebody else decides although Anna holds the lease: it ran out
        connection.execute(update(items).where(items.c.id == item).values(version=1))
    page.keyboard.press("Enter")
    page.wait_for_selector("#outcome .bad")
    assert "Not saved" in page.locator("#outcome").inner_text()
    assert page.locator(f"#outcome a[href='/items/{item}']").count() == 1
    assert bench.entries() == 0


def test_a_desk_that_is_gone_for_a_while_loses_no_decision(bench: Bench, serve: Callable[..., Served], tmp_path: Path) -> None:
    bench.server.stop()
    bench.server = serve(str(tmp_path / "desk.db"))
    page = bench.log_in("Anna")
    item = ready(page)
    bench.server.kill()
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    page.wait_for_selector("#outcome .bad")
    assert "Not saved yet" in page.locator("#outcome").inner_text()
    assert bench.entries() == 0
    bench.server.start()
    page.wait_for_selector("#outcome .good", timeout=30_000)
    assert bench.codes(item).action == 3
    assert bench.entries() == 1
    bench.complaints.clear()  # the browser rightly says that the desk was gone


def read_once(bench: Bench) -> int:
    """An item that is read twice, on which Anna says 5."""
    bench.set_items(second_due=True)
    anna = bench.log_in("Anna")
    item = ready(anna)
    anna.keyboard.press("5")
    anna.keyboard.press("Enter")
    bench.until_entries(1)
    return item


def disputed(bench: Bench) -> int:
    """An item on which Anna says 5 and Ben says 4."""
    item = read_once(bench)
    ben = bench.log_in("Ben")
    ben.goto(f"{bench.server.url}/items/{item}")
    ben.keyboard.press("4")
    with ben.expect_navigation():
        ben.keyboard.press("Enter")
    assert bench.item(item)["status"] == "disputed"
    return item


def test_a_second_reader_sees_neither_decision_nor_suggestion(bench: Bench) -> None:
    item = read_once(bench)
    ben = bench.log_in("Ben")
    ben.goto(f"{bench.server.url}/items/{item}")
    html = ben.content()
    said = bench.item(item)
    assert "second reading" in ben.locator(".notice").inner_text()
    assert checked(ben) is None
    assert tags(ben) == []
    assert "suggested" not in ben.locator("form.card").inner_text()
    assert not re.search(r"\d+ %</b>|linear-1|cannot be ruled out|Here because|<mark|name=.prediction", html)
    for reason in said["reasons"]:
        assert f">{reason}<" not in html
    answer = ben.request.get(f"{bench.server.url}/items/{item}/history")
    assert answer.status == 409
    assert "linear-1" not in answer.text()
    ben.keyboard.press("Enter")
    assert "Choose an action first" in ben.locator("#outcome").inner_text()
    assert bench.kinds(item) == ["decide"]


def test_an_adjudicator_settles_what_two_readings_say_differently(bench: Bench) -> None:
    item = disputed(bench)
    dora = bench.log_in("Dora")
    dora.goto(f"{bench.server.url}/adjudicate")
    dora.locator(".list a").first.click()
    readings = dora.locator(".readings").inner_text()
    assert "5 Specific" in readings
    assert "4 General" in readings
    assert "Anna" not in readings
    dora.locator("button[value=take-first]").click()
    assert checked(dora) == "5"
    dora.keyboard.press("Enter")
    bench.until_entries(3)
    assert bench.item(item)["status"] == "done"
    assert bench.codes(item).action == 5
    dora.goto(f"{bench.server.url}/statistics")
    assert "From 1 recommendations" in dora.locator("main").inner_text()


def test_filters_narrow_the_queue_are_kept_and_lead_to_review(bench: Bench) -> None:
    page = bench.log_in("Anna")
    page.goto(f"{bench.server.url}/queue")
    total = int(page.locator("#list .spread b").inner_text().replace(",", ""))
    with page.expect_response("**/queue?*"):
        page.select_option("#f-state", "Chile")
    page.wait_for_url("**/queue?*state=Chile*")
    end = time.monotonic() + 15
    while page.locator("#list .spread b").inner_text().replace(",", "") == str(total):
        assert time.monotonic() < end
    narrowed = int(page.locator("#list .spread b").inner_text())
    option = page.locator("#f-state option[value=Chile]").inner_text()
    assert option == f"Chile ({narrowed})"
    page.fill("#filter-name", "Only Chile")
    page.click("text=Keep >> nth=-1")
    assert page.locator(".kept li").inner_text().split()[:3] == ["Only", "Chile", str(narrowed)]
    page.click("text=Review these")
    ready(page)
    assert "State under Review: Chile" in page.locator(".status").inner_text()
    for _ in range(3):
        item = ready(page)
        with bench.database.read() as connection:
            from pipeline.review.tables import occurrences

            states = {
                s["state_under_review"] for s in connection.scalars(select(occurrences.c.source).where(occurrences.c.item_id == item))
            }
        assert "Chile" in states
        page.keyboard.press("Enter")
    bench.until_entries(3)


def test_bulk_decisions_are_previewed_and_undone_as_one(bench: Bench) -> None:
    page = bench.log_in("Anna")
    page.goto(f"{bench.server.url}/queue")
    picked = [int(box.get_attribute("value")) for box in page.locator("#list input[name=items]").all()[2:6]]
    for item in picked:
        page.check(f"#pick-{item}")
    page.click("text=Decide on several at once")
    page.select_option("#bulk-action", "4")
    page.fill("#bulk-add", "impunity")
    page.click("text=Preview")
    assert page.locator("tbody tr").count() == 4
    assert page.locator("tbody").inner_text().count("Impunity") == 4
    assert bench.entries() == 0
    page.click("text=Decide on these 4")
    assert "4 decisions saved" in page.locator(".notice").inner_text()
    assert all(bench.codes(item).action == 4 and "Impunity" in bench.codes(item).issues for item in picked)
    page.goto(f"{bench.server.url}/review")
    ready(page)
    page.keyboard.press("u")
    bench.until_entries(8)
    assert all(bench.item(item)["status"] == "open" for item in picked)


def test_identical_texts_are_shown_with_their_places(bench: Bench) -> None:
    with bench.database.read() as connection:
        row = connection.execute(select(items.c.id, items.c.copies).where(items.c.copies > 1, items.c.status == "open")).first()
    assert row is not None
    page = bench.log_in("Anna")
    page.goto(f"{bench.server.url}/items/{row.id}")
    assert page.locator("details.places summary").inner_text() == f"One decision for {row.copies} places"
    page.click("details.places summary")
    assert page.locator("details.places li").count() == row.copies
    assert "A/HRC/99/1" in page.locator("details.places").inner_text()


def test_everything_works_without_javascript(bench: Bench) -> None:
    page = bench.log_in("Anna", java_script_enabled=False)
    item = shown(page)
    page.check("#desk input[name=action][value='3']")
    page.locator("#desk .chip button").first.click()
    assert checked(page) == "3"
    page.fill("#desk input[name=add]", "impunity")
    page.locator("#desk .add button").click()
    page.click("#desk button[value=save]")
    assert "Saved" in page.locator("#outcome").inner_text()
    assert shown(page) != item
    assert bench.codes(item).action == 3
    assert "Impunity" in bench.codes(item).issues
    page.click("#undo-form button")
    assert shown(page) == item
    assert bench.codes(item) is None
    page.click("#desk button[value=skip]")
    second = shown(page)
    assert second != item
    page.click("#desk details.escalate summary")
    page.fill("#desk textarea", "A question.")
    page.click("#desk button[value=escalate]")
    assert bench.item(second)["status"] == "escalated"


def test_the_other_pages_work_without_javascript(bench: Bench) -> None:
    page = bench.log_in("Anna", java_script_enabled=False)
    page.fill("#desk input[name=add]", "no such tag")
    page.locator("#desk .add button").click()
    assert "not a tag" in page.locator(".notice").inner_text()
    page.click("text=Go on reviewing")
    page.click("text=Keys")
    assert "Takes back your last decision" in page.locator("main").inner_text()
    page.goto(f"{bench.server.url}/queue")
    page.select_option("#f-tag", "Labour")
    page.click("text=Show")
    assert "tag=Labour" in page.url
    page.goto(f"{bench.server.url}/search")
    page.fill("#q", "DEATH penalty")
    page.click("main button")
    assert page.locator(".list li").count() > 0
    page.click("text=Log out")
    assert page.url.endswith("/login")


@pytest.mark.parametrize("how", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}], ids=["light", "dark", "phone"])
def test_no_page_has_an_axe_violation(bench: Bench, how: dict[str, Any]) -> None:
    if not AXE.is_file():
        pytest.skip("NOT TESTED for accessibility: tests/review/axe/axe.min.js is missing")
    page = bench.log_in("Dora", **how, bypass_csp=True)
    item = ready(page)
    page.keyboard.press("Enter")
    bench.until_entries(1)
    ready(page)
    page.keyboard.press("t")
    page.keyboard.type("right")
    page.wait_for_selector(".listbox li")
    found = _violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    found += _violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    found += _violations(page)
    for address in (
        "queue",
        "queue?state=Chile",
        "statistics",
        "codebook",
        "search?q=death",
        "adjudicate",
        "keys",
        f"items/{item}",
        f"items/{item}/history",
    ):
        page.goto(f"{bench.server.url}/{address}")
        found += _violations(page)
    page.goto(f"{bench.server.url}/nothing")
    found += _violations(page)
    page.context.clear_cookies()
    page.goto(f"{bench.server.url}/login")
    found += _violations(page)
    bench.complaints.clear()  # the page that is not there
    assert found == []


def _violations(page: Any) -> list[str]:
    page.add_script_tag(path=str(AXE))
    result = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})")
    return [f"{page.url}: {v['id']}: {n['html'][:160]}" for v in result["violations"] for n in v["nodes"]]


def test_on_a_phone_nothing_is_wider_than_the_screen(bench: Bench) -> None:
    page = bench.log_in("Anna", viewport={"width": 360, "height": 740}, has_touch=True)
    ready(page)
    for address in ("review", "queue", "statistics", "codebook", "search"):
        page.goto(f"{bench.server.url}/{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto(f"{bench.server.url}/review")
    box = page.locator("#desk button[value=save]").bounding_box()
    assert box["y"] + box["height"] <= 740  # the button that decides is in sight without scrolling
    item = ready(page)
    page.tap("#desk .option >> nth=3")
    page.tap("#desk button[value=save]")
    bench.until_entries(1)
    assert bench.codes(item).action == 4


@pytest.mark.load
def test_a_day_with_a_queue_of_100_000(tmp_path: Path, chromium: Any) -> None:
    database = open_database(str(tmp_path / "desk.db"))
    fill(database, 100_000)
    people(database)
    server = ServedHere(database)
    bench = Bench(database, server, chromium)
    page = bench.log_in("Anna")
    for _ in range(10):
        ready(page)
        page.keyboard.press("Enter")
    bench.until_entries(10)
    page.goto(f"{server.url}/queue?state=Kenya&tag=Labour")
    assert int(page.locator("#list .spread b").inner_text().replace(",", "")) > 1000
    page.goto(f"{server.url}/statistics")
    assert "10" in page.locator("tbody tr", has_text="Anna").inner_text()
    assert bench.complaints == []
    bench.contexts[0].close()
    server.stop()
    database.close()


def test_hostile_text_is_only_text(bench: Bench) -> None:
    with bench.database.write() as connection:
        hostile = "<script>alert(1)</script><img src=x onerror=alert(2)> ${7*7} {{7*7}} ' onmouseover='alert(3)"
        item = connection.scalar(select(items.c.id).where(items.c.status == "open").limit(1))
        connection.execute(
            update(items).where(items.c.id == item).values(priority=99.0, text=hostile, reasons=["</span><script>alert(4)</script>"])
        )
    page = bench.log_in("Anna")
    alarms: list[str] = []
    page.on("dialog", lambda dialog: (alarms.append(dialog.message), dialog.dismiss()))
    for address in (f"items/{item}", f"items/{item}/history", "queue", "search?q=script"):
        page.goto(f"{bench.server.url}/{address}")
        assert hostile in " ".join(page.locator("main").inner_text().split())
        assert page.locator("main script, main img").count() == 0
    assert alarms == []
