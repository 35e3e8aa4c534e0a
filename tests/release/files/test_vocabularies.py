"""The JSON Schemas of the tables and the taxonomy in SKOS, as other programs check and read them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from rdflib import Graph, Namespace, URIRef

from pipeline.release.files.edition import taxonomy_table
from pipeline.release.tables.columns import SCHEMAS
from pipeline.store.vocabularies import load_taxonomy

SKOS, OWL = Namespace("http://www.w3.org/2004/02/skos/core#"), Namespace("http://www.w3.org/2002/07/owl#")
TYPE = URIRef("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
BASE = "https://data.example/upr/2025.1/taxonomy.jsonld"


def validator(release: Path, table: str) -> Draft202012Validator:
    schema = json.loads((release / "schemas" / f"{table}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


def test_every_row_of_the_json_lines_is_valid(release: Path) -> None:
    checked = validator(release, "recommendations")
    lines = (release / "recommendations.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        checked.validate(json.loads(line))
    assert len(lines) > 100


@pytest.mark.parametrize("table", sorted(set(SCHEMAS) - {"recommendations"}))
def test_every_row_of_the_other_tables_is_valid(table: str, release: Path) -> None:
    checked = validator(release, table)
    for row in pq.read_table(release / f"{table}.parquet").slice(0, 2000).to_pylist():
        checked.validate({k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()})


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": 6},
        {"action": "5"},
        {"response": "Maybe"},
        {"rec_id": None},
        {"issues": "Justice"},
        {"issue_scores": {"Justice": 1.5}},
        {"label_source": "oracle"},
    ],
)
def test_a_row_with_a_wrong_value_is_not(wrong: dict[str, Any], release: Path) -> None:
    checked = validator(release, "recommendations")
    with (release / "recommendations.jsonl").open(encoding="utf-8") as file:
        row = json.loads(file.readline())
    assert checked.is_valid(row)
    assert checked.is_valid(row | {"a_later_column": 1})
    assert not checked.is_valid(row | wrong)
    assert not checked.is_valid({k: v for k, v in row.items() if k not in wrong})


@pytest.fixture(scope="module")
def graph(release: Path) -> Graph:
    return Graph().parse(release / "taxonomy.jsonld", format="json-ld", publicID=BASE)


def test_each_version_is_a_scheme_of_its_tags_in_three_languages(graph: Graph) -> None:
    for version in ("2014-10", "2026-08"):
        scheme = URIRef(f"{BASE}#issues-{version}")
        assert (scheme, OWL["versionInfo"], None) in graph
        labels = [
            {str(label.language): str(label) for label in graph.objects(concept, SKOS["prefLabel"])}  # type: ignore[attr-defined]
            for concept in graph.subjects(SKOS["inScheme"], scheme)
        ]
        assert sorted(found["en"] for found in labels) == sorted(load_taxonomy(version).labels)
        assert sum({"fr", "es"} <= set(found) for found in labels) > 0.9 * len(labels)


def test_tags_are_mapped_to_the_version_that_follows(graph: Graph) -> None:
    concepts = set(graph.subjects(TYPE, SKOS["Concept"]))
    old = [c for c in concepts if "#issue-2014-10-" in str(c)]
    new = [c for c in concepts if "#issue-2026-08-" in str(c)]
    assert len(old) == len(load_taxonomy("2014-10").tags)
    assert len(new) == len(load_taxonomy("2026-08").tags)
    for concept in old:
        same = list(graph.objects(concept, SKOS["exactMatch"]))
        gone = graph.value(concept, OWL["deprecated"]) is not None
        assert len(same) + gone == 1, concept
        assert set(same) <= set(new)
    dropped = [str(c).rpartition("2014-10-")[2] for c in old if graph.value(c, OWL["deprecated"])]
    assert dropped == ["national-plan-of-action"]
    assert not any(list(graph.objects(c, SKOS["exactMatch"])) for c in new)
    actions = [c for c in concepts if "#action-" in str(c)]
    assert len(actions) == 5


def test_labels_joined_with_the_used_lines_of_the_taxonomy_do_not_double(release: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed: extra `test`")
    labels, taxonomy = release / "labels.parquet", release / "taxonomy.csv"
    joined = f"from '{labels}' l join '{taxonomy}' t on l.task = t.task and l.label_id = t.id"
    due = pq.read_metadata(labels).num_rows
    assert duckdb.sql(f"select count(*) {joined} and t.used").fetchall() == [(due,)]
    assert duckdb.sql(f"select count(*) {joined} and t.used where l.label <> t.label").fetchall() == [(0,)]
    # The tag with two spellings is among the labels: without `used` its lines double.
    assert duckdb.sql(f"select count(*) {joined}").fetchall()[0][0] > due


def test_each_id_has_one_used_line_in_the_words_of_the_version() -> None:
    for version, name in (("2014-10", "NHRI"), ("2026-08", "National Human Rights Institution")):
        rows = taxonomy_table(version).to_pylist()
        used = [(row["task"], row["id"]) for row in rows if row["used"]]
        assert len(used) == len(set(used)) == 5 + len(load_taxonomy(version).tags)
        assert [row["label"] for row in rows if row["used"] and row["id"] == "nhri"] == [name]
