"""Recommendations that the chapter only cites: "the recommendations noted in the report in paragraphs 27 (b),
31 ...".

Reports of 2008 and 2009 leave what the State refused in the account of the dialogue, marked (a), (b), ...
there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.corpus.states import State, States
from pipeline.sources.documents.pages.lines import DocumentText
from pipeline.sources.documents.wording import three_languages as words
from pipeline.sources.documents.wording.verbs import clauses_of
from pipeline.sources.documents.wording.vocabulary.words import Vocabulary

_CITES = re.compile(rf"{words.RECOMMENDATION}\b.{{0,80}}?\b{words.IN_PARAGRAPHS}\s+", re.IGNORECASE)
_LETTERS = r"(?:\(\s?[a-z]{1,4}(?:\s?,\s?[a-z]{1,4})*\s?\)|[a-z]\))"
_LAST = r"\((?:last\s+sentence|dernière\s+phrase|última\s+(?:frase|oración))\)"
_AND_TO = rf"(?:{words.AND}|{words.TO})"
_ENTRY = re.compile(
    rf"(?<![\d.])(\d{{1,3}})(?![\d.]\d)\s*((?:(?:,|{_AND_TO}|-)?\s*{_LETTERS}\s*)*)({_LAST})?", re.IGNORECASE
)
_LIST = re.compile(
    rf"(?:{words.PARAGRAPH}|{_LETTERS}|(?:{_AND_TO}|{words.OF_THE_REPORT})\b|\d{{1,3}}|{_LAST}|[\s,;])+",
    re.IGNORECASE,
)
_LOOKED_AT = 4000
_STOP = re.compile(
    r"(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)(?<!\bNo)(?<!\bNos)(?<!\bart)(?<!\bSt)(?<!\bM)(?<!\bSr)(?<!\bnúm)"
    r"\.(?=\s+[A-ZÀ-Þ“«\"(]|\s*$)|$"
)
_MARKER = re.compile(r"(?:(?<=\s)|(?<=^)|(?<=;)|(?<=,))(?<!\d\s)(?:\(([a-z]{1,4})\)|(?<![(\w])([a-h])\))")
_RANGE = re.compile(rf"\b{words.TO}\b|-", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Citation:
    """A paragraph cited, or one of its lettered parts."""

    paragraph: int
    letter: str | None
    last_sentence: bool = False


@dataclass(frozen=True, slots=True)
class Cited:
    """A recommendation found where a citation points.

    Attributes:
        number: "27(b)" or "31".
        state: the State that speaks in the paragraph, "" if it is not named.
        start, end: span in the document's text.
    """

    number: str
    text: str
    state: str
    start: int
    end: int


def citations(text: str, before: int) -> list[Citation]:
    """What a paragraph of the chapter cites; only numbers below `before`, its own number."""
    found: dict[Citation, None] = {}
    for cites in _CITES.finditer(text):
        listed = _LIST.match(text, cites.end())
        for entry in _ENTRY.finditer(listed.group() if listed else ""):
            number = int(entry[1])
            if number >= before:
                continue
            lettered = entry[2] or ""
            letters = re.findall(r"[a-z]{1,4}", " ".join(re.findall(_LETTERS, lettered)))
            if (
                _RANGE.search(re.sub(_LETTERS, " ", lettered))
                and len(letters) == 2
                and all(len(x) == 1 for x in letters)
            ):
                letters = [chr(c) for c in range(ord(letters[0]), ord(letters[1]) + 1)]
            for letter in letters or [None]:
                found[Citation(number, letter, bool(entry[3]))] = None
    return list(found)


class Dialogue:
    """The numbered paragraphs before the chapter."""

    def __init__(self, document: DocumentText, end: int, states: States, reviewed: str) -> None:
        """Args: `end`, line at which the chapter begins; `reviewed`, the State under Review, who is no
        speaker.
        """
        self._document = document
        self._spans: Mapping[int, tuple[int, int]] = _paragraphs(document, end)
        self._reviewed = states.find(reviewed)
        self._states = states
        self._clauses = clauses_of(document.text[: document.starts[end]][-_LOOKED_AT:])
        self._voice = _Voice(self._clauses.words, self._reviewed)
        spellings = {n for n in self._spellings() if len(n) > 3}
        names = sorted((re.escape(n) for n in spellings), key=lambda n: (-len(n), n))
        self._names = re.compile(r"(?<!\w)(?:" + "|".join(names).replace(r"\ ", r"\s+") + r")(?!\w)")

    def _spellings(self) -> Iterator[str]:
        yield from self._states.spellings
        if self._clauses.words.language != "en":
            yield from (name for state in self._states.all for name in state.translations)

    def look_up(self, cited: Citation) -> list[Cited]:
        """What stands at a citation; empty if the paragraph, or the letter in it, is not there."""
        span = self._spans.get(cited.paragraph)
        if span is None:
            return []
        text = self._document.text[span[0] : span[1]]
        state = self._speaker(text)
        if cited.letter is not None:
            spans = [(cited.letter, found)] if (found := _lettered(text, cited.letter)) else []
        elif (
            (letters := [m[1] or m[2] for m in _MARKER.finditer(text)])
            and not cited.last_sentence
            and self._in_voice(text)
        ):
            spans = [(letter, part) for letter in dict.fromkeys(letters) if (part := _lettered(text, letter))]
        else:
            spans = [("", part) for part in self._unlettered(text, cited.last_sentence)]
        return [
            Cited(
                f"{cited.paragraph}({letter})" if letter else str(cited.paragraph),
                self._cleaned(a, b),
                state,
                a,
                b,
            )
            for letter, (a, b) in ((letter, (span[0] + a, span[0] + b)) for letter, (a, b) in spans)
        ]

    def _speaker(self, text: str) -> str:
        for found in self._names.finditer(text):
            name = " ".join(found.group().split())
            state = self._states.find(name)
            if state is not None and state != self._reviewed:
                return name
        return ""

    def _cleaned(self, start: int, end: int) -> str:
        """The recommendation without the report's voice around it ("recommended that China (b) ... and that
        it").
        """
        text = self._document.flow(start, end)
        cut = self._voice.tail.search(text)
        text = text[: cut.start()] if cut else text
        head = self._voice.head.match(text)
        told = text[head.end() :] if head else text
        bare = self._clauses.in_base_form(told) if self._clauses.words.language != "en" else told
        if self._clauses.begins_with_verb(bare) or self._asked_of_the_state(start):
            return bare
        before = (head.group() if head else "") + self._document.text[max(start - 40, 0) : start]
        that = self._clauses.words.said_that if self._voice.that.search(before) else ""
        return f"{self._clauses.words.said}{that}{told}"

    def _asked_of_the_state(self, start: int) -> bool:
        """Whether the sentence before says "recommended that Andorra", after which only a verb can follow."""
        before = self._document.text[max(start - 400, 0) : start]
        sentence = before[max(before.rfind(". "), before.rfind(".\n")) + 1 :]
        return bool(self._voice.asked.search(sentence))

    def _in_voice(self, text: str) -> bool:
        """Whether letters mark recommendations: the report's voice comes before the first."""
        first = _MARKER.search(text)
        return first is not None and bool(
            self._voice.voices.search(text[max(first.start() - 250, 0) : first.start()])
        )

    def _unlettered(self, text: str, last_only: bool) -> Iterator[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for verb in self._voice.voices.finditer(text):
            if found and verb.start() < found[-1][1]:
                continue
            found.append((verb.end(), _sentence_end(text, verb.end())))
        strict = [f for f in found if self._voice.recommends.search(text, 0, f[0])]
        chosen: Sequence[tuple[int, int]] = strict or found
        yield from chosen[-1:] if last_only else chosen


class _Voice:
    """What a report says around a recommendation in the dialogue, in the words of one language."""

    def __init__(self, words: Vocabulary, state: State | None) -> None:
        names = (state.name, state.un_name, *state.aliases) if state else ()
        if state and words.language != "en":
            names += state.translations
        subject = "|".join([*(re.escape(n) for n in names), words.offices])
        voice, article = rf"(?:recommend|{words.voice})", rf"(?:{words.article_})?"
        small = rf"(?:{words.ties}|{words.small_ties})"
        tail = rf"(?:{small}|{voice}|{article}(?:{subject}))"
        told = (
            rf"(?:{words.last_ties}|{voice}|(?:{voice}\s+)?{words.that_}{article}(?:{subject})"
            rf"|{voice}\s+(?:{words.binders_})*{article}(?:{subject}))"
        )
        self.tail = re.compile(rf"[\s,;.]+(?:{tail}[\s,;.]+)*{told}[\s,;.:]*$|[\s,;.:]+$", re.IGNORECASE)
        self.head = re.compile(
            rf"\W*(?:{words.also_})*(?:{voice}\s+)?(?:{words.binders_})*(?:{article}(?:{subject})\s+)?"
            rf"(?:{words.asks_to_}|{words.that_it_})?(?=\w)",
            re.IGNORECASE,
        )
        self.that = re.compile(rf"(?<!\w){words.that_}", re.IGNORECASE)
        self.asked = re.compile(
            rf"\b{voice}\s+(?:{words.binders_})?{article}(?:{subject})\s*(?:\(?[a-z]\)|:|{words.to_})",
            re.IGNORECASE | re.DOTALL,
        )
        self.voices = re.compile(rf"\b(?:{words.voices}|{words.voice})(?!\w)", re.IGNORECASE)
        self.recommends = re.compile(rf"(?:{words.recommends})\s*$", re.IGNORECASE)


def _paragraphs(document: DocumentText, end: int) -> dict[int, tuple[int, int]]:
    spans: dict[int, tuple[int, int]] = {}
    number, start = 0, 0
    for place in range(end):
        found = re.match(r"(\d{1,3})\s?\.\s+(?=[A-ZÀ-Þ“«\"])", document.lines[place].text)
        if found and (int(found[1]) == number + 1 or (number and number < int(found[1]) <= number + 3)):
            if number:
                spans[number] = (start, document.starts[place] - 1)
            number, start = int(found[1]), document.starts[place] + found.end()
    if number:
        spans[number] = (start, document.starts[end] - 1)
    return spans


def _lettered(text: str, letter: str) -> tuple[int, int] | None:
    markers = list(_MARKER.finditer(text))
    for place, marker in enumerate(markers):
        if (marker[1] or marker[2]) == letter:
            following = markers[place + 1].start() if place + 1 < len(markers) else len(text)
            return marker.end(), min(_sentence_end(text, marker.end()), following)
    return None


def _sentence_end(text: str, start: int) -> int:
    found = _STOP.search(text, start)
    return found.start() if found else len(text)
