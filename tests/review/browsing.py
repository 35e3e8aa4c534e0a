"""People at a served desk, in a real browser."""

from __future__ import annotations

import re
import time
from typing import Any

from sqlalchemy import select, update

from pipeline.review.deciding.history import history
from pipeline.review.store.database import Database
from pipeline.review.store.tables import decisions, items
from pipeline.review.store.transitions import Standing
from tests.review.bench import PASSWORD


class Bench:
    """A served desk, and people at it."""

    def __init__(self, database: Database, server: Any, chromium: Any) -> None:
        self.database = database
        self.server = server
        self.chromium = chromium
        self.contexts: list[Any] = []
        self.complaints: list[str] = []

    def log_in(self, name: str, password: str = PASSWORD, to: str = "/review", **how: Any) -> Any:
        """A browser of its own, logged in, at the review page, or where the desk leads instead."""
        context = self.chromium.new_context(**how)
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)  # a busy machine is slow to answer
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                self.complaints.append(said.text)
                if said.type == "error" and not re.search("40[49]|422", said.text)
                else None
            ),
        )
        page.goto(self.server.url)
        enter(page, name, password)
        page.wait_for_url(f"**{to}")
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
            assert time.monotonic() < end, f"{self.entries()} of {count} entries; on the pages: {self.seen()}"
            time.sleep(0.05)

    def seen(self) -> list[str]:
        """What the open pages say, and where their keys go."""
        script = (
            "[location.pathname, document.activeElement.outerHTML.slice(0, 80), "
            "document.getElementById('outcome')?.innerText]"
        )
        return [str(page.evaluate(script)) for context in self.contexts for page in context.pages]


def enter(page: Any, name: str, password: str = PASSWORD) -> None:
    """Fills in and sends the form of the login page that is open, and waits for the page that answers: the
    next form, too, would be sent from the old page.
    """
    page.fill("#name", name)
    page.fill("#password", password)
    with page.expect_navigation():
        page.click("button.primary")


def follow(page: Any, selector: str) -> None:
    """Clicks on what leads to another page, and waits until that page and its scripts are there."""
    with page.expect_navigation():
        page.locator(selector).first.click()


def shown(page: Any) -> int:
    return int(page.locator("#desk form.card").get_attribute("data-item"))


def ready(page: Any) -> int:
    """Waits until the next recommendation is loaded and this one can be decided; returns this one."""
    page.wait_for_selector("#ahead form.card", state="attached")
    looked_at(page)
    return shown(page)


def looked_at(page: Any) -> None:
    """Waits as long as a recommendation must have been on the screen before it can be decided."""
    page.wait_for_timeout(420)


def tags(page: Any) -> list[str]:
    return [i.get_attribute("value") for i in page.locator("#desk .chips input[name=issues]").all()]


def checked(page: Any) -> str | None:
    found = page.locator("#desk input[name=action]:checked")
    return found.get_attribute("value") if found.count() else None
