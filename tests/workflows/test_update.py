"""Updates from folders and from a Uwazi instance, by the command line."""

import json
import shutil

import pytest
from sqlalchemy import select

from pipeline.review.deciding.entries import Submission
from pipeline.review.deciding.ledger import Ledger
from pipeline.review.store import accounts
from pipeline.review.store.database import open_database
from pipeline.review.store.tables import items
from pipeline.review.store.transitions import Codes, Role
from pipeline.stages import train
from pipeline.store.locks import held
from pipeline.store.tables import read_parquet
from tests.conftest import change_settings, forget, training
from tests.sources.uwazi.uwazi_server import UwaziServer, invent
from tests.workflows.home import TEXTS, desk_items, drop, labels_of, state_of


@pytest.fixture
def folder(project):
    return project / "dropped"


def test_what_is_dropped_is_labelled_queued_and_reported_once(project, folder, upr):
    drop(folder, "a.csv")
    first = upr("update", folder)
    assert first.code in (0, 3), first.err
    assert "6 recommendations new" in first.out
    assert set(labels_of(project)) == set(TEXTS)
    assert desk_items(project) == 6
    report = next((project / "data" / "update" / "runs").glob("*/arrival-49/arrival.json"))
    assert json.loads(report.read_text())["counts"]["wordings"] == 6
    again = upr("update", folder)
    assert again.code == 0
    assert "Nothing new." in again.out
    assert desk_items(project) == 6
    assert len(state_of(project).log()) == 2
    assert upr("update", folder, "--quiet").out == ""


@pytest.mark.long
def test_only_new_rows_are_labelled(project, folder, upr):
    drop(folder, "a.csv", TEXTS[:4])
    upr("update", folder)
    before = state_of(project).labelled()
    drop(folder, "b.csv", TEXTS[4:])
    said = upr("update", folder)
    assert "2 recommendations new" in said.out
    assert "2 rows labelled by" in said.out
    after = state_of(project).labelled()
    assert {i: after[i] for i in before} == before, "labels of rows that did not change stay as they are"
    assert set(labels_of(project)) == set(TEXTS)


@pytest.mark.long
def test_a_corrected_and_a_withdrawn_row_are_told_and_decisions_stay(project, folder, upr):
    drop(folder, "a.csv")
    upr("update", folder)
    database = open_database(str(project / "data" / "reviewed" / "desk.db"))
    accounts.add_user(database, "Anna", Role.REVIEWER, "a long enough password")
    anna = accounts.find_user(database, "Anna")
    decide_on(database, anna, TEXTS[0])
    corrected = TEXTS[0].replace("Convention against", "UN Convention against")
    drop(folder, "a.csv", (corrected, *TEXTS[1:5]))
    said = upr("update", folder)
    assert said.code == 3
    assert "1 recommendations in corrected wording" in said.out
    assert "1 recommendations withdrawn" in said.out
    assert TEXTS[5] in said.out
    assert "1 of them were decided at the review desk" in said.out
    assert set(labels_of(project)) == {corrected, *TEXTS[1:5]}
    with database.read() as connection:
        texts = {row.text for row in connection.execute(items.select())}
    assert TEXTS[0] in texts
    database.close()


def decide_on(database, person, text):
    with database.read() as connection:
        item = connection.scalar(select(items.c.id).where(items.c.text == text))
    Ledger(database, "2014-10", 10).decide(person, Submission(item, 0, Codes(5, ("Justice",))))


def test_codes_in_the_corpus_are_not_labelled_again(project, folder, sample_path, upr):
    (project / "data" / "corpus").mkdir(parents=True)
    shutil.copy(sample_path, project / "data" / "corpus" / "corpus.parquet")
    coded = next(row for row in read_parquet(sample_path).to_pylist() if row["session"] == 18)
    path = folder / "again.csv"
    folder.mkdir()
    path.write_text(
        "Recommendation;State under Review;Recommending State;Session\n"
        f'"{coded["text"]}";{coded["state_under_review"]};{"/".join(coded["recommending_states"])};18\n'
        "Abolish the death penalty for all crimes;Kenya;Ghana;49\n",
        encoding="utf-8",
    )
    said = upr("update", folder)
    assert said.code in (0, 3), said.err
    assert "1 rows labelled" in said.out
    assert list(labels_of(project)) == ["Abolish the death penalty for all crimes"]


@pytest.mark.long
def test_a_session_has_the_labels_of_one_model(project, folder, sample_path, upr, tmp_path):
    drop(folder, "a.csv", TEXTS[:3])
    upr("update", folder)
    base = training()
    features = base.train.linear.model_copy(update={"max_features": 200})
    other = base.model_copy(update={"train": base.train.model_copy(update={"linear": features})})
    train.run(sample_path, tmp_path / "other", other)
    drop(folder, "b.csv", TEXTS[3:])
    said = upr("update", folder, "--model", tmp_path / "other" / "session")
    assert said.code in (0, 3), said.err
    assert "6 rows labelled" in said.out
    assert len({row["model_version"] for row in state_of(project).labelled().values()}) == 1


def test_a_file_that_cannot_be_read_is_named_and_the_others_go_on(project, folder, upr):
    drop(folder, "a.csv")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing")
    said = upr("update", folder)
    assert said.code == 3
    assert "Not read:" in said.out
    assert "broken.pdf" in said.out
    assert len(labels_of(project)) == 6
    # It is tried again each time, until it can be read or is gone.
    assert upr("update", folder).code == 3
    (folder / "broken.pdf").unlink()
    assert upr("update", folder).code == 0


def test_an_empty_folder_waits_and_a_missing_one_is_an_error(project, folder, upr):
    folder.mkdir()
    said = upr("update", folder)
    assert said.code == 0, said.err
    assert "Nothing new." in said.out
    missing = upr("update", project / "nowhere")
    assert missing.code == 1
    assert "nowhere" in missing.err


def test_a_second_update_is_told_to_come_back(project, folder, upr):
    drop(folder, "a.csv")
    with held(project / "data" / "update"):
        said = upr("update", folder)
    assert said.code == 75
    assert "works on it" in said.err
    assert not state_of(project).log()


@pytest.mark.long
def test_a_release_is_made_if_anything_changed(project, folder, sample_path, upr):
    (project / "data" / "corpus").mkdir(parents=True)
    shutil.copy(sample_path, project / "data" / "corpus" / "corpus.parquet")
    drop(folder, "a.csv")
    said = upr("update", folder, "--publish")
    assert said.code in (0, 3), said.err
    release = project / "data" / "published" / "latest"
    assert f"Release: {project / 'data' / 'published'}" in said.out
    assert upr("verify", release).code == 0
    drop(folder, "a.csv", TEXTS[:5])
    withdrawn = upr("update", folder, "--publish")
    assert withdrawn.code == 3, withdrawn.err
    manifest = json.loads((release.resolve() / "release.json").read_text())
    assert "withdrawn or corrected" in json.dumps(manifest)


@pytest.fixture
def instance(project):
    change_settings(
        project,
        {"fetch.pause_seconds": 0.0, "fetch.backoff_seconds": 0.01, "fetch.tries": 2, "fetch.page_rows": 50},
    )
    forget()
    return invent(120, big_session=10, without_session=5, later_tags=0)


def uncoded(instance, number):
    """Take the codes of the first entities away, as of recommendations that nobody has coded yet."""
    for entity in instance.entities[:number]:
        for name in ("action_category", "issues"):
            entity["metadata"][name] = []


def test_an_instance_is_followed(project, instance, upr):
    uncoded(instance, 8)
    with UwaziServer(instance) as server:
        first = upr("update", server.url)
        assert first.code in (0, 3), first.err
        assert "8 rows labelled" in first.out
        assert upr("update", server.url).out.count("Nothing new.") == 1
        # What people code at the instance needs no label any more.
        coded = invent(120, big_session=10, without_session=5, later_tags=0).entities[:3]
        instance.entities[:3] = coded
        instance.changed()
        second = upr("update", server.url)
        assert "3 recommendations now coded at the source" in second.out
        assert len(state_of(project).labelled()) == 5


@pytest.mark.long
def test_an_instance_that_lost_its_rows_is_refused(project, instance, upr):
    uncoded(instance, 8)
    with UwaziServer(instance) as server:
        upr("update", server.url)
        rows = len(state_of(project).rows())
        del instance.entities[:40]
        instance.changed()
        said = upr("update", server.url)
        assert said.code == 1
        assert "--allow-fewer" in said.err
        assert len(state_of(project).rows()) == rows
        allowed = upr("update", server.url, "--allow-fewer")
        assert allowed.code == 3, allowed.err
        assert len(state_of(project).rows()) == rows - 40


def test_an_instance_that_does_not_answer_changes_nothing(project, instance, upr):
    with UwaziServer(instance) as server:
        address = server.url
    said = upr("update", address)
    assert said.code == 1
    assert not state_of(project).rows_path.exists()
