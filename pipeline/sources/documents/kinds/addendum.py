"""Addenda to reports: which recommendations the State supports after all, and which it notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.sources.documents.pages.lines import DocumentText, join
from pipeline.sources.documents.wording import three_languages as words
from pipeline.sources.documents.wording.numbers import bare_numbers, cited_numbers, numbers_in, only_numbers
from pipeline.sources.documents.wording.responses import (
    Answer,
    Position,
    answer_of,
    is_mixed,
    position_of,
    speaks_of_recommendations,
)

_DOTTED = r"\d{1,3}\s?\.\s?\d{1,3}"
_OPENING = re.compile(
    rf"^\W*(?:\d{{1,3}}\.\s+(?=\D))?(?:(?:{words.DETERMINER}\s+)?{words.RECOMMENDATION}\s*(?:{words.NUMBER}\.?\s*)?)?"
    rf"((?:{_DOTTED}(?:\s*\([a-z]\))*\s*(?:[-–—]\s*(?:\d{{1,3}}\s?\.\s?)?\d{{1,3}})?"
    rf"\s*(?:,|&|;|\b(?:{words.AND}|{words.TO})(?=\s)|\.(?=\s*{_DOTTED}))?\s*)+)[.:)]?\s*",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    rf"^\W*(?:(?:is|are|est|sont|a\s+[ée]t[ée]|ont\s+[ée]t[ée]|es|son|est[aá]n?|ha\s+sido|han\s+sido)\s+)?"
    rf"(?:{words.NOT}\s*)?(?:{words.DEGREE}\s+)?{words.VERDICT}",
    re.IGNORECASE,
)
_WORD = rf"(?:{words.NOT}\s+|{words.DEGREE}\s+|non\s+)*{words.ANSWERED}"
_PAIR = re.compile(rf"(?<![\d.])(\d{{1,3}}\s?\.\s?\d{{1,3}})\s*[:.–—-]?\s+\(?({_WORD})\b", re.IGNORECASE)
_LISTS = re.compile(rf"(?i)\b{words.LISTED}\b")
_REFERS = re.compile(
    rf"(?i)\b{words.REFERS}\s+(?:(?:also|aussi|[ée]galement|tambi[eé]n|les|las?)\s+)*{words.RECOMMENDATION}\b"
)
_CLAUSE = re.compile(rf"(?:\s*[,;])?\s+(?:{words.CLAUSE}\s+|{words.AND}\s+(?=[^\W\d]))", re.IGNORECASE)
_EXCEPT = re.compile(rf"(?<!\w){words.EXCEPT}(?!\w)[^;]*", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.;])\s+(?=[A-ZÀ-Þ])")
_NOT = re.compile(r"^\W*(?:(?:but|mais|pero)\s+)?(?:not|non|no(?=\s+las?\b|\s+\d))\b", re.IGNORECASE)
_PARAGRAPH = re.compile(
    rf"^\W*((?:\d{{1,3}}\s*\.?\s*(?:,|&|[-–—]|{words.AND}\b)\s*)*\d{{1,3}})\s*\.\s+(?=\D)", re.IGNORECASE
)
_THE_RECOMMENDATION = re.compile(
    rf"\b{words.DETERMINER}\s+{words.RECOMMENDATION}\b(?!\s+(?:to|on|of|in|for|by|that|which|regarding|concerning|about|made"
    r"|contained|relating|number|no|de|sur|relatives?|concernant|visant|faites?|formul\w+|sobre|relativas?|de\w*)\b)",
    re.IGNORECASE,
)


@dataclass
class Answers:
    """What an addendum answers.

    Attributes:
        positions: number of the recommendation ("140.6", "140.6(a)", or "6" where the addendum cites it
            without its paragraph) to the answer.
        remarks: what a person should look at.
    """

    positions: dict[str, Answer] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def read_positions(document: DocumentText, tables: Sequence[Sequence[Sequence[str]]] = ()) -> Answers:
    """The final positions of an addendum.

    Args:
        document: the text.
        tables: rows of cells, where the format has tables; a row may hold numbers in one cell and the
            position in another.

    A statement that lists numbers ("The Government accepts the following recommendations: 122.1, 122.17-18")
    decides, also for the list that goes on in the next paragraphs; a heading ("Noted recommendations")
    decides for the numbers below it that no statement named; what stands beside a number ("122.9 Noted.")
    decides for that number. Where nothing is decided so, the addendum's own paragraph numbers are those of
    the recommendations, if its paragraphs speak of "the recommendation".
    """
    return _Reader().read(document, tables)


class _Reader:
    def __init__(self) -> None:
        self._stated: dict[str, Answer] = {}
        self._own: dict[str, Answer] = {}
        self._under: dict[str, Answer] = {}
        self._remarks: list[str] = []
        self._heading: Position | None = None
        self._last: Answer | None = None  # of the list that ended the paragraph before

    def read(self, document: DocumentText, tables: Sequence[Sequence[Sequence[str]]]) -> Answers:
        for numbers, answer in _in_tables(tables):
            self._own |= dict.fromkeys(numbers, answer)
        units = list(_units(document))
        for text in units:
            self._unit(text)
        if not (self._stated or self._own or self._under):
            self._by_paragraph(units)
        return Answers(self._under | self._stated | self._own, self._remarks)

    def _unit(self, text: str) -> None:
        pairs = _PAIR.findall(text)
        if len(pairs) > 1:
            self._own |= {numbers_in(number)[0]: said for number, word in pairs if (said := answer_of(word))}
            return
        if self._last and only_numbers(text):
            self._state(cited_numbers(text) or bare_numbers(text), self._last)
            return
        opening = _OPENING.match(text)
        if opening is None:
            self._statement(text)
            return
        self._last = None
        rest = text[opening.end() :]
        if _VERDICT.match(rest) and cited_numbers(_SENTENCE.split(rest)[0]):
            # "85.1 and 85.2 are accepted, while 85.3 is noted."
            self._sentences(text, answer_of(text))
            return
        verdict = answer_of(rest[:160]) if _VERDICT.match(rest) else None
        for number in cited_numbers(opening[1]):
            if verdict:
                self._own.setdefault(number, verdict)
            elif self._heading:
                self._under.setdefault(number, Answer(self._heading))

    def _statement(self, text: str) -> None:
        """Take what a paragraph states, and the heading that is in force after it."""
        self._last = None
        if is_mixed(text) and speaks_of_recommendations(text):
            self._remarks.append(
                "a sentence supports some recommendations and not others without their numbers; "
                f"nothing is taken from it: "
                f"{text[:120]}"
            )
            return
        position = position_of(text) if speaks_of_recommendations(text) or len(text) < 90 else None
        if position is None:
            return
        if not cited_numbers(text):
            # A heading, or "The following recommendations enjoy the support of ...:" before a list.
            short = len(text) < 120 and not text.rstrip().endswith(".")
            if position != "Pending" and (short or _LISTS.search(text)):
                self._heading = position
            return
        self._sentences(text, answer_of(text))
        if position != "Pending" and _LISTS.search(text):
            self._heading = position

    def _sentences(self, text: str, answer: Answer | None) -> None:
        for sentence in _SENTENCE.split(text):
            if not _REFERS.search(sentence):
                answer = self._sentence(sentence, answer)
        self._last = answer

    def _sentence(self, sentence: str, answer: Answer | None) -> Answer | None:
        """Take the clauses of a sentence; one without a verb of its own goes with the one before."""
        answer = answer_of(sentence) or answer
        for clause in _CLAUSE.split(sentence):
            said = Answer("Noted", "not supported") if _NOT.match(clause) else answer_of(clause)
            answer = said or answer
            excepted = {n for found in _EXCEPT.finditer(clause) for n in cited_numbers(found.group())}
            numbers = cited_numbers(_EXCEPT.sub("", clause)) or _continued(clause)
            if answer:
                self._state([n for n in numbers if n not in excepted], answer)
        return answer

    def _state(self, numbers: Sequence[str], answer: Answer) -> None:
        if answer.position == "Pending":
            return
        for number in numbers:
            first = self._stated.setdefault(number, answer)
            if first.position != answer.position:
                self._remarks.append(
                    f"recommendation {number} is answered twice, {first.position} and {answer.position}; "
                    f"the first is taken."
                )

    def _by_paragraph(self, units: Sequence[str]) -> None:
        """Paragraphs that answer the recommendation whose number they have: "2. Andorra accepts the
        recommendation."
        """
        for text in units:
            numbered = _PARAGRAPH.match(text)
            if numbered is None:
                continue
            for sentence in _SENTENCE.split(text[numbered.end() :]):
                answer = answer_of(sentence) if _THE_RECOMMENDATION.search(sentence) else None
                if answer and answer.position != "Pending":
                    for number in bare_numbers(numbered[1].replace(".", "")):
                        self._own.setdefault(number, answer)
                    break
        if self._own:
            self._remarks.append(
                "it cites no recommendation; the numbers of its paragraphs are read as those of the "
                "recommendations. Check that they are."
            )


def _continued(clause: str) -> list[str]:
    """ "And not 7 and 8": bare numbers alone after a verb, in a clause that no longer says recommendation."""
    found = re.match(
        r"^\W*(?:not|notes?|accepts?|supports?|rejects?|non|(?:pas|no)\s+(?:les|las)|prend\s+note\s+des|accepte\s+les"
        r"|rejette\s+les|acepta\s+las|toma\s+nota\s+de\s+las|rechaza\s+las)\s+(?=\d)",
        clause,
        re.IGNORECASE,
    )
    rest = clause[found.end() :] if found else ""
    return bare_numbers(rest) if found and only_numbers(rest) and not numbers_in(rest) else []


def _in_tables(tables: Sequence[Sequence[Sequence[str]]]) -> Iterator[tuple[list[str], Answer]]:
    for row in (row for table in tables for row in table):
        first = row[0].strip() if row else ""
        opening = _OPENING.match(first)
        bare = re.fullmatch(r"\W*(\d{1,3})\W*", first)
        if opening is None and bare is None:
            continue
        numbers = cited_numbers(opening[1]) if opening else [bare[1]] if bare else []
        said = (answer_of(cell) for cell in row[1:] if len(cell) < 200 and _VERDICT.match(cell))
        answer = next((a for a in said if a), None)
        if answer and answer.position != "Pending":
            yield numbers, answer


def _units(document: DocumentText) -> Iterator[str]:
    """Paragraphs of the document: lines until one ends a sentence short, or a number or heading begins."""
    pending: list[str] = []
    for line in document.lines:
        starts = re.match(
            rf"^\W*(?:{words.RECOMMENDATION}\s+)?\d{{1,3}}\s?\.\s?\d{{1,3}}\b|^\d{{1,3}}\.[\s,]|^[A-Z\d][.)]\s",
            line.text,
        )
        carries_list = pending and re.search(rf"[,–—-]\s*$|\b{words.AND}\s*$", pending[-1])
        if pending and (line.whole or (starts and not carries_list) or _closed(pending, line.text)):
            yield join(pending, document.words)
            pending = []
        pending.append(line.text)
    if pending:
        yield join(pending, document.words)


def _closed(pending: Sequence[str], following: str) -> bool:
    """Whether the paragraph is over: a sentence ended and a new one begins, or a heading stands alone."""
    last = pending[-1].rstrip()
    if last.endswith((".", ":", ";")):
        return bool(re.match(r"^\W*[A-Z\d]", following)) and (len(last) < 75 or last.endswith(":"))
    whole = " ".join(pending)
    heading = (
        len(pending) <= 2 and len(whole) < 130 and not numbers_in(whole) and position_of(whole) is not None
    )
    return heading and following[:1].isdigit()
