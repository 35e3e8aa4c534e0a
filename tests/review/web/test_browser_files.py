"""A document goes into the desk and decisions come out: in a real browser, with the shipped model."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pipeline.review.store.tables import items
from tests.conftest import Upr
from tests.review.browsing import Bench, checked, looked_at, ready, shown

SAMPLE = Path(__file__).resolve().parents[3] / "data" / "sample"


@pytest.fixture
def files(bench: Bench, home: Path) -> Any:
    """Dora's page of files; what she brings is kept in a home folder of the test."""
    page = bench.log_in("Dora")
    page.set_default_timeout(60_000)  # labelling holds the machine
    page.goto(f"{bench.server.url}/exchange")
    return page


def bring(page: Any, file: object) -> None:
    page.set_input_files("#file", file)
    with page.expect_navigation():
        page.click("form.drop button")


def texts_of_gold() -> set[str]:
    with (SAMPLE / "session-document-gold.csv").open(encoding="utf-8-sig", newline="") as file:
        return {" ".join(row["text"].split()) for row in csv.DictReader(file)}


def sheet_of(page: Any, bench: Bench) -> list[dict[str, str]]:
    answer = page.request.get(f"{bench.server.url}/exchange/export?name=sheet.csv")
    return list(csv.DictReader(io.StringIO(answer.body().decode("utf-8-sig"))))


def as_csv(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def labelled(page: Any) -> set[str]:
    """Brings the sample's report, waits as a person would, and returns the texts that are shown."""
    bring(page, SAMPLE / "session-document.docx")
    assert page.locator("#progress progress").is_visible()
    assert "being read and labelled" in page.locator("main").inner_text()
    page.wait_for_selector("text=Begin a round with")  # by itself, without another click
    told = page.locator("main").inner_text()
    assert re.search(r"\d+ of \d+ rows are doubtful; people decide on them", told)
    assert "action uncertain" not in told  # no count without a sentence
    assert re.fullmatch(r"[\d.()a-z ]+", page.locator("tbody tr").first.locator("td").nth(1).inner_text())
    with page.expect_download() as saved:
        page.click("text=Open the document")
    assert Path(saved.value.path()).read_bytes() == (SAMPLE / "session-document.docx").read_bytes()
    cells = page.locator("tbody td[data-label=Recommendation]").all_inner_texts()
    return {" ".join(cell.split()) for cell in cells}


def decide_in_round(page: Any, bench: Bench) -> tuple[int, str]:
    """Begins a round with what is shown and decides on its first recommendation; returns both."""
    assert page.input_value("#name") == "session-document"
    page.fill("#name", "Session 44")
    page.click("text=Begin a round with")
    page.wait_for_selector("text=in a round of their own")
    page.goto(f"{bench.server.url}/rounds")
    page.locator("section.round", has_text="Session 44").locator("text=Work on this round").click()
    item = ready(page)
    assert "Round: Session 44" in page.locator(".status").inner_text()
    wanted = "2" if checked(page) != "2" else "4"
    page.keyboard.press(wanted)
    page.keyboard.press("Enter")
    bench.until_entries(1)
    return item, wanted


def test_a_report_becomes_a_round_of_decisions_and_an_edited_sheet_comes_back(
    files: Any, bench: Bench
) -> None:
    page = files
    shown = labelled(page)
    assert len(shown & texts_of_gold()) > 0.9 * len(texts_of_gold())
    item, wanted = decide_in_round(page, bench)
    text = bench.item(item)["text"]
    assert " ".join(text.split()) in shown

    decided = [row for row in sheet_of(page, bench) if row["text"] == text]
    assert {row["action"] for row in decided} == {wanted}
    edited = [row | {"action": "3", "note": "Read again."} for row in decided]
    page.goto(f"{bench.server.url}/exchange")
    bring(page, {"name": "sheet.csv", "mimeType": "text/csv", "buffer": as_csv(edited)})
    preview = page.locator("tbody tr")
    assert preview.count() == 1
    assert f"{wanted} " in preview.locator("td[data-label='At the desk now']").inner_text()
    assert "3 Considering" in preview.locator("td[data-label='After the change']").inner_text()
    assert bench.entries() == 1  # looking changes nothing
    page.click("text=Change 1 decision")
    page.wait_for_selector("text=1 decision changed")
    assert bench.codes(item).action == 3


@pytest.mark.long
def test_rows_of_a_pdf_are_compared_with_the_page_they_come_from(files: Any, bench: Bench) -> None:
    page = files
    bring(page, SAMPLE / "session-document.pdf")
    page.wait_for_selector("text=Begin a round with")
    row = page.locator("tbody tr").first
    text = " ".join(row.locator("td[data-label=Recommendation]").inner_text().split())
    number = row.locator("td a").inner_text()
    row.locator("td a").click()
    page.wait_for_selector("img.sheet")
    assert f"Page {number} of session-document.pdf" in page.locator("h1").inner_text()
    drawn = page.locator("img.sheet").evaluate("img => img.decode().then(() => img.naturalWidth)")
    assert drawn == 1000
    assert text in " ".join(page.locator(".compared section").inner_text().split())
    answer = page.goto(page.url.rpartition("/")[0] + "/9999")
    assert answer.status == 404
    assert "cannot be shown" in page.locator("main").inner_text()
    with bench.database.read() as connection:
        assert (
            connection.scalar(select(items.c.id).where(items.c.text == text)) is None
        )  # nothing is taken in


DROP = """([names, size]) => {
    const dropped = new DataTransfer();
    for (const name of names) dropped.items.add(new File([new Uint8Array(size)], name));
    document.querySelector("form.drop p, form.drop").dispatchEvent(
        new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
}"""


def test_a_file_is_dropped_and_one_that_is_too_large_is_told_before_it_is_sent(files: Any) -> None:
    page = files
    page.evaluate(DROP, [["one.csv"], 10])
    assert page.evaluate("document.getElementById('file').files[0].name") == "one.csv"
    fault = page.locator("#file-fault")
    assert not fault.is_visible()
    page.evaluate(DROP, [["one.csv", "two.csv"], 10])
    assert "one file at a time" in fault.inner_text()
    page.evaluate(DROP, [["large.csv"], 64 * 1024 * 1024])
    page.click("form.drop button")
    assert "more than 64 MB" in fault.inner_text()
    assert page.url.endswith("/exchange")
    page.evaluate(DROP, [["small.csv"], 20])
    assert not fault.is_visible()


def test_faults_of_a_sheet_are_named_by_its_own_rows_and_an_edited_note_is_taken(
    files: Any, bench: Bench
) -> None:
    page = files
    page.goto(f"{bench.server.url}/review")
    for number in range(1, 4):
        ready(page)
        page.keyboard.press("Enter")
        bench.until_entries(number)
    rows = sheet_of(page, bench)
    other = next(row for row in rows[1:] if row["text"] != rows[0]["text"])
    rows = [rows[0], other]
    rows[0]["note"], rows[1]["action"] = "Read again.", "9"
    page.goto(f"{bench.server.url}/exchange")
    bring(page, {"name": "sheet.csv", "mimeType": "text/csv", "buffer": as_csv(rows)})
    assert "Row 3: '9' is not an action category" in page.locator("main").inner_text()
    assert page.locator("tbody tr").count() == 1
    assert "Read again." in page.locator("tbody tr").inner_text()


@pytest.mark.long
def test_what_upr_label_could_not_label_is_queued_and_coded_by_hand(
    bench: Bench, upr: Upr, home: Path, tmp_path: Path
) -> None:
    text = "Die Folter abschaffen und das Übereinkommen über die Rechte des Kindes ratifizieren."
    english = "Adopt a law that protects human rights defenders."
    source, labelled = tmp_path / "rows.csv", tmp_path / "labelled.csv"
    source.write_text(f"text,state_under_review,session\n{english},Chile,44\n{text},Chile,44\n")
    assert upr("label", source, "--out", labelled).code == 0
    assert upr("review", "import", labelled, "--database", tmp_path / "desk.db").code == 0
    page = bench.log_in("Anna")
    page.goto(f"{bench.server.url}/review?reason=to-be-coded-by-hand")
    looked_at(page)  # nothing comes after it
    item = shown(page)
    assert bench.item(item)["text"] == text
    assert (checked(page), page.locator("#desk .chips li").count()) == (None, 0)
    page.keyboard.press("Enter")
    assert "Choose an action first" in page.locator("#outcome").inner_text()
    page.keyboard.press("5")
    page.keyboard.press("t")
    page.keyboard.type("torture")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    bench.until_entries(1)
    assert (bench.codes(item).action, bench.codes(item).issues) == (5, ("Torture and other CID treatment",))
