"""The recommendation alone: a text without what surrounds it in a document or export.

A document prints "118.62 Consider adopting ... (Brazil);". The number and the States are no part of the
wording, and a model that saw them would label another text. Every caller that labels cleans with `Cleaner`.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from html.parser import HTMLParser

from pipeline.corpus.brackets import BracketReader, StateBracket
from pipeline.corpus.states import States
from pipeline.corpus.text import clean

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURE = re.compile("[ﬀ-ﬆ]")
_LINE_END_HYPHEN = re.compile(r"(\w{1,30})(?:-|\u00ad|\u2010)[ \t]*\r?\n\s*(?=[a-zà-ÿ])")
_PREFIXES_LIST = """
non self anti co well long short multi inter post pre sub ex gender child age
"""
_PREFIXES = frozenset(_PREFIXES_LIST.split())
"""Words that keep their hyphen where a line ends behind it."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

_BULLET = re.compile(
    r"(?:[•·▪◦‣●○■□▫➢➤➔✓✔→►▶⁃∙\uf000-\uf0ff*>|~§]+|[-–—−]+(?![\d.])|o(?=\s+[A-Z\d(])|\s)+(?=\S)"
)
_SYMBOL = re.compile(r"A/HRC/\d+/[\w/.]*\d\s*[,:;]?\s*")
_NUMBER = r"\d{1,3}(?:\s?[.-]\s?\d{1,3}(?!\d)){0,3}(?!\d)"
_CITED = re.compile(
    r"(?:recommendations?|recommandations?|recomendaci[oó]n(?:es)?|recomm|recs?|paragraphs?|paragraphes?"
    r"|párrafos?|paras?|no|nos|nr|n[°º]|№|\#|R)(?:\.|(?![^\W\d_]))\s*(?:(?:no|nr|núm|num|number)\b\.?|n[°º]|№|\#)?\s*"
    rf"(?P<number>{_NUMBER}(?:\s?\(?[a-z]\))?)\s*(?P<mark>[.:;,)\]–—-]*)\s*",
    re.IGNORECASE,
)
_HEADED = re.compile(r"(?:recommendation|recommandation|recomendaci[oó]n)\s*:\s*", re.IGNORECASE)
_ORDINAL = r"[a-z]|[ivx]{1,5}|[A-Z]|[IVX]{1,5}"
_BRACKETED = re.compile(rf"[(\[]\s?(?P<number>{_NUMBER}|{_ORDINAL})\s?[)\]]\s*[.:;,–—-]*\s*")
_MARKED = re.compile(rf"(?P<number>{_NUMBER})(?:\s?[.):\]]+\s*[–—-]?\s*|\s?[–—-]+\s+)(?=[^\d\s])")
_LETTERED = re.compile(rf"(?P<number>{_ORDINAL})(?:\s?[)\]]\.?\s*|[.:]\s+)")
_UNMARKED = re.compile(rf"(?P<number>{_NUMBER})(?P<gap>\s*)(?=(?P<next>[^\W\d_]+|[(\[]))")
_QUANTITIES_LIST = """
million billion thousand hundred per percent times years days months hectares points us euros
"""
_QUANTITIES = frozenset(_QUANTITIES_LIST.split())
_FIRST_PARAGRAPH = 20
"""A dotted number from here on is a paragraph's also before a small letter ("134.7 to ratify")."""

_NAMED_FIRST = re.compile(r"(?P<names>[^\W\d_][^:()\[\]]{2,80}?)\s?:\s+(?=\S)")
_SEPARATORS = " ;,"
_AFTER_STATES = " ;,.:*"
_JOINT = re.compile(r"[;,)\]]\s?(?:and|or)$", re.IGNORECASE)
_SPACE_BEFORE_END = re.compile(r"\s+([.!?])$")
_SQUARE = str.maketrans("[]", "()")
_YEAR = re.compile(r"\d{3}")
_TAIL = 1500
_ROUNDS = 20
"""What can still be taken apart after so many rounds is no recommendation, and stays as it is."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text and what stood around it.

    Attributes:
        text: the recommendation alone; "" where there is none.
        raw: the text as it stood (without characters that no file can hold), None where it is `text`.
        paragraph: the number or letter it began with, as cited ("134.7", "134.7(a)"); None where none stood.
        states: names in the brackets at its ends, as written.
    """

    text: str
    raw: str | None
    paragraph: str | None
    states: tuple[str, ...]


class Cleaner:
    """Takes texts as they stand in documents and exports apart."""

    def __init__(self, states: States) -> None:
        """Args: `states`, by whose spellings the brackets are known."""
        self._reader = BracketReader(states)

    def clean(self, raw: str) -> Cleaned:
        """The recommendation of a text. Idempotent: a cleaned text stays as it is.

        Taken off: HTML, hyphens at line ends, doubled spaces; at the beginning bullets, numbers, "Rec. 9:",
        symbols of UN documents; at both ends brackets of States; at the end separators. What leaves no
        letter stays.
        """
        text = plain(raw)
        kept = _UNWRITABLE.sub("", raw).strip()
        numbers: list[str] = []
        first: list[str] = []
        last: list[str] = []
        shorter = text
        for _ in range(_ROUNDS):
            before = shorter
            shorter = self._without_tail(self._without_lead(before, numbers, first), last)
            if shorter == before:
                raw_text = kept if kept != shorter else None
                return Cleaned(shorter, raw_text, _paragraph(numbers), tuple(dict.fromkeys(first + last)))
        return Cleaned(text, kept if kept != text else None, None, ())

    def _without_lead(self, text: str, numbers: list[str], states: list[str]) -> str:
        for end, number in _leads(text):
            if _has_letter(text[end:]):
                numbers += [number] if number else []
                return text[end:].strip()
        if text[:1] in "([":
            found = self._reader.find(text[:_TAIL].translate(_SQUARE))
            if found and found[0].start == 0 and _names_states(text, found[0]):
                rest = text[found[0].end :].lstrip(" .;,:–—-")
                if _has_letter(rest):
                    states += [*found[0].states, *found[0].unknown]
                    return rest
        elif named := _NAMED_FIRST.match(text):
            names, unknown = self._reader.names(named["names"])
            if names and not unknown:
                states += names
                return text[named.end() :]
        return text

    def _without_tail(self, text: str, states: list[str]) -> str:
        bare = text.rstrip(_AFTER_STATES)
        if joint := _JOINT.search(bare[-6:]):
            bare = bare[: len(bare) - len(joint.group()) + 1].rstrip(_AFTER_STATES)
        if bare.endswith((")", "]")):
            tail = bare[-_TAIL:]
            found = self._reader.find(tail.translate(_SQUARE))
            if found and found[-1].end == len(tail) and _names_states(tail, found[-1]):
                rest = bare[: len(bare) - len(tail) + found[-1].start]
                if _has_letter(rest):
                    states[:0] = [*found[-1].states, *found[-1].unknown]
                    text = rest
        text = text.rstrip(_SEPARATORS)
        joint = _JOINT.search(text[-6:])
        if joint and joint.group()[0] in _SEPARATORS:
            text = text[: len(text) - len(joint.group())].rstrip(_SEPARATORS)
        return _SPACE_BEFORE_END.sub(r"\1", text)


def _names_states(text: str, bracket: StateBracket) -> bool:
    """Whether all that stands in a bracket may be a State: "(Kenya, 2015)" belongs to the text."""
    if _YEAR.search(text, bracket.start, bracket.end):
        return False
    return all(_has_letter(name) and name[0].isupper() for name in bracket.unknown)


def plain(raw: str) -> str:
    """A text without HTML, ligatures, hyphens at line ends, invisible characters and doubled spaces."""
    text = raw
    if "<" in text or "&" in text:
        text = _without_html(text)
    if "\n" in text:
        text = _LINE_END_HYPHEN.sub(_joined, text)
    return clean(_LIGATURE.sub(lambda found: _LIGATURES[found.group()], text))


def _joined(found: re.Match[str]) -> str:
    word = found[1]
    return f"{word}-" if word.lower() in _PREFIXES else word


def _leads(text: str) -> list[tuple[int, str | None]]:
    """What may be taken off the beginning of a text: where it ends, and its number."""
    for pattern in (_BULLET, _SYMBOL, _HEADED):
        if found := pattern.match(text):
            return [(found.end(), None)]
    cited = _CITED.match(text)
    if cited and (cited["mark"] or text[cited.end() : cited.end() + 1].isupper()):
        return [(cited.end(), cited["number"])]
    for pattern in (_BRACKETED, _MARKED, _LETTERED):
        found = pattern.match(text)
        if found and not _goes_on(found["number"], text[found.end() :]):
            return [(found.end(), found["number"])]
    found = _UNMARKED.match(text)
    return [(found.end(), found["number"])] if found and _is_paragraph(found) else []


def _is_paragraph(found: re.Match[str]) -> bool:
    """Whether a number without a mark behind it is a paragraph's, rather than a quantity."""
    word, number = found["next"], found["number"]
    if word.lower() in _QUANTITIES:
        return False
    dotted = "." in number
    if word in "([":
        return dotted
    if word[0].isupper():
        return bool(found["gap"]) or dotted
    return bool(dotted and found["gap"] and int(re.split(r"\D", number)[0]) >= _FIRST_PARAGRAPH)


def _goes_on(number: str, rest: str) -> bool:
    """Whether a list inside the text begins here: "(1) ...; (2) ..." is one text, and keeps its numbers."""
    following = {"1": "2", "a": "b", "i": "ii", "A": "B", "I": "II"}.get(number)
    return following is not None and bool(re.search(rf"(?<!\w){following}\s?[.)\]]", rest))


def _paragraph(numbers: list[str]) -> str | None:
    """Numbers and letters as they are cited together: "134.7" and "a" are "134.7(a)"."""
    cited = ""
    for number in numbers:
        compact = re.sub(r"\s", "", number)
        if not cited:
            cited = compact
        elif compact.isalpha():
            cited += f"({compact})"
        else:
            cited += f", {compact}"
    return cited or None


def _has_letter(text: str) -> bool:
    return any(letter.isalpha() for letter in text)


_BLOCKS_LIST = """
p br div li ul ol td th tr table h1 h2 h3 h4 h5 h6 blockquote section hr
"""
_BLOCKS = frozenset(_BLOCKS_LIST.split())
_INLINE_LIST = """
a abbr b big body center cite code del em font head html i img ins label mark meta o:p q s small
span strike strong sub sup tbody thead u
"""
_INLINE = frozenset(_INLINE_LIST.split())
_UNREAD = frozenset(("script", "style", "title"))
_NESTED = 3
"""How often entities may have been escaped again ("&amp;nbsp;")."""


_AMPERSAND = re.compile(r"&(?:amp;)+")


class _Words(HTMLParser):
    """Collects the words of an HTML fragment; a tag that HTML does not know is text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._unread += tag in _UNREAD
        self._tag(tag, self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNREAD:
            self._unread = max(0, self._unread - 1)
        self._tag(tag, f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.parts.append(data)

    def _tag(self, tag: str, written: str) -> None:
        if tag in _BLOCKS:
            self.parts.append(" ")
        elif tag not in _INLINE and tag not in _UNREAD:
            self.parts.append(written)


def _without_html(text: str) -> str:
    for _ in range(_NESTED):
        before = text
        if "<" in text:
            words = _Words()
            words.feed(text)
            words.close()
            text = "".join(words.parts)
        text = html.unescape(_AMPERSAND.sub("&", text))
        if text == before:
            break
    return text
