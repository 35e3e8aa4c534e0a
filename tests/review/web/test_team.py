"""What leads do in the browser, and what others may not; passwords that somebody else gave."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select, update

from pipeline import settings
from pipeline.corpus.taxonomy import ACTIONS
from pipeline.review.store.accounts import set_role
from pipeline.review.store.database import Database
from pipeline.review.store.tables import decisions, items, occurrences, readings, users
from pipeline.review.store.transitions import Role
from pipeline.review.strings import say, speaking
from pipeline.store.names import action_name, sort_key, state_name, tag_name
from pipeline.store.vocabularies import load_states, load_taxonomy
from tests.review.bench import PASSWORD, ServedHere, filled, people


class Visitor(httpx.Client):
    """A browser without a screen, logged in."""

    def __init__(self, **how: Any) -> None:
        super().__init__(timeout=60, **how)  # a busy machine is slow to answer

    def enter(self, name: str, password: str = PASSWORD) -> httpx.Response:
        token = re.search(r'name="token" value="([^"]+)"', self.get("/login").text)
        data = {"name": name, "password": password, "token": token[1] if token else ""}
        return self.post("/login", data=data)

    def submit(self, address: str, **data: object) -> httpx.Response:
        token = re.search(r'name="csrf" value="([^"]+)"', self.get("/me").text)
        return self.post(address, data={"csrf": token[1] if token else "", **data})


@pytest.fixture
def served(sqlite_database: Database, tmp_path: Path) -> Iterator[ServedHere]:
    filled(sqlite_database, tmp_path, 40)
    people(sqlite_database)
    set_role(sqlite_database, "Dora", Role.ADMIN)
    server = ServedHere(sqlite_database)
    yield server
    server.stop()


@pytest.fixture
def dora(served: ServedHere) -> Iterator[Visitor]:
    with Visitor(base_url=served.url) as visitor:
        assert visitor.enter("Dora").status_code == 303
        yield visitor


def ids(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return {row.name: row.id for row in connection.execute(select(users.c.name, users.c.id))}


def test_a_new_person_must_choose_a_password_before_anything_else(served: ServedHere, dora: Visitor) -> None:
    made = dora.submit("/people", name="Eva", role="reviewer")
    given = re.search(r"<code>([^<]+)</code>", made.text)
    assert given is not None
    assert given[1] not in dora.get("/people").text  # it is shown once
    with Visitor(base_url=served.url) as eva:
        assert eva.enter("Eva", given[1]).status_code == 303
        assert eva.get("/review").headers["location"] == "/me"
        assert eva.get("/review/ahead", headers={"X-Desk": "1"}).status_code == 401
        assert eva.submit("/me/password", old="wrong", new="four quite unlike words").status_code == 422
        assert eva.submit("/me/password", old=given[1], new="short").status_code == 422
        assert eva.submit("/me/password", old=given[1], new="four quite unlike words").status_code == 303
        assert eva.get("/review").status_code == 200
        assert eva.enter("Eva", "four quite unlike words").status_code == 303
    assert "added Eva as reviewer" in dora.get("/people").text
    assert dora.submit("/people", name="eva", role="reviewer").status_code == 422


def test_a_lead_shuts_accounts_resets_passwords_and_changes_roles(
    served: ServedHere, dora: Visitor, sqlite_database: Database
) -> None:
    person = ids(sqlite_database)
    with Visitor(base_url=served.url) as ben:
        ben.enter("Ben")
        assert dora.submit(f"/people/{person['Ben']}/enabled", enabled="false").status_code == 303
        assert ben.get("/review").headers["location"].startswith("/login")
        assert dora.submit(f"/people/{person['Ben']}/enabled", enabled="true").status_code == 303
        given = re.search(r"<code>([^<]+)</code>", dora.submit(f"/people/{person['Ben']}/reset").text)
        assert ben.enter("Ben").status_code == 401
        assert ben.enter("Ben", given[1] if given else "").status_code == 303
        assert ben.get("/review").headers["location"] == "/me"
    assert dora.submit(f"/people/{person['Anna']}/role", role="adjudicator").status_code == 303
    with Visitor(base_url=served.url) as anna:
        anna.enter("Anna")
        assert anna.get("/adjudicate").status_code == 200
        assert anna.get("/people").status_code == 403
        assert anna.submit("/people", name="Eva", role="admin").status_code == 403
    assert dora.submit(f"/people/{person['Dora']}/enabled", enabled="false").status_code == 409
    assert dora.submit(f"/people/{person['Dora']}/role", role="reviewer").status_code == 409
    assert dora.submit("/people/99/reset").status_code == 404


def test_a_reviewer_leads_nothing(served: ServedHere) -> None:
    with Visitor(base_url=served.url) as anna:
        anna.enter("Anna")
        plan = {"name": "x", "audit": "1", "second": "1"}
        answers = [
            anna.get("/people"),
            anna.submit("/people/1/reset"),
            anna.submit("/people/1/role", role="admin"),
            anna.submit("/people/1/enabled", enabled="true"),
            anna.submit("/rounds/1", **plan),
            anna.submit("/rounds/1/withdraw"),
            anna.submit("/rounds/1/bring-back"),
            anna.submit("/queue/assign", every="1", person="1"),
            anna.submit("/queue/assign/1/take-back"),
            anna.get("/adjudicate/next"),
        ]
        assert [answer.status_code for answer in answers] == [403] * len(answers)
        pages = ("/rounds", "/activity", "/mine", "/inbox", "/me")
        assert [anna.get(page).status_code for page in pages] == [200] * 5


def test_a_lead_changes_a_round_and_assigns_by_filter(dora: Visitor, sqlite_database: Database) -> None:
    person = ids(sqlite_database)
    plan = {"name": "Session 44", "audit": "2", "second": "50", "deadline": "2027-01-31"}
    assert dora.submit("/rounds/1", **plan, person=[str(person["Anna"])]).status_code == 303
    shown = dora.get("/rounds").text
    assert "Session 44" in shown
    assert "Jan 31, 2027" in shown
    assert dora.submit("/rounds/1", **plan | {"deadline": "soon"}).status_code == 422
    assert dora.submit("/rounds/1", **plan, person=["999"]).status_code == 404
    answer = dora.submit("/queue/assign?state=Kenya", every="1", person=str(person["Anna"]))
    count = int(answer.headers["location"].rpartition("-")[2])
    with sqlite_database.read() as connection:
        assigned = connection.execute(select(items.c.id).where(items.c.assignee_id == person["Anna"])).all()
    assert len(assigned) == count > 0
    assert "recommendations assigned" in dora.get(answer.headers["location"]).text
    assert dora.submit("/queue/assign", person=str(person["Anna"])).status_code == 422


def test_a_whole_filter_is_decided_after_a_preview_and_taken_back_on_the_same_page(
    dora: Visitor, sqlite_database: Database
) -> None:
    preview = dora.submit("/bulk?state=Kenya", every="1", action="4")
    target = re.search(r'action="(/bulk/[^"]+)"', preview.text)
    assert target is not None
    told = dora.submit(target[1])
    assert "state=Kenya" in told.headers["location"]
    shown = dora.get(told.headers["location"]).text
    assert "decisions saved" in shown
    back = re.search(r'action="(/bulk-undo[^"]*)"', shown)
    assert back is not None
    undone = dora.submit(back[1])
    assert "taken back" in dora.get(undone.headers["location"]).text
    with sqlite_database.read() as connection:
        assert connection.scalar(select(items.c.id).where(items.c.status.in_(("done", "second")))) is None


def test_the_language_is_chosen_per_person(served: ServedHere, dora: Visitor) -> None:
    assert '<html lang="en">' in dora.get("/rounds").text
    assert dora.submit("/me/language", language="fr").status_code == 303
    assert '<html lang="fr">' in dora.get("/rounds").text
    assert "Cette page n’existe pas" in dora.get("/nothing").text
    with Visitor(base_url=served.url, headers={"Accept-Language": "es"}) as elsewhere:
        assert '<html lang="es">' in elsewhere.get("/login").text
        elsewhere.enter("Dora")
        assert '<html lang="fr">' in elsewhere.get("/me").text
        elsewhere.submit("/me/language", language="")
        assert '<html lang="es">' in elsewhere.get("/me").text
    with Visitor(base_url=served.url, cookies={"upr_review_language": "../en"}) as stranger:
        assert '<html lang="en">' in stranger.get("/login").text


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_why_nobody_was_added_is_said_in_the_language_of_the_page(dora: Visitor, language: str) -> None:
    dora.submit("/me/language", language=language)
    with speaking(language):
        told = {"anna": say("people.taken"), "\u200b": say("people.no-name")}
    for name, why in told.items():
        answer = dora.submit("/people", name=name, role="reviewer")
        assert (answer.status_code, why in html.unescape(answer.text)) == (422, True), name


@pytest.mark.parametrize("language", ["fr", "es"])
def test_no_page_shows_an_english_name_of_a_tag_an_action_or_a_state(
    dora: Visitor, sqlite_database: Database, language: str
) -> None:
    labels = load_taxonomy("2014-10").labels
    english = [label for label in labels if tag_name(label, language) != label] + ["Minimal", "Considering"]
    states = [s.name for s in load_states().all if state_name(s.name, language) != s.name]
    shown = [f"{n} {action_name(n, language)}" for n in ACTIONS]
    dora.submit("/me/language", language=language)
    with sqlite_database.read() as connection:
        waiting = select(items.c.id).where(items.c.status == "open").limit(5)
        some = list(connection.scalars(waiting))
    previewed = dora.submit("/bulk", items=some, action="5", add=tag_name("Death penalty", language))
    pages = ["/review", "/queue", "/codebook", "/statistics", "/search?q=rights", "/activity", "/rounds"]
    assert tag_name("Death penalty", language) in previewed.text
    for path in [*pages, *(f"/items/{item}" for item in some), f"/items/{some[0]}/history"]:
        text = dora.get(path).text
        # The recommendations themselves are in English, and so are the English names that one may type.
        text = re.sub(r"(?s)<p class=\"text\".*?</p>|<p class=\"quote\".*?</p>", "", text)
        text = re.sub(r'<a href="/items/[^>]*>.*?</a>', "", text)
        told = {part.strip(" \n\t·+,;()0123456789%") for part in re.split(r"<[^>]*>| · ", text)}
        assert told & ({*english, *states} - {action_name(n, language) for n in ACTIONS}) == set(), path
        if path == "/codebook":
            assert all(name in text for name in shown)
            assert tag_name("Death penalty", language) in text
            names = re.findall(r"<dt>([^<\d]+)</dt>", text)
            assert names == sorted(names, key=sort_key)


def test_the_card_shows_the_text_of_each_language(dora: Visitor, sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        place = connection.execute(select(occurrences).limit(1)).mappings().one()
        source = place["source"] | {"text_fr": "Réparer <les> lampes", "text_es": None}
        change = update(occurrences).where(occurrences.c.row_id == place["row_id"]).values(source=source)
        connection.execute(change)
    text = dora.get(f"/items/{place['item_id']}").text
    assert '<span lang="fr">Réparer &lt;les&gt; lampes</span>' in text
    assert "Español</span> <span" not in text


def test_a_server_in_french_serves_french_to_who_has_chosen_nothing(
    served: ServedHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    with Visitor(base_url=served.url) as visitor:
        assert '<html lang="fr">' in visitor.get("/login").text
        assert '<html lang="es">' in visitor.get("/login", headers={"Accept-Language": "es"}).text
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    with Visitor(base_url=served.url) as visitor:
        assert '<html lang="en">' in visitor.get("/login").text


def test_the_statistics_page_warns_of_nothing_where_nothing_was_audited(dora: Visitor) -> None:
    assert 'role="alert"' not in dora.get("/statistics").text


def test_the_statistics_page_warns_where_the_audit_breaks_the_promise_of_the_model(
    dora: Visitor, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = settings.load()
    doubt = today.train.doubt.model_copy(update={"max_accepted_error": 0.1})
    changed = today.model_copy(update={"train": today.train.model_copy(update={"doubt": doubt})})
    monkeypatch.setattr(settings, "load", lambda: changed)
    who, now = ids(sqlite_database)["Anna"], sqlite_database.now()
    with sqlite_database.write() as connection:
        item = connection.scalar(select(items.c.id))
        for number in range(400):
            decision = insert(decisions).values(
                item_id=item,
                user_id=who,
                at=now,
                kind="decide",
                reading=1,
                before={},
                after={},
                taxonomy_version="2014-10",
            )
            key = connection.execute(decision).inserted_primary_key
            connection.execute(
                insert(readings).values(
                    decision_id=key[0] if key else None,
                    item_id=item,
                    user_id=who,
                    at=now,
                    kind="decide",
                    reading=1,
                    action=4 if number < 360 else 5,
                    blind=False,
                    suggested=4,
                    audit=True,
                )
            )
    page = dora.get("/statistics").text
    assert 'role="alert"' in page
    assert "90.0%" in page
    # Of the model that labelled, not of today's settings.
    assert "97%" in page
    assert "90%" not in page


FRENCH = "Ratifier la Convention contre la torture."


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_each_text_names_its_own_language_whatever_that_of_the_page(
    dora: Visitor, sqlite_database: Database, language: str
) -> None:
    dora.submit("/me/language", language=language)
    with sqlite_database.write() as connection:
        waiting = select(items.c.id, items.c.text).where(items.c.status == "open").limit(3)
        (one, _), (two, text), (three, _) = connection.execute(waiting).all()
        connection.execute(update(items).values(second_due=False))
        connection.execute(update(items).where(items.c.id.in_((one, three))).values(text=FRENCH))
        theirs = occurrences.c.item_id.in_((one, three))
        for row in connection.execute(select(occurrences).where(theirs)).all():
            change = update(occurrences).where(occurrences.c.row_id == row.row_id)
            connection.execute(change.values(source=row.source | {"language": "fr"}))

    def form(item: int, **more: object) -> dict[str, object]:
        return {"version": "0", "do": "save", "action": "4", **more}

    bulk = dora.submit("/bulk", items=[one, two], action="4").text
    queue = dora.get("/queue").text + dora.get("/queue?number=2").text
    found = dora.get("/search?q=ratifier").text + dora.get("/search", params={"q": text}).text
    assert dora.submit(f"/items/{one}", **form(one)).status_code == 303
    assert dora.submit(f"/items/{two}", **form(two)).status_code == 303
    assert dora.submit(f"/items/{three}", **form(three, do="escalate", note="?")).status_code == 303
    pages = [bulk, queue, found, dora.get("/mine").text, dora.get("/activity").text]
    for page in pages:
        shown = dict(re.findall(r'<a href="/items/(\d+)[^"]*" lang="(\w\w)"', page))
        assert (shown[str(one)], shown[str(two)]) == ("fr", "en")
        texts = re.findall(r'<a href="/items/\d+[^"]*"( lang="\w\w")?>', page)
        assert all(texts)
    assert f'id="text-{one}" tabindex="-1" lang="fr"' in dora.get(f"/items/{one}").text
    assert f'lang="fr">{FRENCH}' in dora.get(f"/items/{one}/history").text
    assert f'lang="fr">{FRENCH}' in dora.get("/adjudicate").text
