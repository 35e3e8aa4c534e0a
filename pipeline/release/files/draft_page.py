"""The page of a release for those who draft: what counts as specific, and precedents for a draft.

It runs no model: a page that is opened from a folder could not load it. What it shows follows from the
release alone, and nothing that is typed leaves it.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from pipeline.charts import strings as naming
from pipeline.corpus.states import States
from pipeline.release.files.pages import Provenance, render
from pipeline.release.files.rendering import Place
from pipeline.release.files.search_page import shown_names
from pipeline.release.site import search
from pipeline.release.site.drafting import examples, support
from pipeline.release.site.entries import Entry
from pipeline.release.site.packed import packed
from pipeline.store.names import sort_key
from pipeline.store.vocabularies import load_blinder

EXAMPLES = "site/examples.js"
VERBS = {
    "acts": "adopt, amend, ratify, abolish, establish, investigate",
    "begin": "adopt, amend, ratify, abolish, establish",
    "second": "Continue and adopt …",
    "going": "by adopting, by establishing",
    "ratify": "Ratify …",
    "consider": "Consider ratifying …",
    "by": "by",
    "ending": "by amending, by establishing",
}
"""Words of recommendations, which are English in all languages of the page."""
WAYS = {1: 2, 2: 2, 3: 1, 4: 3}
"""Category to the number of ways by which a draft of it becomes specific."""


def example_places(known: Sequence[Entry], tested: Set[int]) -> bytes:
    """The file `EXAMPLES`: places among the texts of the search."""
    return packed(examples(known, tested, load_blinder().blind))


def draft_page(
    provenance: Provenance, known: Sequence[Entry], tested: Set[int], states: States
) -> dict[str, bytes]:
    """draft.html by its name, in the language that is spoken.

    Args: as of `search_page`; `tested`, sessions that models are tested on.
    """
    place = Place("draft.html")
    lines = [
        (naming.tag(line.issue), line, line.supported / line.answered) for line in support(known, tested)
    ]
    figures = {
        line.issue: [line.supported, line.answered, *(round(1000 * x) for x in (share, line.low, line.high))]
        for _, line, share in lines
    }
    names = search.names(known, states)
    page = render(
        "draft.html.j2",
        provenance,
        place,
        names=shown_names(names)
        | {
            "root": place.root,
            "examples": EXAMPLES,
            "support": [figures.get(tag) for tag in names["issues"]],
        },
        coded=provenance.manifest.get("drafting"),
        ways=WAYS,
        verbs=VERBS,
        lines=sorted(lines, key=lambda line: sort_key(line[0])),
        interval=naming.interval_text,
    )
    return {place.file: page}
