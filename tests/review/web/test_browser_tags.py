"""Tags are found by what people call things, and set by keys that every keyboard has."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.corpus.taxonomy import Taxonomy
from pipeline.review.store.database import Database
from pipeline.review.web.app import open_desk
from tests.review.browsing import Bench, checked, ready, tags


def offered(page: Any, letters: str) -> list[str]:
    """Labels that the list offers while one types, best first."""
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.keyboard.type(letters)
    return [
        str(option.get_attribute("data-label"))
        for option in page.locator("#desk .listbox:not([hidden]) li").all()
    ]


@pytest.mark.parametrize(
    ("letters", "label"),
    [
        ("CEDAW", "Women's rights"),
        ("cedaw", "International instruments"),
        ("opcat", "Torture and other CID treatment"),
        ("child labour", "Rights of the Child"),
        ("stateless", "Other"),
        ("paris princ", "NHRI"),
        ("domestic viol", "Women's rights"),
        ("MIGRANT", "Migrants"),
    ],
)
def test_what_people_call_an_issue_finds_its_tag(bench: Bench, letters: str, label: str) -> None:
    page = bench.log_in("Anna")
    ready(page)
    assert label in offered(page, letters)[:3]


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_every_phrase_of_the_codebook_leads_to_its_tags(sqlite_database: Database, language: str) -> None:
    desk = open_desk(sqlite_database)
    taxonomy: Taxonomy = desk.taxonomy
    phrases = desk.wordings[language].phrases
    assert set(phrases) == set(taxonomy.labels)
    assert "CEDAW" in phrases["Women's rights"]
    assert "CEDAW" in phrases["International instruments"]
    assert sum(bool(some) for some in phrases.values()) > 45
    assert "Capital punishment" in desk.wordings[language].names["Death penalty"]


@pytest.mark.parametrize(
    ("language", "name", "found"),
    [
        (
            "fr",
            "Peine de mort",
            {
                "peine de mort": "Death penalty",
                "peine cap": "Death penalty",
                "death pen": "Death penalty",
                "torture": "Torture and other CID treatment",
                "DROITS DE L'ENFANT": "Rights of the Child",
                "violence domestique": "Women's rights",
                "principes de paris": "NHRI",
            },
        ),
        (
            "es",
            "Pena de muerte",
            {
                "pena de muerte": "Death penalty",
                "tortura": "Torture and other CID treatment",
                "niños": "Rights of the Child",
                "NINOS": "Rights of the Child",
                "violencia domestica": "Women's rights",
                "apátridas": "Other",
            },
        ),
    ],
)
def test_tags_are_found_and_shown_by_their_names_in_the_persons_language(
    bench: Bench, language: str, name: str, found: dict[str, str]
) -> None:
    page = bench.log_in("Anna", locale=language)
    ready(page)
    wrong = {
        letters: some for letters, label in found.items() if label not in (some := offered(page, letters)[:3])
    }
    assert wrong == {}
    offered(page, name.lower())
    assert page.locator("#desk .listbox li").first.inner_text() == name
    page.keyboard.press("Enter")
    chip = page.locator("#desk .chips li", has=page.locator("input[value='Death penalty']"))
    assert name in chip.inner_text()
    assert "Death penalty" in tags(page)


def test_a_name_comes_before_a_phrase_and_the_phrase_is_shown(bench: Bench) -> None:
    page = bench.log_in("Anna")
    ready(page)
    assert offered(page, "torture")[0].startswith("Torture")
    offered(page, "cedaw")
    assert "CEDAW" in page.locator("#desk .listbox li").first.inner_text()
    before = tags(page)
    first = page.locator("#desk .listbox li").first.get_attribute("data-label")
    page.keyboard.press("Enter")
    assert tags(page) == [*before, first]  # the tag, and not the words beside it


def test_tags_that_were_considered_have_keys_and_come_back_when_removed(bench: Bench) -> None:
    page = bench.log_in("Anna")
    ready(page)
    first = page.locator("#desk button[name=also]").first
    label, before = first.get_attribute("value"), tags(page)
    assert first.locator("kbd").inner_text() == "6"
    page.keyboard.press("6")
    assert tags(page) == [*before, label]
    assert first.is_disabled()
    page.keyboard.press("6")
    assert tags(page) == [*before, label]
    page.keyboard.press("Backspace")
    assert tags(page) == before
    assert first.is_enabled()
    page.keyboard.press("9")  # nothing has this key
    assert tags(page) == before


def test_on_a_laptop_everything_that_a_decision_needs_is_in_view(bench: Bench) -> None:
    page = bench.log_in("Anna", viewport={"width": 1366, "height": 768})
    for number in range(6):
        ready(page)
        for part in (".text", ".actions", ".chips", ".add", ".considered", "button[value=save]"):
            box = page.locator(f"#desk {part}").first.bounding_box()
            assert box["y"] >= 0, part
            assert box["y"] + box["height"] <= 768, part
        assert page.evaluate("scrollY") == 0
        page.keyboard.press("Enter")
        bench.until_entries(number + 1)


def test_an_open_note_covers_no_field(bench: Bench) -> None:
    page = bench.log_in("Anna", viewport={"width": 1366, "height": 768})
    ready(page)
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    hit = page.evaluate(
        """() => {
            const field = document.querySelector("#desk input[name=add]");
            const box = field.getBoundingClientRect();
            return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === field;
        }"""
    )
    assert hit


def test_the_list_of_tags_opens_in_view(bench: Bench) -> None:
    page = bench.log_in("Anna", viewport={"width": 1366, "height": 768})
    ready(page)
    assert len(offered(page, "rights")) == 8
    box = page.locator("#desk .listbox").bounding_box()
    assert box["y"] + box["height"] < 769  # a part of a pixel may be cut


PRESS = """([key, code, shiftKey]) => document.body.dispatchEvent(
    new KeyboardEvent("keydown", {key, code, shiftKey, bubbles: true, cancelable: true}))"""


@pytest.mark.parametrize(
    ("key", "code", "shift", "action"),
    [
        ("&", "Digit1", False, "1"),  # a French keyboard without Shift
        ("2", "Digit2", True, "2"),  # and with it
        ("'", "Digit4", False, "4"),
        ("3", "Numpad3", False, "3"),
        ("!", "Digit1", True, None),  # an English one with Shift: no digit
    ],
)
def test_digits_work_on_every_keyboard(
    bench: Bench, key: str, code: str, shift: bool, action: str | None
) -> None:
    page = bench.log_in("Anna")
    ready(page)
    before = checked(page)
    page.evaluate(PRESS, [key, code, shift])
    assert checked(page) == (action or before)
