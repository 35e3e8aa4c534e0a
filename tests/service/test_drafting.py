"""The page for those who draft: what /v1/check knows, in a person's language, with scripts or without."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.advice.checking import Checked
from pipeline.advice.reasons import WAYS_IN_WORDS, basis_of, why
from pipeline.api import Model, load_model
from pipeline.corpus.schema import LABELLED
from pipeline.review import strings
from pipeline.review.strings import say, speaking
from pipeline.service.drafting import Visits
from tests.axe import violations
from tests.service.conftest import Serving, service_with

DRAFT = "Strengthen the protection of detainees against torture"
ISSUE = "Torture and other CID treatment"
KEY = "a-key-that-is-long-enough-to-be-one"
ROWS = [  # text, State, response, action
    ("Criminalise torture in the penal code", "Chile", "Supported", 5),
    ("Establish a mechanism that visits detainees", "Ghana", "Supported", 5),
    ("Ratify the Convention against Torture", "Chile", "Noted", 5),
    ("Adopt a law on the protection of detainees against torture", "Ghana", "Supported", 5),
    ("Adopt a law against torture by the police", "Ghana", "Noted", 5),
    ("Strengthen protection of detainees against torture", "Chile", "Supported", 4),
]


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """The shipped model, whose tags are good enough for examples, and a few coded recommendations."""
    path = tmp_path_factory.mktemp("coded") / "corpus.parquet"
    rows = [
        dict.fromkeys(LABELLED.names)
        | {"text": text, "state_under_review": state, "response": response, "action": action, "session": 3}
        | {
            "issues": [ISSUE],
            "label_source": "expert",
            "kind": "recommendation",
            "rec_id": text,
            "row_id": text,
        }
        for text, state, response, action in ROWS
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=LABELLED), path)
    made = Serving(service_with(load_model("shipped"), corpus=path))
    with made:
        yield made


def plain(text: str) -> str:
    """A text with ordinary spaces."""
    return " ".join(text.split())


def words(page: str) -> str:
    """What a person reads of a page."""
    body = re.sub(r"<datalist.*?</datalist>", "", page, flags=re.S)
    return plain(html.unescape(re.sub(r"<[^>]*>", "", body)))


def sent(serving: Serving, **form: Any) -> httpx.Response:
    return serving.client.post("/draft", data={"lang": "en"} | form)


def test_a_form_without_script_tells_all_that_check_knows(serving: Serving) -> None:
    assert 'method="post" action="/draft"' in serving.client.get("/draft").text
    answer = sent(serving, text=DRAFT, state="chile")
    assert answer.status_code == 200
    told, known = words(answer.text), serving.service.check(DRAFT, "Chile").advice
    assert known is not None
    assert known.support is not None
    assert "4 General" in told
    assert known.why in told
    assert all(way in told for way in WAYS_IN_WORDS[4])
    assert known.rewrites
    assert all(rewrite.text in told for rewrite in known.rewrites)
    assert (known.support.supported, known.support.answered) == (3, 5)
    assert f"Of 5 specific recommendations on “{ISSUE}” that were answered, 3 were supported (60%" in told
    assert len(known.examples) == 3
    assert all(example.text in told for example in known.examples)
    assert "What was asked before of: Chile" in told
    assert f"{ROWS[5][0]} session 3 · supported" in told
    assert "Ghana" not in told
    assert DRAFT in re.findall(r"<textarea[^>]*>([^<]*)", answer.text)[0]


def test_nothing_like_it_and_no_state_are_told_apart(serving: Serving) -> None:
    assert "Nothing like it was asked" in words(sent(serving, text=DRAFT, state="Norway").text)
    assert "asked before" not in words(sent(serving, text=DRAFT).text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Adopt a law against torture", "It is specific already."),
        ("请加强保护", "It cannot be coded"),
        ("Renforcer la protection des détenus contre la torture", "This draft is not in English."),
    ],
)
def test_what_needs_other_words_gets_them(serving: Serving, text: str, told: str) -> None:
    answer = sent(serving, text=text)
    assert answer.status_code == 200
    assert told in words(answer.text)


def test_without_coded_recommendations_the_page_says_what_is_missing(model: Model) -> None:
    with Serving(service_with(model)) as client:
        told = words(client.post("/draft", data={"text": DRAFT, "state": "Chile"}).text)
    assert "no coded recommendations" in told
    assert "The model is a demonstration" in told


@pytest.mark.parametrize("language", strings.LANGUAGES)
def test_each_language_says_it_in_its_own_words(serving: Serving, language: str) -> None:
    asked = {"accept-language": language}
    first = serving.client.get("/draft", headers=asked).text
    assert f'<html lang="{language}">' in first
    told = words(sent(serving, text=DRAFT, state="Chile", lang=language).text)
    with speaking(language):
        for key in ("title", "ways-title", "rewrites-help", "examples-help", "take"):
            assert plain(say(f"draft.{key}")) in told
        assert plain(say("draft.ways.4.1")) in told
        assert plain(say("draft.action.4")) in told
    if language != "en":
        english = {key: text for key, text in strings.load_strings("en").items() if key.startswith("draft.")}
        left = [
            key for key, text in english.items() if isinstance(text, str) and len(text) > 25 and text in told
        ]
        assert left == []


def test_who_chooses_a_language_keeps_what_is_typed(serving: Serving) -> None:
    answer = sent(serving, text=DRAFT, state="Chile", speak="es")
    assert '<html lang="es">' in answer.text
    assert f">{DRAFT}</textarea>" in answer.text
    assert 'name="lang" value="es"' in answer.text
    assert 'role="alert"' not in sent(serving, speak="fr").text


def test_the_pages_english_is_that_of_the_advice() -> None:
    for action, ways in WAYS_IN_WORDS.items():
        assert [say(f"draft.ways.{action}.{i}") for i in range(1, len(ways) + 1)] == list(ways)
    rules = {
        "leading": ("leading verb", ["Strengthen"]),
        "object": ("object of the verb", ["Share", "experience"]),
        "two-verbs": ("two leading verbs", ["continue", "adopt"]),
        "by-way": ("general by way of specific", ["Improve", "amending"]),
    }
    for kind, (rule, found) in rules.items():
        basis = basis_of(4, ["x"], 4, rule, found)
        assert basis.kind == kind
        quoted = " … ".join(say("draft.quoted", text=word) for word in basis.words)
        told = say(
            f"draft.why.{kind}",
            text=quoted,
            action=say("draft.action.4"),
            other=say("draft.quoted", text=basis.object),
        )
        assert told == why(basis)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"text": " ?! "}, "draft.empty"),
        ({}, "draft.empty"),
        ({"text": "x" * 20_001}, "draft.long"),
        ({"text": DRAFT, "state": "Atlantis <b>"}, "draft.no-state"),
        ({"text": DRAFT, "state": "Norwway"}, "draft.no-state-like"),
    ],
)
@pytest.mark.parametrize("script", [False, True])
def test_what_cannot_be_used_is_told_in_the_persons_language(
    serving: Serving, form: dict[str, str], told: str, script: bool
) -> None:
    headers = {"hx-request": "true"} if script else {}
    answer = serving.client.post("/draft", data={"lang": "fr"} | form, headers=headers)
    assert answer.status_code == 422
    with speaking("fr"):
        wanted = say(told, n=20_000, typed=form.get("state", ""), nearest="Norvège")
    assert wanted in html.unescape(answer.text)
    assert "<b>" not in answer.text
    assert ("<form" in answer.text) is not script


def test_what_is_typed_cannot_leave_its_field(serving: Serving) -> None:
    nasty = "</textarea><script>alert(1)</script> Ratify \"it\" 'now' {{ 7 * 7 }}"
    page = sent(serving, text=nasty, state='"><i>Chile').text
    assert "<script>" not in page
    assert "<i>" not in page
    assert "49" not in words(page)


def test_the_page_has_nothing_inline_and_is_no_part_of_the_interface(serving: Serving) -> None:
    page = sent(serving, text=DRAFT, state="Chile")
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|javascript:", page.text)
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    for address in re.findall(r'(?:src|href)="(/static/[^"]*)"', page.text):
        assert "immutable" in serving.client.get(address).headers["cache-control"]
    assert not [path for path in serving.client.get("/openapi.json").json()["paths"] if "draft" in path]
    assert serving.client.get("/").headers["location"] == "/draft"


def test_a_server_with_keys_lets_nobody_in_without_one(model: Model) -> None:
    with Serving(service_with(model, KEY)) as client:
        assert "<textarea" not in client.get("/draft").text
        refused = client.post("/draft", data={"text": DRAFT})
        assert (refused.status_code, "<textarea" in refused.text) == (401, False)
        assert client.post("/draft", data={"text": DRAFT}, headers={"hx-request": "true"}).headers[
            "hx-refresh"
        ]
        assert client.post("/draft/key", data={"key": "wrong"}).status_code == 401
        stolen = {"origin": "https://elsewhere.example"}
        assert client.post("/draft/key", data={"key": KEY}, headers=stolen).status_code == 403
        let_in = client.post("/draft/key", data={"key": KEY})
        assert (let_in.status_code, let_in.headers["location"]) == (303, "/draft")
        cookie = let_in.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert KEY not in cookie
        assert "<textarea" in client.get("/draft").text
        assert client.post("/draft", data={"text": DRAFT}).status_code == 200
        assert client.post("/draft", data={"text": DRAFT}, headers=stolen).status_code == 403
        assert client.get("/v1/model").status_code == 401
        tries = [client.post("/draft/key", data={"key": "guess"}).status_code for _ in range(10)]
        assert tries[-1] == 429


def test_a_visit_ends_and_the_oldest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    visits, now = Visits(), 1000.0
    monkeypatch.setattr("pipeline.service.drafting.time.monotonic", lambda: now)
    first = visits.begin("a")
    assert (visits.name_of(first), visits.name_of("made up"), visits.name_of(None)) == ("a", None, None)
    now += 8 * 3600
    assert visits.name_of(first) is None
    kept = [visits.begin("b") for _ in range(1001)]
    assert [visits.name_of(token) for token in (kept[0], kept[1], kept[-1])] == [None, "b", "b"]


def test_too_many_requests_and_a_busy_server_are_told_on_the_page(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = service_with(model, rate="2/minute")
    with Serving(service) as client:
        answers = [client.post("/draft", data={"text": DRAFT, "lang": "en"}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert say("draft.often") in words(answers[2].text)
    service = service_with(model, seconds=0.05)

    def slow(_text: str, _state: str | None) -> Checked:
        import time

        time.sleep(0.5)
        raise AssertionError

    monkeypatch.setattr(service, "check", slow)
    with Serving(service) as client:
        answer = client.post("/draft", data={"text": DRAFT, "lang": "en"})
        assert answer.status_code == 503
        assert say("draft.busy") in words(answer.text)


@pytest.fixture
def page(serving: Serving, chromium: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A browser at the page; at its end no script has failed, and the policy had nothing to stop."""
    context = chromium.new_context(**getattr(request, "param", {}))
    opened, complaints = context.new_page(), list[str]()
    opened.set_default_timeout(15_000)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda said: (
            complaints.append(said.text) if said.type == "error" and "422" not in said.text else None
        ),
    )
    opened.goto(f"{serving.url}/draft")
    yield opened
    context.close()
    assert complaints == []


@pytest.mark.parametrize("page", [{"locale": "en-GB"}], indirect=True)
def test_with_scripts_only_the_part_below_the_form_changes(page: Any) -> None:
    page.evaluate("window.before = true")
    page.fill("#text", DRAFT)
    page.fill("#state", "Nowhere at all")
    page.click(".primary")
    page.wait_for_selector("#advice .bad")
    page.fill("#state", "Chile")
    page.keyboard.press("Enter")
    page.wait_for_selector("#advice .precedents")
    assert page.evaluate("window.before")
    assert "4 General" in page.inner_text("#advice")
    wording = page.inner_text(".rewrite .quote")
    with page.expect_navigation():
        page.locator(".rewrite button").first.click()
    assert page.input_value("#text") == wording
    assert page.input_value("#state") == "Chile"
    assert "5 Specific" in page.inner_text("#advice")
    with page.expect_navigation():
        page.click("text=Français")
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.input_value("#text") == wording


@pytest.mark.parametrize(
    "page",
    [
        pytest.param({"bypass_csp": True, "locale": "en-GB"}, id="light"),
        pytest.param(
            {"bypass_csp": True, "color_scheme": "dark", "locale": "fr"},
            id="dark-french",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"bypass_csp": True, "viewport": {"width": 390, "height": 844}},
            id="phone",
            marks=pytest.mark.long,
        ),
    ],
    indirect=True,
)
def test_axe_finds_nothing(page: Any, tmp_path: Path) -> None:
    found = violations(page)
    page.fill("#text", DRAFT)
    page.fill("#state", "Chile")
    page.click(".primary")
    page.wait_for_selector("#advice .precedents")
    found += violations(page)
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert (found, width) == ([], 0)
