"""All pages of a release in all languages, and what they load."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from pipeline.corpus.states import States
from pipeline.corpus.taxonomy import Taxonomy
from pipeline.release.files.comparison_page import FIGURES, comparison_page, figures
from pipeline.release.files.draft_page import EXAMPLES, draft_page, example_places
from pipeline.release.files.issue_pages import issue_pages, issues_of
from pipeline.release.files.pages import Provenance, main_page, state_pages
from pipeline.release.files.rendering import STYLE, Place, style_sheet
from pipeline.release.files.search_page import search_page, shown_names
from pipeline.release.site import search
from pipeline.release.site.entries import Entry, followed
from pipeline.release.site.packed import packed
from pipeline.release.site.static import STATIC, read_static
from pipeline.release.strings import words_of_scripts
from pipeline.store.names import LANGUAGES
from pipeline.store.sentences import language, speaking

Job = Callable[[], dict[str, bytes]]


@dataclass(frozen=True)
class Site:
    """What the pages of a release are made of. Attributes: `tested`, sessions that models are tested on."""

    statistics: Mapping[str, pd.DataFrame]
    provenance: Provenance
    states: States
    taxonomy: Taxonomy
    entries: Sequence[Entry]
    threads: pa.Table
    tested: Set[int]


def site_jobs(site: Site) -> Iterator[Job]:
    """Functions that make files, name to bytes: what all languages load, then the pages of each."""
    yield lambda: {f"site/{name}": read_static(name) for name in STATIC} | {STYLE: style_sheet()}
    yield lambda: dict(search.texts(site.entries, site.threads))
    yield lambda: {EXAMPLES: example_places(site.entries, site.tested)}
    yield lambda: {FIGURES: packed(figures(site.statistics, site.states))}
    for wanted in LANGUAGES:
        for job in (_states, _issues, _others):
            yield _spoken(wanted, job, site)


def _spoken(wanted: str, job: Callable[[Site], dict[str, bytes]], site: Site) -> Job:
    def speak() -> dict[str, bytes]:
        with speaking(wanted):
            return job(site)

    return speak


def _states(site: Site) -> dict[str, bytes]:
    threads = followed(site.entries, site.threads)
    return dict(state_pages(site.statistics, site.provenance, site.states, site.entries, threads))


def _issues(site: Site) -> dict[str, bytes]:
    return dict(issue_pages(site.statistics, site.provenance, site.states, site.taxonomy, site.entries))


def _others(site: Site) -> dict[str, bytes]:
    issues = issues_of(site.entries, site.taxonomy)
    return {
        Place("index.html").file: main_page(site.statistics, site.provenance, site.states, issues),
        **search_page(site.provenance, site.entries, site.states, issues),
        **comparison_page(site.statistics, site.provenance, site.states),
        **draft_page(site.provenance, site.entries, site.tested, site.states),
        f"site/words-{language()}.js": words_of_scripts(),
        f"site/names-{language()}.js": packed(shown_names(search.names(site.entries, site.states))),
    }
