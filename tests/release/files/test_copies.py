"""A large release, whose copies are compressed and made in another process, read by those who use it."""

import gzip
import json
import re
import sqlite3
import subprocess
import sys
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline import settings
from pipeline.release.files import beside, copies
from pipeline.release.files.copies import COPIES
from pipeline.stages import ingest, verify
from tests.release.conftest import published
from tests.release.test_verify import resealed


@pytest.fixture(scope="module")
def large(inputs, tmp_path_factory):
    """The release of the same rows, as one that is large enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copies, "ROWS", 1_000)
        patch.setattr(beside, "WORTH_A_PROCESS", 1_000)
        return published(inputs, tmp_path_factory.mktemp("large")).folder


@pytest.fixture(scope="module")
def table(large):
    return pq.read_table(large / "recommendations.parquet")


def test_a_large_release_holds_what_a_small_one_holds_and_its_copies_compressed(large, release):
    def names(folder):
        return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}

    assert names(large) ^ names(release) == {*COPIES, *(f"{name}.gz" for name in COPIES)}
    for name in COPIES:
        assert gzip.decompress((large / f"{name}.gz").read_bytes()) == (release / name).read_bytes()
    facts = [json.loads((folder / "release.json").read_text()) for folder in (large, release)]
    assert [fact["compressed"] for fact in facts] == [list(COPIES), []]


def test_equal_content_is_compressed_to_equal_bytes(tmp_path):
    made = []
    for folder in ("first", "second"):
        path = tmp_path / folder / "rows.csv"
        path.parent.mkdir()
        path.write_bytes(b"text\r\nRatify\r\n" * 1_000)
        copies.compress(path)
        assert not path.exists()
        made.append((tmp_path / folder / "rows.csv.gz").read_bytes())
    assert made[0] == made[1]
    assert made[0][4:8] == b"\0\0\0\0"  # the time of a gzip file


def test_verify_finds_a_large_release_sound(large):
    assert {name: found for name, found in verify.run(large).faults.items() if found} == {}


@pytest.mark.parametrize(
    ("name", "check", "said"),
    [
        ("recommendations.csv", "mirrors", r"recommendations\.csv, row 1, response"),
        ("uwazi.csv", "recomputed", r"uwazi\.csv is not what"),
    ],
)
def test_verify_finds_a_forged_compressed_copy(inputs, tmp_path, monkeypatch, name, check, said):
    monkeypatch.setattr(copies, "ROWS", 1_000)
    folder = published(inputs, tmp_path).folder
    path = folder / f"{name}.gz"
    path.chmod(0o644)
    text = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(re.sub(rb"Supported|Noted", b"Pending", text, count=1)))
    assert any(re.search(said, fault) for fault in resealed(folder, check)[check])


def test_a_copy_that_cannot_be_unpacked_is_a_fault(inputs, tmp_path, monkeypatch):
    monkeypatch.setattr(copies, "ROWS", 1_000)
    folder = published(inputs, tmp_path).folder
    path = folder / "upr.sqlite.gz"
    path.chmod(0o644)
    path.write_bytes(b"no gzip")
    assert any(
        "upr.sqlite.gz: cannot be unpacked" in fault for fault in resealed(folder, "mirrors")["mirrors"]
    )


@pytest.mark.parametrize("name", ["uwazi.csv.gz", "recommendations.csv.gz", "recommendations.jsonl.gz"])
def test_ingest_reads_the_compressed_copies(large, table, tmp_path, name):
    ingest.run([large / name], tmp_path / "back.parquet", settings.load())
    back = pq.read_table(tmp_path / "back.parquet")
    assert back["row_id"].to_pylist() == table["row_id"].to_pylist()
    people = [
        source if source in ("expert", "reviewed") else None for source in table["label_source"].to_pylist()
    ]
    assert back["label_source"].to_pylist() == people


def test_the_tools_that_the_card_names_read_the_compressed_copies(large, table, tmp_path):
    pl, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    pytest.importorskip("datasets")
    texts = table["text"].to_pylist()
    for name in ("recommendations.csv.gz", "recommendations.jsonl.gz"):
        rows = duckdb.sql(f"select text from '{large / name}'").fetchall()
        assert [row[0] for row in rows] == texts, name
    assert pl.read_csv(large / "recommendations.csv.gz", infer_schema=False)["text"].to_list() == texts
    assert (
        pl.read_ndjson(large / "recommendations.jsonl.gz", infer_schema_length=None)["text"].to_list()
        == texts
    )
    code = f"""
from datasets import load_dataset
for kind, name in (("csv", "recommendations.csv.gz"), ("json", "recommendations.jsonl.gz")):
    files = {str(large)!r} + "/" + name
    print(load_dataset(kind, data_files=files, split="train", cache_dir={str(tmp_path)!r}).num_rows)
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
    assert done.stdout.split() == [str(table.num_rows)] * 2, done.stderr[-2000:]


def test_the_card_of_a_large_release_names_its_files_and_its_examples_run(
    large, table, monkeypatch, tmp_path
):
    duckdb = pytest.importorskip("duckdb")
    card = (large / "README.md").read_text(encoding="utf-8")
    for name in re.findall(
        r"`((?:recommendations|labels|upr|uwazi)\.[a-z.]+)`", card.split("## What is in it")[1]
    ):
        if name.rpartition(".")[2] in ("gz", "parquet", "xlsx"):
            assert (large / name).is_file(), name
    assert "gunzip --keep upr.sqlite.gz" in card
    monkeypatch.chdir(large)
    blocks = [block.split("\n", 1) for block in card.split("```")[1::2]]
    ran = [duckdb.sql(code).fetchall() for language, code in blocks if language == "sql"]
    assert ran[-1] == [(table.num_rows,)]
    python = [code for language, code in blocks if language == "python" and ".gz" in code]
    names: dict[str, Any] = {}
    exec(python[0], names)
    assert names["rows"]["text"].tolist() == table["text"].to_pylist()
    subprocess.run(
        ["gunzip", "--keep", "--stdout", "upr.sqlite.gz"], stdout=(tmp_path / "u").open("wb"), check=True
    )
    with sqlite3.connect(tmp_path / "u") as connection:
        assert connection.execute("SELECT count(*) FROM readable").fetchone() == (table.num_rows,)


def test_frictionless_and_croissant_read_the_compressed_copies(large):
    frictionless = pytest.importorskip("frictionless")
    mlcroissant = pytest.importorskip("mlcroissant")
    report = frictionless.validate(str(large / "datapackage.json"))
    assert report.valid, report.flatten(["title", "message"])[:5]
    paths = [
        resource["path"] for resource in json.loads((large / "datapackage.json").read_text())["resources"]
    ]
    assert {"recommendations.csv.gz", "labels.csv.gz"} <= set(paths)
    assert not mlcroissant.Dataset(large / "croissant.json").metadata.issues.errors


def test_the_catalogue_says_what_compressed_a_file(large):
    graph = json.loads((large.parent / "releases.jsonld").read_text())["@graph"]
    files = {d["dct:title"]["@value"]: d for d in graph[1]["dcat:distribution"]}
    found = files["recommendations.csv.gz"]
    assert found["dcat:mediaType"]["@id"].endswith("/text/csv")
    assert found["dcat:compressFormat"]["@id"].endswith("/application/gzip")
    assert "dcat:compressFormat" not in files["taxonomy.csv"]
