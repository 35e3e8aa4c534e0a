"""A Working Group report as recommendations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.corpus.brackets import BracketReader
from pipeline.corpus.states import States
from pipeline.errors import SourceError
from pipeline.sources.documents.kinds.chapter import STRAY, Block, Paragraphs, find_chapter, inner_number
from pipeline.sources.documents.kinds.cover import Cover
from pipeline.sources.documents.kinds.dialogue import Citation, Dialogue, citations
from pipeline.sources.documents.kinds.gaps import numbering_faults, place
from pipeline.sources.documents.pages.lines import DocumentText
from pipeline.sources.documents.wording import three_languages as words
from pipeline.sources.documents.wording.item import WordingReader, spans_of, trailing_headings
from pipeline.sources.documents.wording.numbers import numbers_in
from pipeline.sources.documents.wording.reported import ReportedSpeech
from pipeline.sources.documents.wording.responses import (
    Position,
    is_mixed,
    looks_ahead,
    looks_back,
    position_of,
    speaks_of_recommendations,
)
from pipeline.sources.documents.wording.sentence import tidy
from pipeline.sources.records import Record, Reject

_REMARK = re.compile(rf"(?:^|(?<=[.;)]\s)){words.REMARK}.*$", re.DOTALL)
_COMMENTS = re.compile(rf"\b{words.COMMENTS}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a reader made of a document: its records in order, and what it could not make anything of."""

    records: list[Record]
    problems: list[Reject]


def read_report(file: str, document: DocumentText, cover: Cover, states: States) -> Extracted:
    """The recommendations of the chapter, and those that it cites from the dialogue.

    Args:
        file: name for records and messages.
        document: the text without headers, footers and footnotes.
        cover: what the document says of itself.
        states: by which the States are known.

    Raises: SourceError if there is no such chapter, or no recommendation in it.
    """
    span = find_chapter(document)
    if span is None:
        raise SourceError(
            file,
            'has no chapter "Conclusions and/or recommendations".',
            (
                "Give the report that the Working Group adopted (its symbol looks like A/HRC/43/15), an "
                "addendum to it, or an OHCHR list."
            ),
        )
    reader = _ReportReader(file, document, cover, states)
    reader.read(list(Paragraphs(document, span).blocks()), span[0])
    if span[1] == len(document.lines):
        last = document.lines[-1]
        where = place(last.page, last.number)
        reason = f"{where}: the document ends inside the chapter. Check that no page is missing."
        reader.problems.append(Reject(file, None, reason, page=last.page))
    if not reader.records:
        raise SourceError(
            file,
            'the chapter "Conclusions and/or recommendations" holds no numbered recommendation.',
            "Check that the document is complete.",
        )
    return Extracted(reader.records, reader.problems)


class _ReportReader:
    def __init__(self, file: str, document: DocumentText, cover: Cover, states: States) -> None:
        self.records: list[Record] = []
        self.problems: list[Reject] = []
        self._file, self._document, self._cover, self._states = file, document, cover, states
        self._brackets = BracketReader(states)
        self._wordings = WordingReader(self._brackets)
        self._reported = ReportedSpeech(cover.state)
        self._position: Position | None = None
        self._cited: set[Citation] = set()
        self._comments = False
        self._first_number = 0
        self._themes: tuple[str, ...] = ()

    def read(self, blocks: Sequence[Block], chapter: int) -> None:
        reviewed = self._cover.state.name if self._cover.state else ""
        self._first_number = next((int(b.number) for b in blocks if b.kind == "paragraph"), 0)
        dialogue = Dialogue(self._document, chapter, self._states, reviewed)
        for block in blocks:
            if block.kind == "item":
                self._item(block)
            elif block.kind == "paragraph":
                self._paragraph(block, dialogue)
        found, items = {record.paragraph for record in self.records}, [b for b in blocks if b.kind == "item"]
        self.problems += numbering_faults(self._file, self._document, items, found)

    def _paragraph(self, block: Block, dialogue: Dialogue) -> None:
        text = self._document.flow(block.content, block.end)
        self._themes = ()
        intro, _, listed = text.rpartition(":")
        has_states = bool(self._brackets.find(listed if intro else text))
        said = intro if intro and has_states else text
        position = position_of(said) if speaks_of_recommendations(said) else None
        if is_mixed(said) and speaks_of_recommendations(said):
            self._mixed(block, said)
            return
        cited = citations(text, self._first_number)
        if cited:
            self._cite(cited, dialogue, position, block.start)
        elif position and not looks_ahead(said) and looks_back(said) and not has_states:
            self._backward(position, said)
        elif position and not self._by_number(said, position):
            self._position = position
        self._comments = bool(_COMMENTS.search(said))
        if has_states and intro and speaks_of_recommendations(intro):
            # One recommendation that has no number of its own but its paragraph's.
            self._add(block.number, listed, block.end - len(listed), block.end, position)
        elif not cited and self._reported.asks(self._wordings.first_named(text)):
            self._add(block.number, text, block.content, block.end, self._position)
        elif intro and looks_ahead(intro) and 3 < len(listed.strip()) < 120 and not has_states:
            self._heading(tidy(listed))

    def _mixed(self, block: Block, text: str) -> None:
        """A statement that supports some and not others, without saying which, answers nothing."""
        self.records = [r if r.response else replace(r, response="Pending") for r in self.records]
        if looks_ahead(text):
            self._position = "Pending"
        self.problems.append(
            self._problem(
                block.start,
                "this sentence supports some recommendations and not others, without their numbers; they "
                "count as Pending.",
                text,
            )
        )

    def _by_number(self, text: str, position: Position) -> bool:
        """Apply a position to the numbers a remark names; whether it was such a remark."""
        named = set(numbers_in(text))
        known = {r.paragraph for r in self.records}
        if not named & known or re.search(words.IMPLEMENTED, text):
            return bool(named & known)
        self.records = [replace(r, response=position) if r.paragraph in named else r for r in self.records]
        return True

    def _backward(self, position: Position, text: str) -> None:
        everything = re.search(rf"\b{words.ALL}", text, re.IGNORECASE)
        self.records = [
            replace(r, response=position) if not r.response or (everything and r.response == "Pending") else r
            for r in self.records
        ]

    def _item(self, block: Block) -> None:
        text, content = self._text(block)
        remark = _REMARK.search(text)
        if remark and remark.start() > 0 and position_of(remark.group()):
            self._add(block.number, text[: remark.start()], content, block.end, self._position)
            self._backward(position_of(remark.group()) or "Pending", remark.group())
            return
        self._add(block.number, text, content, block.end, self._position)

    def _text(self, block: Block) -> tuple[str, int]:
        """The item's text and where it begins, without what a slip of the hand left before it, which is
        told.
        """
        text = self._document.flow(block.content, block.end)
        stray = STRAY.match(text)
        if stray is None:
            return text, block.content
        reason = f"paragraph {block.number} begins with '{stray.group().strip()}', which is left out."
        self.problems.append(self._problem(block.start, reason, text))
        return text[stray.end() :], block.content + stray.end()

    def _add(self, number: str, text: str, start: int, end: int, position: Position | None) -> None:
        wordings = self._wordings.read(text)
        if (
            wordings
            and not any(w.states for w in wordings)
            and (self._comments or self._reported.is_comment(text))
        ):
            self.problems.append(
                self._problem(
                    start, f"paragraph {number} is a comment of the State under Review; it is left out.", text
                )
            )
            return
        headings = trailing_headings(wordings)
        wordings = wordings[: len(wordings) - len(headings)]
        if not wordings:
            self.problems.append(
                self._problem(
                    start, f"paragraph {number} has a number and no text. Check the document there."
                )
            )
        several = self._reported.retells(text, [w.text for w in wordings])
        for wording, (a, b) in zip(
            wordings, spans_of(wordings, text, self._document.text[start:end], start), strict=True
        ):
            own, own_text = inner_number(wording.text, number)
            if not wording.states and len(wordings) > 1 and self._comments:
                self.problems.append(
                    self._problem(
                        a, f"paragraph {own}: a comment of the State under Review is left out.", own_text
                    )
                )
                continue
            self._record(own, self._reported.own_words(own_text, several), wording.states, a, b, position)
            if not wording.states and len(wordings) > 1:
                self.problems.append(
                    self._problem(
                        a, f"paragraph {own}: this wording names no State; it is kept without one.", own_text
                    )
                )
        if wordings and not any(w.states for w in wordings):
            self.problems.append(
                self._problem(
                    start, f"paragraph {number} names no recommending State; it is kept without one.", text
                )
            )
        for heading in headings:
            self._heading(heading.text)

    def _heading(self, text: str) -> None:
        """A heading between items says the position on what follows, or its theme."""
        position = position_of(text)
        if position and (speaks_of_recommendations(text) or len(text) < 60):
            self._position = position
        else:
            self._themes = (re.sub(r"^(?:[A-Z]|\d{1,2}|[IVX]+)\.\s+", "", text),)

    def _record(
        self, number: str, text: str, states: tuple[str, ...], start: int, end: int, position: Position | None
    ) -> None:
        line = self._document.line_at(start)
        self.records.append(
            Record(
                file=self._file,
                row=len(self.records) + 1,
                text=text,
                state_under_review=self._cover.state.name if self._cover.state else "",
                recommending_states=states,
                session=self._cover.session,
                symbol=self._cover.symbol,
                paragraph=number,
                response=position or "",
                page=line.page,
                char_start=start,
                char_end=end,
                themes=self._themes or None,
            )
        )

    def _cite(
        self, cited: Sequence[Citation], dialogue: Dialogue, position: Position | None, place_of: int
    ) -> None:
        for citation in cited:
            if citation in self._cited:
                continue
            self._cited.add(citation)
            found = dialogue.look_up(citation)
            if not found:
                self.problems.append(
                    self._problem(
                        place_of, f"cites paragraph {citation.paragraph}, where no recommendation was found."
                    )
                )
            for item in found:
                if len(item.text) > 15:
                    self._record(
                        item.number,
                        tidy(item.text),
                        (item.state,) if item.state else (),
                        item.start,
                        item.end,
                        position,
                    )

    def _problem(self, char: int, reason: str, text: str | None = None) -> Reject:
        line = self._document.line_at(char)
        return Reject(
            self._file,
            None,
            f"{place(line.page, line.number)}: {reason}",
            text[:160] if text else None,
            line.page,
        )
