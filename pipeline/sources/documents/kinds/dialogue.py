"""Recommendations that the chapter only cites: "the recommendations noted in the report in paragraphs 27 (b),
31 ...".

Reports of 2008 and 2009 leave what the State refused in the account of the dialogue, marked (a), (b), ...
there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.corpus.states import States
from pipeline.sources.documents.pages.lines import DocumentText
from pipeline.sources.documents.wording.verbs import begins_with_verb

_CITES = re.compile(
    r"(?i)recommendations?\b.{0,80}?\b(?:in\s+(?:the\s+report\s+)?(?:in\s+)?paragraphs?|(?:noted|contained|reflected|mentioned|listed|made|set\s+out)\s+(?:\w+\s+){0,4}paragraphs?)\s+"
)
_LETTERS = r"\(\s?[a-z]{1,4}(?:\s?,\s?[a-z]{1,4})*\s?\)"
_ENTRY = re.compile(
    rf"(?<![\d.])(\d{{1,3}})(?![\d.]\d)\s*((?:(?:,|and|to|-)?\s*{_LETTERS}\s*)*)(\(last\s+sentence\))?",
    re.IGNORECASE,
)
_LIST = re.compile(
    rf"(?:paragraphs?|and|to|above|below|in|of|the|report|\d{{1,3}}|{_LETTERS}|\(last\s+sentence\)|[\s,;])+",
    re.IGNORECASE,
)
_RECOMMENDED = re.compile(
    r"(?i)\b(?:recommend(?:ed|s|ing)?|encourag(?:ed|es|ing)|called\s+(?:up)?on|urg(?:ed|es|ing)|suggest(?:ed|s|ing)|asked|requested|invited)\b"
)
_STOP = re.compile(
    r"(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)(?<!\bNo)(?<!\bNos)(?<!\bart)(?<!\bSt)\.(?=\s+[A-Z“\"(]|\s*$)|$"
)
_MARKER = re.compile(r"(?:(?<=\s)|(?<=^)|(?<=;)|(?<=,))(?<!\d\s)(?:\(([a-z]{1,4})\)|(?<![(\w])([a-h])\))")
_VOICE = (
    r"(?:recommend(?:ed|s)?|encourag(?:ed|es)|urg(?:ed|es)|suggest(?:ed|s)|called\s+(?:up)?on"
    r"|requested|invited|asked)"
)


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
            letters = re.findall(r"[a-z]{1,4}", re.sub(r"(?i)\band\b|\bto\b", " ", entry[2] or ""))
            if (
                re.search(r"(?i)\bto\b|-", entry[2] or "")
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
        names = sorted((re.escape(n) for n in states.spellings if len(n) > 3), key=lambda n: -len(n))
        self._names = re.compile(r"(?<!\w)(?:" + "|".join(names).replace(r"\ ", r"\s+") + r")(?!\w)")

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
            and _in_voice(text)
        ):
            spans = [(letter, part) for letter in dict.fromkeys(letters) if (part := _lettered(text, letter))]
        else:
            spans = [("", part) for part in _unlettered(text, cited.last_sentence)]
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
        names = (
            (self._reviewed.name, self._reviewed.un_name, *self._reviewed.aliases) if self._reviewed else ()
        )
        subject = "|".join(
            [*(re.escape(n) for n in names), "the government", "it", "the country", "the state"]
        )
        text = self._document.flow(start, end)
        tail = rf"(?:and|also|it|they|further|additionally|that|to|{_VOICE}|{subject})"
        cut = re.search(
            rf"(?i)[\s,;.]+(?:{tail}[\s,;.]+)*(?:and|that|to|also|{_VOICE}|(?:{_VOICE}\s+)?that\s+(?:{subject})|{_VOICE}\s+(?:to\s+)?(?:{subject}))[\s,;.:]*$|[\s,;.:]+$",
            text,
        )
        text = text[: cut.start()] if cut else text
        head = re.match(
            rf"(?i)\W*(?:(?:also|further)\s+)?(?:{_VOICE}\s+)?(?:(?:that|to|for)\s+)*(?:(?:the\s+)?(?:{subject})\s+)?(?:(?:to|should|that\s+it)\s+)?(?=\w)",
            text,
        )
        bare = text[head.end() :] if head else text
        if begins_with_verb(bare) or self._asked_of_the_state(start, subject):
            return bare
        that = (
            "that "
            if re.search(
                r"(?i)\bthat\b",
                (head.group() if head else "") + self._document.text[max(start - 40, 0) : start],
            )
            else ""
        )
        return f"Recommended {that}{bare}"

    def _asked_of_the_state(self, start: int, subject: str) -> bool:
        """Whether the sentence before says "recommended that Andorra", after which only a verb can follow."""
        before = self._document.text[max(start - 400, 0) : start]
        sentence = before[max(before.rfind(". "), before.rfind(".\n")) + 1 :]
        return bool(
            re.search(
                rf"(?is)\b{_VOICE}\s+(?:(?:that|to)\s+)?(?:the\s+)?(?:{subject})\s*(?:\([a-z]\)|:|to\b)",
                sentence,
            )
        )


def _in_voice(text: str) -> bool:
    """Whether the letters of a paragraph mark recommendations: the report's voice comes before the first."""
    first = _MARKER.search(text)
    return first is not None and bool(_RECOMMENDED.search(text[max(first.start() - 250, 0) : first.start()]))


def _paragraphs(document: DocumentText, end: int) -> dict[int, tuple[int, int]]:
    spans: dict[int, tuple[int, int]] = {}
    number, start = 0, 0
    for place in range(end):
        found = re.match(r"(\d{1,3})\s?\.\s+(?=[A-Z“\"])", document.lines[place].text)
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


def _unlettered(text: str, last_only: bool) -> Iterator[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for verb in _RECOMMENDED.finditer(text):
        if found and verb.start() < found[-1][1]:
            continue
        found.append((verb.end(), _sentence_end(text, verb.end())))
    strict = [
        f
        for f in found
        if text[: f[0]].lower().rstrip().endswith(("recommended", "recommends", "recommend", "recommending"))
    ]
    chosen: Sequence[tuple[int, int]] = strict or found
    yield from chosen[-1:] if last_only else chosen


def _sentence_end(text: str, start: int) -> int:
    found = _STOP.search(text, start)
    return found.start() if found else len(text)
