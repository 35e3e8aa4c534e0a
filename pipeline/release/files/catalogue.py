"""The catalogue of a folder of releases: what programs read to find the newest one, or an older one.

Three files beside the releases say the same: releases.json; releases.jsonld, a DCAT catalogue; and
releases.atom, a feed. They follow from release.json and the sizes of the files of each release alone.
"""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from pipeline.errors import SettingsError
from pipeline.release.files.deposit import deposit
from pipeline.release.files.descriptors import licence_url, media_type
from pipeline.release.files.folder import MANIFEST, SUMS, manifest, read_sums, releases
from pipeline.release.files.origin import UNLICENSED, origin_of
from pipeline.sources.tables.gzipped import SUFFIX
from pipeline.store.files import digest, write_json, write_text

CATALOGUE = JSON, DCAT, ATOM = "releases.json", "releases.jsonld", "releases.atom"
"""Names of the three files."""
DEPOSIT = "zenodo.json"
_ATOM = "http://www.w3.org/2005/Atom"
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "adms": "http://www.w3.org/ns/adms#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True)
class Address:
    """Where a folder of releases can be read.

    Attributes:
        base: address that ends with a slash; "" where the folder is not on the web: links are relative then.
        doi: of all releases together; "" without one.
        creators: of releases, see `deposit`.
    """

    base: str = ""
    doi: str = ""
    creators: Sequence[Mapping[str, str]] = ()

    def of(self, path: str) -> str:
        """The address of a file or folder. Args: `path`, relative to the folder of releases."""
        return urljoin(self.base, path) if self.base else path


def address_of(base: str | None, doi: str | None, creators: Sequence[Mapping[str, str]] = ()) -> Address:
    """The address that settings name. Raises: SettingsError if one of them is none."""
    web_address("publish.address", base)
    if doi and not doi.startswith("10."):
        raise SettingsError("publish.doi", f"'{doi}' is no DOI.", "Write it as 10.5281/zenodo.1234567.")
    return Address(f"{base.rstrip('/')}/" if base else "", doi or "", creators)


def web_address(setting: str, value: str | None) -> str | None:
    """A setting that is a web address, or nothing. Raises: SettingsError if it is something else."""
    if value and not value.startswith(("https://", "http://")):
        raise SettingsError(setting, f"'{value}' is no web address.", "Write it with https:// in front.")
    return value or None


def write_catalogue(out: Path, address: Address) -> None:
    """Write the three files, newest release first, and zenodo.json of the newest.

    Raises: StoreError, ReleaseError.
    """
    entries = [_entry(out, name, address) for name in reversed(releases(out))]
    write_json(out / JSON, {"catalogue_version": "1.0", "doi": address.doi, "releases": entries})
    write_json(out / DCAT, _dcat(out, entries, address))
    write_text(out / ATOM, _atom(entries, address))
    _write_deposit(out, address)


def _write_deposit(out: Path, address: Address) -> None:
    """zenodo.json, where somebody is named as the creator and the texts are not invented; else none."""
    names = releases(out)
    facts = manifest(out / names[-1]) if names and address.creators else None
    if facts is None or facts.get("invented", 0):
        (out / DEPOSIT).unlink(missing_ok=True)
        return
    place = address.of(f"{names[-1]}/") if address.base else ""
    write_json(out / DEPOSIT, deposit(facts, address.creators, place, address.doi))


def _entry(out: Path, name: str, address: Address) -> dict[str, Any]:
    """What releases.json says of a release."""
    facts = manifest(out / name)
    return {
        "release": name,
        "title": facts["title"],
        "created": facts["created"],
        "previous": facts["previous"],
        "breaking": facts["breaking"],
        "schema_version": facts.get("schema_version", f"{facts['format']}.0"),
        "licence": facts["licence"],
        "invented": bool(facts.get("invented", 0)),
        "demo": bool(facts.get("demo", False)),
        "models": facts["models"],
        "taxonomy_versions": facts["taxonomy_versions"],
        "rows": facts["counts"]["rows"],
        "sessions": facts["counts"]["sessions"],
        "changes": facts.get("changes", {}),
        "address": address.of(f"{name}/"),
        "release_json": address.of(f"{name}/{MANIFEST}"),
        "sha256sums": address.of(f"{name}/{SUMS}"),
        "sha256sums_sha256": digest(out / name / SUMS),
    }


def _dcat(out: Path, entries: Sequence[Mapping[str, Any]], address: Address) -> dict[str, Any]:
    series = address.of("")
    graph: list[dict[str, Any]] = [
        {
            "@id": f"{series}#catalogue",
            "@type": "dcat:Catalog",
            "dct:title": _text("Releases of labelled UPR recommendations"),
            "dcat:dataset": [{"@id": entry["address"]} for entry in entries],
        }
    ]
    graph += [_dataset(out, entry, address, newest=not number) for number, entry in enumerate(entries)]
    return {"@context": _CONTEXT, "@graph": graph}


def _text(words: str) -> dict[str, str]:
    return {"@value": words, "@language": "en"}


def _dataset(out: Path, entry: Mapping[str, Any], address: Address, *, newest: bool) -> dict[str, Any]:
    name = str(entry["release"])
    origin = origin_of(manifest(out / name))
    status = "https://publications.europa.eu/resource/authority/dataset-status/"
    found: dict[str, Any] = {
        "@id": entry["address"],
        "@type": "dcat:Dataset",
        "dct:title": _text(str(entry["title"])),
        "dct:description": _text(origin.description),
        "dct:issued": {"@value": entry["created"], "@type": "xsd:dateTime"},
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": origin.author},
        "dct:language": {"@id": "http://publications.europa.eu/resource/authority/language/ENG"},
        "dcat:version": name,
        "adms:status": {"@id": status + ("COMPLETED" if newest else "DEPRECATED")},
        "dcat:distribution": _distributions(out, name, address),
    }
    if entry["previous"]:
        found["dcat:previousVersion"] = {"@id": address.of(f"{entry['previous']}/")}
    if address.doi:
        found["dct:isPartOf"] = {"@id": f"https://doi.org/{address.doi}"}
    if entry["licence"] != UNLICENSED:
        found["dct:license"] = {"@id": licence_url(str(entry["licence"]))}
    return found


def _distributions(out: Path, name: str, address: Address) -> list[dict[str, Any]]:
    """The files of a release that hold its data, without pages and tables of statistics."""
    return [
        {
            "@type": "dcat:Distribution",
            "dct:title": _text(file),
            "dcat:downloadURL": {"@id": address.of(f"{name}/{file}")},
            "dcat:accessURL": {"@id": address.of(f"{name}/")},
            **_media(file),
            "dcat:byteSize": {
                "@value": str((out / name / file).stat().st_size),
                "@type": "xsd:nonNegativeInteger",
            },
            "spdx:checksum": {
                "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                "spdx:checksumValue": {"@value": sha256, "@type": "xsd:hexBinary"},
            },
        }
        for file, sha256 in sorted(read_sums(out / name).items())
        if "/" not in file and media_type(file) not in (None, "text/html", "text/javascript")
    ]


def _media(file: str) -> dict[str, Any]:
    """The media type of a file, and of what compressed it."""

    def named(kind: str | None) -> dict[str, str]:
        return {"@id": f"https://www.iana.org/assignments/media-types/{kind}"}

    packed = {"dcat:compressFormat": named(media_type(SUFFIX))} if file.endswith(SUFFIX) else {}
    return {"dcat:mediaType": named(media_type(file.removesuffix(SUFFIX))), **packed}


def _atom(entries: Sequence[Mapping[str, Any]], address: Address) -> str:
    """The feed. Ids do not depend on the address, so that a folder that moves tells readers nothing twice."""
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed")
    _add(feed, "title", "Releases of labelled UPR recommendations")
    first = entries[-1] if entries else {"created": "1970-01-01T00:00:00Z", "release": "none"}
    _add(feed, "id", _urn(f"{first['release']} {first['created']}"))
    _add(feed, "updated", str(entries[0]["created"]) if entries else str(first["created"]))
    author = ET.SubElement(feed, f"{{{_ATOM}}}author")
    _add(author, "name", "UPR labelling pipeline")
    _link(feed, "self", address.of(ATOM))
    for entry in entries:
        item = ET.SubElement(feed, f"{{{_ATOM}}}entry")
        _add(item, "title", f"{entry['title']}, release {entry['release']}")
        _add(item, "id", _urn(f"{entry['release']} {entry['created']} {entry['sha256sums_sha256']}"))
        _add(item, "updated", str(entry["created"]))
        _link(item, "alternate", str(entry["address"]))
        _add(item, "summary", _summary(entry))
    ET.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode") + "\n"


def _summary(entry: Mapping[str, Any]) -> str:
    changes = ", ".join(f"{number:,} {kind}" for kind, number in entry["changes"].items() if number)
    breaking = f" Breaking: {entry['breaking']}" if entry["breaking"] else ""
    return f"{entry['rows']:,} rows; changes: {changes or 'none'}.{breaking}"


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = text


def _link(parent: ET.Element, kind: str, address: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}link", rel=kind, href=address)


def _urn(words: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, words).urn
