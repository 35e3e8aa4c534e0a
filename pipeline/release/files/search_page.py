"""The page on which all recommendations of a release are searched."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.corpus.states import States
from pipeline.corpus.taxonomy import Tag
from pipeline.release.files.copies import shipped
from pipeline.release.files.pages import Provenance, render
from pipeline.release.site import search
from pipeline.release.site.entries import Entry


def search_page(
    provenance: Provenance, known: Sequence[Entry], states: States, issues: Sequence[Tag]
) -> dict[str, bytes]:
    """search.html and the files that it loads, by name.

    Args:
        provenance: what the page says of the release.
        known: the recommendations, of `entries`.
        states: which have pages.
        issues: the tags that have pages.
    """
    facts = search.names(known, states)
    page = render(
        "search.html.j2",
        provenance,
        names=facts,
        issues=issues,
        states=search.states_of(known, states),
        file=f"{provenance.mark}upr-search.csv",
        table=shipped("recommendations.csv", provenance.manifest),
    )
    return {"search.html": page.encode(), **dict(search.texts(known))}
