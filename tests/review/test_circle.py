"""The whole circle: label, review in the browser, export, ingest, retrain; and what was corrected is
learned.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from pipeline.review.store import accounts
from pipeline.review.store.database import open_database
from pipeline.review.store.tables import decisions
from pipeline.review.store.transitions import Role
from pipeline.store.tables import read_parquet
from tests.conftest import ROOT, Upr, change_settings, forget
from tests.review.bench import PASSWORD, ServedHere, wait_until
from tests.review.browsing import looked_at

TEXT = "Twinkle the lantern of lighthouse number {} at every gathering."
"""An instruction that no codebook knows, so that only people can say what it means here."""
CODES = (2, ["Right to water"])


def write_texts(path: Path, numbers: range, session: int) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "state_under_review", "session"])
        writer.writerows([TEXT.format(n), "Kenya", session] for n in numbers)
    return path


def labels(path: Path) -> list[dict[str, Any]]:
    return list(read_parquet(path).to_pylist())


@pytest.mark.long
@pytest.mark.parametrize(("kind", "session"), [("linear", 16), ("ensemble", 34)])
def test_what_people_correct_is_learned(
    kind: str, session: int, project: Path, sample_path: Path, upr: Upr, chromium: Any, tmp_path: Path
) -> None:
    """By a linear model in use and by the shipped ensemble, whose network learns nothing from it; also where
    the session is later than all that are coded.
    """
    if kind == "ensemble":
        shutil.rmtree(project / "models" / "shipped")
        shutil.copytree(ROOT / "models" / "shipped", project / "models" / "shipped")
    change_settings(project, {"train.demo_below_rows": 1})
    forget()
    texts = write_texts(tmp_path / "texts.csv", range(25), session)
    assert upr("label", texts, "--out", tmp_path / "labelled.parquet").code == 0
    first = labels(tmp_path / "labelled.parquet")
    assert all((row["action"], row["issues"]) != CODES for row in first)
    assert all(row["needs_review"] for row in first)  # the model knows that it does not know

    desk = tmp_path / "desk.db"
    decided_at_the_desk(upr, chromium, tmp_path, desk, sample_path)
    corpus = tmp_path / "corpus.parquet"
    ingested = upr("ingest", sample_path, tmp_path / "decisions.parquet", "--out", corpus)
    assert ingested.code == 0, ingested.err
    taken = [row for row in labels(corpus) if row["text"].startswith("Twinkle")]
    assert len(taken) == 25
    assert {(row["action"], tuple(row["issues"]), row["label_source"]) for row in taken} == {
        (2, ("Right to water",), "reviewed")
    }

    trained = upr("train", "--corpus", corpus, "--out", tmp_path / "models")
    assert trained.code == 0, trained.err
    # The corrected texts, and ones that nobody has seen.
    again = write_texts(tmp_path / "again.csv", range(40), session)
    assert (
        upr(
            "label", again, "--out", tmp_path / "again.parquet", "--model", tmp_path / "models" / "final"
        ).code
        == 0
    )
    learned = labels(tmp_path / "again.parquet")
    assert {(row["action"], tuple(row["issues"])) for row in learned} == {(2, ("Right to water",))}
    assert {row["model_version"] for row in learned} != {row["model_version"] for row in first}
    assert {row["model_version"].split("-")[0] for row in [*first, *learned]} == {kind}

    # The newer model's word on decided texts changes nothing that people said.
    upr("review", "import", tmp_path / "again.parquet", "--database", desk)
    upr("review", "export", "--out", tmp_path / "later.parquet", "--database", desk)
    assert [(r["row_id"], r["action"]) for r in labels(tmp_path / "later.parquet")] == [
        (r["row_id"], r["action"]) for r in labels(tmp_path / "decisions.parquet")
    ]


def decided_at_the_desk(upr: Upr, chromium: Any, folder: Path, desk: Path, precedents: Path) -> None:
    """Everything of `labelled.parquet` is decided on in the browser, and exported to `decisions.parquet`."""
    labelled = folder / "labelled.parquet"
    brought = upr("review", "import", labelled, "--precedents", precedents, "--database", desk)
    assert brought.code == 0, brought.err
    database = open_database(str(desk), create=True)
    accounts.add_user(database, "Anna", Role.REVIEWER, PASSWORD)
    review_all(database, chromium)
    assert upr("review", "export", "--out", folder / "decisions.parquet", "--database", desk).code == 0
    database.close()


def decided(database: Any) -> int:
    with database.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(decisions)))


def review_all(database: Any, chromium: Any) -> None:
    """Decide on everything, by keys."""
    server = ServedHere(database)
    page = chromium.new_page()
    page.set_default_timeout(20_000)
    page.goto(server.url)
    page.fill("#name", "Anna")
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.wait_for_url("**/review")
    done: set[str] = set()
    while page.locator("#desk form.card").count():
        item = page.locator("#desk form.card").get_attribute("data-item")
        assert item not in done
        done.add(item)
        looked_at(page)
        while page.locator("#desk .chips li").count():
            page.keyboard.press("Backspace")
        page.keyboard.press(str(CODES[0]))
        page.keyboard.press("t")
        page.keyboard.type("right to water")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#desk form.card:not([data-item='{item}']), #desk .empty")
    page.wait_for_selector("#desk .empty")
    wait_until(
        lambda: decided(database) == len(done), 20, "a decision did not arrive"
    )  # the page is ahead of the desk
    page.close()
    server.stop()
    assert len(done) == 25
