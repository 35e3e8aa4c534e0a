"""Machine-readable descriptions of a release: Croissant, Frictionless data package, Datasette metadata."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline.release.files.copies import shipped
from pipeline.release.files.database import READABLE
from pipeline.release.files.origin import UNLICENSED, origin_of
from pipeline.release.statistics.meaning import STATISTICS
from pipeline.release.tables.columns import KEYS, MEANING, SCHEMAS, TAXONOMY

_CROISSANT_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_MEDIA = {
    ".parquet": "application/x-parquet",
    ".csv": "text/csv",
    ".jsonl": "application/jsonlines",
    ".jsonld": "application/ld+json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".sqlite": "application/vnd.sqlite3",
    ".html": "text/html",
    ".js": "text/javascript",
    ".gz": "application/gzip",
}

_READ = (
    "text",
    "state_under_review",
    "recommending_state",
    "session",
    "response",
    "issues",
    "label_source",
    "rec_key",
)

Files = Mapping[str, tuple[str, int]]
"""File name to SHA-256 and size in bytes."""


def media_type(name: str) -> str | None:
    """The media type of a file that a description may name, by its suffix; None for any other."""
    return next((media for suffix, media in _MEDIA.items() if name.endswith(suffix)), None)


def licence_url(licence: str) -> str:
    """The address of a licence by its SPDX name; where none is granted, where the rights are told."""
    if licence == UNLICENSED:
        return "README.md#rights"
    if licence.startswith("CC-"):
        kind, version = licence.removeprefix("CC-").lower().rsplit("-", 1)
        return f"https://creativecommons.org/licenses/{kind}/{version}/"
    return f"https://spdx.org/licenses/{licence}.html"


def croissant(manifest: Mapping[str, Any], files: Files) -> dict[str, Any]:
    """croissant.json (format 1.0): data files, and columns of the Parquet tables without nested scores."""
    origin = origin_of(manifest)
    described = [name for name in files if "/" not in name and media_type(name)]
    return {
        "@context": _CROISSANT_CONTEXT,
        "@type": "sc:Dataset",
        "name": origin.name,
        "alternateName": manifest["title"],
        "description": origin.description,
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "license": licence_url(manifest["licence"]),
        "url": origin.url or "about:invented",
        "version": f"{manifest['release']}.0",
        "datePublished": manifest["created"][:10],
        "citeAs": origin.cite_as,
        "creator": {"@type": "sc:Organization", "name": origin.author},
        "inLanguage": "en",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": name,
                "name": name,
                "contentUrl": name,
                "encodingFormat": media_type(name),
                "contentSize": f"{files[name][1]} B",
                "sha256": files[name][0],
            }
            for name in described
        ],
        "recordSet": [_record_set(table, schema) for table, schema in SCHEMAS.items()],
    }


def _record_set(table: str, schema: pa.Schema) -> dict[str, Any]:
    key = KEYS.get(table, ())
    fields = [_croissant_field(table, f) for f in schema if not _nested(f.type)]
    keys = {"key": [{"@id": f"{table}/{name}"} for name in key]} if key else {}
    return {"@type": "cr:RecordSet", "@id": table, "name": table, **keys, "field": fields}


def _nested(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) and pa.types.is_struct(kind.value_type))


def _croissant_field(table: str, field: pa.Field) -> dict[str, Any]:
    many = pa.types.is_list(field.type)
    names = {"int64": "sc:Integer", "double": "sc:Float", "bool": "sc:Boolean"}
    kind = names.get(
        str(field.type.value_type if many else field.type),
        "sc:DateTime" if pa.types.is_timestamp(field.type) else "sc:Text",
    )
    repeated = {"repeated": True} if many else {}
    return {
        "@type": "cr:Field",
        "@id": f"{table}/{field.name}",
        "name": field.name,
        "description": MEANING[table][field.name],
        "dataType": kind,
        **repeated,
        "source": {"fileObject": {"@id": f"{table}.parquet"}, "extract": {"column": field.name}},
    }


def data_package(
    manifest: Mapping[str, Any], files: Files, statistics: Mapping[str, pd.DataFrame]
) -> dict[str, Any]:
    """datapackage.json (Frictionless): the .csv files with their columns."""
    schemas = {n: _table_schema(n, SCHEMAS[n]) for n in ("recommendations", "labels")}
    kinds = {"bool": "boolean"}
    schemas["taxonomy"] = {
        "fields": [{"name": f.name, "type": kinds.get(str(f.type), "string")} for f in TAXONOMY]
    }
    origin = origin_of(manifest)
    resources = [(shipped(f"{n}.csv", manifest), n, s) for n, s in schemas.items()]
    resources += [
        (f"statistics/{n}.csv", f"statistics-{n.replace('_', '-')}", _frame_schema(t))
        for n, t in statistics.items()
    ]
    return {
        "name": origin.name,
        "title": manifest["title"],
        "description": origin.description,
        "version": manifest["release"],
        "created": manifest["created"],
        "contributors": [{"title": origin.author, "role": "author"}],
        "sources": [{"title": origin.source} | ({"path": origin.url} if origin.url else {})],
        **({"homepage": origin.url} if origin.url else {}),
        **_licences(manifest["licence"]),
        "resources": [
            {
                "name": name,
                "path": path,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8-sig",
                "bytes": files[path][1],
                "hash": f"sha256:{files[path][0]}",
                **({"compression": "gz"} if path.endswith(".gz") else {}),
                "schema": schema,
            }
            for path, name, schema in resources
        ],
    }


def _licences(licence: str) -> dict[str, Any]:
    named = [{"name": licence, "path": licence_url(licence)}]
    return {} if licence == UNLICENSED else {"licenses": named}


def _table_schema(table: str, schema: pa.Schema) -> dict[str, Any]:
    names = {"int64": "integer", "double": "number", "bool": "boolean"}
    fields: list[dict[str, Any]] = []
    for field in schema:
        entry = {
            "name": field.name,
            "type": names.get(str(field.type), "string"),
            "description": MEANING[table][field.name],
        }
        if pa.types.is_timestamp(field.type):
            entry |= {"type": "datetime", "format": "any"}
        fields.append(entry | ({"constraints": {"required": True}} if not field.nullable else {}))
    return {"fields": fields, "primaryKey": list(KEYS[table])}


def _frame_schema(table: pd.DataFrame) -> dict[str, Any]:
    kinds = {"i": "integer", "f": "number", "b": "boolean"}
    return {
        "fields": [
            {
                "name": str(c),
                "type": kinds.get(table[c].dtype.kind, "string"),
                "description": STATISTICS[str(c)],
            }
            for c in table.columns
        ]
    }


def datasette(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """datasette.json: titles, facets and search for `datasette upr.sqlite --metadata datasette.json`."""
    origin = origin_of(manifest)
    licence = manifest["licence"]
    return {
        "title": f"{manifest['title']}, release {manifest['release']}",
        **({"license": licence, "license_url": licence_url(licence)} if licence != UNLICENSED else {}),
        "description_html": (
            f"{escape(origin.description)} <a href='/upr/{READABLE}'>Read the recommendations</a>"
        ),
        "source": origin.source,
        **({"source_url": origin.url} if origin.url else {}),
        "databases": {
            "upr": {
                "tables": {
                    READABLE: {
                        "title": "Recommendations to read",
                        "description": "The text first, the codes in words. All columns: recommendations.",
                        "facets": ["response", "recommending_state", "session", {"array": "issues"}],
                        "fts_table": "recommendations_fts",
                        "fts_pk": "rowid_",
                        "size": 50,
                        "columns": {name: MEANING["recommendations"][name] for name in _READ},
                    },
                    "recommendations": {
                        "description": "One row for each recommendation and recommending State.",
                        "facets": ["action", {"array": "issues"}, "state_under_review", "session"],
                        "fts_table": "recommendations_fts",
                        "fts_pk": "rowid_",
                        "label_column": "text",
                        "size": 50,
                        "columns": dict(MEANING["recommendations"]),
                    },
                    "labels": {
                        "description": "Every label that anyone gave or considered, one a row.",
                        "facets": ["task", "source", "given"],
                        "columns": dict(MEANING["labels"]),
                    },
                    "taxonomy": {"description": "The labels over all versions of the tag list."},
                }
            }
        },
    }
