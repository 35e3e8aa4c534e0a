"""Pictures of the review desk's pages: light, dark, on a phone, and in French.

python -m benchmarks.review_screenshots docs/pictures
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select, update

from pipeline.review.deciding.card import read_card
from pipeline.review.deciding.entries import Submission
from pipeline.review.deciding.filters import Filter
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.deciding.queue import take_next
from pipeline.review.opening import fill_queue
from pipeline.review.store.accounts import set_role
from pipeline.review.store.database import open_database
from pipeline.review.store.tables import items, predictions
from pipeline.review.store.transitions import Codes, Role
from tests.review import invented
from tests.review.bench import PASSWORD, ServedHere, people

VIEWS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 860}},
    "dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
    "french": {"viewport": {"width": 1280, "height": 860}, "locale": "fr-CH"},
}
PAGES = {  # address, and the views beside the light one
    "review": ("/review?reason=close-actions", ("dark", "phone", "french")),
    "second-reading": ("/review", ("phone",)),
    "queue": ("/queue", ("phone", "french")),
    "statistics": ("/statistics", ("french",)),
    "codebook": ("/codebook", ()),
    "adjudicate": ("/adjudicate/next", ("dark", "phone")),
    "rounds": ("/rounds", ("dark", "phone", "french")),
    "people": ("/people", ("phone",)),
    "activity": ("/activity", ("phone", "dark")),
    "inbox": ("/inbox", ("french",)),
    "me": ("/me", ("french",)),
}


def prepare(folder: Path) -> Any:
    """A desk in the middle of its work: invented recommendations, some decided, some disputed."""
    database = open_database(str(folder / "desk.db"), create=True)
    labelled = invented.write(folder / "labelled.parquet", invented.rows(600, seed=21))
    coded = invented.write(folder / "coded.parquet", invented.rows(400, seed=9, by="expert", sessions=(3, 9)))
    fill_queue(database, [labelled], [coded])
    who = people(database)
    set_role(database, "Dora", Role.ADMIN)
    ledger = Ledger(database, "2014-10", 10)
    with database.write() as connection:
        connection.execute(update(items).where(items.c.id % 3 == 0).values(second_due=True))
    for number in range(220):
        person = who[("Anna", "Ben", "Cleo")[number % 3]]
        item = take_next(database, 10, person, Filter())
        if item is None:
            break
        with database.read() as connection:
            card = read_card(database, connection, person, item)
        if card is None:
            continue
        with database.read() as connection:
            said = (
                connection.execute(select(predictions).where(predictions.c.item_id == item)).mappings().one()
            )
        action = said["action"] if number % 6 else 1 + said["action"] % 5
        ledger.decide(
            person,
            Submission(
                item,
                card.version,
                Codes(action, tuple(said["issues"])),
                prediction_id=said["id"] if card.said else None,
                seconds=4.0,
            ),
        )
    return database


def take(browser: Any, url: str, out: Path) -> list[Path]:
    """The pages in their views. Returns: the files."""
    made = []
    for view, how in VIEWS.items():
        context = browser.new_context(**how)
        page = context.new_page()
        page.goto(url)
        page.fill("#name", "Dora")
        page.fill("#password", PASSWORD)
        page.click("button.primary")
        page.wait_for_selector("#ahead form.card", state="attached")
        for name, (address, others) in PAGES.items():
            if view not in ("light", *others):
                continue
            page.goto(url + address)
            page.wait_for_load_state("networkidle")
            made.append(out / f"desk-{name}-{view}.png")
            page.screenshot(path=made[-1])
            shrink(made[-1])
        context.close()
    return made


def shrink(path: Path) -> None:
    """Keep 128 colours of a picture: a page has few, and the file is a third."""
    from PIL import Image

    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
def main(out: Path) -> None:
    """Write the pictures to the folder OUT."""
    from playwright.sync_api import sync_playwright

    out.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = ServedHere(prepare(Path(folder)))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for path in take(browser, server.url, out):
            click.echo(path)
        browser.close()
        server.stop()


if __name__ == "__main__":
    main()
