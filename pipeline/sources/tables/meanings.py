"""What the headings of anybody's table mean, in English, French and Spanish."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from pipeline.corpus.brackets import BracketReader
from pipeline.corpus.states import States
from pipeline.sources.documents.wording.verbs import begins_with_verb

FIELDS = (
    "text",
    "text_fr",
    "text_es",
    "state_under_review",
    "recommending_states",
    "session",
    "response",
    "paragraph",
    "symbol",
)
"""What a column of anybody's table can mean here."""

_REC = r"(?:recommendations?|recommandations?|recomendacion(?:es)?|recs?)"
_TEXT_OF = (
    r"(?:text[eo]?s?|wording|libelle|enunciado|contenido|contenu|formulation)(?: (?:of|de|des|del|d))?"
    r"(?: (?:the|la|las|les|los|l|each))?"
)
_ABOUT = (
    r"(?:full|upr|epu|all|the|list of|accepted|supported|noted|pending|received|complete|original|liste des"
    r"|lista de|las|les)"
)
_AFTER = (
    r"(?:text[eo]?|wording|received|made|accepted|supported|noted|pending|upr|epu|recues?|formulees?"
    r"|acceptees?|recibidas?|formuladas?|aceptadas?|de l epu|del epu|of the upr|from the upr"
    r"|and recommending .*|with .*|par .*)"
)
_STATE = r"(?:member |etat |estado )?(?:states?|countr(?:y|ies)|etats?|pays|estados?|pais(?:es)?|nations?)"
_POSITION = "respon[sd]|reply|repon[sd]|respuesta|position|posicion|postura|answer"
"""Words for what a State said to a recommendation: "Position of the State under Review" is no State."""
_MEANINGS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "state_under_review",
        re.compile(
            rf"^(?!.*(?:{_POSITION}))(?:to$|sur$|.*(?:under review|reviewed|concerned$|concerne$|examine$"
            r"|considere$|examinado$|objeto del? |faisant l objet))"
        ),
    ),
    (
        "recommending_states",
        re.compile(
            rf"recommend(?:ing|er)|recommandant|recomendante|(?:made|proposed|recommended) by"
            rf"|^from$|^by$|^par$|^por$|auteurs?$|^autor(?:es)?$|{_STATE} autor|proponent|delegations?$"
            rf"|^origin(?: {_STATE})?$|emisor|{_STATE} (?:qui|que) |formulee? par|formulada por"
        ),
    ),
    (
        "paragraph",
        re.compile(
            rf"^(?:{_REC} )?(?:n|nn|no|nos|nr|num|number|numero|n o|ref|reference)"
            rf"(?: (?:of|de)(?: (?:the|la))?)?(?: {_REC})?$|^para(?:s|graphs?|graphes?|grafos?)?"
            rf"(?: (?:no|n|number|numero))?$|^parrafos?$"
        ),
    ),
    ("session", re.compile(r"^(?:upr |epu |working group )?ses(?:sion|ion)s?(?: .*)?$|^periodo de sesiones")),
    ("symbol", re.compile(r"symbol|^document(?: code)?$|^cote$|^signatura$|^un document")),
    (
        "response",
        re.compile(
            rf"^(?!.*(?:implement|mise en|aplicac|cumplim|execut)).*(?:{_POSITION}"
            r"|acceptance|acceptation|aceptacion|^statu[st]?s?$|^estatus$|^decision|supported|accepted)"
        ),
    ),
    ("state", re.compile(rf"^{_STATE}(?: s)?$")),
    (
        "text",
        re.compile(
            rf"^{_TEXT_OF}(?: {_ABOUT})*(?: {_REC})?(?: {_AFTER})*$"
            rf"|^(?:{_ABOUT} )*{_REC}(?: s)?(?: {_AFTER})*$"
        ),
    ),
)
_LANGUAGES = (
    ("text", re.compile(r" (?:en|eng|english|anglais|ingles)$")),
    ("text_fr", re.compile(r" (?:fr|fra|french|francais|frances)$")),
    ("text_es", re.compile(r" (?:es|esp|spanish|espanol|espagnol)$")),
)
_NUMBER = re.compile(r"\W*\d{1,3}(?:\s?[.\-]\s?\d{1,3})*\s?(?:\(?[a-z]\)?)?[.):\s]*")
_SESSION = re.compile(r"(?<!\d)(\d{1,3})(?!\d)")
_SYMBOL = re.compile(r"[A-Z]{1,5}/[A-Z\d]")
_DRESS = re.compile(r"^[\W\d_]*(?:[a-z]\)\s*)?")
_INFINITIVE = re.compile(r"(?:se )?[^\W\d_]{2,}(?:er|ir|re|ar|oir)(?:se|la|lo)?$")


def key_of(heading: str) -> str:
    """A heading without what varies: accents, case, punctuation."""
    plain = unicodedata.normalize("NFKD", heading.replace("_", " ").replace("º", "o").replace("°", "o"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    return " ".join(re.split(r"[^a-z0-9]+", plain)).strip()


def meaning_of(heading: str) -> str | None:
    """What a heading means: one of `FIELDS`, or "state" where it names some State; None if not known."""
    if heading.strip() in ("#", "№"):
        return "paragraph"
    key = key_of(heading)
    if not key or len(key) > 80:
        return None
    for field, ending in _LANGUAGES:
        if found := ending.search(key):
            return field if _first(key[: found.start()]) == "text" else None
    return _first(key)


def _first(key: str) -> str | None:
    return next((field for field, pattern in _MEANINGS if pattern.search(key)), None)


def reads_like_a_recommendation(text: str) -> float:
    """From 0 to 1: whether a cell asks for something, in English, French or Spanish, or is at least prose."""
    plain = _DRESS.sub("", text)
    words = plain[:400].split()
    if len(words) < 2:
        return 0.0
    if begins_with_verb(plain) or (len(words) > 3 and _INFINITIVE.match(words[0].lower())):
        return 1.0 if len(words) > 2 else 0.6
    return 0.3 if len(words) > 7 else 0.0


def fits(field: str, sample: Sequence[str], states: States, is_response: Callable[[str], bool]) -> bool:
    """Whether cells can be what their heading says: most that are filled have its form."""
    tests: dict[str, Callable[[str], bool]] = {
        "response": is_response,
        "paragraph": lambda cell: _NUMBER.fullmatch(cell) is not None,
        "session": lambda cell: _SESSION.search(cell) is not None,
        "symbol": lambda cell: _SYMBOL.search(cell) is not None,
        "state": lambda cell: any(states.find(name) for name in cut_states(cell, states)),
    }
    filled = [cell.strip() for cell in sample if cell.strip()]
    test = tests.get(field)
    return test is None or not filled or sum(map(test, filled)) * 2 >= len(filled)


def cut_states(cell: str, states: States) -> tuple[str, ...]:
    """The names in a cell that may hold several, on lines, in brackets, or joined; what is no State's name is
    among them, so that it is told.
    """
    lines = [re.sub(r"^\s*[-–•*]\s+", "", line).strip() for line in cell.splitlines()]
    content = "; ".join(line for line in lines if line)
    if not content or states.find(content):
        return (content,) if content else ()
    names, unknown = _reader(states).names(re.sub(r"\)\s*\(", "; ", content).strip("() "))
    found = (*names, *unknown)
    return found or _pieces([content])


def _pieces(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(p.strip() for cell in cells for p in re.split(r"[;,\n]", cell) if p.strip())


_READERS: dict[int, BracketReader] = {}


def _reader(states: States) -> BracketReader:
    """One reader for all cells: it remembers what it has found."""
    return _READERS.setdefault(id(states), BracketReader(states))


def session_in(cell: str) -> str:
    """The number of a session in a cell: "48th session" is 48; a cell without a number as it is."""
    found = _SESSION.search(cell)
    return found[1] if found else cell


_ENDED = re.compile(r"[;.]\s*(?:and|et|y)?\s*$")


def recommendations_in(cell: str) -> int:
    """How many recommendations stand on lines of their own in a cell; 0 where it is one, however it is cut
    into lines.
    """
    lines = [line.strip() for line in cell.splitlines() if line.strip()]
    if len(lines) < 2:
        return 0
    begun = 1
    for before, line in pairwise(lines):
        marked = re.match(r"^(?:[-–•*]|\(?\w{1,3}[.)]|\d{1,3}\.\d{1,3})\s", line)
        if (marked or _ENDED.search(before)) and reads_like_a_recommendation(line) >= 0.6:
            begun += 1
    return begun if begun > 1 else 0
