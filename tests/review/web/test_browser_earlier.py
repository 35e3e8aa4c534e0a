"""On a card, what the State under review was asked before, in a real browser."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, update

from pipeline.review.opening import fill_queue
from pipeline.review.store.before import earlier
from pipeline.review.store.tables import items
from tests.review import invented
from tests.review.browsing import Bench, looked_at

BEFORE = ".beside section:has(h2:text-is('Asked of the same State before'))"


def filled(bench: Bench, folder: Path) -> int:
    """The desk with one recommendation that Kenya got before, three times. Returns: its item."""
    base = invented.rows(1)[0] | {"state_under_review": "Kenya", "needs_review": True, "action": 5}
    text = "Sign and ratify OPCAT"
    table = invented.write(folder / "l.parquet", [base | {"text": text, "row_id": "later", "session": 44}])
    asked = [
        ("Ratify the Optional Protocol to the Convention against Torture", 8, "Noted", 5),
        ("Consider ratifying the Optional Protocol to CAT", 21, "Supported", 3),
        ("Accede to OPCAT", 35, None, 5),
    ]
    own = invented.rows(1, by="expert")[0] | {
        "state_under_review": "Kenya",
        "recommending_states": ["Viet Nam"],
        "issues": ["International instruments"],
    }
    coded = [
        own | {"text": t, "session": session, "response": response, "action": action, "row_id": f"e{session}"}
        for t, session, response, action in asked
    ]
    fill_queue(bench.database, [table], [invented.write(folder / "c.parquet", coded)])
    with bench.database.write() as connection:
        connection.execute(update(items).values(second_due=False))
        return int(connection.scalars(select(items.c.id).where(items.c.text == text)).one())


def test_a_card_shows_what_the_state_was_asked_before_and_names_states_when_asked(
    bench: Bench, tmp_path: Path
) -> None:
    item = filled(bench, tmp_path)
    page = bench.log_in("Anna")
    page.goto(f"{bench.server.url}/items/{item}")
    before = page.locator(BEFORE)
    assert before.locator("li").count() == 3
    noted = before.locator("li", has_text="Ratify the Optional Protocol to the Convention against Torture")
    said = noted.inner_text()
    assert "5 Specific" in said.replace("\n", " ")
    assert "International instruments" in said
    assert "session 8, " in said
    assert ", noted, coded by people" in said
    assert "response not known" in before.locator("li", has_text="Accede").inner_text()
    assert "nearly the same" in before.locator("li", has_text="Consider").inner_text()
    # Coding is blind: names of States are there for who asks.
    assert "Kenya" not in before.inner_text()
    assert "Viet Nam" not in before.inner_text()
    noted.locator("summary").click()
    assert "To: Kenya. Recommended by: Viet Nam" in noted.inner_text()
    looked_at(page)
    page.locator("form.card button[value=save]").click()
    page.wait_for_url("**/review*")
    page.keyboard.press("u")
    page.locator(f"#desk form[data-item='{item}']").locator(BEFORE).locator("li").nth(2).wait_for()


def test_what_is_perhaps_the_same_stands_apart_in_every_language(bench: Bench, tmp_path: Path) -> None:
    item = filled(bench, tmp_path)
    with bench.database.write() as connection:
        first, second, *_ = connection.scalars(select(earlier.c.id).order_by(earlier.c.session)).all()
        pairs = [[first, "same"], [second, "perhaps"]]
        connection.execute(update(items).where(items.c.id == item).values(earlier=pairs))
    for locale, heading, apart, same in (
        ("en", "Asked of the same State before", "Perhaps the same", "the same"),
        ("fr", "Déjà recommandé au même État", "Peut-être la même", "la même"),
        ("es", "Recomendado antes al mismo Estado", "Quizá la misma", "la misma"),
    ):
        page = bench.log_in("Ben", locale=locale)
        page.goto(f"{bench.server.url}/items/{item}")
        section = page.locator(".beside section", has=page.locator("h2", has_text=heading))
        assert section.locator("h3").inner_text() == apart
        lists = section.locator("ol")
        assert same in lists.first.inner_text()
        assert same not in lists.last.inner_text()
        page.context.close()
