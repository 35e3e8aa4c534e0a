"""The catalogue of a folder of releases, as programs that know nothing of this project read it."""

from __future__ import annotations

import hashlib
import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from rdflib import Graph, Namespace, URIRef

from pipeline.errors import SettingsError
from pipeline.release.files.catalogue import Address, address_of, web_address, write_catalogue
from pipeline.settings import PublishSettings

# Not rdflib's own, which have every name, and pytest asks the names of a module for what they are.
DCAT, DCTERMS = Namespace("http://www.w3.org/ns/dcat#"), Namespace("http://purl.org/dc/terms/")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
ATOM = {"a": "http://www.w3.org/2005/Atom"}
CHECKSUM = URIRef("http://spdx.org/rdf/terms#checksum")
VALUE = URIRef("http://spdx.org/rdf/terms#checksumValue")
BASE = "https://data.example/upr/"


@pytest.fixture
def two(copied: Path) -> Path:
    """A folder of two releases."""
    first, second = copied, copied.with_name("2025.2")
    shutil.copytree(first, second)
    facts = json.loads((second / "release.json").read_text())
    facts |= {"release": "2025.2", "previous": "2025.1", "created": "2025-07-01T00:00:00Z"}
    (second / "release.json").write_text(json.dumps(facts))
    before, after = (hashlib.sha256((f / "release.json").read_bytes()).hexdigest() for f in (first, second))
    (second / "SHA256SUMS").write_text((first / "SHA256SUMS").read_text().replace(before, after))
    return copied.parent


def as_graph(folder: Path, base: str) -> Graph:
    return Graph().parse(folder / "releases.jsonld", format="json-ld", publicID=base)


def feed(folder: Path) -> ET.Element:
    return ET.parse(folder / "releases.atom").getroot()


def test_publishing_writes_it_beside_the_releases(release: Path) -> None:
    found = json.loads((release.parent / "releases.json").read_text())
    (entry,) = found["releases"]
    manifest = json.loads((release / "release.json").read_text())
    assert (entry["release"], entry["rows"]) == (release.name, manifest["counts"]["rows"])
    assert entry["schema_version"] == manifest["schema_version"]
    assert entry["invented"] is True, "a sample is marked here, too"
    sums = (release / "SHA256SUMS").read_bytes()
    assert entry["sha256sums_sha256"] == hashlib.sha256(sums).hexdigest()
    assert (release.parent / entry["release_json"]).is_file()


def test_a_dcat_reader_finds_every_data_file_by_address_size_and_sum(two: Path) -> None:
    write_catalogue(two, Address(BASE, "10.5281/zenodo.12"))
    graph = as_graph(two, BASE)
    (catalogue,) = graph.subjects(RDF["type"], DCAT["Catalog"])
    datasets = set(graph.objects(catalogue, DCAT["dataset"]))
    assert datasets == {URIRef(f"{BASE}2025.1/"), URIRef(f"{BASE}2025.2/")}
    assert graph.value(URIRef(f"{BASE}2025.2/"), DCAT["previousVersion"]) == URIRef(f"{BASE}2025.1/")
    names = set()
    for dataset in datasets:
        assert graph.value(dataset, DCTERMS["isPartOf"]) == URIRef("https://doi.org/10.5281/zenodo.12")
        for distribution in graph.objects(dataset, DCAT["distribution"]):
            path = two / str(graph.value(distribution, DCAT["downloadURL"])).removeprefix(BASE)
            assert path.stat().st_size == int(str(graph.value(distribution, DCAT["byteSize"])))
            checksum = graph.value(distribution, CHECKSUM)
            if path.parent.name == "2025.1":
                due = hashlib.sha256(path.read_bytes()).hexdigest()
                assert str(graph.value(checksum, VALUE)).lower() == due
            names.add(path.name)
    assert {"recommendations.parquet", "recommendations.csv", "upr.xlsx", "taxonomy.jsonld"} <= names


def test_a_feed_reader_sees_the_newest_release_first_and_none_twice_after_a_move(two: Path) -> None:
    write_catalogue(two, Address(BASE))
    there = feed(two)
    titles = [entry.findtext("a:title", namespaces=ATOM) for entry in there.findall("a:entry", ATOM)]
    assert [str(title).rpartition(" ")[2] for title in titles] == ["2025.2", "2025.1"]
    assert there.findtext("a:updated", namespaces=ATOM) == "2025-07-01T00:00:00Z"
    for entry in there.findall("a:entry", ATOM):
        link = entry.find("a:link", ATOM)
        assert link is not None
        assert link.attrib["href"].startswith(BASE)
        for name in ("id", "title", "updated", "summary"):
            assert entry.findtext(f"a:{name}", namespaces=ATOM)
    write_catalogue(two, Address())
    ids = [[e.text for e in root.iter("{http://www.w3.org/2005/Atom}id")] for root in (there, feed(two))]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 3


def test_without_an_address_links_are_relative(two: Path) -> None:
    write_catalogue(two, address_of(None, None))
    found = json.loads((two / "releases.json").read_text())
    assert [entry["address"] for entry in found["releases"]] == ["2025.2/", "2025.1/"]
    somewhere = "https://elsewhere.example/data/"
    datasets = set(as_graph(two, somewhere).subjects(RDF["type"], DCAT["Dataset"]))
    assert datasets == {URIRef(f"{somewhere}2025.1/"), URIRef(f"{somewhere}2025.2/")}


@pytest.mark.parametrize(
    ("base", "doi", "what"),
    [("data.example/upr", None, "is no web address"), (None, "zenodo.12", "is no DOI")],
)
def test_what_is_no_address_is_named(base: str | None, doi: str | None, what: str) -> None:
    with pytest.raises(SettingsError, match=what):
        address_of(base, doi)
    assert address_of("https://data.example/upr", "10.1/x") == Address(BASE, "10.1/x")


CREATORS = (
    {"name": "Doe, Jane", "affiliation": "An institute", "orcid": "0000-0002-1825-0097"},
    {"name": "UPR Info"},
)
TEXT = {"type": "string", "minLength": 1}
ZENODO = {  # the fields of Zenodo's deposit metadata that are used, with its rules
    "type": "object",
    "additionalProperties": False,
    "required": ["upload_type", "publication_date", "title", "creators", "description", "access_right"],
    "properties": {
        "upload_type": {"const": "dataset"},
        "publication_date": TEXT | {"format": "date"},
        "title": TEXT | {"minLength": 3},
        "creators": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {"name": TEXT, "affiliation": TEXT, "orcid": TEXT, "gnd": TEXT},
            },
        },
        "description": TEXT,
        "access_right": {"enum": ["open", "embargoed", "restricted", "closed"]},
        "license": TEXT,
        "access_conditions": TEXT,
        "keywords": {"type": "array", "items": TEXT, "uniqueItems": True},
        "notes": TEXT,
        "related_identifiers": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["identifier", "relation"],
                "additionalProperties": False,
                "properties": {
                    "identifier": TEXT,
                    "relation": {"enum": ["isDerivedFrom", "isIdenticalTo", "isPartOf"]},
                    "resource_type": {"const": "dataset"},
                },
            },
        },
        "version": TEXT,
        "language": {"type": "string", "pattern": "^[a-z]{3}$"},
    },
    "allOf": [
        {"if": {"properties": {"access_right": {"const": "open"}}}, "then": {"required": ["license"]}},
        {
            "if": {"properties": {"access_right": {"const": "restricted"}}},
            "then": {"required": ["access_conditions"]},
        },
    ],
}


def real(folder: Path, licence: str) -> None:
    """Make the newest release one of texts that are not invented."""
    path = folder / "2025.2" / "release.json"
    facts = json.loads(path.read_text())
    title = "UPR recommendations, labelled"
    path.write_text(json.dumps(facts | {"invented": 0, "licence": licence, "title": title}))


@pytest.mark.parametrize("licence", ["CC-BY-4.0", "none"])
def test_the_newest_release_can_be_deposited_at_zenodo(two: Path, licence: str) -> None:
    real(two, licence)
    write_catalogue(two, address_of(BASE, "10.5281/zenodo.12", CREATORS))
    found = json.loads((two / "zenodo.json").read_text())["metadata"]
    Draft202012Validator(ZENODO, format_checker=FormatChecker()).validate(found)
    assert (found["version"], found["creators"]) == ("2025.2", list(CREATORS))
    assert found["title"] == "UPR recommendations, labelled, release 2025.2"
    related = {each["relation"]: each["identifier"] for each in found["related_identifiers"]}
    assert related["isIdenticalTo"] == f"{BASE}2025.2/"
    assert related["isPartOf"] == "10.5281/zenodo.12"
    # Nothing without a licence may be deposited openly.
    assert found["access_right"] == ("restricted" if licence == "none" else "open")


def test_nobody_deposits_invented_texts_or_a_release_without_creators(two: Path) -> None:
    write_catalogue(two, Address(BASE, creators=CREATORS))
    assert not (two / "zenodo.json").exists()
    real(two, "CC-BY-4.0")
    write_catalogue(two, Address(BASE, creators=CREATORS))
    assert (two / "zenodo.json").exists()
    write_catalogue(two, Address(BASE))
    assert not (two / "zenodo.json").exists()


def test_creators_are_settings(two: Path) -> None:
    chosen = PublishSettings.model_validate({"creators": [CREATORS[0]]})
    assert [creator.model_dump(exclude_none=True) for creator in chosen.creators] == [CREATORS[0]]
    with pytest.raises(ValueError, match="orcid"):
        PublishSettings.model_validate({"creators": [{"name": "Doe, Jane", "orcid": "1"}]})


def test_an_address_of_a_server_is_a_web_address_or_nothing() -> None:
    with pytest.raises(SettingsError, match=r"publish\.drafting: 'javascript:1' is no web address"):
        web_address("publish.drafting", "javascript:1")
    assert web_address("publish.drafting", "https://drafts.example/draft") == "https://drafts.example/draft"
    assert web_address("publish.drafting", None) is web_address("publish.drafting", "") is None
