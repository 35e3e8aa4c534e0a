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
from pipeline.corpus.leads import begins, leads
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

_SAID_BY = (
    r"(?:(?:as\s+)?(?:recommended|proposed|made|suggested|recommendations?(?:\s+made)?)\s+by\s+"
    r"|(?:comme\s+)?(?:recommandations?\s+)?(?:recommand|propos|sugg[ée]r|formul)[ée]e?s?\s+par\s+"
    r"|(?:recommandations?\s+)?faites?\s+par\s+|recommandations?\s+par\s+"
    r"|comme\s+l\s?['’]\s?(?:a|ont)\s+(?:recommand|propos|sugg[ée]r)[ée]\s+(?:par\s+)?"
    r"|(?:como\s+)?(?:recomendaci[oó]n(?:es)?\s+)?(?:recomendad|propuest|sugerid|formulad|hech)[oa]s?\s+por\s+"
    r"|recomendaci[oó]n(?:es)?\s+por\s+"
    r"|como\s+(?:lo\s+)?(?:recomend(?:[óo]|aron)|sugiri(?:[óo]|eron)|propuso|han?\s+recomendado)\s+)"
)
"""Words before the States that made a recommendation, in English, French and Spanish."""
_SAID_BY_FIRST = re.compile(_SAID_BY, re.IGNORECASE)
_AFTER_NAMES = re.compile(
    r"(?:\s+recomm?end(?:s|ed)|\s+(?:(?:a|ont)\s+recommandé|recommandent?|recomend(?:[óo]|aron)|recomiendan?))?\s?:\s+(?=\S)|(?P<sign>\s+-+\s+|\s*[–—|=>/]+\s*|\.\s+)(?=\S)|\s+recomm?end(?P<said>s|ed)(?:\s+(?:that|to))?\s+(?=[a-z])"
)
"""What stands between States and their recommendation: "Chile: ", "Chile - ", "Chile recommended: "."""
_NAMED_LAST = re.compile(
    rf"(?:\s+[-–—|/:]+\s*|[–—.;|]\s+|,\s+(?=(?:as\s+recommended\s+by|comme|como)\s))(?:{_SAID_BY}|sources?:\s+)?(?P<names>(?:(?:las?|les?|el|los)\s+|l['’]\s?)?(?-i:[A-ZÀ-Þ])[^–—|:;\[\]]{{2,120}}?)[.;]?$",
    re.IGNORECASE,
)
_LONGEST_NAMES = 100
_ALONE = re.compile(
    rf"(?P<open>[\s“«\"'‘„]*)(?P<names>\w.{{1,{_LONGEST_NAMES}}}?)(?P<close>[\s;,.:–—-]*[”»\"'’\s]*)"
)
_FOOTNOTE = re.compile(r"(?<=[)\]])(?P<end>[;.,]?)\s?(?:\[\d{1,2}\]|\d{1,2}|[¹²³⁰-⁹†‡*]+)[;.,]?$")
_MADE_BY = re.compile(rf"[(\[]\s?(?P<said>{_SAID_BY})[^()]*[)\]]$", re.IGNORECASE)
_AND_OTHERS = re.compile(r"(?P<others>(?:,|\s+and|,\s+and)\s+others|\s+et\s+al\.?)\s?[)\]]$", re.IGNORECASE)
_OPEN = re.compile(r"[(\[][^()\[\]”\"»]{2,120}$")
_QUOTES = {"“": "”", '"': '"', "'": "'", "«": "»", "‘": "’", "„": "“"}
_SEPARATORS = " ;,"
_AFTER_STATES = " ;,.:*"
_JOINT = re.compile(r"[;,)\]]\s?(?:and|or)$", re.IGNORECASE)
_SPACE_BEFORE_END = re.compile(r"\s+([.!?])$")
_SQUARE = str.maketrans("[]", "()")
_DIGIT = re.compile(r"\d")
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

    def __init__(self, states: States | BracketReader) -> None:
        """Args: `states`, by whose spellings the brackets are known, or a reader that knows them."""
        self._reader = states if isinstance(states, BracketReader) else BracketReader(states)

    def clean(self, raw: str) -> Cleaned:
        """The recommendation of a text. Idempotent: a cleaned text stays as it is.

        Taken off: HTML, hyphens at line ends, doubled spaces; at the beginning bullets, numbers, "Rec. 9:",
        symbols of UN documents; at both ends brackets of States; at the end separators. What leaves no
        letter stays.
        """
        text = plain(self._bracketed(raw) if "\n" in raw else raw)
        kept = _UNWRITABLE.sub("", raw).strip()
        numbers: list[str] = []
        first: list[str] = []
        last: list[str] = []
        shorter = text
        for _ in range(_ROUNDS):
            before = shorter
            shorter = self._without_tail(self._without_lead(_unquoted(before), numbers, first), last)
            if shorter == before:
                raw_text = kept if kept != shorter else None
                return Cleaned(shorter, raw_text, _paragraph(numbers), tuple(dict.fromkeys(first + last)))
        return Cleaned(text, kept if kept != text else None, None, ())

    def _bracketed(self, raw: str) -> str:
        """A text in which first and last line that name nothing but States stand in brackets."""
        lines = (_without_html(raw) if "<" in raw or "&" in raw else raw).strip().split("\n")
        for place in {0, len(lines) - 1} if len(lines) > 1 else ():
            found = _ALONE.fullmatch(lines[place])
            if found and found["names"][0].isupper():
                names, unknown = self._reader.names(found["names"])
                if names and not unknown:
                    lines[place] = f"{found['open']}({found['names']}){found['close']}"
        return "\n".join(lines)

    def _without_lead(self, text: str, numbers: list[str], states: list[str]) -> str:
        for end, number in leads(text):
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
        else:
            return self._without_names(text, states)
        return text

    def _without_names(self, text: str, states: list[str]) -> str:
        """A text without the States that it begins with, which go to `states`."""
        start = said.end() if (said := _SAID_BY_FIRST.match(text)) else 0
        for after in _AFTER_NAMES.finditer(text, start, _LONGEST_NAMES):
            if (after["sign"] or after["said"]) and not begins(text[after.end() :]):
                continue
            between = text[start : after.start()]
            names, unknown = self._reader.names(between)
            if names and not unknown and not _DIGIT.search(between):
                states += names
                return text[after.end() :]
        return text

    def _without_tail(self, text: str, states: list[str]) -> str:
        bare = _FOOTNOTE.sub(r"\g<end>", text.rstrip(_AFTER_STATES)).rstrip(_AFTER_STATES)
        if joint := _JOINT.search(bare[-6:]):
            bare = bare[: len(bare) - len(joint.group()) + 1].rstrip(_AFTER_STATES)
        if cut := self._last_states(bare, states):
            text = bare[: len(bare) - cut]
        text = text.rstrip(_SEPARATORS)
        joint = _JOINT.search(text[-6:])
        if joint and joint.group()[0] in _SEPARATORS:
            text = text[: len(text) - len(joint.group())].rstrip(_SEPARATORS)
        return _SPACE_BEFORE_END.sub(r"\1", text)

    def _last_states(self, bare: str, states: list[str]) -> int:
        """How many letters at the end name nothing but States, who go to `states`."""
        end = bare[-_TAIL:]
        if named := _NAMED_LAST.search(end):
            known, unknown = self._reader.names(named["names"])
            if known and not unknown and _has_letter(bare[: len(bare) - len(named.group())]):
                states[:0] = known
                return len(named.group())
        tail = end if end.endswith((")", "]")) else f"{end})" if _OPEN.search(end) else ""
        # Words around the names are left out of what is looked up; the bracket begins before them.
        for pattern, group in ((_MADE_BY, "said"), (_AND_OTHERS, "others")):
            if around := pattern.search(tail):
                tail = tail[: around.start(group)] + tail[around.end(group) :]
        found = self._reader.find(tail.translate(_SQUARE)) if tail else ()
        if not found or found[-1].end != len(tail) or not _names_states(tail, found[-1]):
            return 0
        if tail != end and found[-1].unknown:
            return 0
        if not _has_letter(bare[: len(bare) - len(end) + found[-1].start]):
            return 0
        states[:0] = [*found[-1].states, *found[-1].unknown]
        return len(end) - found[-1].start


def _unquoted(text: str) -> str:
    """A text without quotation marks around the whole of it."""
    close = _QUOTES.get(text[:1])
    inside = text[1:-1]
    if close is None or len(text) < 3 or not text.endswith(close) or text[0] in inside or close in inside:
        return text
    return inside.strip()


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
