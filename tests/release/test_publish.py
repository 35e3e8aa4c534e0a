import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipeline import settings
from pipeline.corpus.schema import LABELLED, RELEASE_COLUMNS
from pipeline.errors import DecisionError, ReleaseError, SettingsError, SourceError, StoreError
from pipeline.release.files.folder import latest, publishing, releases
from pipeline.release.tables.columns import LABELS, MEANING, RECOMMENDATIONS, SCHEMAS
from pipeline.stages.publish import PublishInputs, assemble
from pipeline.store.tables import write_batches
from tests.release.conftest import NEW, new_rows, published

PROMISED = [
    "recommendations.parquet",
    "recommendations.csv",
    "recommendations.jsonl",
    "labels.parquet",
    "labels.csv",
    "taxonomy.csv",
    "splits.parquet",
    "upr.xlsx",
    "upr.sqlite",
    "datasette.json",
    "uwazi.csv",
    "README.md",
    "croissant.json",
    "datapackage.json",
    "metrics.json",
    "CITATION.cff",
    "SHA256SUMS",
    "CHANGELOG.md",
    "diff.parquet",
    "release.json",
    "index.html",
    "statistics/sessions.csv",
    "statistics/issues.csv",
    "states/FRA.html",
]


def digests(folder):
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def rows(folder, name="recommendations"):
    return pq.read_table(folder / f"{name}.parquet")


def decisions(corpus, *changes):
    """Decisions on rows of the corpus: (place, action, issues)."""
    table = pq.read_table(corpus)
    made = [
        table.slice(i, 1).to_pylist()[0] | {"action": a, "issues": list(t), "label_source": "reviewed"}
        for i, a, t in changes
    ]
    return pa.Table.from_pylist(made, schema=LABELLED)


def written(table, path):
    pq.write_table(table, path)
    return path


def assembled(inputs):
    return assemble(inputs, settings.load())


def test_a_release_holds_what_it_promises(release):
    assert [name for name in PROMISED if not (release / name).is_file()] == []
    assert str((release.parent / "latest").readlink()) == release.name == "2025.1"
    assert not [p for p in release.parent.iterdir() if p.name.endswith(".part")]


def test_every_column_has_the_type_and_the_meaning_that_the_card_gives(release):
    for name, schema in SCHEMAS.items():
        assert rows(release, name).schema.equals(schema)
        assert list(MEANING[name]) == schema.names
    assert tuple(n for n in RECOMMENDATIONS.names if n not in LABELLED.names) == RELEASE_COLUMNS


def test_each_recommending_state_has_a_row_of_its_own(release, sample_path):
    table = rows(release)
    new = table.filter(pc.equal(table["session"], 44))
    assert list(zip(new["text"].to_pylist(), new["recommending_state"].to_pylist(), strict=True)) == [
        (t, s) for t, states in NEW for s in states
    ]
    assert new["recommending_state_iso"].to_pylist() == ["FRA", "JPN", "BRA", "CHL", "FRA", "GHA"]
    assert len(set(table["row_id"].to_pylist())) == table.num_rows
    corpus = pq.read_table(sample_path)
    single = corpus.filter(pc.less_equal(pc.list_value_length(corpus["recommending_states"]), 1))
    assert set(single["row_id"].to_pylist()) <= set(table["row_id"].to_pylist())


def test_people_come_first_and_the_machine_stands_beside(release, sample_path, labelled_path):
    table, labels = rows(release), rows(release, "labels")
    gold = dict(
        zip(
            pq.read_table(sample_path)["rec_id"].to_pylist(),
            pq.read_table(sample_path)["action"].to_pylist(),
            strict=True,
        )
    )
    said = dict(
        zip(
            pq.read_table(labelled_path)["rec_id"].to_pylist(),
            pq.read_table(labelled_path)["action"].to_pylist(),
            strict=True,
        )
    )
    for row in table.to_pylist():
        people = row["rec_id"] in gold
        assert row["label_source"] == ("expert" if people else "model")
        assert row["action"] == (gold if people else said)[row["rec_id"]]
        assert row["machine_action"] == said[row["rec_id"]]
        assert (row["action_confidence"] is None) == people
    sources = labels.group_by(["row_id", "source"]).aggregate([])["source"].to_pylist()
    assert sources.count("model") == table.num_rows
    assert sources.count("expert") == sum(r in gold for r in table["rec_id"].to_pylist())
    assert labels.schema.equals(LABELS)


@pytest.mark.long
def test_the_same_input_gives_the_same_bytes(inputs, release, tmp_path):
    again = published(inputs, tmp_path / "other")
    assert digests(again.folder) == digests(release)


def test_equal_content_makes_no_release_even_at_another_time(inputs, copied, monkeypatch, upr, tmp_path):
    later = pq.read_table(inputs.labelled)
    moved = pa.compute.add(later["labelled_at"], pa.scalar(10**9, pa.duration("us")))
    later = later.set_column(later.column_names.index("labelled_at"), LABELLED.field("labelled_at"), moved)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    path = written(later, tmp_path / "later.parquet")
    before = digests(copied.parent)
    said = upr(
        "publish",
        "--out",
        copied.parent,
        "--corpus",
        inputs.corpus,
        "--labelled",
        path,
        "--report",
        tmp_path / "r.json",
    )
    assert said.code == 0
    assert "Nothing has changed since release 2025.1" in said.err
    assert digests(copied.parent) == before
    assert json.loads((tmp_path / "r.json").read_text())["release"] == "2025.1"


@pytest.mark.long
def test_a_change_makes_the_next_release_and_leaves_the_first_alone(inputs, copied, tmp_path):
    before = digests(copied)
    path = written(decisions(inputs.corpus, (0, 1, ["Justice"])), tmp_path / "d.parquet")
    done = published(replace(inputs, decisions=path), copied.parent)
    assert (done.folder.name, done.previous, latest(copied.parent)) == ("2025.2", "2025.1", "2025.2")
    assert digests(copied) == before
    assert done.changes["relabelled"] >= 1
    assert done.changes["added"] == done.changes["removed"] == 0
    log = (done.folder / "CHANGELOG.md").read_text()
    assert "| action | expert | reviewed | 1 |" in log


@pytest.mark.long
def test_a_reviewed_decision_wins_and_the_coders_label_is_kept(inputs, copied, tmp_path):
    path = written(decisions(inputs.corpus, (3, 2, ["Poverty", "Justice"])), tmp_path / "d.parquet")
    rec_id = pq.read_table(inputs.corpus)["rec_id"][3].as_py()
    done = published(replace(inputs, decisions=path), copied.parent)
    table, labels = rows(done.folder), rows(done.folder, "labels")
    mine = table.filter(pc.equal(table["rec_id"], rec_id)).to_pylist()
    assert {(r["label_source"], r["action"], tuple(r["issues"])) for r in mine} == {
        ("reviewed", 2, ("Poverty", "Justice"))
    }
    given = labels.filter(pc.and_(pc.equal(labels["rec_id"], rec_id), pc.equal(labels["task"], "action")))
    assert set(given["source"].to_pylist()) == {"reviewed", "expert", "model"}


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".jsonl"])
@pytest.mark.parametrize(
    "changes", [((3, 2, ["Poverty", "Justice"]), (5, 1, [])), ()], ids=["decisions", "none"]
)
def test_decisions_are_read_in_every_format_that_the_desk_writes(inputs, copied, tmp_path, suffix, changes):
    table = decisions(inputs.corpus, *changes)
    said = assembled(replace(inputs, decisions=written(table, tmp_path / "d.parquet")))
    write_batches(tmp_path / f"d{suffix}", LABELLED, [table])
    other = assembled(replace(inputs, decisions=tmp_path / f"d{suffix}"))
    assert other.recommendations.equals(said.recommendations)
    assert other.labels.equals(said.labels)
    assert ("reviewed" in said.recommendations["label_source"].to_pylist()) == bool(changes)


def test_a_decision_that_cannot_be_read_is_named(inputs, copied, tmp_path):
    write_batches(tmp_path / "d.csv", LABELLED, [decisions(inputs.corpus, (3, 2, ["Poverty"]))])
    path = tmp_path / "d.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace(",2,", ",two,", 1), encoding="utf-8")
    with pytest.raises(SourceError, match=r"d.csv, row 1: 'two' cannot be \w+ .*Correct the cell"):
        published(replace(inputs, decisions=path), tmp_path / "out")
    assert releases(tmp_path / "out") == []


def test_decisions_that_contradict_each_other_are_refused(inputs, tmp_path):
    path = written(decisions(inputs.corpus, (3, 2, ["Poverty"]), (3, 4, ["Poverty"])), tmp_path / "d.parquet")
    with pytest.raises(
        DecisionError,
        match=r"row 2: contradicts that in row 1.*action 4, Poverty here, action 2, Poverty there",
    ):
        published(replace(inputs, decisions=path), tmp_path / "out")
    assert releases(tmp_path / "out") == []


def test_a_decision_on_an_unknown_recommendation_is_refused(inputs, tmp_path):
    table = decisions(inputs.corpus, (3, 2, ["Poverty"]))
    strange = table.set_column(0, LABELLED.field("rec_id"), pa.array(["0" * 20]))
    path = written(strange, tmp_path / "d.parquet")
    with pytest.raises(
        DecisionError, match="no recommendation of this release has the rec_id 00000000000000000000"
    ):
        published(replace(inputs, decisions=path), tmp_path / "out")


def test_losing_rows_is_refused_unless_a_reason_is_given(inputs, copied, tmp_path):
    fewer = written(
        pq.read_table(inputs.labelled).slice(0, pq.read_table(inputs.corpus).num_rows),
        tmp_path / "fewer.parquet",
    )
    less = replace(inputs, labelled=fewer)
    before = digests(copied.parent)
    with pytest.raises(
        ReleaseError, match=r"would break tools that use 2025.1: recommendations: 6 rows are lost"
    ):
        published(less, copied.parent)
    assert digests(copied.parent) == before
    done = published(less, copied.parent, breaking="session 44 was withdrawn")
    assert "session 44 was withdrawn" in (done.folder / "CHANGELOG.md").read_text()
    assert json.loads((done.folder / "release.json").read_text())["breaking"] == "session 44 was withdrawn"
    assert done.changes["removed"] == 6


def test_a_column_that_an_earlier_release_had_is_not_dropped(inputs, copied):
    path = copied / "recommendations.parquet"
    table = pq.read_table(path)
    pq.write_table(table.append_column("old_column", pa.nulls(table.num_rows, pa.int64())), path)
    with pytest.raises(ReleaseError, match="column 'old_column' is dropped"):
        published(inputs, copied.parent)


def test_a_column_does_not_change_its_type(inputs, copied):
    path = copied / "recommendations.parquet"
    table = pq.read_table(path)
    pq.write_table(
        table.set_column(table.column_names.index("action"), "action", table["action"].cast(pa.float64())),
        path,
    )
    with pytest.raises(ReleaseError, match="column 'action' turns from double to int64"):
        published(inputs, copied.parent)


@pytest.mark.long
def test_a_name_that_is_taken_is_refused(inputs, copied, tmp_path):
    path = written(decisions(inputs.corpus, (0, 1, ["Justice"])), tmp_path / "d.parquet")
    changed = replace(inputs, decisions=path)
    with pytest.raises(ReleaseError, match="exists, and a release is never changed"):
        published(changed, copied.parent, name="2025.1")
    (copied.parent / "2025.7").mkdir()
    with pytest.raises(ReleaseError, match="exists, and a release is never changed"):
        published(changed, copied.parent, name="2025.7")
    assert published(changed, copied.parent).folder.name == "2025.8"


def test_without_machine_labels_new_rows_are_refused(inputs, tmp_path):
    both = pa.concat_tables([pq.read_table(inputs.corpus), new_rows()])
    path = written(both, tmp_path / "both.parquet")
    with pytest.raises(ReleaseError, match=r"kenya-44.docx, row 1: 6 rows have no label.*upr label.*model"):
        published(replace(inputs, corpus=path, labelled=None), tmp_path / "out")


@pytest.mark.parametrize("missing", ["corpus", "labelled", "decisions", "evaluation"])
def test_a_missing_file_is_named(inputs, tmp_path, missing, upr):
    arguments = {"corpus": inputs.corpus, "labelled": inputs.labelled, missing: tmp_path / "nothing.parquet"}
    said = upr(
        "publish", "--out", tmp_path / "out", *(x for k, v in arguments.items() for x in (f"--{k}", v))
    )
    assert said.code == 1
    assert "nothing.parquet: there is no such file." in said.err
    assert "Run `upr " in said.err
    assert not (tmp_path / "out").exists()


def test_another_taxonomy_is_mapped_or_refused(inputs, tmp_path):
    table = pq.read_table(inputs.corpus)
    place = table.column_names.index("taxonomy_version")

    def told(version):
        return written(
            table.set_column(place, LABELLED.field(place), pa.array([version] * table.num_rows)),
            tmp_path / f"{version}.parquet",
        )

    with pytest.raises(SettingsError, match=r"taxonomy 2014-10: does not follow 2026-08"):
        published(replace(inputs, corpus=told("2026-08")), tmp_path / "out")
    with pytest.raises(SettingsError, match=r"there is no taxonomy '1999-01'|does not follow 1999-01"):
        published(replace(inputs, corpus=told("1999-01")), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_labels_follow_into_a_later_taxonomy(inputs, tmp_path):
    from pipeline.stages import publish

    later = settings.load().model_copy(update={"taxonomy": "2026-08"})
    table = publish.assemble(inputs, later).recommendations
    tags = {tag for row in table["issues"].to_pylist() for tag in row or ()}
    assert "National Human Rights Institution" in tags
    assert not {"NHRI", "National plan of action"} & tags
    assert set(table["taxonomy_version"].to_pylist()) == {"2026-08"}


def test_two_publishers_do_not_meet(inputs, tmp_path):
    with publishing(tmp_path / "out"), pytest.raises(StoreError, match=r"process .* works on it"):
        published(inputs, tmp_path / "out")


def test_what_a_killed_process_left_is_cleared(inputs, copied):
    out = copied.parent
    (out / ".2025.2.abc.part").mkdir()
    (out / ".2025.2.abc.part" / "labels.csv").write_text("half")
    (out / "latest").unlink()
    done = published(inputs, out)
    assert not done.created
    assert latest(out) == "2025.1"
    assert not (out / ".2025.2.abc.part").exists()


def test_a_pointer_that_is_not_ours_is_left_alone(inputs, copied):
    out = copied.parent
    (out / "latest").unlink()
    (out / "latest").mkdir()
    with pytest.raises(ReleaseError, match="is not the pointer"):
        published(inputs, out)


def test_a_file_that_is_no_table_is_named(inputs, tmp_path):
    bad = tmp_path / "bad.parquet"
    bad.write_bytes(b"PAR1 no")
    with pytest.raises(StoreError, match="is not a Parquet file"):
        published(replace(inputs, corpus=bad), tmp_path / "out")
    written(pa.table({"text": ["x"]}), bad)
    with pytest.raises(StoreError, match="column 'rec_id' is missing"):
        published(replace(inputs, corpus=bad), tmp_path / "out")


@pytest.mark.long
def test_a_release_can_be_moved(release, tmp_path, upr):
    shutil.copytree(release, tmp_path / "elsewhere")
    assert upr("verify", tmp_path / "elsewhere").code == 0


MARK = "INVENTED SAMPLE, NOT REAL DATA"


def test_a_release_of_the_sample_says_everywhere_that_it_is_invented(release):
    pages = [*release.glob("*.html"), *(release / "states").iterdir(), *(release / "issues").iterdir()]
    assert {page.name for page in pages} > {"index.html", "search.html", "compare.html", "justice.html"}
    for page in pages:
        assert MARK in page.read_text(), page.name
        assert "No State made, received or answered them" in page.read_text(), page.name
    for name in ("README.md", "CITATION.cff", "croissant.json", "datapackage.json", "datasette.json"):
        text = (release / name).read_text()
        assert MARK in text, name
        assert "UPR Info database" not in text, name
        assert "name: UPR Info" not in text, name
        assert '"UPR Info"' not in text, name
    manifest = json.loads((release / "release.json").read_text())
    assert manifest["invented"] == manifest["counts"]["rows"] - 6  # but for the six rows of these tests
    assert manifest["licence"] == "CC0-1.0"


def test_the_ids_of_the_samples_are_those_of_the_sample_corpus(sample_path):
    from pipeline.release.tables.invented import LETTERS
    from pipeline.store.vocabularies import load_sample_ids

    ids = {rec_id[:LETTERS] for rec_id in pq.read_table(sample_path)["rec_id"].to_pylist()}
    assert ids <= load_sample_ids()


def test_a_release_of_other_texts_is_not_marked_and_grants_no_licence_by_default(labelled_path, tmp_path):
    table = pq.read_table(labelled_path)
    new = table.filter(pc.equal(table["session"], 44))
    corpus = written(new_rows(), tmp_path / "corpus.parquet")
    done = published(PublishInputs(corpus, written(new, tmp_path / "labelled.parquet")), tmp_path / "out")
    manifest = json.loads((done.folder / "release.json").read_text())
    assert (manifest["invented"], manifest["licence"]) == (0, "none")
    card = (done.folder / "README.md").read_text()
    assert MARK not in card
    assert "grants no licence" in card
    assert all(words in card for words in manifest["rights"].values())
    assert "license:" not in (done.folder / "CITATION.cff").read_text()


def test_a_licence_has_no_default():
    rights = {"texts": "a", "codes": "b", "labels": "c"}
    for given, missing in (({}, "licence"), ({"licence": "none"}, "rights"), ({"rights": rights}, "licence")):
        chosen = settings.load().model_copy(
            update={"publish": settings.PublishSettings.model_validate(given)}
        )
        # The inputs are not even looked at.
        with pytest.raises(SettingsError, match=rf"publish\.{missing}: is not set"):
            assemble(PublishInputs(Path("nowhere.parquet")), chosen)


def test_every_column_of_the_statistics_is_explained(release):
    card = (release / "README.md").read_text()
    package = json.loads((release / "datapackage.json").read_text())
    fields = [
        f for r in package["resources"] if r["name"].startswith("statistics") for f in r["schema"]["fields"]
    ]
    assert len(fields) > 100
    assert all(f["description"] for f in fields)
    assert [f["name"] for f in fields if f"| `{f['name']}` |" not in card] == []


def test_acceptance_counts_every_recommendation_and_says_what_its_share_is_of(release):
    table = rows(release).to_pandas()
    table = table[table["kind"] == "recommendation"]
    found = pd.read_csv(release / "statistics" / "acceptance_by_session.csv", encoding="utf-8-sig")
    answers = ["supported", "noted", "pending", "unknown"]
    assert found[answers].sum(axis=1).tolist() == table["session"].value_counts().sort_index().tolist()
    assert (found["of"] == found["supported"] + found["noted"]).all()
    assert found["unknown"].sum() == table["response"].isna().sum() > 0
    page = (release / "index.html").read_text()
    assert '<th scope="col">Pending</th><th scope="col">Unknown</th>' in page
    assert "Share supported of supported and noted" in page


def test_reviews_of_a_state_stand_apart(release):
    table = rows(release).to_pandas()
    table = table[table["kind"] == "recommendation"]
    due = table.groupby(["state_under_review", "session"]).size()
    found = pd.read_csv(release / "statistics" / "reviews.csv", encoding="utf-8-sig")
    assert found.set_index(["reviewed", "session"])["recommendations"].to_dict() == due.to_dict()
    several = due.groupby(level=0).size()
    state = several[several > 1].index[0]
    code = table.loc[table["state_under_review"] == state, "state_under_review_iso"].iloc[0]
    page = (release / "states" / f"{code}.html").read_text()
    assert "Review by review" in page
    assert all(f"Session {session}" in page for session in due[state].index)


def test_wordings_are_those_of_recommendations_and_pledges_have_figures_of_their_own(release):
    table = rows(release)
    only = table.filter(pc.equal(table["kind"], "recommendation"))
    manifest = json.loads((release / "release.json").read_text())
    assert manifest["counts"]["wordings"] == len(only["rec_id"].unique())
    pledges = json.loads((release / "metrics.json").read_text())["pledges"]
    measured = sum(part["action_agreement"]["support"] for part in pledges.values())
    assert measured == manifest["counts"]["pledges"]


def test_the_mean_action_is_given_for_each_cycle_and_for_all(release):
    found = pd.read_csv(release / "statistics" / "mean_action_between_regions.csv", encoding="utf-8-sig")
    assert {"all", "1", "2"} <= set(found["cycle"])
    world = found[found["reviewed_region"] == "World"].groupby("cycle")["of"].sum()
    assert world["all"] == world.drop("all").sum()


def test_pages_speak_of_recommendations_to_a_state(release):
    for path in (release / "states").iterdir():
        text = path.read_text()
        assert "was told" not in text
        assert "Recommendations to " in text


def test_machine_labels_of_learned_texts_are_marked_and_counted(release):
    table, splits = rows(release), rows(release, "splits")
    trained = {
        group
        for group, part in zip(
            splits["text_group"].to_pylist(), splits["session_split"].to_pylist(), strict=True
        )
        if part == "train"
    }
    due = [group in trained for group in table["text_group"].to_pylist()]
    assert table["machine_in_sample"].to_pylist() == due
    assert {True, False} == set(due)
    # A text of a later session that is asked in the same words is learned, too.
    assert any(
        learned and part != "train"
        for learned, part in zip(due, splits["session_split"].to_pylist(), strict=True)
    )
    found = json.loads((release / "metrics.json").read_text())["agreement_by_session"]
    of_session = {s: found[str(s)] for s in table["session"].unique().to_pylist() if str(s) in found}
    for session, figures in of_session.items():
        lines = [
            learned
            for learned, own, kind, who in zip(
                due, *(table[c].to_pylist() for c in ("session", "kind", "label_source")), strict=True
            )
            if own == session and kind == "recommendation" and who == "expert"
        ]
        assert (figures["rows"], figures["in_sample"]) == (len(lines), sum(lines))
