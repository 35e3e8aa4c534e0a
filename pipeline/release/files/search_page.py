"""The page on which all recommendations of a release are searched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.charts import strings as naming
from pipeline.corpus.states import States
from pipeline.corpus.taxonomy import ACTIONS, Tag
from pipeline.release.files.copies import shipped
from pipeline.release.files.pages import Provenance, listed, render
from pipeline.release.files.rendering import Place
from pipeline.release.site import search
from pipeline.release.site.entries import Entry
from pipeline.store.names import sort_key


def search_page(
    provenance: Provenance, known: Sequence[Entry], states: States, issues: Sequence[Tag]
) -> dict[str, bytes]:
    """search.html by its name, in the language that is spoken. All languages load the same texts.

    Args:
        provenance: what the page says of the release.
        known: the recommendations, of `entries`.
        states: which have pages.
        issues: the tags that have pages.
    """
    place = Place("search.html")
    page = render(
        "search.html.j2",
        provenance,
        place,
        names=shown_names(search.names(known, states)) | {"root": place.root},
        issues=listed((tag.id, naming.tag(tag.label)) for tag in issues),
        states=listed(
            (found.iso, naming.state(name)) for name, found in search.states_of(known, states).items()
        ),
        file=f"{provenance.mark}upr-search.csv",
        table=shipped("recommendations.csv", provenance.manifest),
    )
    return {place.file: page}


def shown_names(names: dict[str, Any]) -> dict[str, Any]:
    """What the numbers in the files of texts are called; `codes` and codes of `regions` are in addresses."""
    regions = sorted({region for _, _, region in names["states"] if region})
    shown = {code: naming.region(code) for code in regions}
    return names | {
        "states": [[naming.state(name), page, region] for name, page, region in names["states"]],
        "regions": dict(sorted(shown.items(), key=lambda pair: sort_key(pair[1]))),
        "issues": [naming.tag(label) for label in names["issues"]],
        "actions": [naming.category(action) for action in ACTIONS],
        "responses": [naming.response(word) for word in names["responses"]],
        "codes": {key: names[key] for key in ("issues", "actions", "responses")},
    }
