"""Where the texts, codes and labels of a release come from, and whose rights stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.release.strings import SENTENCES, say
from pipeline.store.names import LANGUAGES

DATABASE = "https://upr-info-database.uwazi.io"
UNLICENSED = "none"
"""The setting `publish.licence` where nobody has granted a licence."""

_CITE = (
    "UPR Info: database of UPR recommendations, labelled by action category and issue ({title}, "
    "release {release})"
)
_DESCRIPTION = (
    "Recommendations of the Universal Periodic Review of the UN Human Rights Council, one row for each "
    "recommending State, with UPR Info's "
    "five action categories and its issue tags, given by coders, reviewers or a model, each marked as such."
)


@dataclass(frozen=True)
class Origin:
    """What descriptions and pages say of the source.

    Attributes:
        name: of the data set, for programs.
        description: what it is.
        source: of the texts and codes, in a few words.
        author: of the coding.
        url: where the source is; "" where it is nowhere.
        cite_as: how it is cited.
        warning: what every reader must know before using a figure; "" where there is nothing.
    """

    name: str
    description: str
    source: str
    author: str
    url: str
    cite_as: str
    warning: str


def origin_of(manifest: Mapping[str, Any]) -> Origin:
    """The origin that release.json stands for. Invented texts are never given out as UPR Info's."""
    demo = say("warning.demo") if manifest["demo"] else ""
    if not manifest["invented"]:
        return Origin(
            "upr-recommendations-labelled",
            " ".join(filter(None, (demo, _DESCRIPTION))),
            say("source.database"),
            "UPR Info",
            DATABASE,
            _CITE.format(**manifest),
            demo,
        )
    rows, all_rows = manifest["invented"], manifest["counts"]["rows"]
    which = say("warning.all") if rows == all_rows else say("warning.some", n=rows, all=all_rows)
    warning = say("warning.invented", which=which)
    return Origin(
        "invented-sample",
        " ".join(filter(None, (warning, demo))),
        say("source.invented"),
        "The authors of the sample",
        "",
        "Do not cite: {title}, release {release}.".format(**manifest),
        " ".join(filter(None, (warning, demo))),
    )


def marked(title: str, invented: int, demo: bool) -> str:
    """The title of a release, which begins with what nobody may overlook.

    >>> marked("UPR recommendations", 3, False)
    'INVENTED SAMPLE, NOT REAL DATA: UPR recommendations'
    """
    mark = "mark.invented" if invented else "mark.demo" if demo else ""
    return f"{say(mark)} {title}" if mark else title


def shown_title(manifest: Mapping[str, Any]) -> str:
    """The title of a release in the language that is spoken; one that its publisher chose stays as it is."""
    english, title = SENTENCES.load(LANGUAGES[0]), manifest["title"]
    begin = marked("", manifest["invented"], manifest["demo"])
    for key in ("mark.invented", "mark.demo"):
        title = title.removeprefix(str(english[key])).strip()
    return f"{begin}{say('title') if title == english['title'] else title}"
