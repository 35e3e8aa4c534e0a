"""The release, opened by the tools of those who use it. None of them may use a network."""

import csv
import json
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from pipeline import settings
from pipeline.errors import UprError
from pipeline.stages import ingest


@pytest.fixture(scope="module")
def table(release):
    return pq.read_table(release / "recommendations.parquet")


def test_hugging_face_datasets_loads_the_folder(release, tmp_path):
    pytest.importorskip("datasets", reason="datasets is not installed: extra `test`")
    code = f"""
import datasets, json
for name in ("recommendations", "labels", "splits"):
    rows = datasets.load_dataset({str(release)!r}, name, split="train", cache_dir={str(tmp_path)!r})
    print(name, rows.num_rows, len(rows.features))
print(datasets.load_dataset({str(release)!r}, split="train", cache_dir={str(tmp_path)!r})[0]["row_id"])
rows = datasets.load_dataset({str(release)!r}, "classification", split="train", cache_dir={str(tmp_path)!r})
kinds = rows.features
for name in ("action", "response", "kind", "label_source"):
    assert isinstance(kinds[name], datasets.ClassLabel), name
issue = kinds["issues"].feature
assert isinstance(issue, datasets.ClassLabel)
assert kinds["action"].names[5] == "Specific"
assert "Torture and other CID treatment" in issue.names
issues = [[issue.int2str(i) for i in found or []] for found in rows["issues"]]
named = dict(action=list(rows["action"]), issues=issues)
for name in ("response", "label_source", "kind"):
    named[name] = [None if i is None else kinds[name].int2str(i) for i in rows[name]]
print(json.dumps(named))
"""
    environment = {
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path),
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = done.stdout.split("\n")
    for line, name in zip(lines, ("recommendations", "labels", "splits"), strict=False):
        own = pq.read_table(release / f"{name}.parquet")
        assert line == f"{name} {own.num_rows} {own.num_columns}"
    own = pq.read_table(release / "recommendations.parquet")
    assert lines[3] == own["row_id"][0].as_py()
    for name, values in json.loads(lines[4]).items():
        expected = own[name].to_pylist()
        assert values == ([found or [] for found in expected] if name == "issues" else expected), name


def test_pandas_polars_and_duckdb_read_it(release, table):
    pd = pytest.importorskip("pandas")
    pl = pytest.importorskip("polars", reason="polars is not installed: extra `test`")
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed: extra `test`")
    path = str(release / "recommendations.parquet")
    due = sum(a == 5 for a in table["action"].to_pylist())
    assert int((pd.read_parquet(path)["action"] == 5).sum()) == due
    assert pl.read_parquet(path).filter(pl.col("action") == 5).height == due
    assert duckdb.sql(f"select count(*) from '{path}' where action = 5").fetchall()[0][0] == due
    scores = duckdb.sql(
        f"select map_from_entries(issue_scores) from '{path}' where label_source = 'model' limit 1"
    ).fetchall()[0][0]
    assert scores
    assert all(0 <= p <= 1 for p in scores.values())


def _run_in_python(code, folder, home):
    """A snippet in a process of its own, without a network; it must find a row."""
    environment = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(home), "PATH": "/usr/bin:/bin", "HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nassert len(rows) > 1000"],
        cwd=folder,
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, (code, done.stderr[-2000:])


def test_the_cards_examples_run_in_the_folder_and_by_its_path(release, monkeypatch, tmp_path):
    pytest.importorskip("polars")
    duckdb = pytest.importorskip("duckdb")
    card = (release / "README.md").read_text()
    monkeypatch.chdir(release)
    blocks = card.split("```")
    for block in blocks[1::2]:
        language, code = block.split("\n", 1)
        if language == "python":
            _run_in_python(code, release, tmp_path)
            elsewhere = code.replace('Path(".")', f"Path({str(release)!r})")
            elsewhere = elsewhere.replace(
                '"recommendations.parquet"', repr(f"{release}/recommendations.parquet")
            )
            assert elsewhere != code
            _run_in_python(elsewhere, tmp_path, tmp_path)
        elif language == "sql":
            assert duckdb.sql(code).fetchall()
        elif language == "sh":
            done = subprocess.run(
                code.split("\n")[0].split("#")[0], shell=True, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0
            assert "FAILED" not in done.stdout
    front = yaml.safe_load(card.split("---\n")[1])
    assert front["license"] == "cc0-1.0"
    assert [c["config_name"] for c in front["configs"]] == [
        "recommendations",
        "labels",
        "splits",
        "classification",
    ]


def test_croissant_validates_and_gives_records(release):
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed: extra `test`")
    found = mlcroissant.Dataset(release / "croissant.json")
    assert not found.metadata.issues.errors
    assert not found.metadata.issues.warnings
    first = next(iter(found.records("splits")))
    assert first["splits/row_id"].decode() == pq.read_table(release / "splits.parquet")["row_id"][0].as_py()


def test_frictionless_validates_the_data(release):
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed: extra `test`")
    report = frictionless.validate(str(release / "datapackage.json"))
    assert report.valid, report.flatten(["title", "message"])[:5]
    assert report.stats["tasks"] == len(json.loads((release / "datapackage.json").read_text())["resources"])


def test_the_citation_names_the_release(release):
    found = yaml.safe_load((release / "CITATION.cff").read_text())
    assert (found["cff-version"], found["type"], found["version"]) == ("1.2.0", "dataset", release.name)


def test_the_workbook_opens_and_runs_no_formula(release, table):
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed: extra `test`")
    book = openpyxl.load_workbook(release / "upr.xlsx")
    assert book.sheetnames[:3] == ["About", "Recommendations", "Taxonomy"]
    sheet = book["Recommendations"]
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) - 1 == table.num_rows
    names = list(rows[0])
    assert [r[names.index("row_id")] for r in rows[1:]] == table["row_id"].to_pylist()
    assert [r[names.index("action")] for r in rows[1:]] == table["action"].to_pylist()
    assert sheet.freeze_panes == "A2"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize(
    "name", ["uwazi.csv", "recommendations.parquet", "recommendations.csv", "recommendations.jsonl"]
)
def test_nothing_is_lost_on_the_way_back_through_ingest(release, table, tmp_path, name):
    out = tmp_path / "back.parquet"
    report = ingest.run([release / name], out, settings.load())
    assert report.checked.rejects == []
    back = pq.read_table(out)
    kept = [
        "text",
        "state_under_review",
        "recommending_states",
        "session",
        "cycle",
        "kind",
        "response",
        "response_raw",
        "rec_id",
        "row_id",
    ]
    for column in kept:
        assert back[column].to_pylist() == table[column].to_pylist(), column
    # Every format says who labelled, and ingest takes no machine's label for gold.
    assert "Accepted" in back["response_raw"].to_pylist()  # a word that the database has another label for
    people = [s in ("expert", "reviewed") for s in table["label_source"].to_pylist()]
    for column in ("action", "issues"):
        due = [v if p else None for v, p in zip(table[column].to_pylist(), people, strict=True)]
        assert back[column].to_pylist() == due, column
    assert back["label_source"].to_pylist() == [
        s if p else None for s, p in zip(table["label_source"].to_pylist(), people, strict=True)
    ]


@pytest.mark.parametrize("name", ["uwazi.csv", "recommendations.csv", "recommendations.jsonl"])
def test_a_file_of_ours_that_lost_who_labelled_gives_no_gold(release, tmp_path, name):
    if name.endswith(".jsonl"):
        lines = [json.loads(line) for line in (release / name).read_text(encoding="utf-8").splitlines()]
        bare = "".join(
            json.dumps({k: v for k, v in line.items() if k != "label_source"}) + "\n" for line in lines
        )
        (tmp_path / name).write_text(bare, encoding="utf-8")
    else:
        with (release / name).open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file))
        lost = [n for n in lines[0] if n not in ("label_source", "Labelled by")]
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, lost, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(lines)
    done = ingest.run([tmp_path / name], tmp_path / "back.parquet", settings.load())
    back = pq.read_table(tmp_path / "back.parquet")
    assert back["action"].null_count == back["label_source"].null_count == back.num_rows == len(lines)
    assert any("do not say who labelled them" in sentence for sentence in done.told)


def test_uwazis_own_properties_hold_labels_of_people_only(release, table):
    with (release / "uwazi.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [r["Labelled by"] for r in rows] == table["label_source"].to_pylist()
    for row, action, machine, probability, tags in zip(
        rows,
        *(
            table[c].to_pylist()
            for c in ("action", "machine_action", "machine_action_confidence", "machine_issues")
        ),
        strict=True,
    ):
        people = row["Labelled by"] in ("expert", "reviewed")
        assert row["Action category"][:1] == (str(action) if people else "")
        assert people or row["Issues"] == ""
        assert row["Model action category"][:1] == str(machine)
        assert float(row["Model action probability"]) == probability
        assert row["Model issues"] == "|".join(tags or ())


def test_uwazi_cells_are_thesaurus_labels(release):
    with (release / "uwazi.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    categories = {
        f"{n} - {w} action"
        for n, w in enumerate(("Minimal", "Continuing", "Considering", "General", "Specific"), 1)
    }
    assert {r["Action category"] for r in rows} <= {*categories, ""}
    assert {r["Model action category"] for r in rows} <= categories
    assert {r["Session"] for r in rows if r["State under review"] == "Kenya" and r["Cycle"] == "4"} == {
        "44 - November 2023"
    }
    assert any("|" in r["Issues"] for r in rows)
    assert {r["Response"] for r in rows} <= {
        "Supported",
        "Noted",
        "Not Supported",
        "Pending",
        "Voluntary Pledge",
        "",
    }


def test_the_database_has_what_it_needs(release, table):
    with sqlite3.connect(f"file:{release / 'upr.sqlite'}?mode=ro&immutable=1", uri=True) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tags = connection.execute(
            "SELECT j.value, count(*) FROM recommendations, json_each(issues) j GROUP BY 1"
        ).fetchall()
        assert dict(tags)["Justice"] == sum("Justice" in (t or ()) for t in table["issues"].to_pylist())
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT * FROM recommendations WHERE session = 3"
        ).fetchall()
        assert "idx_recommendations_session" in str(plan)


@pytest.fixture(scope="module")
def asked(release):
    """A function that asks a Datasette of the release for a path."""
    pytest.importorskip("datasette", reason="datasette is not installed: extra `test`")
    httpx = pytest.importorskip("httpx")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Immutable, as a release is.
    command = [sys.executable, "-m", "datasette", "-i", "upr.sqlite", "--metadata", "datasette.json"]
    server = subprocess.Popen(
        [*command, "--port", str(port)], cwd=release, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 120

    def ask(path):
        while True:
            try:
                return httpx.get(f"http://127.0.0.1:{port}/{path}", timeout=60)
            except httpx.TransportError:
                assert server.poll() is None, server.stderr.read().decode()[-2000:]
                assert time.monotonic() < deadline
                time.sleep(0.3)

    try:
        yield ask
    finally:
        server.terminate()
        server.wait(30)


def test_datasette_answers_a_facet_and_a_search(asked, table):
    facets = asked("upr/recommendations.json?_size=1").json()["facet_results"]
    counted = {f["value"]: f["count"] for f in facets["action"]["results"]}
    assert counted == _counts(table["action"])
    assert {"session", "state_under_review", "issues"} <= facets.keys()
    found = asked("upr/recommendations.json?_search=torture&_shape=array&_size=max").json()
    assert found
    assert all("tortur" in row["text"].lower() for row in found)


def test_datasette_opens_on_a_view_to_read(asked, table):
    front = asked("").text
    assert "UPR recommendations" in front
    assert "href='/upr/readable'" in front
    readable = asked("upr/readable.json?_search=ratifying").json()
    assert readable["columns"][:3] == ["text", "state_under_review", "recommending_state"]
    assert len(readable["columns"]) == 10
    assert 0 < readable["filtered_table_rows_count"] < table.num_rows
    assert all("ratif" in row[0].lower() for row in readable["rows"])
    assert {"response", "recommending_state", "session", "issues"} <= set(readable["facet_results"])
    key = table["rec_key"][3].as_py()
    one = asked(f"upr/readable.json?rec_key={key}").json()
    assert {row[8] for row in one["rows"]} == {key}
    categories = {row[5] for row in asked("upr/readable.json?_size=max").json()["rows"]}
    assert categories <= {"1 Minimal", "2 Continuing", "3 Considering", "4 General", "5 Specific"}


def _counts(column):
    return {row["values"]: row["counts"] for row in column.combine_chunks().value_counts().to_pylist()}


def test_an_import_file_that_lost_a_column_is_refused(release, tmp_path):
    text = (release / "uwazi.csv").read_text(encoding="utf-8").replace("Action category", "Category", 1)
    (tmp_path / "uwazi.csv").write_text(text, encoding="utf-8")
    with pytest.raises(UprError, match=r"Action category|Category"):
        ingest.run([Path(tmp_path / "uwazi.csv")], tmp_path / "o.parquet", settings.load())


def test_every_tag_of_the_labels_is_in_the_vocabulary(release):
    with (release / "taxonomy.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    ids = {(r["task"], r["id"]) for r in rows}
    labels = pq.read_table(release / "labels.parquet")
    assert {
        (t, i) for t, i in zip(labels["task"].to_pylist(), labels["label_id"].to_pylist(), strict=True)
    } <= ids
    renamed = [r for r in rows if r["label"] == "NHRI"]
    assert [(r["valid_from"], r["valid_to"], r["replaced_by"]) for r in renamed] == [
        ("2014-10", "2026-08", renamed[0]["id"])
    ]
    dropped = next(r for r in rows if r["label"] == "National plan of action")
    assert (dropped["valid_to"], dropped["replaced_by"]) == ("2026-08", "")
    assert pc.all(labels["given"].filter(pc.equal(labels["source"], "expert"))).as_py()
