"""What a document says of itself: symbol, State under Review, session, and what kind of document it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.corpus.states import State, States
from pipeline.sources.documents.pages.lines import Line
from pipeline.sources.documents.pages.running_heads import SYMBOL
from pipeline.sources.documents.wording.ordinals import FIGURES, ordinal

_SESSION = r"(?:session|per[ií]odo\s+de\s+sesiones)"
_WORDS = r"[^\W\d_]+(?:[-\s](?:et[-\s])?[^\W\d_]+)?"
_ORDINAL = rf"({_WORDS}|{FIGURES})"
_REVIEW = (
    r"(?:Universal\s+Periodic\s+Review|Examen\s+p[eé]riodique\s+universel|Examen\s+Peri[oó]dico\s+Universal)"
)
_UPR = r"\b(?:UPR|EPU)"
_OF = r"(?:of|de\s+la|de\s+l[’']|de\s+los|de\s+las|de|du|des|del|d[’'])"
_HELD = re.compile(
    rf"\b(?:held\s+its|a\s+tenu\s+sa|celebr[oó]\s+su)\s+{_ORDINAL}\s+{_SESSION}", re.IGNORECASE
)
_NUMBERED = re.compile(rf"\b({FIGURES})\s+{_SESSION}\b", re.IGNORECASE)
_WORKING_PAPER = re.compile(r"A/HRC/WG\.6/(\d{1,2})/([A-Z]{3})/\d", re.IGNORECASE)
_DRAFT = re.compile(r"A/HRC/WG\.6/(\d{1,2})/L\.\s?(\d{1,3})", re.IGNORECASE)
_CYCLE = r"(?:\w+\s+(?:cycle|ciclo)[\s,–-]+)?"
_WORKING_GROUP = re.compile(
    rf"(?:(?:Working\s+Group\s+on\s+the|Groupe\s+de\s+travail\s+sur\s+l[’']|Grupo\s+de\s+Trabajo\s+sobre\s+el)\s*{_REVIEW}"
    rf"|{_UPR}\s+{_OF}\s*[^.]{{2,60}}?)[\s,(–-]+{_CYCLE}({_WORDS}|{FIGURES})\s+{_SESSION}\b",
    re.IGNORECASE,
)
_COUNCIL_SYMBOL = re.compile(r"A/HRC/(\d{1,3})/(\d{1,3})(/Add\.?\s?\d+)?(?!\d)", re.IGNORECASE)
_REVIEW_OF = re.compile(
    r"review\s+of\s+(?:the\s+)?([A-Z].{2,70}?)\s+(?:was|took|at|by|on|will)\b|UPR\s+of\s+(?:the\s+)?([A-Z].{2,60}?)\s*[(,–-]"
    r"|Examen\s+concernant\s+(?:la\s+|les?\s+|l[’'])?([A-ZÀ-Þ].{2,70}?)\s+(?:a\s+eu|a\s+été|s[’']est)\b"
    r"|[Ee]xamen\s+(?:de\s+la|de\s+los|de\s+las|del|de)\s+([A-ZÀ-Þ].{2,70}?)\s+(?:se\s+llev|tuvo|fue)"
    r"|EPU\s+(?:de\s+la|de\s+l[’']|de\s+los|de\s+las|du|des|del|de|d[’'])\s*([A-ZÀ-Þ].{2,60}?)\s*[(,–-]"
)
_OF_UPR = re.compile(
    rf"{_UPR}[\s,:(–-]+{_CYCLE}({FIGURES})\s+{_SESSION}\b"
    rf"|\b({FIGURES})\s+(?:{_SESSION}\s+(?:of\s+the|de\s+l[’']|del)\s*)?(?:UPR|EPU|(?:UPR\s+)?Working\s+Group)\b",
    re.IGNORECASE,
)
_HEADED = re.compile(r"^\W*([^\W\d][^:,(]{2,60}?)\s*[:,(–—-]")
_TITLE = re.compile(
    rf"(?:{_REVIEW}|Periodic\s+Review|P[eé]riodique\s+universel|Peri[oó]dico\s+Universal)\W*$", re.IGNORECASE
)
_ARTICLE = re.compile(r"^(?:the\s+|la\s+|les?\s+|l[’']|el\s+|los\s+|las\s+)", re.IGNORECASE)

COUNCIL_SESSIONS = {
    10: 3, 11: 4, 12: 5, 13: 6, 14: 7, 15: 8, 16: 9, 17: 10, 18: 11,
    19: 12, 21: 13, 22: 14, 23: 15, 24: 16, 25: 17, 26: 18, 27: 19, 28: 20,
    29: 21, 30: 22, 31: 23, 32: 24, 33: 25, 34: 26, 36: 27, 37: 28,
    38: 29, 39: 30, 40: 31, 41: 32, 42: 33, 43: 34, 44: 35, 46: 36, 47: 37,
    48: 38, 49: 39, 50: 40, 52: 41, 53: 42, 54: 43, 55: 44, 56: 45, 57: 46, 58: 47, 59: 48, 60: 49,
}  # fmt: skip
"""Session of the Human Rights Council in a report's symbol -> session of the UPR Working Group it reports on.

The eighth Council session took the reports of both the first and the second UPR session, so it is not here.
"""
_SINCE, _APART = 52, 11
"""From its 52nd session on, the Council takes the reports of the UPR session that lies eleven before."""


@dataclass(frozen=True, slots=True)
class Cover:
    """What a document says of itself.

    Attributes:
        symbol: "A/HRC/18/3", with "/Add.1" for an addendum; None if not given.
        state: the State under Review, None if not found.
        session: of the UPR Working Group, None if not found.
    """

    symbol: str | None
    state: State | None
    session: int | None

    @property
    def is_addendum(self) -> bool:
        """Whether the symbol is that of an addendum."""
        return self.symbol is not None and "/Add" in self.symbol


def read_title(lines: Sequence[Line], states: States, more: str = "") -> Cover:
    """What is said of a list above its table, whose rows name other States and other documents.

    Args: as of `read_cover`; `lines`, those above the table.
    """
    flow = " ".join(line.text for line in lines[:12])
    cover = read_cover(lines, states, f"{more} {flow}")
    if cover.state is None:
        begun = (_HEADED.match(line.text) for line in lines[:12])
        named = next((state for name in begun if name and (state := states.find(name[1].strip()))), None)
        cover = replace(cover, state=named)
    # The symbol of an addendum is that of the first source of a position, and the review's begins it.
    return replace(cover, symbol=cover.symbol.split("/Add", 1)[0] if cover.symbol else None)


def read_cover(lines: Sequence[Line], states: States, more: str = "") -> Cover:
    """Read a document's own account of itself.

    Args:
        lines: all lines, with headers and footers.
        states: by which the State under Review is known.
        more: text that stands outside the lines, such as the header of a DOCX.
    """
    opening = more + "\n" + "\n".join(line.text for line in lines[:220])
    flow = " ".join(opening.split())
    symbol = _symbol(lines, more)
    paper = _WORKING_PAPER.search(flow)
    return Cover(symbol, _state(lines, flow, states, paper), _session(flow, symbol, paper))


def _symbol(lines: Sequence[Line], more: str) -> str | None:
    seen: Counter[str] = Counter()
    for found in _COUNCIL_SYMBOL.finditer(more):
        seen[_spelled(found)] += 2
    for line in lines:
        # Alone on a line (a page's header) or on the cover; a symbol in running text belongs to another
        # document.
        alone = re.fullmatch(
            rf"\W*(?:(?:United\s+Nations|Nations\s+Unies|Naciones\s+Unidas)\s+)?(?:\d{{1,3}}\s+)?({SYMBOL})[\s*\d]*",
            line.text,
        )
        own = _COUNCIL_SYMBOL.search(alone[1]) if alone else None
        if own and "WG.6" not in line.text:
            seen[_spelled(own)] += 3 if line.page == 1 else 1
    if seen:
        return seen.most_common(1)[0][0]
    draft = _DRAFT.search(" ".join([more, *(line.text for line in lines[:40])]))
    return f"A/HRC/WG.6/{int(draft[1])}/L.{int(draft[2])}" if draft else None


def _spelled(found: re.Match[str]) -> str:
    addendum = re.sub(r"(?i)/add\.?\s?", "/Add.", found[3]) if found[3] else ""
    return f"A/HRC/{int(found[1])}/{int(found[2])}{addendum}"


def _state(lines: Sequence[Line], flow: str, states: States, paper: re.Match[str] | None) -> State | None:
    for title in (k for k, line in enumerate(lines[:60]) if _TITLE.search(line.text)):
        for line in lines[title + 1 : title + 6]:
            state = states.find(re.sub(r"[\d*]+$", "", line.text).strip())
            if state is not None:
                return state
    if paper is not None and (state := states.by_iso.get(paper[2].upper())):
        return state
    for found in _REVIEW_OF.finditer(flow):
        name = next(name for name in found.groups() if name).strip()
        state = states.find(_ARTICLE.sub("", name))
        if state is not None:
            return state
    for line in lines[:40]:
        if 3 < len(line.text) < 60 and (state := states.find(line.text.strip(" *"))):
            return state
    return None


def _session(flow: str, symbol: str | None, paper: re.Match[str] | None) -> int | None:
    held = _HELD.search(flow)
    if held and (number := ordinal(held[1])):
        return number
    if paper is not None:
        return int(paper[1])
    group = _WORKING_GROUP.search(flow)
    if group and (number := ordinal(group[1])):
        return number
    draft = _DRAFT.search(symbol or "")
    if draft:
        return int(draft[1])
    if named := _OF_UPR.search(flow):
        return ordinal(named[1] or named[2])
    about = re.search(rf"{_UPR}\b|{_REVIEW}", flow, re.IGNORECASE)
    numbered = _NUMBERED.search(flow) if about else None
    of_a_review = re.search(rf"{_UPR}\s+{_OF}", flow)
    if numbered and ((re.search(r"cycle|ciclo", flow, re.IGNORECASE) and symbol is None) or of_a_review):
        return ordinal(numbered[1])
    council = _COUNCIL_SYMBOL.search(symbol or "")
    return _of_council(int(council[1])) if council else None


def _of_council(session: int) -> int | None:
    return session - _APART if session > _SINCE else COUNCIL_SESSIONS.get(session)


def session_of_symbol(symbol: str) -> int | None:
    """The UPR session that a Council symbol belongs to, None where it is not known."""
    found = _COUNCIL_SYMBOL.search(symbol)
    return _of_council(int(found[1])) if found else None
