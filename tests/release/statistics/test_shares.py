import csv
import json

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipeline import settings
from pipeline.evaluation import statistics as plain
from pipeline.release.statistics.measured import machine_scores, measured
from pipeline.release.statistics.shares import mean_action_between_regions, tables
from pipeline.stages import publish
from pipeline.stages.publish import PublishInputs
from pipeline.store.vocabularies import load_states, load_taxonomy


def figures_of(table, labels, splits):
    taxonomy = load_taxonomy("2014-10")
    return measured(
        table, machine_scores(table, labels, taxonomy), splits["session_split"], load_states(), taxonomy
    )


@pytest.fixture(scope="module")
def found(release):
    return figures_of(
        *(pq.read_table(release / f"{n}.parquet") for n in ("recommendations", "labels", "splits"))
    )


def test_where_people_labelled_all_the_tables_are_the_shares_of_the_statistics(found):
    people = found.take(np.flatnonzero(found.rows["by_people"].to_numpy()))
    ours, all_rows = tables(people), plain.Counted(people.rows)

    def check(lines, share_of):
        assert len(lines)
        for line in lines.to_dict("records"):
            share = share_of(line)
            figures = (share.value, share.low, share.high)
            assert (line["share"], line["low"], line["high"]) == pytest.approx(figures, abs=1e-9)

    for by in ("session", "cycle"):
        check(
            ours[f"actions_by_{by}"],
            lambda e, by=by: plain.action_share(all_rows.where(by, e[by]), e["action"]),
        )
    check(
        ours["issues_by_session"],
        lambda e: plain.issue_share(all_rows.where("session", e["session"]), e["issue"]),
    )
    check(
        ours["acceptance_by_session"], lambda e: plain.accepted_share(all_rows.where("session", e["session"]))
    )
    check(ours["acceptance_by_action"], lambda e: plain.accepted_share(all_rows.where("action", e["action"])))
    carries = all_rows.rows["issues"]
    check(
        ours["acceptance_by_issue"],
        lambda e: plain.accepted_share(
            plain.Counted(all_rows.rows[carries.map(lambda tags: e["issue"] in tags)])
        ),
    )
    assert ours["sessions"]["by_people"].tolist() == ours["sessions"]["recommendations"].tolist()


def test_machine_labels_are_corrected_and_counted_as_such(release, found):
    with (release / "statistics" / "sessions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {int(r["session"]): r for r in csv.DictReader(file)}
    assert rows[44]["by_people"] == "0"
    assert rows[44]["recommendations"] == "6"
    assert all(r["by_people"] == r["recommendations"] for s, r in rows.items() if s != 44)
    if found.measured_texts:
        assert float(rows[44]["precise"]) != float(rows[44]["precise_as_labelled"])
    low, high = float(rows[44]["precise_low"]), float(rows[44]["precise_high"])
    assert low <= float(rows[44]["precise"]) <= high
    assert high - low > 0.3  # six rows say little


def test_too_few_measured_texts_correct_nothing_and_say_so(release):
    table, labels, splits = (
        pq.read_table(release / f"{n}.parquet") for n in ("recommendations", "labels", "splits")
    )
    keep = pc.not_equal(splits["session_split"], "test")
    bare = figures_of(
        table.filter(keep),
        labels.filter(pc.is_in(labels["row_id"], splits["row_id"].filter(keep).combine_chunks())),
        splits.filter(keep),
    )
    assert bare.measured_texts == 0
    cycle = tables(bare)["actions_by_cycle"]
    assert (cycle["share"] == cycle["as_labelled"]).all()


def test_every_table_is_written_with_its_columns(release, found):
    for name, table in tables(found).items():
        with (release / "statistics" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert rows[0] == list(table.columns)
        assert len(rows) - 1 == len(table)


@pytest.fixture(scope="module")
def real_figures(real_path):
    content = publish.assemble(PublishInputs(real_path), settings.load())
    return content, tables(figures_of(content.recommendations, content.labels, content.splits))


@pytest.mark.long
@pytest.mark.corpus
def test_the_tables_reproduce_the_published_figures(real_figures, corpus_folder):
    published = json.loads((corpus_folder / "published_figures.json").read_text())
    content, found = real_figures
    sessions = found["sessions"].set_index("session")
    issues = found["issues_by_session"].set_index(["session", "issue"])
    not_reproducible = {("cat5_pct", 1), ("n", 18), ("states_recommending", 16)}
    for line in published["by_session"]:
        session = line["session"]
        if ("cat5_pct", session) not in not_reproducible:
            assert 100 * sessions.loc[session, "precise"] == pytest.approx(line["cat5_pct"], abs=0.15)
        if "n" in line and ("n", session) not in not_reproducible:
            assert sessions.loc[session, "recommendations"] == line["n"]
        if "states_recommending" in line and ("states_recommending", session) not in not_reproducible:
            assert sessions.loc[session, "recommending_states"] == line["states_recommending"]
        for issue, share in line.get("issue_pct", {}).items():
            assert 100 * issues.loc[(session, issue), "share"] == pytest.approx(share, abs=0.15)
    for session, share in published["computed_cat5_pct"].items():
        assert 100 * sessions.loc[int(session), "precise"] == pytest.approx(share, abs=0.005)
    regions = _first_cycle(content).set_index(["recommending_region", "reviewed_region"])
    for pair, mean in published["mcmahon_2012_first_cycle"][
        "table8_mean_action_by_recommending_group"
    ].items():
        giver, receiver = pair.split("-")
        assert regions.loc[(giver, receiver), "mcmahon_mean"] == pytest.approx(mean, abs=0.0051)


def _first_cycle(content):
    first = content.recommendations.filter(pc.less_equal(content.recommendations["session"], 12))
    keep = pc.is_in(content.labels["row_id"], first["row_id"].combine_chunks())
    splits = content.splits.filter(pc.is_in(content.splits["row_id"], first["row_id"].combine_chunks()))
    return mean_action_between_regions(figures_of(first, content.labels.filter(keep), splits))


@pytest.mark.long
@pytest.mark.corpus
def test_acceptance_of_the_first_cycle_is_as_counted(real_figures):
    table = real_figures[1]["acceptance_by_session"]
    assert int(table[table["session"] <= 12]["supported"].sum()) == 15_636
