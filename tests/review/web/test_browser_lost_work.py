"""Nothing a person does at the desk is lost, or decided without them: each kind that once happened, in a real
browser.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from sqlalchemy import event, update

from pipeline.review.deciding.entries import Submission
from pipeline.review.deciding.history import history
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.store.accounts import find_user
from pipeline.review.store.tables import items
from pipeline.review.store.transitions import Codes
from tests.review.bench import PASSWORD
from tests.review.browsing import Bench, checked, ready, shown, tags

DORAS = Codes(1, ("General",))


def typed(page: Any, letters: str) -> None:
    page.keyboard.press("t")
    page.keyboard.type(letters)


def fault(page: Any) -> str:
    line = page.locator("#desk .field-fault")
    return line.inner_text() if line.is_visible() else ""


@pytest.mark.parametrize("how", ["Enter", "click"])
def test_a_tag_that_was_typed_and_not_yet_added_is_added_when_saving(bench: Bench, how: str) -> None:
    page = bench.log_in("Anna")
    item = ready(page)
    typed(page, "impunity")
    if how == "click":
        page.locator("#desk button[value=save]").click()
    else:  # the focus has left the field, the letters have not
        page.locator("#desk .text").focus()
        page.keyboard.press("Enter")
    bench.until_entries(1)
    assert "Impunity" in bench.codes(item).issues


def test_letters_that_are_no_tag_refuse_the_save_beside_the_field(bench: Bench) -> None:
    page = bench.log_in("Anna")
    item = ready(page)
    typed(page, "right to")
    page.locator("#desk .text").click()  # the list closes when the field is left
    page.locator("#desk button[value=save]").click()
    assert "“right to” is not a tag yet" in fault(page)
    assert (shown(page), bench.entries()) == (item, 0)
    page.keyboard.press("Escape")
    assert fault(page) == ""
    page.keyboard.press("Enter")
    bench.until_entries(1)


def test_enter_says_why_an_unknown_or_chosen_tag_is_not_added_and_escape_frees_the_keys(bench: Bench) -> None:
    page = bench.log_in("Anna")
    ready(page)
    before = tags(page)
    typed(page, "helth")
    page.keyboard.press("Enter")
    assert fault(page) == "No such tag."
    page.keyboard.press("Escape")
    typed(page, before[0].lower())
    page.keyboard.press("Enter")
    assert fault(page) == f"{before[0]} is chosen already."
    typed(page, "x")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    assert checked(page) == "2"
    assert tags(page) == before


def test_a_held_enter_decides_once_and_nothing_before_it_was_seen(bench: Bench) -> None:
    page = bench.log_in("Anna")
    first = ready(page)
    # A pressed key, the same key held, and pressed again before anybody can have read the next: in one go, so
    # that a slow machine changes nothing.
    page.evaluate(
        """() => {
            for (const repeat of [false, true, true, true, false]) {
                document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
                    { key: "Enter", repeat, bubbles: true, cancelable: true }));
            }
        }"""
    )
    bench.until_entries(1)
    page.wait_for_timeout(600)
    assert bench.entries() == 1
    assert shown(page) != first


def test_after_a_click_on_a_tags_cross_enter_decides(bench: Bench) -> None:
    page = bench.log_in("Anna")
    item = ready(page)
    before = tags(page)
    page.locator("#desk .chip .cross").first.click()
    page.keyboard.press("Enter")
    bench.until_entries(1)
    assert sorted(bench.codes(item).issues) == sorted(before[1:])


def doras_correction(bench: Bench, item: int) -> None:
    """Dora decides what Anna has on her screen, after Anna's hold on it has ended."""
    dora = find_user(bench.database, "Dora")
    assert dora is not None
    with bench.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM leases")
    Ledger(bench.database, "2014-10", 10).decide(dora, Submission(item, 0, DORAS))


def test_a_refusal_names_its_recommendation_and_stays_when_the_next_is_saved(bench: Bench) -> None:
    page = bench.log_in("Anna")
    item = ready(page)
    text = page.locator("#desk .text").inner_text()
    doras_correction(bench, item)
    page.keyboard.press("n")
    page.keyboard.type("Two $& treaties.")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_selector("#refusals .bad")
    ready(page)
    page.keyboard.press("Enter")
    bench.until_entries(2)
    page.wait_for_selector("#outcome .good")
    refusal = page.locator("#refusals .bad")
    assert text[:40] in refusal.inner_text()
    assert "Dora changed" in refusal.inner_text()
    assert "Your note was: “Two $& treaties.”" in refusal.inner_text()
    assert refusal.locator("a").get_attribute("href") == f"/items/{item}"
    refusal.locator("button").click()
    assert page.locator("#refusals .bad").count() == 0


def test_a_correction_made_while_the_desk_is_out_of_reach_is_what_arrives(bench: Bench) -> None:
    page = bench.log_in("Anna")
    item = ready(page)
    page.goto(f"{bench.server.url}/items/{item}")
    page.wait_for_timeout(450)
    page.context.set_offline(True)
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.wait_for_selector("#outcome .bad")
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    page.context.set_offline(False)
    bench.until_entries(1)
    page.wait_for_timeout(500)
    assert bench.codes(item).action == 5
    bench.complaints.clear()  # the browser calls a request that could not be sent an error


def test_a_decision_outlives_a_closed_page(bench: Bench) -> None:
    page = bench.log_in("Anna")
    item = ready(page)
    context = page.context
    context.set_offline(True)
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    page.wait_for_selector("#outcome .bad")
    page.close(run_before_unload=False)
    context.set_offline(False)
    again = context.new_page()
    again.goto(f"{bench.server.url}/review")
    bench.until_entries(1)
    assert bench.codes(item).action == 4
    bench.complaints.clear()


@pytest.mark.long
def test_nothing_is_entered_under_the_name_of_who_logged_in_since(bench: Bench) -> None:
    page = bench.log_in("Anna")
    item = ready(page)
    other = page.context.new_page()  # the same browser, and so the same cookies
    other.goto(f"{bench.server.url}/review")
    other.click("text=Log out")
    other.fill("#name", "Ben")
    other.fill("#password", PASSWORD)
    other.click("button.primary")
    other.wait_for_url("**/review")
    page.keyboard.press("Enter")
    page.wait_for_selector("#outcome .bad")
    assert "Somebody else is logged in" in page.locator("#outcome").inner_text()
    page.locator("#outcome button").click()
    page.wait_for_timeout(500)
    assert bench.entries() == 0
    other.click("text=Log out")
    other.fill("#name", "Anna")
    other.fill("#password", PASSWORD)
    other.click("button.primary")
    bench.until_entries(1)
    assert bench.kinds(item) == ["decide"]
    with bench.database.read() as connection:
        name = connection.exec_driver_sql(
            "SELECT users.name FROM decisions JOIN users ON users.id = decisions.user_id"
        ).scalar()
    assert name == "Anna"
    bench.complaints.clear()


def test_the_number_left_follows_each_decision_and_undo(bench: Bench) -> None:
    page = bench.log_in("Anna")
    ready(page)

    def number() -> int:
        return int(page.locator("#left").inner_text().split()[0].replace(",", ""))

    start = number()
    page.keyboard.press("Enter")
    page.wait_for_selector("#outcome .good")
    assert number() == start - 1
    ready(page)
    page.keyboard.press("u")
    bench.until_entries(2)
    page.wait_for_selector(f"#left[data-count='{start}']")
    ready(page)
    page.keyboard.press("s")  # what is skipped is still left
    bench.until_entries(3)
    ready(page)
    page.keyboard.press("u")
    bench.until_entries(4)
    page.wait_for_selector("#outcome :text('Undone')")
    assert number() == start


def test_undo_goes_on_to_the_decision_before_the_one_that_a_colleague_has_read(bench: Bench) -> None:
    page = bench.log_in("Anna")
    first = ready(page)
    page.keyboard.press("Enter")
    latest = ready(page)
    page.keyboard.press("Enter")
    bench.until_entries(2)
    dora = find_user(bench.database, "Dora")
    assert dora is not None
    Ledger(bench.database, "2014-10", 10).decide(dora, Submission(latest, 1, DORAS))
    page.keyboard.press("u")
    page.wait_for_selector("#outcome .bad")
    page.keyboard.press("u")
    page.wait_for_selector(f"#desk form.card[data-item='{first}']")
    assert bench.item(first)["status"] == "open"
    assert bench.codes(latest) == DORAS


def test_history_opens_for_what_was_read_twice_and_what_a_sheet_changed(bench: Bench) -> None:
    with bench.database.write() as connection:
        connection.execute(update(items).values(second_due=True))
    anna = bench.log_in("Anna")
    item = ready(anna)
    anna.keyboard.press("Enter")
    bench.until_entries(1)
    ledger = Ledger(bench.database, "2014-10", 10)
    ben, dora = find_user(bench.database, "Ben"), find_user(bench.database, "Dora")
    assert ben is not None
    assert dora is not None
    ledger.decide(ben, Submission(item, 1, Codes(1, ("General",))))
    ledger.decide(dora, Submission(item, 2, Codes(2, ()), "sheet.csv, row 3"), kind="sheet")
    page = bench.log_in("Dora")
    page.goto(f"{bench.server.url}/items/{item}/history")
    rows = page.locator("tbody tr")
    assert rows.count() == 3
    assert "hidden from the reader" in rows.nth(1).inner_text()
    assert "decision sheet" in rows.nth(2).inner_text()


def test_a_lead_sees_what_is_assigned_and_takes_it_back(bench: Bench) -> None:
    page = bench.log_in("Dora")
    page.goto(f"{bench.server.url}/queue")
    box = page.locator("#list input[name=items]").first
    item = int(box.get_attribute("value"))
    box.check()
    page.click("text=Decide on several at once")
    page.select_option("#assign-person", label="Ben")
    with page.expect_navigation():
        page.click("button:has-text('Assign') >> nth=-1")
    assert "Ben" in page.locator(".filters").inner_text()
    assert bench.item(item)["assignee_id"] is not None
    with page.expect_navigation():
        page.click("button:has-text('Hand over')")
    assert bench.item(item)["assignee_id"] is None


def test_a_desk_whose_database_is_gone_says_so_in_its_own_look(bench: Bench) -> None:
    page = bench.log_in("Anna")
    ready(page)
    with bench.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE facet_values RENAME TO gone")
    page.goto(f"{bench.server.url}/queue")
    assert "database does not answer" in page.locator("main").inner_text()
    assert page.locator("header .brand").is_visible()
    with bench.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO facet_values")
    bench.complaints.clear()


@contextmanager
def unwritable(bench: Bench, condition: str) -> Iterator[None]:
    """SQLite's own limits: no page more than there are (it says that the disk is full), or no writing."""

    def limit(connection: sqlite3.Connection, *_: Any) -> None:
        connection.execute(f"PRAGMA {condition}")

    def lift(connection: sqlite3.Connection, *_: Any) -> None:
        connection.execute("PRAGMA max_page_count=1000000")
        connection.execute("PRAGMA query_only=OFF")

    with closing(sqlite3.connect(str(bench.database.engine.url.database), isolation_level=None)) as own:
        own.execute("VACUUM")  # no free page is left
    event.listen(bench.database.engine, "checkout", limit)
    yield
    event.remove(bench.database.engine, "checkout", limit)
    event.listen(bench.database.engine, "checkout", lift)


@pytest.mark.parametrize("condition", ["max_page_count=1", "query_only=ON"], ids=["full", "read-only"])
def test_what_a_database_cannot_write_now_is_kept_and_sent_later(bench: Bench, condition: str) -> None:
    page = bench.log_in("Anna")
    item = ready(page)
    note = "Two treaties are named. " * 160
    token = page.locator("#undo-form input[name=csrf]").get_attribute("value")
    form = {"csrf": token, "version": "0", "do": "save", "action": "2", "note": note}
    with unwritable(bench, condition):
        page.keyboard.press("3")
        page.keyboard.press("n")
        page.locator(f"#note-{item}").fill(note)
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")
        page.wait_for_selector("#outcome .bad")
        assert "Not saved yet" in page.locator("#outcome").inner_text()
        answer = page.request.post(f"{bench.server.url}/items/{item}", form=form)
        assert answer.status == 503
        assert "its disk is full, or it is read-only" in answer.text()
        assert 'class="brand"' in answer.text()
        assert bench.entries() == 0
    page.wait_for_selector("#outcome .good", timeout=30_000)
    assert bench.codes(item).action == 3
    with bench.database.read() as connection:
        (entry,) = history(connection, item)
    assert entry["note"] == note.strip()
    bench.complaints.clear()  # the browser rightly says that the desk did not save


def test_similar_recommendations_that_were_not_looked_for_are_not_called_missing(bench: Bench) -> None:
    page = bench.log_in("Anna")
    item = ready(page)
    with bench.database.write() as connection:
        connection.execute(update(items).where(items.c.id == item).values(similar=[]))
    page.goto(f"{bench.server.url}/items/{item}")
    assert "were not looked for" in page.locator(".beside").inner_text()
    assert "No similar recommendation" not in page.locator(".beside").inner_text()
