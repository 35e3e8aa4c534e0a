"""How OHCHR's lists are laid out: which column is what, and what stands in a cell."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_HEADINGS: Mapping[str, re.Pattern[str]] = {
    "text": re.compile(
        r"^(?:full\s+)?(?:text\s+of\s+(?:the\s+)?)?recomm?[ae]ndations?(?:\s+(?:made|and\s+recommending.*|received|text))?$"
        r"|^accepted\s+recommendations?$|^(?:texte?\s+de\s+la\s+|texto\s+de\s+la\s+)?(?:recommandation|recomendaci[oó]n)(?:e?s)?$",
        re.I,
    ),
    "states": re.compile(
        r"^(?!recommendations?\b).*recommending\s+(?:states?|countr)"
        r"|^(?:states?|countr(?:y|ies)|made\s+by|proposed\s+by|delegations?|[ée]tats?|pays|estados?|pa[ií]s(?:es)?)(?:\s*\(s\))?$"
        r"|^(?:[ée]tats?|pays|estados?|pa[ií]s(?:es)?)\b.*\b(?:auteurs?|recommand\w*|recomend\w*|recomiendan?|formul\w*)\b",
        re.I,
    ),
    "position": re.compile(
        r"position|posici[oó]n|^(?:response|reply|status|acceptance|answer|r[ée]ponse|respuesta)\b"
        r"|^(?:supported\s*/\s*noted|accepted\s*/\s*noted)",
        re.I,
    ),
    "sdgs": re.compile(
        r"\b(?:sdgs?|odd|ods)\b|sustainable\s+development\s+goal|d[ée]veloppement\s+durable|desarrollo\s+sostenible",
        re.I,
    ),
    "themes": re.compile(
        r"\bth[eèé]m(?:e|a)s?\b|^(?:issues?|topics?|cluster)|\brights?\b.*\b(?:affected|area)|^(?:full\s+list\s+of\s+)?rights?\b",
        re.I,
    ),
    "persons": re.compile(
        r"\b(?:affected|vulnerable)\s+(?:persons?|groups?)|persons?\s+affected|^groups?\b"
        r"|(?:personnes|groupes)\s+(?:concern[ée]e?s|touch[ée]e?s|vuln[ée]rables)"
        r"|(?:personas|grupos)\s+(?:afectad[ao]s|vulnerables)",
        re.I,
    ),
    "number": re.compile(
        r"^(?:no\.?|nos\.?|n[o°º]\.?|number|num[eé]ro|n[uú]mero|n[uú]m\.?|paragraphe|p[aá]rrafo|#|para(?:graph)?\.?(?:\s+(?:no|number)\.?)?|ref(?:erence)?\.?|rec(?:ommendation)?\.?\s*(?:no|number|#)\.?)$",
        re.I,
    ),
    "source": re.compile(r"^(?:source|fuente)\b|source\s+of\s+position", re.I),
}
_ORDER = ("number", "source", "position", "states", "sdgs", "themes", "persons", "text")
_NUMBER = re.compile(
    r"^\W*(?:(?:recommendation|recommandation|recomendaci[oó]n|para(?:graphe?)?|p[aá]rr(?:afo)?)\.?\s*)?(\d{1,3}\s?\.\s?\d{1,3}(?:\s?\.\s?\d{1,3})?|\d{1,3}\s?\([a-z]{1,3}\)|\d{1,3}(?=\s?[.)]\s))\s?[.):]?\s*",
    re.I,
)
_SOURCE = re.compile(
    r"\s*\(?\b(?:source\s+of\s+(?:the\s+)?position|source\s+de\s+la\s+position|fuente\s+de\s+la\s+posici[oó]n)\s*:?\s*(.*)$",
    re.IGNORECASE,
)
_COMMENT = re.compile(
    r"^\W*(?:general\s+)?(?:comments?|remarks?|notes?|observations?|commentaires?|remarques?|comentarios?|observaciones"
    r"|notas?)(?:\s+g[ée]n[ée]ra(?:les?|ux)|\s+generales)?\s*:",
    re.IGNORECASE,
)
_THEME = re.compile(
    r"^\W*(?:themes?|rights?(?:\s+or\s+areas?)?|areas?|th[eè]mes?|temas?|droits?(?:\s+ou\s+domaines?)?|domaines?"
    r"|derechos?(?:\s+o\s+[áa]mbitos?)?|[áa]mbitos?)\s*:\s*(.+)$",
    re.IGNORECASE | re.DOTALL,
)
_SECTIONS: Mapping[str, str] = {
    "sdgs": (
        r"sdgs?|odd|ods|sustainable\s+development\s+goals?|objectifs?\s+de\s+d[ée]veloppement\s+durable"
        r"|objetivos?\s+de\s+desarrollo\s+sostenible"
    ),
    "persons": (
        r"(?:affected|vulnerable)\s+(?:persons?|groups?)|persons?\s+affected|groups?(?:\s+of\s+\w+)?"
        r"|(?:personnes|groupes)\s+(?:concern[ée]e?s|touch[ée]e?s|vuln[ée]rables)"
        r"|(?:personas|grupos)\s+(?:afectad[ao]s|vulnerables)"
    ),
    "themes": (
        r"(?:full\s+list\s+of\s+|liste\s+compl[èe]te\s+des\s+|lista\s+completa\s+de\s+)?(?:th[eè]mes?|temas?|rights?(?:\s+or\s+areas?)?|areas?|droits?|derechos?)"
    ),
}
_SECTION = re.compile(
    r"^\W*(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _SECTIONS.items())
    + r")\s*:\s*(?P<rest>.*)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Subjects:
    """What a recommendation is about, as a list says it.

    Attributes:
        themes: names of themes or rights.
        persons: groups of persons affected.
        sdgs: Sustainable Development Goals.
    """

    themes: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    sdgs: tuple[str, ...] = ()

    def joined(self, other: Subjects) -> Subjects:
        """Both together, each name once."""
        return Subjects(
            _once(self.themes, other.themes), _once(self.persons, other.persons), _once(self.sdgs, other.sdgs)
        )


def _once(*names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for several in names for name in several))


def plain_cell(cell: str) -> str:
    """A cell's text without HTML entities ("&nbsp;"), line ends kept."""
    return "\n".join(" ".join(line.split()) for line in html.unescape(cell).split("\n")).strip()


def is_heading(cell: str) -> bool:
    """Whether a cell is the heading of a column that such a list may have."""
    return any(pattern.search(cell.strip(" :*")) for pattern in _HEADINGS.values())


def columns_of(row: Sequence[str]) -> dict[str, int] | None:
    """Which cell of a heading row is what; None if the row is no heading of such a list."""
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        heading = " ".join(cell.split()).strip(" :*")
        for name in _ORDER:
            if heading and len(heading) < 60 and name not in found and _HEADINGS[name].search(heading):
                found[name] = place
                break
    return (
        found
        if "text" in found and len(found) > 1 and ({"position", "themes", "states"} & set(found))
        else None
    )


def theme_name(text: str) -> str:
    """The name of a theme in a heading or cell: "Theme: A12 Norms" is "A12 Norms"."""
    plain = " ".join(text.split())
    named = _THEME.match(plain)
    return re.sub(r"^[-–•*]\s*", "", named[1] if named else plain).strip()


def subjects_in(cell: str, section: str = "themes") -> Subjects:
    """What stands in a cell, one name a line, under headings such as "Affected persons:" and "SDGs:".

    Args:
        cell: the text, line ends kept.
        section: "themes", "persons" or "sdgs": what the cell's column holds, where no heading stands in it.
    """
    names: dict[str, dict[str, None]] = {"themes": {}, "persons": {}, "sdgs": {}}
    for line in re.split(r"[\n;]", cell):
        text = " ".join(line.split())
        found = _SECTION.match(text)
        if found:
            section, text = _named(found), found["rest"]
        text = re.sub(r"^[-–•*]\s*", "", text).strip()
        if text:
            names[section][text] = None
    return Subjects(tuple(names["themes"]), tuple(names["persons"]), tuple(names["sdgs"]))


def begins_section(line: str) -> bool:
    """Whether a line of a cell is a heading such as "Affected persons:"."""
    return _SECTION.match(line) is not None


def _named(found: re.Match[str]) -> str:
    return next(name for name in _SECTIONS if found[name])


def parts_of_text(cell: str) -> tuple[str, str, str]:
    """Recommendation, source of the position, and comments in the cell of a recommendation."""
    text: list[str] = []
    source: list[str] = []
    comments: list[str] = []
    into = text
    for line in cell.split("\n"):
        sourced = _SOURCE.search(line)
        if _COMMENT.match(line):
            into = comments
        elif sourced:
            before = line[: sourced.start()]
            into.append(before)
            into, line = source, sourced[1]  # noqa: PLW2901
        into.append(line)
    return (
        " ".join(" ".join(text).split()),
        " ".join(" ".join(source).split()),
        " ".join(" ".join(comments).split()),
    )


def number_of(own: str, text: str) -> tuple[str, str]:
    """Number and text, where the number has a column or stands before the text."""
    if own.strip() and (found := _NUMBER.match(f"{own.strip()} ")):
        inner = _NUMBER.match(text)
        rest = text[inner.end() :] if inner and _plain(inner[1]) == _plain(found[1]) else text
        return _plain(found[1]), rest
    if found := _NUMBER.match(text):
        return _plain(found[1]), text[found.end() :]
    return "", text


def begins_with_number(text: str) -> bool:
    """Whether a text begins with a recommendation's number."""
    return _NUMBER.match(text) is not None


def _plain(number: str) -> str:
    return re.sub(r"\s+", "", number)
