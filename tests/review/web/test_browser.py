"""A reviewer's working day in a real browser."""

from __future__ import annotations

import time

from sqlalchemy import select

from pipeline.review.store.tables import items, occurrences
from tests.review.browsing import Bench, checked, follow, ready, shown, tags


def test_one_key_accepts_saves_and_shows_the_next_which_is_loaded_already(bench: Bench) -> None:
    page = bench.log_in("Anna")
    first = ready(page)
    suggestion, suggested = checked(page), tags(page)
    coming = int(page.locator("#ahead form.card").get_attribute("data-item"))
    page.keyboard.press("Enter")
    assert shown(page) == coming
    page.wait_for_selector("#outcome .good")
    assert "Saved" in page.locator("#outcome").inner_text()
    assert (str(bench.codes(first).action), sorted(bench.codes(first).issues)) == (
        suggestion,
        sorted(suggested),
    )
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


def test_enter_right_after_the_keys_dialog_has_closed_decides(bench: Bench) -> None:
    page = bench.log_in("Anna")
    item = ready(page)
    page.keyboard.press("?")
    # In one go, before the browser draws the page: until then the dialog's hidden button keeps the focus.
    was = page.evaluate(
        """() => {
            document.getElementById("keys").close();
            const held = document.activeElement;
            held.dispatchEvent(new KeyboardEvent("keydown",
                { key: "Enter", bubbles: true, cancelable: true }));
            return held.tagName;
        }"""
    )
    assert was == "BUTTON"  # else this tests nothing
    bench.until_entries(1)
    assert bench.codes(item) is not None


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


def test_filters_narrow_the_queue_are_kept_and_lead_to_review(bench: Bench) -> None:
    page = bench.log_in("Anna")
    page.goto(f"{bench.server.url}/queue")
    total = int(page.locator("#list .spread p").get_attribute("data-count"))
    with page.expect_response("**/queue?*"):
        page.select_option("#f-state", "Chile")
    page.wait_for_url("**/queue?*state=Chile*")
    end = time.monotonic() + 15
    while page.locator("#list .spread p").get_attribute("data-count") == str(total):
        assert time.monotonic() < end
    narrowed = int(page.locator("#list .spread p").get_attribute("data-count"))
    option = page.locator("#f-state option[value=Chile]").inner_text()
    assert option == f"Chile ({narrowed})"
    page.fill("#filter-name", "Only Chile")
    follow(page, "text=Keep >> nth=-1")
    assert page.locator(".kept li").inner_text().split()[:3] == ["Only", "Chile", str(narrowed)]
    follow(page, "text=Review these")
    ready(page)
    assert "State under Review: Chile" in page.locator(".status").inner_text()
    for _ in range(3):
        item = ready(page)
        with bench.database.read() as connection:
            states = {
                s["state_under_review"]
                for s in connection.scalars(select(occurrences.c.source).where(occurrences.c.item_id == item))
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
    follow(page, "button:has-text('Preview')")
    assert page.locator("tbody tr").count() == 4
    assert page.locator("tbody").inner_text().count("Impunity") == 4
    assert bench.entries() == 0
    follow(page, "text=Decide on these 4")
    assert "4 decisions saved" in page.locator(".notice").inner_text()
    assert all(bench.codes(item).action == 4 and "Impunity" in bench.codes(item).issues for item in picked)
    page.goto(f"{bench.server.url}/review")
    ready(page)
    page.keyboard.press("u")
    bench.until_entries(8)
    assert all(bench.item(item)["status"] == "open" for item in picked)


def test_identical_texts_are_shown_with_their_places(bench: Bench) -> None:
    with bench.database.read() as connection:
        row = connection.execute(
            select(items.c.id, items.c.copies).where(items.c.copies > 1, items.c.status == "open")
        ).first()
    assert row is not None
    page = bench.log_in("Anna")
    page.goto(f"{bench.server.url}/items/{row.id}")
    summary = page.locator("details.places summary").inner_text()
    assert summary == f"One decision for {row.copies} rows with this text"
    page.click("details.places summary")
    assert page.locator("details.places li").count() == row.copies
    assert "A/HRC/99/1" in page.locator("details.places").inner_text()
