"""Several people at one desk, in real browsers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from pipeline.review.store.tables import items, predictions
from tests.review.bench import Served
from tests.review.browsing import Bench, checked, follow, looked_at, ready, shown, tags


def test_two_people_never_get_one_item_and_the_later_one_is_told(bench: Bench) -> None:
    anna, ben = bench.log_in("Anna"), bench.log_in("Ben")
    item = ready(anna)
    ready(ben)
    assert shown(ben) != item
    assert int(ben.locator("#ahead form.card").get_attribute("data-item")) != int(
        anna.locator("#ahead form.card").get_attribute("data-item")
    )
    ben.goto(f"{bench.server.url}/items/{item}")
    assert "Anna opened this recommendation" in ben.locator(".notice").inner_text()
    # Anna decides; Ben's page, opened before, is out of date, and says so without losing Anna's decision.
    anna.keyboard.press("5")
    anna.keyboard.press("Enter")
    bench.until_entries(1)
    ben.evaluate("document.querySelector('form.card').dataset.decidable = 'yes'")
    looked_at(ben)
    ben.keyboard.press("1")
    ben.keyboard.press("Enter")
    ben.wait_for_selector("#refusals .bad")
    assert "Not saved: Anna changed this recommendation" in ben.locator("#refusals").inner_text()
    assert bench.codes(item).action == 5
    assert bench.kinds(item) == ["decide"]


def test_a_conflict_on_the_review_page_is_told_and_loses_nothing(bench: Bench) -> None:
    page = bench.log_in("Anna")
    item = ready(page)
    with (
        bench.database.write() as connection
    ):  # somebody else decides although Anna holds the lease: it ran out
        connection.execute(update(items).where(items.c.id == item).values(version=1))
    page.keyboard.press("Enter")
    page.wait_for_selector("#refusals .bad")
    assert "Not saved" in page.locator("#refusals").inner_text()
    assert page.locator(f"#refusals a[href='/items/{item}']").count() == 1
    assert bench.entries() == 0


@pytest.mark.long
def test_a_desk_that_is_gone_for_a_while_loses_no_decision(
    bench: Bench, serve: Callable[..., Served], tmp_path: Path
) -> None:
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
    looked_at(ben)
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
    assert not re.search(
        r"\d+%</span>|suggested, |linear-1|also possible|Reasons for review|<mark|name=.prediction", html
    )
    for reason in said["reasons"]:
        assert f">{reason}<" not in html
    answer = ben.request.get(f"{bench.server.url}/items/{item}/history")
    assert answer.status == 409
    assert "linear-1" not in answer.text()
    looked_at(ben)
    ben.keyboard.press("Enter")
    assert "Choose an action first" in ben.locator("#outcome").inner_text()
    assert bench.kinds(item) == ["decide"]


@pytest.mark.long
def test_an_adjudicator_settles_what_two_readings_say_differently(bench: Bench) -> None:
    item = disputed(bench)
    dora = bench.log_in("Dora")
    dora.goto(f"{bench.server.url}/adjudicate")
    follow(dora, ".list a")
    readings = dora.locator(".readings").inner_text()
    assert "5 Specific" in readings
    assert "4 General" in readings
    assert "Anna" not in readings
    follow(dora, "button[value=take-first]")
    assert checked(dora) == "5"
    looked_at(dora)
    dora.keyboard.press("Enter")
    bench.until_entries(3)
    dora.wait_for_url("**/adjudicate")  # the desk goes back there by itself
    assert bench.item(item)["status"] == "done"
    assert bench.codes(item).action == 5
    dora.goto(f"{bench.server.url}/statistics")
    assert "From 1 recommendation that" in dora.locator("main").inner_text()


@pytest.mark.long
def test_an_adjudicator_decides_by_one_key_and_the_reader_learns_why(bench: Bench) -> None:
    item = disputed(bench)
    with bench.database.read() as connection:
        said = connection.scalar(select(predictions.c.model_version).where(predictions.c.item_id == item))
    dora = bench.log_in("Dora")
    dora.goto(f"{bench.server.url}/adjudicate/next")
    assert shown(dora) == item
    assert str(said) not in dora.content()  # the suggestion is hidden until asked for
    assert "suggested" not in dora.locator("form.card").inner_text()
    dora.keyboard.press("n")
    dora.keyboard.type("A general action.")
    dora.keyboard.press("Escape")
    looked_at(dora)
    with dora.expect_navigation(url="**/adjudicate"):  # nothing else waits
        dora.keyboard.press("b")
    assert bench.codes(item).action == 4
    anna = bench.contexts[0].pages[0]
    anna.goto(f"{bench.server.url}/review")
    anna.get_by_text("1 reading of yours was decided otherwise").click()
    anna.wait_for_url("**/inbox")
    told = anna.locator("main").inner_text()
    assert "A general action." in told
    assert "5 Specific" in told
    assert "4 General" in told


@pytest.mark.long
def test_an_adjudicator_sees_the_suggestion_when_they_ask(bench: Bench) -> None:
    item = disputed(bench)
    dora = bench.log_in("Dora")
    dora.goto(f"{bench.server.url}/items/{item}?from=adjudicate")
    follow(dora, "text=Show the suggestion of the model")
    assert "suggested" in dora.locator("form.card").inner_text()
    follow(dora, "button[value=take-first]")
    assert checked(dora) == "5"


def note_and_decide(page: Any, bench: Bench, note: str) -> int:
    """Decides on the item that is shown, with a note; returns it."""
    item = ready(page)
    page.keyboard.press("n")
    page.keyboard.type(note)
    page.keyboard.press("Escape")
    looked_at(page)
    page.keyboard.press("Enter")
    bench.until_entries(1)
    return item


def test_a_note_is_there_for_the_next_reader(bench: Bench) -> None:
    anna = bench.log_in("Anna")
    item = note_and_decide(anna, bench, "The text names two treaties.")
    dora = bench.log_in("Dora")  # corrects what is settled
    dora.goto(f"{bench.server.url}/items/{item}")
    assert "The text names two treaties." in dora.locator("blockquote.note").inner_text()


@pytest.mark.long
def test_a_blind_reader_sees_no_note_before_deciding(bench: Bench) -> None:
    bench.set_items(second_due=True)
    item = note_and_decide(bench.log_in("Anna"), bench, "I took the second verb.")
    ben = bench.log_in("Ben")
    for address in (f"/items/{item}", "/review", "/activity", f"/items/{item}?suggestion=1"):
        ben.goto(bench.server.url + address)
        assert "second verb" not in ben.content(), address
    ben.goto(f"{bench.server.url}/items/{item}")
    assert "second reading" in ben.locator(".notice").inner_text()
    looked_at(ben)
    ben.keyboard.press("1")
    with ben.expect_navigation():
        ben.keyboard.press("Enter")
    assert bench.entries() == 2
    ben.goto(f"{bench.server.url}/items/{item}")
    assert "second verb" in ben.locator("blockquote.note").inner_text()


@pytest.mark.long
def test_the_progress_of_a_round_moves_by_itself(bench: Bench) -> None:
    dora = bench.log_in("Dora")
    dora.goto(f"{bench.server.url}/rounds")
    assert dora.locator("section.round progress").get_attribute("value") == "0"
    anna = bench.log_in("Anna")
    ready(anna)
    anna.keyboard.press("Enter")
    bench.until_entries(1)
    dora.wait_for_selector("section.round tbody tr:has-text('Anna')")  # nobody touched this page
    assert dora.locator("section.round progress").get_attribute("value") == "1"


@pytest.mark.long
def test_a_second_reading_is_not_repeated_once_the_first_was_seen(bench: Bench) -> None:
    item = disputed(bench)
    ben = bench.contexts[-1].pages[0]
    ben.goto(f"{bench.server.url}/items/{item}")  # decided, so that he sees everything now
    assert "suggested" in ben.locator("form.card").inner_text()
    ben.goto(f"{bench.server.url}/review")
    ready(ben)
    ben.keyboard.press("u")
    ben.wait_for_selector(f"#desk form.card[data-item='{item}'][data-decidable='no']")
    looked_at(ben)
    ben.keyboard.press("5")
    ben.keyboard.press("Enter")
    ben.goto(f"{bench.server.url}/review")
    assert shown(ben) != item
    assert bench.kinds(item) == ["decide", "decide", "undo"]
    ben.goto(f"{bench.server.url}/statistics")
    assert "From 0 recommendations" in ben.locator("main").inner_text()
    cleo = bench.log_in("Cleo")
    cleo.goto(f"{bench.server.url}/items/{item}")
    assert cleo.locator("#desk form.card[data-decidable='yes']").count() == 1


@pytest.mark.long
def test_a_decision_that_an_adjudicator_is_asked_about_stays_in_the_export(bench: Bench) -> None:
    anna = bench.log_in("Anna")
    item = ready(anna)
    anna.keyboard.press("Enter")
    bench.until_entries(1)
    dora = bench.log_in("Dora")
    dora.goto(f"{bench.server.url}/items/{item}")
    looked_at(dora)
    dora.keyboard.press("e")
    dora.keyboard.type("Is this one action or two?")
    with dora.expect_navigation():
        dora.click("#desk button[value=escalate]")
    assert bench.item(item)["status"] == "escalated"
    answer = dora.request.get(f"{bench.server.url}/exchange/export?name=table.jsonl")
    rows = [json.loads(line) for line in answer.text().splitlines()]
    assert {row["text"] for row in rows} == {bench.item(item)["text"]}
    assert {row["needs_review"] for row in rows} == {True}
