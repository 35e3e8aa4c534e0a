"""The issue tags and action categories as SKOS, in JSON-LD: a scheme for each version of the taxonomy.

A concept belongs to one version. Concepts of two versions that follow each other are mapped: exactMatch where
the tag stays, whatever it is called; closeMatch where another tag takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.corpus.taxonomy import ACTIONS
from pipeline.store.names import LANGUAGES, action_name, tag_name

_CONTEXT = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dct": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "id": "@id",
    "type": "@type",
    "prefLabel": {"@id": "skos:prefLabel", "@container": "@language"},
    "definition": {"@id": "skos:definition", "@container": "@language"},
    "notation": "skos:notation",
    "inScheme": {"@id": "skos:inScheme", "@type": "@id"},
    "topConceptOf": {"@id": "skos:topConceptOf", "@type": "@id"},
    "exactMatch": {"@id": "skos:exactMatch", "@type": "@id"},
    "closeMatch": {"@id": "skos:closeMatch", "@type": "@id"},
    "isReplacedBy": {"@id": "dct:isReplacedBy", "@type": "@id"},
    "deprecated": {"@id": "owl:deprecated", "@type": "xsd:boolean"},
    "versionInfo": "owl:versionInfo",
    "title": {"@id": "dct:title", "@language": "en"},
}

Row = Mapping[str, str | None]


def concept_schemes(taxonomy: Sequence[Row]) -> dict[str, Any]:
    """taxonomy.jsonld. Args: `taxonomy`, the rows of taxonomy.csv."""
    issues = [row for row in taxonomy if row["task"] == "issue"]
    versions = sorted({str(row[end]) for row in issues for end in ("valid_from", "valid_to") if row[end]})
    graph: list[dict[str, Any]] = [_scheme("#action", "Action categories", versions[0])]
    graph += [_action(row) for row in taxonomy if row["task"] == "action"]
    for number, version in enumerate(versions):
        graph.append(_scheme(f"#issues-{version}", f"Issue tags of {version}", version))
        following = versions[number + 1] if number + 1 < len(versions) else None
        graph += _issues(issues, version, following)
    return {"@context": _CONTEXT, "@graph": graph}


def _scheme(name: str, title: str, version: str) -> dict[str, Any]:
    return {"id": name, "type": "skos:ConceptScheme", "title": title, "versionInfo": version}


def _action(row: Row) -> dict[str, Any]:
    number = int(str(row["id"]))
    return {
        "id": f"#action-{number}",
        "type": "skos:Concept",
        "inScheme": "#action",
        "topConceptOf": "#action",
        "notation": str(number),
        "prefLabel": {language: action_name(number, language) for language in LANGUAGES},
        "definition": {"en": row["definition"] or ACTIONS[number]},
    }


def _issues(rows: Sequence[Row], version: str, following: str | None) -> Iterator[dict[str, Any]]:
    """The concepts of a version. Args: `rows`, of issue tags; `following`, the version after it, if any."""
    later = {row["id"] for row in rows if following and _valid(row, following)}
    for row in rows:
        if not _valid(row, version):
            continue
        tag, successor = row["id"], row["replaced_by"]
        concept: dict[str, Any] = {
            "id": f"#issue-{version}-{tag}",
            "type": "skos:Concept",
            "inScheme": f"#issues-{version}",
            "topConceptOf": f"#issues-{version}",
            "notation": tag,
            "prefLabel": _labels(str(row["label"])),
        }
        if row["definition"]:
            concept["definition"] = {"en": row["definition"]}
        if following and tag in later:
            concept["exactMatch"] = f"#issue-{following}-{tag}"
        elif following:
            concept["deprecated"] = "true"
            if successor:
                concept |= {"closeMatch": f"#issue-{following}-{successor}"}
                concept |= {"isReplacedBy": concept["closeMatch"]}
        yield concept


def _labels(label: str) -> dict[str, str]:
    """By language. A tag without a name in a language has none there, rather than the English one."""
    names = {language: tag_name(label, language) for language in LANGUAGES if language != "en"}
    return {"en": label} | {language: name for language, name in names.items() if name != label}


def _valid(row: Row, version: str) -> bool:
    return str(row["valid_from"]) <= version and (not row["valid_to"] or version < str(row["valid_to"]))
