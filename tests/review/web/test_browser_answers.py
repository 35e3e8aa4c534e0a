"""What the page does with answers that do not come, come late, or come from somebody else than the desk."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.review.store.accounts import reset_password
from tests.review.browsing import Bench, enter, ready, shown


def test_what_somebody_else_answers_does_not_pass_for_saved(bench: Bench) -> None:
    page = bench.log_in("Anna")
    item = ready(page)

    def sign_in(route: Any) -> None:
        route.fulfill(status=200, content_type="text/html", body="<h1>Sign in to this network</h1>")

    page.route("**/items/*", sign_in)
    page.keyboard.press("Enter")
    page.wait_for_selector("#outcome .bad")
    assert "Not saved yet" in page.locator("#outcome").inner_text()
    page.unroute("**/items/*", sign_in)
    page.wait_for_selector("#outcome .good", timeout=30_000)
    assert bench.kinds(item) == ["decide"]


@pytest.mark.long
def test_a_decision_from_before_a_new_password_is_sent_after_it(bench: Bench) -> None:
    page = bench.log_in("Anna")
    item = ready(page)
    given = reset_password(bench.database, "Anna")  # by a lead; her session ends
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    page.wait_for_selector("#outcome .bad")
    assert "nothing is lost" in page.locator("#outcome").inner_text()
    other = page.context.new_page()
    other.goto(f"{bench.server.url}/login")
    enter(other, "Anna", given)
    other.wait_for_url("**/me")
    page.locator("#outcome button").click()  # too early: another password is to be chosen first
    page.wait_for_selector("#outcome :text('Somebody else gave you your password')")
    other.fill("#old", given)
    other.fill("#new", "four quite unlike words")
    other.click("button.primary")
    other.wait_for_url("**/review")
    bench.until_entries(1)  # the page that has just opened sends what the browser has kept
    assert bench.codes(item).action == 3
    bench.complaints.clear()  # the browser calls an answer to somebody who is logged out an error


@pytest.mark.long
def test_an_undo_whose_answer_is_lost_is_done_once(bench: Bench) -> None:
    page = bench.log_in("Anna")
    first = ready(page)
    page.keyboard.press("Enter")
    second = ready(page)
    page.keyboard.press("Enter")
    bench.until_entries(2)

    def lost(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/undo", lost)
    page.keyboard.press("u")
    page.wait_for_selector("#outcome .bad")
    assert "Not undone yet" in page.locator("#outcome").inner_text()
    page.unroute("**/undo", lost)
    page.keyboard.press("u")
    page.wait_for_selector(f"#desk form.card[data-item='{second}']")
    assert (bench.kinds(first), bench.kinds(second)) == (["decide"], ["decide", "undo"])
    bench.complaints.clear()  # the browser calls a request without an answer an error


@pytest.mark.long
def test_the_next_recommendation_comes_when_the_desk_answers_again(bench: Bench) -> None:
    page = bench.log_in("Anna")
    ready(page)

    def unreachable(route: Any) -> None:
        route.abort()

    page.route("**/review/ahead*", unreachable)
    page.keyboard.press("Enter")  # what was loaded before is shown
    page.wait_for_timeout(450)
    last = shown(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("#outcome .bad")
    assert "cannot be shown yet" in page.locator("#outcome").inner_text()
    page.unroute("**/review/ahead*", unreachable)
    page.wait_for_selector(f"#desk form.card:not([data-item='{last}'])")
    ready(page)
    page.keyboard.press("Enter")
    bench.until_entries(3)
    bench.complaints.clear()
