"""A lead's work in a real browser: rounds, accounts, assignments and decisions on a whole filter."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.review.store.accounts import find_user, set_enabled, set_role
from pipeline.review.store.tables import items, occurrences
from pipeline.review.store.transitions import Role
from tests.review.bench import PASSWORD
from tests.review.browsing import Bench, enter, follow, ready, shown

CHOSEN = "four quite unlike words"


def number_of(bench: Bench, name: str) -> int:
    person = find_user(bench.database, name)
    assert person is not None
    return person.id


def plan_of_the_round(page: Any, bench: Bench) -> None:
    """Opens the plan of the only round."""
    page.goto(f"{bench.server.url}/rounds")
    page.click("#change-1")


@pytest.mark.long
def test_a_lead_plans_a_round_and_only_its_people_are_given_it(bench: Bench) -> None:
    dora = bench.log_in("Dora")
    plan_of_the_round(dora, bench)
    dora.fill("#name-1", "Session 44")
    dora.fill("#second-1", "100")
    dora.fill("#deadline-1", "2027-01-31")
    dora.locator("fieldset label", has_text="Anna").locator("input").check()
    dora.locator("h1").click()  # the focus leaves the form
    dora.wait_for_timeout(5_500)  # progress comes anew every five seconds
    assert dora.input_value("#name-1") == "Session 44"
    follow(dora, "text=Save the plan")
    told = dora.locator("section.round").inner_text()
    assert "Session 44" in told
    assert "Jan 31, 2027" in told
    assert "100% of all read twice" in told
    ben = bench.log_in("Ben")
    assert "Nothing is waiting for you" in ben.locator("main").inner_text()
    anna = bench.log_in("Anna")
    item = ready(anna)
    anna.keyboard.press("Enter")
    bench.until_entries(1)
    assert bench.item(item)["status"] == "second"


@pytest.mark.long
def test_the_focus_stays_where_it_is_when_progress_comes_anew(bench: Bench) -> None:
    page = bench.log_in("Anna")
    page.goto(f"{bench.server.url}/rounds")
    page.focus("#work-1")
    with page.expect_response("**/rounds"):
        pass  # nobody does anything
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement.id") == "work-1"


@pytest.mark.long
def test_a_mistaken_import_is_withdrawn_and_brought_back(bench: Bench) -> None:
    anna = bench.log_in("Anna")
    item = ready(anna)
    anna.keyboard.press("Enter")
    bench.until_entries(1)
    ready(anna)
    dora = bench.log_in("Dora")

    def exported() -> list[dict[str, str]]:
        answer = dora.request.get(f"{bench.server.url}/exchange/export?name=sheet.csv")
        return list(csv.DictReader(io.StringIO(answer.body().decode("utf-8-sig"))))

    assert {row["text"] for row in exported()} == {bench.item(item)["text"]}
    plan_of_the_round(dora, bench)
    follow(dora, "text=Withdraw this round")
    assert "withdrawn" in dora.locator("section.round h2").inner_text()
    anna.keyboard.press("Enter")  # on what she has still open
    anna.wait_for_selector("#refusals .bad")
    assert "was withdrawn" in anna.locator("#refusals").inner_text()
    anna.goto(f"{bench.server.url}/review")
    assert "Nothing is waiting for you" in anna.locator("main").inner_text()
    assert exported() == []
    plan_of_the_round(dora, bench)
    follow(dora, "text=Bring this round back")
    assert {row["text"] for row in exported()} == {bench.item(item)["text"]}
    anna.goto(f"{bench.server.url}/review")
    ready(anna)
    anna.keyboard.press("Enter")
    bench.until_entries(2)


@pytest.mark.long
def test_an_added_person_chooses_a_password_and_works(bench: Bench) -> None:
    set_role(bench.database, "Dora", Role.ADMIN)
    dora = bench.log_in("Dora")
    dora.goto(f"{bench.server.url}/people")
    dora.fill("#new-name", "Eva")
    dora.select_option("#new-role", "reviewer")
    follow(dora, "button:has-text('Add a person')")
    given = dora.locator("main code").inner_text()
    dora.goto(f"{bench.server.url}/people")
    assert given not in dora.content()  # it was shown once
    assert "Dora added Eva as reviewer" in dora.locator("main").inner_text()
    eva = bench.log_in("Eva", given, to="/me")
    for new, told in (("short", "At least 10 characters"), (CHOSEN, "")):
        eva.fill("#old", given)
        eva.fill("#new", new)
        follow(eva, "text=Change the password")
        assert told in eva.locator("main").inner_text()
    assert eva.url.endswith("/review")
    item = ready(eva)
    eva.keyboard.press("Enter")
    bench.until_entries(1)
    assert bench.kinds(item) == ["decide"]
    bench.complaints.clear()  # the refused password


@pytest.mark.long
def test_an_admin_changes_a_role_shuts_an_account_and_gives_a_new_password(bench: Bench) -> None:
    set_role(bench.database, "Dora", Role.ADMIN)
    dora, ben = bench.log_in("Dora"), bench.log_in("Ben")
    url = bench.server.url

    def press(name: str) -> None:
        dora.goto(f"{url}/people")
        with dora.expect_navigation():
            dora.get_by_role("button", name=name, exact=True).click()

    dora.goto(f"{url}/people")
    row = dora.locator("tbody tr", has_text="Ben")
    row.locator("select").select_option("adjudicator")
    with dora.expect_navigation():
        row.get_by_role("button", name="Change").click()
    ben.goto(f"{url}/review")
    enter(ben, "Ben")  # a new role ends the sessions of the old one
    ben.wait_for_url("**/review")
    assert ben.locator("nav a[href='/adjudicate']").is_visible()
    press("Shut the account of Ben")
    ben.goto(f"{url}/review")
    enter(ben, "Ben")
    ben.wait_for_selector("[role=alert]")
    assert "Name or password is wrong" in ben.locator("[role=alert]").inner_text()
    press("Open the account of Ben")
    press("New password for Ben")
    given = dora.locator("main code").inner_text()
    enter(ben, "Ben", PASSWORD)
    ben.wait_for_selector("[role=alert]")
    enter(ben, "Ben", given)
    ben.wait_for_url("**/me")
    bench.complaints.clear()  # the browser calls a refused login an error


def test_a_lead_decides_on_a_whole_filter_and_takes_it_back_on_the_same_page(bench: Bench) -> None:
    anna = bench.log_in("Anna")
    held = ready(anna)
    with bench.database.read() as connection:
        source = connection.scalar(select(occurrences.c.source).where(occurrences.c.item_id == held))
    dora = bench.log_in("Dora")
    dora.goto(f"{bench.server.url}/queue?state={source['state_under_review']}")
    waiting = int(dora.locator("#list .spread p").get_attribute("data-count"))
    dora.click(".bulk summary")
    dora.check("input[name=every]")
    dora.select_option("#bulk-action", "4")
    follow(dora, "button:has-text('Preview')")
    left_out = dora.locator(".notice.warn").last.inner_text()
    assert bench.item(held)["text"] in left_out
    assert "Anna" in left_out
    listed = dora.locator("tbody tr").count()
    assert bench.entries() == 0
    follow(dora, f"text=Decide on these {listed}")
    assert f"{listed} decisions saved" in dora.locator(".notice.good").inner_text()
    assert listed <= waiting
    follow(dora, ".notice.good button")
    assert f"{listed} decisions taken back" in dora.locator(".notice.good").inner_text()
    assert int(dora.locator("#list .spread p").get_attribute("data-count")) == waiting


@pytest.mark.long
def test_a_lead_assigns_the_first_of_a_filter_and_hands_over_for_who_is_away(bench: Bench) -> None:
    dora = bench.log_in("Dora")
    dora.goto(f"{bench.server.url}/queue?state=Kenya")
    dora.click(".bulk summary")
    dora.check("input[name=every]")
    dora.fill("#assign-most", "3")
    dora.select_option("#assign-person", label="Ben")
    follow(dora, "button[formaction]")
    assert "3 recommendations assigned" in dora.locator(".notice.good").inner_text()
    set_enabled(bench.database, "Ben", False)
    dora.reload()
    assigned = dora.locator(".filters li", has_text="Ben")
    assert "account disabled" in assigned.inner_text()
    assigned.locator("select").select_option(label="Anna")
    with dora.expect_navigation():
        assigned.get_by_role("button").click()
    anna = bench.log_in("Anna")
    anna.goto(f"{bench.server.url}/review?mine=1")
    assert anna.locator("#left").inner_text() == "3 left"
    with bench.database.read() as connection:
        theirs = set(
            connection.scalars(select(items.c.id).where(items.c.assignee_id == number_of(bench, "Anna")))
        )
    assert ready(anna) in theirs


@pytest.mark.long
def test_what_is_assigned_reaches_its_second_reader_and_from_a_shut_account_everybody(bench: Bench) -> None:
    bench.set_items(assignee_id=number_of(bench, "Cleo"))
    set_enabled(bench.database, "Cleo", False)
    anna = bench.log_in("Anna")
    ready(anna)  # what nobody else can do reaches her
    bench.set_items(assignee_id=number_of(bench, "Anna"), second_due=True)
    anna.reload()
    item = ready(anna)
    anna.keyboard.press("Enter")
    bench.until_entries(1)
    ben = bench.log_in("Ben")
    assert shown(ben) == item
    assert "second reading" in ben.locator(".notice").inner_text()
