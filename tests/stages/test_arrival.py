"""The arrival report of a session that nobody has coded."""

import json
import re
import shutil
from html import unescape
from pathlib import Path

import pytest
import yaml

from pipeline import settings
from pipeline.charts.strings import SENTENCES as OF_CHARTS
from pipeline.errors import SettingsError, SourceError
from pipeline.review.store import accounts
from pipeline.review.store.database import open_database
from pipeline.stages import arrival, label
from pipeline.store.held_out import read_held_out
from pipeline.store.sentences import Sentences, speaking
from pipeline.store.tables import read_parquet, write_parquet
from pipeline.store.vocabularies import config_path
from tests.axe import violations
from tests.conftest import change_settings, forget


def write_session(path, table, session, number=19):
    """The uncoded recommendations of a session of the sample, as if they were those of a later one."""
    rows = [row for row in table.to_pylist() if row["session"] == session and row["kind"] == "recommendation"]
    lines = ["Recommendation;State under Review;Recommending State;Session"]
    lines += [
        f'"{row["text"]}";{row["state_under_review"]};{"; ".join(row["recommending_states"][:1])};{number}'
        for row in rows
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def labelled_session(sample_path, model_path, tmp_path_factory):
    folder = tmp_path_factory.mktemp("arrived")
    source = write_session(folder / "new.csv", read_parquet(sample_path), 18)
    label.run([source], folder / "labelled.parquet", settings.load(), model=str(model_path))
    return folder / "labelled.parquet"


@pytest.fixture
def arrived(project, labelled_session, tmp_path):
    change_settings(project, {"splits.session_rows": 50, "evaluate.permutations": 19})
    forget()
    return Path(shutil.copy(labelled_session, tmp_path))


def report(arrived, tmp_path, **arguments):
    return arrival.run(arrived, tmp_path / "report", settings.load(), **arguments)


def test_with_coded_sessions_everything_is_reported(arrived, sample_path, tmp_path):
    done = report(arrived, tmp_path, corpus=sample_path)
    document = json.loads(done.data.read_text())
    assert document == done.document
    assert document["session"] == 19
    # Session 17 tuned the model, so that session 18 says how it errs.
    assert document["expected"]["reference"]["sessions"] == [18]
    assert 0.5 < document["expected"]["accuracy"]["value"] <= 1
    assert document["expected"]["accuracy"]["low"] < document["expected"]["accuracy"]["value"]
    assert document["coded_since"] == {"rows": 201, "sessions": [18]}
    assert document["wording"]["known"]["value"] == 1  # these very wordings are in session 18
    assert sum(s["wordings"] for s in document["states"]) >= document["counts"]["wordings"]
    assert [s["state"] for s in document["states"]] == sorted(s["state"] for s in document["states"])
    page = done.page.read_text()
    assert document["verdict"]["title"] in page
    assert "demonstration" in page
    assert len(re.findall(r'<svg class="wide"', page)) == 3
    assert not re.search(r"<script|https?://(?!www\.w3\.org)", page)


def test_the_estimate_is_near_the_measured_accuracy(arrived, sample_path, tmp_path):
    """Session 18 is its own reference here, so that only the method can be wrong."""
    done = report(arrived, tmp_path, corpus=sample_path)
    labelled = read_parquet(arrived).to_pylist()
    gold = {
        row["text"]: row["action"] for row in read_parquet(sample_path).to_pylist() if row["session"] == 18
    }
    right = sum(row["action"] == gold[row["text"]] for row in labelled) / len(labelled)
    assert done.document["expected"]["accuracy"]["value"] == pytest.approx(right, abs=0.03)


def test_without_a_corpus_nothing_is_estimated_and_the_page_says_so(arrived, tmp_path):
    done = report(arrived, tmp_path)
    assert done.document["expected"] is None
    assert done.document["wording"] is None
    assert "No estimate can be made" in done.page.read_text()
    assert done.document["review"]["hours"] > 0


@pytest.mark.long
def test_the_same_inputs_give_the_same_bytes(arrived, sample_path, tmp_path):
    first = report(arrived, tmp_path, corpus=sample_path)
    before = first.page.read_bytes(), first.data.read_bytes()
    again = report(arrived, tmp_path, corpus=sample_path)
    assert (again.page.read_bytes(), again.data.read_bytes()) == before


def test_hours_follow_the_desk(arrived, tmp_path):
    desk = open_database(str(tmp_path / "desk.db"), create=True)
    accounts.sheet_user(desk)
    done = report(arrived, tmp_path, desk=desk)
    review = done.document["review"]
    assert not review["measured"]
    assert review["second_readings"] == round(review["wordings"] * 0.1)
    assert done.document["audit"]["weeks"] == []
    desk.close()


def test_a_table_of_several_sessions_needs_a_choice(arrived, sample_path, tmp_path):
    rows = read_parquet(arrived)
    mixed = rows.set_column(
        rows.schema.get_field_index("session"),
        rows.schema.field("session"),
        [[19 if i else 20 for i in range(rows.num_rows)]],
    )
    path = tmp_path / "mixed.parquet"
    write_parquet(path, mixed)
    with pytest.raises(SourceError, match=r"20 \(1 rows\)"):
        report(path, tmp_path)
    assert report(path, tmp_path, session=20).document["counts"]["rows"] == 1
    with pytest.raises(SourceError, match="no recommendation of session 3"):
        report(path, tmp_path, session=3)


def test_labels_of_another_model_are_refused(arrived, tmp_path):
    rows = read_parquet(arrived)
    other = rows.set_column(
        rows.schema.get_field_index("model_version"),
        rows.schema.field("model_version"),
        [["linear-other"] * rows.num_rows],
    )
    write_parquet(tmp_path / "other.parquet", other)
    with pytest.raises(SourceError, match="labelled by linear-other, and the model is"):
        report(tmp_path / "other.parquet", tmp_path)


def test_rows_without_a_label_are_counted(project, tmp_path):
    source = tmp_path / "portuguese.csv"
    source.write_text(
        "Recommendation,Session\nRatificar a Convenção contra a Tortura e os direitos das crianças,19\n",
        encoding="utf-8",
    )
    label.run([source], tmp_path / "l.parquet", settings.load())
    done = report(tmp_path / "l.parquet", tmp_path)
    assert done.document["labels"]["unlabelled"] == 1
    assert done.document["verdict"]["code"] == "review_more"


def test_rows_of_a_language_with_a_model_of_its_own_are_reported_with_the_others(project, tmp_path):
    source = tmp_path / "mixed.csv"
    lines = ("Ratify the Convention against Torture,19", "Ratifier la Convention contre la torture,19")
    source.write_text("Recommendation,Session\n" + "\n".join(lines) + "\n", encoding="utf-8")
    label.run([source], tmp_path / "l.parquet", settings.load())
    assert report(tmp_path / "l.parquet", tmp_path).document["labels"]["unlabelled"] == 0


@pytest.mark.parametrize(
    "content", ["method: unknown\nerrors: {1: 2}", "errors: {1: 2}", "method: by_stratum\nerrors: [1]"]
)
def test_a_file_of_past_errors_that_cannot_be_used_is_named(project, content):
    config_path("accuracy_estimates.yaml").write_text(content)
    with pytest.raises(SettingsError, match="accuracy_estimates"):
        arrival.past_errors()


def test_the_shipped_past_errors_keep_what_was_aimed_at():
    """Eight of nine past sessions were estimated within 1.5 points."""
    found = yaml.safe_load(config_path("accuracy_estimates.yaml").read_text())
    errors = [abs(points) for points in found["errors"].values()]
    assert list(found["errors"]) == list(range(10, 19))
    assert sum(points <= 1.5 for points in errors) >= 8


def test_the_command_says_verdict_and_files(arrived, sample_path, upr, tmp_path):
    said = upr("arrival", arrived, "--out", tmp_path / "out", "--corpus", sample_path)
    assert said.code == 0, said.err
    assert "Expected accuracy of the actions" in said.err
    assert (tmp_path / "out" / "arrival.html").is_file()
    wrong = upr("arrival", tmp_path / "none.parquet", "--out", tmp_path / "out2")
    assert wrong.code == 1
    assert not (tmp_path / "out2").exists()


@pytest.mark.long
def test_a_model_that_learned_every_session_is_judged_by_its_held_out_predictions(
    project, models, sample_path, tmp_path
):
    change_settings(project, {"splits.session_rows": 50, "evaluate.permutations": 19})
    forget()
    final = str(models / "final")
    source = write_session(tmp_path / "new.csv", read_parquet(sample_path), 18)
    label.run([source], tmp_path / "l.parquet", settings.load(), model=final)
    done = report(tmp_path / "l.parquet", tmp_path, corpus=sample_path, model=final)
    document = done.document
    assert document["coded_since"]["rows"] == 0
    assert 18 in document["expected"]["reference"]["sessions"]
    held = read_held_out(models / "final")
    assert held is not None
    sessions = document["expected"]["reference"]["sessions"]
    gold = {
        row["row_id"]: row["action"]
        for row in read_parquet(sample_path).to_pylist()
        if row["session"] in sessions
    }
    places = held.places()
    right = [held.action[places[name]].argmax() + 1 == gold[name] for name in gold if name in places]
    reference = document["expected"]["reference"]
    assert reference["wordings"] <= len(right)
    assert reference["accuracy"]["value"] == pytest.approx(sum(right) / len(right), abs=0.02)
    assert reference["accuracy"]["value"] < 0.95, "what it says of them now would be near 1"


@pytest.mark.parametrize("language", ["fr", "es"])
def test_the_page_speaks_the_language_of_the_environment(
    arrived, sample_path, tmp_path, monkeypatch, language
):
    english = [*OF_CHARTS.load("en").items(), *Sentences("pipeline.arrival.strings").load("en").items()]
    monkeypatch.setenv("LC_ALL", f"{language}_CH.UTF-8")
    done = report(arrived, tmp_path, corpus=sample_path)
    page = unescape(done.page.read_text())
    assert f'<html lang="{language}">' in page
    starts = {str(text).partition("{")[0].strip() for _, text in english}
    assert [start for start in starts if len(start) > 12 and start in page] == []
    assert not re.search(r"\d\.\d%", page)
    assert "shipped, since" not in page
    with speaking(language):
        assert OF_CHARTS.say("origin.no-champion") in page
        assert OF_CHARTS.say("arrival.heading", session=done.document["session"]) in page
    assert done.document["verdict"]["title"] in page


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_page_is_accessible_and_fits_a_phone(
    arrived, sample_path, tmp_path, monkeypatch, chromium, language
):
    monkeypatch.setenv("LC_ALL", f"{language}_CH.UTF-8")
    done = report(arrived, tmp_path, corpus=sample_path)
    for width, height in ((1366, 768), (390, 844)):
        for colours in ("light", "dark"):
            page = chromium.new_page(
                viewport={"width": width, "height": height}, color_scheme=colours, bypass_csp=True
            )
            page.goto(done.page.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert violations(page) == []
            page.close()
