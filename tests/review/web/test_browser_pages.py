"""Every page in a real browser: for everybody, without scripts, on a phone, and with hostile text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from benchmarks.review_load import fill
from pipeline.review.store.accounts import set_role
from pipeline.review.store.database import open_database
from pipeline.review.store.tables import items
from pipeline.review.store.transitions import Role
from tests.axe import violations
from tests.review import invented
from tests.review.bench import ServedHere, people
from tests.review.browsing import Bench, checked, follow, ready, shown


def test_everything_works_without_javascript(bench: Bench) -> None:
    page = bench.log_in("Anna", java_script_enabled=False)
    item = shown(page)
    page.check("#desk input[name=action][value='3']")
    follow(page, "#desk .chip button")
    assert checked(page) == "3"
    page.fill("#desk input[name=add]", "impunity")
    follow(page, "#desk .add button")
    follow(page, "#desk button[value=save]")
    assert "Saved" in page.locator("#outcome").inner_text()
    assert shown(page) != item
    assert bench.codes(item).action == 3
    assert "Impunity" in bench.codes(item).issues
    follow(page, "#undo-form button")
    assert shown(page) == item
    assert bench.codes(item) is None
    follow(page, "#desk button[value=skip]")
    second = shown(page)
    assert second != item
    page.click("#desk details.escalate summary")
    page.fill("#desk textarea", "A question.")
    follow(page, "#desk button[value=escalate]")
    assert bench.item(second)["status"] == "escalated"


def test_the_other_pages_work_without_javascript(bench: Bench) -> None:
    page = bench.log_in("Anna", java_script_enabled=False)
    page.fill("#desk input[name=add]", "no such tag")
    follow(page, "#desk .add button")
    assert "not a tag" in page.locator(".notice").inner_text()
    follow(page, "text=Go on reviewing")
    follow(page, "text=Keys")
    assert "Undoes your last decision" in page.locator("main").inner_text()
    page.goto(f"{bench.server.url}/queue")
    page.select_option("#f-tag", "Labour")
    follow(page, "text=Show")
    assert "tag=Labour" in page.url
    page.goto(f"{bench.server.url}/search")
    page.fill("#q", "DEATH penalty")
    follow(page, "main button")
    assert page.locator(".list li").count() > 0
    follow(page, "text=Log out")
    assert page.url.endswith("/login")


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({}, id="light"),
        pytest.param({"color_scheme": "dark"}, id="dark", marks=pytest.mark.long),
        pytest.param({"viewport": {"width": 390, "height": 844}}, id="phone", marks=pytest.mark.long),
        pytest.param({"locale": "fr-CH"}, id="french", marks=pytest.mark.long),
    ],
)
def test_no_page_has_an_axe_violation(bench: Bench, how: dict[str, Any], home: Path, tmp_path: Path) -> None:
    set_role(bench.database, "Dora", Role.ADMIN)
    page = bench.log_in("Dora", **how, bypass_csp=True)
    item = ready(page)
    page.keyboard.press("Enter")
    bench.until_entries(1)
    ready(page)
    page.keyboard.press("t")
    page.keyboard.type("right")
    page.wait_for_selector(".listbox li")
    found = violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    found += violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    found += violations(page)
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
        "rounds",
        "activity",
        "mine",
        "inbox",
        "me",
        "people",
        "exchange",
        "review?state=Nowhere",
        "adjudicate/next",
        "nothing",
    ):
        page.goto(f"{bench.server.url}/{address}")
        for closed in page.locator("main details").all():
            closed.evaluate("part => { part.open = true; }")
        found += violations(page)
    found += _violations_of_files(page, bench, tmp_path)
    page.context.clear_cookies()
    page.goto(f"{bench.server.url}/login")
    found += violations(page)
    bench.complaints.clear()  # the page that is not there
    assert found == []


def _violations_of_files(page: Any, bench: Bench, folder: Path) -> list[str]:
    """Of the preview of a bulk decision, of a table that was brought, and of a sheet that comes back."""
    page.goto(f"{bench.server.url}/queue")
    page.locator("#list input[name=items]").first.check()
    page.click(".bulk summary")
    follow(page, ".bulk .fields button")
    found = violations(page)
    sheet = page.request.get(f"{bench.server.url}/exchange/export?name=sheet.csv").body()
    edited = sheet.decode("utf-8-sig").splitlines()
    table = invented.write(folder / "new.csv", invented.rows(5, seed=77)).read_bytes()
    for name, content in (("new.csv", table), ("sheet.csv", "\n".join([*edited, edited[-1] + "x"]).encode())):
        page.goto(f"{bench.server.url}/exchange")
        page.set_input_files("#file", {"name": name, "mimeType": "text/csv", "buffer": content})
        follow(page, "form.drop button")
        found += violations(page)
    return found


@pytest.mark.long
def test_on_a_phone_nothing_is_wider_than_the_screen(bench: Bench) -> None:
    page = bench.log_in("Anna", viewport={"width": 360, "height": 740}, has_touch=True)
    ready(page)
    for address in ("review", "rounds", "activity", "queue", "statistics", "codebook", "search", "me"):
        page.goto(f"{bench.server.url}/{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto(f"{bench.server.url}/review?tag=Corruption")
    chips = [chip.bounding_box() for chip in page.locator("#desk .chip").all()]
    assert {chip["y"] for chip in chips} == {chips[0]["y"]}  # side by side, each with its definition
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("#desk .chip button").last.focus()
    chip = page.locator("#desk .chip button").last.bounding_box()  # the page has scrolled to it
    tip = page.locator("#desk .chip .tip").last.bounding_box()
    assert tip["y"] >= chip["y"] + chip["height"]
    assert tip["x"] + tip["width"] <= 360
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
    database = open_database(str(tmp_path / "desk.db"), create=True)
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
    assert int(page.locator("#list .spread p").get_attribute("data-count")) > 1000
    page.goto(f"{server.url}/statistics")
    assert "10" in page.locator("tbody tr", has_text="Anna").inner_text()
    assert bench.complaints == []
    bench.contexts[0].close()
    server.stop()
    database.close()


def test_hostile_text_is_only_text(bench: Bench) -> None:
    with bench.database.write() as connection:
        hostile = (
            "<script>alert(1)</script><img src=x onerror=alert(2)> ${7*7} {{7*7}} ' onmouseover='alert(3)"
        )
        item = connection.scalar(select(items.c.id).where(items.c.status == "open").limit(1))
        connection.execute(
            update(items)
            .where(items.c.id == item)
            .values(priority=99.0, text=hostile, reasons=["</span><script>alert(4)</script>"])
        )
    page = bench.log_in("Anna")
    alarms: list[str] = []

    def refuse(dialog: Any) -> None:
        alarms.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    for address in (f"items/{item}", f"items/{item}/history", "queue", "search?q=script"):
        page.goto(f"{bench.server.url}/{address}")
        assert hostile in " ".join(page.locator("main").inner_text().split())
        assert page.locator("main script, main img").count() == 0
    assert alarms == []
