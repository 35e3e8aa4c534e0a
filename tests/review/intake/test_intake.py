from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from pipeline.errors import SourceError, StoreError
from pipeline.review.deciding.card import read_card
from pipeline.review.deciding.entries import Submission
from pipeline.review.deciding.filters import Filter
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.deciding.queue import facet_counts, listed, status_counts, waiting
from pipeline.review.opening import fill_queue, find_precedents, import_files
from pipeline.review.store.database import Database, open_database
from pipeline.review.store.tables import facets, items, metadata, occurrences, predictions
from pipeline.review.store.transitions import Codes, Standing
from tests.review import invented
from tests.review.bench import filled, new_postgres_database, people


def everything(database: Database) -> dict[str, list[Any]]:
    """The whole content of the database."""
    with database.read() as connection:
        return {t.name: sorted(map(repr, connection.execute(select(t)))) for t in metadata.sorted_tables}


def by_text(database: Database) -> dict[str, Any]:
    with database.read() as connection:
        return {row["text"]: dict(row) for row in connection.execute(select(items)).mappings()}


def imported(
    database: Database, folder: Path, rows: list[dict[str, Any]], name: str = "table.parquet"
) -> Any:
    return fill_queue(database, [invented.write(folder / name, rows)])[0]


def test_the_same_table_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    first = filled(database, tmp_path, 150)
    before = everything(database)
    again = filled(database, tmp_path, 150)
    assert everything(database) == before
    assert (first.rows, first.new_rows, again.new_rows, again.known_rows) == (150, 150, 0, 150)
    assert (again.new_items, again.new_predictions, again.rejects) == (0, 0, [])


def test_an_import_is_few_journeys_to_the_server(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from psycopg import Cursor

    journeys = 0
    execute = Cursor.execute

    def counted(cursor: Any, *arguments: Any, **options: Any) -> Any:
        nonlocal journeys
        journeys += 1
        return execute(cursor, *arguments, **options)

    monkeypatch.setattr(Cursor, "execute", counted)
    database = open_database(new_postgres_database(postgres), create=True)
    rows = invented.rows(600)
    journeys = 0
    report = imported(database, tmp_path, rows)
    database.close()
    assert report.new_rows == len(rows)
    assert journeys < len(rows) / 10


def test_identical_texts_are_one_item_with_all_their_places(
    sqlite_database: Database, tmp_path: Path
) -> None:
    rows = invented.rows(40)
    for number, row in enumerate(rows[:4]):
        row["text"] = [
            "Abolish the death penalty.",
            "Abolish the death  penalty",
            "ABOLISH the death penalty!",
            "Abolish the death pen-\nalty.",
        ][number]
        row["row_id"] = f"same{number}"
        row["needs_review"] = True
    report = imported(sqlite_database, tmp_path, rows)
    found = [r for r in by_text(sqlite_database).values() if r["copies"] >= 4]
    assert len(found) == 1
    assert report.new_rows == 40
    assert report.variants >= 1  # the spellings were predicted differently; the first stands
    anna = people(sqlite_database)["Anna"]
    with sqlite_database.read() as connection:
        card = read_card(sqlite_database, connection, anna, found[0]["id"])
    assert card is not None
    assert len(card.places) == card.copies == 4
    assert {p["state_under_review"] for p in card.places} == {r["state_under_review"] for r in rows[:4]}


def test_what_asks_for_review_is_queued_and_a_permanent_sample_of_the_rest(
    sqlite_database: Database, tmp_path: Path
) -> None:
    rows = invented.rows(1500, seed=3)
    imported(sqlite_database, tmp_path, rows)
    wanted = {r["text"] for r in rows if r["needs_review"]}
    audited = set()
    for text, item in by_text(sqlite_database).items():
        if text in wanted:
            assert item["status"] == "open"
        elif item["status"] == "open":
            assert item["reasons"] == ["audit-sample"]
            audited.add(text)
        else:
            assert item["status"] == "certain"
    certain = len({r["text"] for r in rows}) - len(wanted)
    assert 0.002 * certain < len(audited) < 0.06 * certain  # configs/review.yaml: 2 %
    other = open_database(str(tmp_path / "other.db"), create=True)
    imported(other, tmp_path, list(reversed(rows)))
    assert {t for t, i in by_text(other).items() if i["reasons"] == ["audit-sample"]} == audited
    other.close()


def test_the_queue_is_ordered_by_the_value_of_looking(sqlite_database: Database, tmp_path: Path) -> None:
    rows = invented.rows(100)
    imported(sqlite_database, tmp_path, rows)
    anna = people(sqlite_database)["Anna"]
    with sqlite_database.read() as connection:
        shown = listed(connection, anna, Filter(), 100)
    assert [r["priority"] for r in shown] == sorted((r["priority"] for r in shown), reverse=True)
    confidence = {r["text"]: r["action_confidence"] for r in rows}
    top, bottom = shown[: len(shown) // 4], shown[-len(shown) // 4 :]
    assert sum(confidence[r["text"]] for r in top) / len(top) < sum(
        confidence[r["text"]] for r in bottom
    ) / len(bottom)


def test_filters_count_what_they_show(database: Database, tmp_path: Path) -> None:
    filled(database, tmp_path, 150)
    anna = people(database)["Anna"]
    with database.read() as connection:
        counts = facet_counts(connection)
        for facet, pairs in counts.items():
            for value, n in pairs:
                chosen: dict[str, Any] = {facet: value}
                wanted = Filter(**chosen)
                assert waiting(connection, anna, wanted) == n == len(listed(connection, anna, wanted, 1000))
        both = Filter(state="Chile", tag="Labour")
        shown = {r["id"] for r in listed(connection, anna, both, 1000)}
        assert shown == {r["id"] for r in listed(connection, anna, Filter(state="Chile"), 1000)} & {
            r["id"] for r in listed(connection, anna, Filter(tag="Labour"), 1000)
        }
        assert waiting(connection, anna, Filter(state="Atlantis")) == 0


def newer_rows(
    rows: list[dict[str, Any]], other: Collection[str], settled: Collection[str]
) -> list[dict[str, Any]]:
    """What a newer model says: another action for some texts, certainty for others, the same for the rest."""
    newer = [row | {"model_version": "linear-2"} for row in rows]
    for row in newer:
        if row["text"] in other:
            row |= {
                "needs_review": True,
                "review_reasons": ["unseen-wording"],
                "action": 1 + row["action"] % 5,
            }
        elif row["text"] in settled:
            row |= {"needs_review": False, "review_reasons": []}
    return newer


def test_a_newer_model_requeues_only_what_changed_and_touches_no_decision(
    database: Database, tmp_path: Path
) -> None:
    rows = invented.rows(80, seed=5)
    imported(database, tmp_path, rows)
    who = people(database)
    with database.write() as connection:
        connection.execute(update(items).values(second_due=False))
    before = by_text(database)
    decided = next(r["text"] for r in rows if r["needs_review"])
    Ledger(database, "2014-10", 10).decide(
        who["Anna"], Submission(before[decided]["id"], 0, Codes(2, ("Justice",)))
    )
    texts = list(dict.fromkeys(r["text"] for r in rows))
    sure = [t for t in texts if before[t]["status"] == "certain"][:3]
    doubted = [
        t
        for t in texts
        if before[t]["status"] == "open" and t != decided and before[t]["reasons"] != ["audit-sample"]
    ][:4]
    report = imported(database, tmp_path, newer_rows(rows, (*sure, decided), doubted), "newer.parquet")
    after = by_text(database)
    assert report.new_rows == 0
    assert {t for t in texts if after[t]["status"] == "open" and before[t]["status"] != "open"} == set(sure)
    assert {t for t in texts if after[t]["status"] == "certain" and before[t]["status"] == "open"} == set(
        doubted
    )
    assert report.requeued == len(sure)
    assert report.settled == len(doubted)
    standing = Standing.from_json(after[decided]["standing"])
    assert (after[decided]["status"], standing.codes) == ("done", Codes(2, ("Justice",)))
    untouched = [t for t in texts if t not in (*sure, *doubted, decided)]
    assert all(
        (after[t]["status"], after[t]["version"], after[t]["priority"])
        == (before[t]["status"], before[t]["version"], before[t]["priority"])
        for t in untouched
    )
    with database.read() as connection:  # both models' words stay side by side, and filters follow the newer
        assert len(connection.execute(select(predictions)).all()) == 2 * len(texts)
        counts = dict(facet_counts(connection)["reason"])
        assert counts["unseen-wording"] == len(sure)
        assert not set(connection.scalars(select(facets.c.status).distinct())) - {"open", "certain", "done"}


def test_predictions_of_a_model_version_never_change(database: Database, tmp_path: Path) -> None:
    rows = invented.rows(30)
    imported(database, tmp_path, rows)
    with database.read() as connection:
        before = sorted(map(repr, connection.execute(select(predictions))))
    rows[7] = rows[7] | {"action": 1 + rows[7]["action"] % 5}
    report = imported(database, tmp_path, rows, "changed.parquet")
    with database.read() as connection:
        assert sorted(map(repr, connection.execute(select(predictions)))) == before
    assert len(report.rejects) == 1
    assert "predictions do not change" in report.rejects[0].reason


def test_new_rows_of_a_known_text_join_it(database: Database, tmp_path: Path) -> None:
    rows = invented.rows(20)
    imported(database, tmp_path, rows)
    text = rows[0]["text"]
    before = by_text(database)[text]
    more = [rows[0] | {"row_id": "another", "state_under_review": "Fiji", "session": 47}]
    report = imported(database, tmp_path, more, "more.parquet")
    after = by_text(database)[text]
    assert (report.new_items, report.new_rows, after["copies"], after["version"]) == (
        0,
        1,
        before["copies"] + 1,
        before["version"],
    )
    with database.read() as connection:
        assert (
            connection.scalar(select(occurrences.c.item_id).where(occurrences.c.row_id == "another"))
            == after["id"]
        )
        if after["status"] == "open":
            assert ("47", 1) in facet_counts(connection)["session"]


def test_rows_that_cannot_be_taken_are_counted_and_kept(sqlite_database: Database, tmp_path: Path) -> None:
    rows = invented.rows(20)
    rows[3] = rows[3] | {"action": 7}
    rows[5] = rows[5] | {"issues": ["Right to helth"]}
    rows[8] = rows[8] | {"text": None}
    path = invented.write(tmp_path / "table.csv", rows)
    lines = import_files(sqlite_database, [path])
    rejects = (tmp_path / "table.csv.rejects.jsonl").read_text()
    assert rejects.count("\n") == 3
    assert "Did you mean 'Right to health'?" in rejects
    assert any("3 rows rejected" in line for line in lines)
    other = open_database(str(tmp_path / "strict.db"), create=True)
    with pytest.raises(StoreError, match="--strict"):
        import_files(other, [path], strict=True)
    assert not by_text(other)
    other.close()


@pytest.mark.parametrize("suffix", [".parquet", ".jsonl", ".csv", ".xlsx"])
def test_every_format_fills_the_same_queue(suffix: str, tmp_path: Path) -> None:
    rows = invented.rows(60)
    rows[0] = rows[0] | {"text": "=SUM(A1) is no recommendation; take action.", "source_file": "@home.pdf"}
    found = []
    for table in ("reference.parquet", f"table{suffix}"):
        database = open_database(str(tmp_path / f"{table}.db"), create=True)
        imported(database, tmp_path, rows, table)
        found.append({name: content for name, content in everything(database).items() if name != "rounds"})
        database.close()
    assert found[0] == found[1]  # but for the name of the round, which is the file's


def test_a_file_that_is_no_labelled_table_is_refused_whole(sqlite_database: Database, tmp_path: Path) -> None:
    (tmp_path / "wrong.csv").write_text("a,b\n1,2\n")
    (tmp_path / "wrong.parquet").write_bytes(b"not parquet")
    (tmp_path / "wrong.txt").write_text("text")
    for name in ("wrong.csv", "wrong.parquet", "wrong.txt", "missing.csv"):
        with pytest.raises((SourceError, StoreError)) as error:
            import_files(sqlite_database, [tmp_path / name])
        assert name in str(error.value)
    assert not by_text(sqlite_database)


def test_precedents_are_what_people_coded_outside_the_test_session(
    sqlite_database: Database, tmp_path: Path
) -> None:
    coded = invented.rows(60, seed=2, by="expert", sessions=(3, 9))
    coded[0] = coded[0] | {"session": 18, "text": "A text of the test session."}
    coded[1] = coded[1] | {"session": 17, "kind": "pledge", "text": "A late pledge."}
    coded[2] = coded[2] | {"session": 5, "kind": "pledge", "text": "An early pledge."}
    path = invented.write(tmp_path / "coded.parquet", [*coded, *invented.rows(5, seed=4)])
    chosen = find_precedents([path])
    texts = {p.text for p in chosen.precedents}
    assert not texts & {"A text of the test session.", "A late pledge."}
    assert "An early pledge." in texts
    assert chosen.left_out == {
        "of a test session": 1,
        "pledges of session 17 or later": 1,
        "not coded by people": 5,
    }


def test_precedents_are_the_most_similar_wordings_whatever_the_state(
    sqlite_database: Database, tmp_path: Path
) -> None:
    labelled, coded = invented.rows(3, seed=1), invented.rows(60, seed=2, by="expert", sessions=(3, 9))
    labelled[0] |= {
        "text": "Ensure that Kenya compensates the fishermen of Lake Turkana.",
        "needs_review": True,
    }
    coded[10] |= {
        "text": "Ensure that Norway compensates the fishermen of its lakes.",
        "action": 4,
        "issues": ["Labour"],
    }
    coded[11] |= {"text": "Kenya, Kenya, Kenya."}
    fill_queue(
        sqlite_database,
        [invented.write(tmp_path / "l.parquet", labelled)],
        [invented.write(tmp_path / "c.parquet", coded)],
    )
    anna = people(sqlite_database)["Anna"]
    with sqlite_database.read() as connection:
        card = read_card(
            sqlite_database, connection, anna, by_text(sqlite_database)[labelled[0]["text"]]["id"]
        )
    assert card is not None
    assert card.precedents[0].text == coded[10]["text"]
    assert "Kenya, Kenya, Kenya." not in {p.text for p in card.precedents}
    assert len(card.precedents) <= 5
    scores = [p.similarity for p in card.precedents]
    assert scores == sorted(scores, reverse=True)


def test_the_words_that_decide_are_marked(sqlite_database: Database, tmp_path: Path) -> None:
    rows = invented.rows(1)
    rows[0] |= {
        "text": "Consider abolishing the death penalty.",
        "needs_review": True,
        "action": 3,
        "issues": ["Death penalty"],
    }
    imported(sqlite_database, tmp_path, rows)
    anna = people(sqlite_database)["Anna"]
    with sqlite_database.read() as connection:
        card = read_card(sqlite_database, connection, anna, by_text(sqlite_database)[rows[0]["text"]]["id"])
    assert card is not None
    marks = {what: piece.text for piece in card.pieces for what in piece.speaks_for}
    assert marks["action"] == "Consider"
    assert "death penalty" in marks["Death penalty"]


def test_gold_stays_visible_beside_a_model(sqlite_database: Database, tmp_path: Path) -> None:
    rows = invented.rows(10)
    rows[0] |= {"needs_review": True, "action": 3}
    gold = rows[0] | {
        "row_id": "gold",
        "label_source": "expert",
        "action": 5,
        "issues": ["Justice"],
        "model_version": None,
        "needs_review": False,
    }
    imported(sqlite_database, tmp_path, [gold, *rows])
    anna = people(sqlite_database)["Anna"]
    with sqlite_database.read() as connection:
        card = read_card(sqlite_database, connection, anna, by_text(sqlite_database)[rows[0]["text"]]["id"])
        counts = status_counts(connection)
    assert card is not None
    assert card.gold == [Codes(5, ("Justice",))]
    assert card.said is not None
    assert card.said["action"] == 3
    assert sum(counts.values()) == len(by_text(sqlite_database))


def test_a_row_that_the_model_left_unlabelled_is_queued_to_be_coded_by_hand(
    database: Database, tmp_path: Path
) -> None:
    rows = invented.rows(20)
    labels = ("action", "action_confidence", "action_set", "issues", "issue_scores", "label_source")
    rows[3] |= dict.fromkeys(labels) | {
        "text": "Ratifier la Convention contre la torture.",
        "row_id": "unlabelled",
        "needs_review": True,
        "review_reasons": ["other-language"],
    }
    result = imported(database, tmp_path, rows)
    assert result.rejects == []
    item = by_text(database)["Ratifier la Convention contre la torture."]
    assert item["status"] == "open"
    assert item["reasons"] == ["other-language", "to-be-coded-by-hand"]
    anna = people(database)["Anna"]
    with database.read() as connection:
        card = read_card(database, connection, anna, item["id"])
    assert card is not None
    assert (card.draft.action, card.draft.issues) == (None, ())
