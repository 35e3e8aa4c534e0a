"""Stage `fetch`: download the rows of a Uwazi instance into one checked table, like that of `ingest`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.corpus.text import normalise
from pipeline.errors import SourceError
from pipeline.progress import Progress, silent
from pipeline.settings import FetchSettings, Settings
from pipeline.sources.checked import Checked, check, refuse, write
from pipeline.sources.opening import standardiser
from pipeline.sources.records import Record
from pipeline.sources.uwazi.api import UwaziClient
from pipeline.sources.uwazi.download import Download, DownloadCounts, DownloadPlan
from pipeline.sources.uwazi.entities import UwaziMapping, load_mapping, record
from pipeline.sources.uwazi.kept_pages import PageStore
from pipeline.store.files import check_place
from pipeline.store.locks import held
from pipeline.store.vocabularies import load_states, load_taxonomy


@dataclass(frozen=True)
class FetchResult:
    """What was done.

    Attributes:
        checked: the table and its rejects.
        tally: counts of the download, and where they differ from Uwazi's.
        requests: how many were made now.
        kept_pages: pages of an earlier, stopped download, which were not requested again.
        template: name of the template.
    """

    checked: Checked
    tally: DownloadCounts
    requests: int
    kept_pages: int
    template: str


def run(
    out: Path,
    settings: Settings,
    *,
    template: str | None = None,
    strict: bool = False,
    restart: bool = False,
    progress: Progress = silent,
    say: Callable[[str], None] = lambda _: None,
) -> FetchResult:
    """Download the recommendations of a Uwazi instance into `out` (.parquet), with a file of rejects.

    Pages are kept in `<out>.partial/` until the table is written, so that a stopped download goes on where it
    was.

    Args:
        out: where the table goes; the rejects go to `<out>.rejects.jsonl`.
        settings: address, language and manners (`fetch`), taxonomy, longest text.
        template: id or name of Uwazi's template of recommendations; by default the one that has their
            properties.
        strict: treat a rejected row, or a count that differs from Uwazi's, as a fault of the whole.
        restart: forget what an earlier download left.
        progress: shows the rows as they come.
        say: told of every wait.

    Raises: SourceError if the instance fails for good or answers otherwise than Uwazi does, if a row's
        metadata holds an unknown key, if no row is valid, or, when strict, if one is not; StoreError. Nothing
        is written then, and the pages stay for the next time. StoreError, too, if another process fetches
        into `out`.
    """
    if out.suffix.lower() != ".parquet":
        raise SourceError(str(out), "the table is written as Parquet.", "End --out in .parquet.")
    check_place(out)
    with held(out, "Wait until it has ended, or name another --out."):
        return _run(out, settings, template, strict, restart, progress, say)


def _run(
    out: Path,
    settings: Settings,
    template: str | None,
    strict: bool,
    restart: bool,
    progress: Progress,
    say: Callable[[str], None],
) -> FetchResult:
    mapping = load_mapping()
    machine = standardiser(
        load_states(), load_taxonomy(settings.taxonomy), settings.ingest.max_text_chars, count_by_file=True
    )
    with UwaziClient(settings.fetch, say) as client:
        schema = _template(client, mapping, template)
        store = _store(out, client, schema["_id"], settings.fetch, restart)
        kept_pages = store.kept_pages
        download = Download(client, store, _plan(client, mapping, schema, settings.fetch))
        rows = progress(download.rows(), f"rows from {_instance(client)}")
        checked = check(
            _records(rows, mapping, _instance(client), settings.fetch.language), machine, settings.taxonomy
        )
    if not download.tally.rows:
        raise SourceError(
            client.base,
            f"template '{schema['name']}' has no entities to show.",
            "Check --url and --template.",
        )
    refuse(checked, [client.base], strict)
    if strict and download.tally.differences:
        raise SourceError(
            client.base,
            f"{download.tally.differences[0]}.",
            "Run again with --restart, or leave --strict out.",
        )
    write(checked, out)
    store.remove()
    return FetchResult(checked, download.tally, client.requests, kept_pages, schema["name"])


def _instance(client: UwaziClient) -> str:
    return urlsplit(client.base).netloc


def _records(rows: Iterator[Any], mapping: UwaziMapping, file: str, language: str) -> Iterator[Record]:
    for number, row in enumerate(rows, start=1):
        yield record(row, mapping, file, number, language)


def _store(out: Path, client: UwaziClient, template: str, fetch: FetchSettings, restart: bool) -> PageStore:
    folder = out.with_name(out.name + ".partial")
    query = {
        "url": client.base,
        "template": template,
        "language": fetch.language,
        "page_rows": fetch.page_rows,
    }
    store = PageStore(folder, query)
    if restart:
        store.remove()
    return store


def _template(client: UwaziClient, mapping: UwaziMapping, wanted: str | None) -> dict[str, Any]:
    """The template of recommendations.

    Raises: SourceError if there is none or more than one, or if it has unknown properties.

    Raises: SourceError if there is none or more than one, or if it has unknown properties.
    """
    templates = [t for t in client.templates() if isinstance(t.get("_id"), str)]
    where = f"{client.base}/api/templates"
    if wanted is not None:
        found = [t for t in templates if wanted in (t.get("_id"), t.get("name"))]
    else:
        found = [t for t in templates if set(mapping.required) <= set(_properties(t))]
        found = found or [t for t in templates if t.get("name") in mapping.names]
    names = ", ".join(f"'{t.get('name')}' ({t.get('_id')})" for t in found or templates) or "none"
    if not found:
        what = (
            f"there is no template '{wanted}'."
            if wanted
            else f"no template has the properties {', '.join(mapping.required)}."
        )
        raise SourceError(
            where,
            f"{what} There are: {names}.",
            "Name one with --template, or correct `uwazi` in configs/sources.yaml.",
        )
    if len(found) > 1:
        raise SourceError(
            where, f"several templates are fit: {names}.", "Name one with --template, by its id."
        )
    mapping.check_keys(_properties(found[0]), f"{where}, template '{found[0].get('name')}'")
    return {"name": found[0].get("_id"), **found[0]}


def _properties(template: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        p["name"]: p
        for p in template.get("properties") or []
        if isinstance(p, dict) and isinstance(p.get("name"), str)
    }


def _plan(
    client: UwaziClient, mapping: UwaziMapping, schema: Mapping[str, Any], fetch: FetchSettings
) -> DownloadPlan:
    """The queries of the download, one for each value of the properties that it is divided by."""
    thesauri = client.thesauri()
    properties = _properties(schema)
    return DownloadPlan(
        schema["_id"],
        {
            name: _vocabulary(thesauri, properties.get(name, {"name": name}))
            for name in (*mapping.cuts, mapping.recount_by)
            if name
        },
        mapping.cuts,
        mapping.recount_by,
        mapping.result_cap,
        fetch.page_rows,
        fetch.language,
    )


def _vocabulary(thesauri: list[dict[str, Any]], prop: Mapping[str, Any]) -> dict[str, str]:
    """The ids and labels of a property's thesaurus: the one in its schema, or one with a similar name."""
    called = {normalise(str(prop.get(key, ""))).removesuffix("s") for key in ("name", "label")} - {""}
    linked = [t for t in thesauri if t.get("_id") == prop.get("content")] if prop.get("content") else []
    found = linked or [
        t
        for t in thesauri
        if normalise(str(t.get("name", ""))).removesuffix("s") in called and not prop.get("content")
    ]
    return dict(_values(found[0])) if found else {}


def _values(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The ids and labels of a vocabulary, of its groups too."""
    for value in entry.get("values") or []:
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            yield value["id"], str(value.get("label", value["id"]))
            yield from _values(value)
