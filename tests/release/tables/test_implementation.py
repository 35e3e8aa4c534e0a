"""Reports on implementation stand in a release as people gave them, with their source."""

from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from pipeline.errors import ReleaseError, StoreError
from pipeline.release.checks.mirrors import mirrors
from pipeline.release.checks.rows import Opened
from pipeline.release.files.folder import manifest, releases
from pipeline.release.tables.implementation import read_reports
from pipeline.stages import verify
from tests.release.conftest import published

HEAD = "rec_key,status,reporter,source,date\n"


@pytest.fixture(scope="module")
def reported(inputs, release, tmp_path_factory):
    """A release with two reports on one recommendation and one on another, and their keys."""
    rows = pq.read_table(release / "recommendations.parquet").to_pylist()
    keys = list(dict.fromkeys(row["rec_key"] for row in rows if row["kind"] == "recommendation"))[:2]
    folder = tmp_path_factory.mktemp("reported")
    (folder / "reports.csv").write_text(
        f"{HEAD}{keys[0]},not implemented,NGO,Shadow report <1>,2022-05-01\n"
        f'{keys[0]},implemented,State,"Mid-term report, part 2",2021-03-04\n'
        f"{keys[1]},partly implemented,NHRI,https://nhri.example/report,2023-01-02\n",
        encoding="utf-8",
    )
    given = replace(inputs, implementation=folder / "reports.csv")
    return published(given, folder / "out").folder, keys


def test_reports_stand_in_the_column_by_date_and_nowhere_else(reported):
    folder, keys = reported
    due = {
        keys[0]: [
            "implemented (State: Mid-term report, part 2, 2021-03-04)",
            "not implemented (NGO: Shadow report <1>, 2022-05-01)",
        ],
        keys[1]: ["partly implemented (NHRI: https://nhri.example/report, 2023-01-02)"],
    }
    for row in pq.read_table(folder / "recommendations.parquet").to_pylist():
        assert row["implementation"] == due.get(row["rec_key"])


def test_every_format_holds_them_and_the_release_is_sound(reported):
    folder, _ = reported
    assert list(mirrors(Opened(folder, manifest(folder)))) == []
    assert verify.run(folder, checks=["columns", "keys", "cards", "derived", "recomputed"]).sound


def test_the_page_of_the_state_shows_them_with_their_sources(reported):
    folder, keys = reported
    rows = pq.read_table(folder / "recommendations.parquet").to_pylist()
    iso = next(row["state_under_review_iso"] for row in rows if row["rec_key"] == keys[0])
    page = (folder / "states" / f"{iso}.html").read_text()
    assert (
        "<p>Implementation, as reported: implemented (State: Mid-term report, part 2, 2021-03-04); "
        "not implemented (NGO: Shadow report &lt;1&gt;, 2022-05-01).<td>"
    ) in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rec_key,status\nx,y\n", "column 'reporter' is missing"),
        (
            HEAD + "x,done,Ministry,Report,2021-03-04\n",
            "line 2: reporter is 'Ministry'. Write State, NGO, NHRI",
        ),
        (HEAD + "x,done,State,,2021-03-04\n", "line 2: source is empty"),
        (HEAD + "x,done,State\n", "line 2: source is empty"),
        (HEAD + "x,done,State,Report,March 2021\n", "line 2: date is 'March 2021'"),
    ],
)
def test_a_report_without_source_or_date_is_refused(tmp_path, text, said):
    (tmp_path / "r.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseError, match=said):
        read_reports(tmp_path / "r.csv")


def test_a_file_that_cannot_be_read_is_a_message(tmp_path):
    with pytest.raises(StoreError, match=r"nothing\.csv"):
        read_reports(tmp_path / "nothing.csv")
    (tmp_path / "r.csv").write_bytes(HEAD.encode() + b"\xff\xfe")
    with pytest.raises(ReleaseError, match=r"no \.csv file in UTF-8"):
        read_reports(tmp_path / "r.csv")


def test_a_report_on_nothing_makes_no_release(inputs, tmp_path):
    (tmp_path / "r.csv").write_text(HEAD + "ffff,done,State,Report,2021-03-04\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match="no recommendation of this release has the rec_key ffff"):
        published(replace(inputs, implementation=tmp_path / "r.csv"), tmp_path / "out")
    assert releases(tmp_path / "out") == []
