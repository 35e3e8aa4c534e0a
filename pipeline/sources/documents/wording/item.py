"""From the text of a numbered item to its wordings, each with the States that made it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import accumulate

from pipeline.corpus.brackets import BracketReader, StateBracket
from pipeline.corpus.cleaning import Cleaner
from pipeline.corpus.text import folded, normalise
from pipeline.sources.documents.wording.parts import groups, parts_of
from pipeline.sources.documents.wording.reported import speech_of
from pipeline.sources.documents.wording.sentence import Wording, read_sentence, tidy
from pipeline.sources.documents.wording.verbs import Clauses, clauses_of
from pipeline.sources.documents.wording.vocabulary.words import Vocabulary

_ABBREVIATED = re.compile(r"\b[A-Z]{3,}\b")
_IMPERATIVES = re.compile(r"\.\s+(?=[A-ZÀ-Þ])")


class _Patterns:
    """Where an item without brackets in its middle parts, in the words of one language."""

    def __init__(self, words: Vocabulary) -> None:
        it, also, voice = words.it_, words.also_, words.voice
        again = rf"(?:[.;]\s+(?:{it})?(?:{also})?|,?\s+(?:{words.ties})\s+(?:{it})?(?:{also})?)"
        self.and_again = re.compile(rf"{again}(?={voice}\s)", re.IGNORECASE)
        self.subject = re.compile(rf"(?P<names>[A-ZÀ-Þ][^;:()]{{2,100}}?)\s+(?=(?i:(?:{also})*{voice}\s))")
        self.retold = re.compile(rf"(?:{words.while_})?{voice}(?!\w)", re.IGNORECASE)
        self.that = re.compile(rf"{words.that_}\w", re.IGNORECASE)
        self.to = re.compile(words.to_again, re.IGNORECASE)
        self.to_again = re.compile(rf"[;.]\s+(?={words.to_again})", re.IGNORECASE)
        self.thereto = re.compile(words.thereto)
        self.instrument = re.compile(words.instrument)


_patterns_of = cache(_Patterns)


class WordingReader:
    """Cuts the text of an item into wordings."""

    def __init__(self, reader: BracketReader) -> None:
        """Args: `reader`, which knows the States."""
        self._reader = reader
        self._cleaner = Cleaner(reader)

    def read(self, text: str) -> list[Wording]:
        """The wordings of an item in order; at least one, unless the item is empty.

        After a bracket of States a new wording begins where a semicolon or full stop stands, or where a
        clause with a verb of its own follows; anything else ("in accordance with the Paris Principles
        (Belgium)") carries on.
        """
        clauses, found = clauses_of(text), self._reader.find(text)
        wordings = self._cut(text, found, clauses) if found else self._without_brackets(text, clauses)
        return [
            _with_instrument(part, text, clauses)
            for wording in wordings
            for part in _sentences(wording, clauses)
        ]

    def first_named(self, text: str) -> str:
        """The first wording of a text whose wordings all name States; "" where one names none."""
        wordings = self.read(text)
        return wordings[0].text if wordings and all(w.states for w in wordings) else ""

    def _without_brackets(self, text: str, clauses: Clauses) -> list[Wording]:
        """One whose States stand in no bracket: "Peru recommended that ...", "Peru: ...", "... [Peru]"."""
        plain = tidy(text)
        if not plain:
            return []
        said = _patterns_of(clauses.words).subject.match(plain)
        states, unknown = self._reader.names(said["names"]) if said else ((), ())
        if said and states and not unknown:
            return [Wording(plain[said.end() :], states, 0, len(text))]
        cleaned = self._cleaner.clean(plain)
        return [Wording(tidy(cleaned.text) or plain, cleaned.states, 0, len(text))]

    @staticmethod
    def _cut(text: str, found: Sequence[StateBracket], clauses: Clauses) -> list[Wording]:
        wordings = [
            wording
            for group in groups(parts_of(text, found), clauses)
            for wording in read_sentence(group, clauses)
        ]
        return _once([w for w in wordings if re.search(r"[^\W\d_]{2}", w.text)])


def _with_instrument(wording: Wording, text: str, clauses: Clauses) -> Wording:
    """ "The Optional Protocol thereto" with the name of what it belongs to, which stands in an earlier
    wording of the item.
    """
    patterns = _patterns_of(clauses.words)
    if (
        not patterns.thereto.search(wording.text)
        or patterns.instrument.search(wording.text)
        or _ABBREVIATED.search(wording.text)
    ):
        return wording
    named = [name.strip() for name in patterns.instrument.findall(text[: wording.start])]
    if not named:
        return wording
    first = folded(named[-1].split(" ", 1)[0])
    said = clauses.words.to_it.get(first) or next(iter(clauses.words.to_it.values()))
    return replace(
        wording, text=patterns.thereto.sub(lambda _: said.format(named[-1]), wording.text, count=1)
    )


def _sentences(wording: Wording, clauses: Clauses) -> list[Wording]:
    """A wording's sentences where they are recommendations of their own.

    Several States share them ("To adopt ... To address ... (Canada, Germany)"), or the report says so ("Also
    recommended ..."). One State's compound sentence is its own and stays whole.
    """
    cuts: list[re.Match[str]] = []
    for cut in sorted(_cuts(wording.text, len(wording.states) > 1, clauses), key=lambda cut: cut.start()):
        if not cuts or cut.start() >= cuts[-1].end():
            cuts.append(cut)
    starts = [0, *(cut.end() for cut in cuts)]
    ends = [*(cut.start() for cut in cuts), len(wording.text)]
    if not cuts:
        return [wording]
    return [
        Wording(tidy(wording.text[start:end]), wording.states, wording.start, wording.end)
        for start, end in zip(starts, ends, strict=True)
    ]


def _cuts(text: str, shared: bool, clauses: Clauses) -> list[re.Match[str]]:
    """Where the next recommendation of a wording begins. Args: `shared`, whether several States made it."""
    patterns, speech = _patterns_of(clauses.words), speech_of(clauses)
    retold = bool(patterns.retold.match(text))
    again = speech.voices_again(text)
    cuts = speech.thats_again(text) if again or retold or patterns.that.match(text) else []
    if again:
        return cuts + again
    if shared:
        if patterns.to.match(text):
            return [*cuts, *patterns.to_again.finditer(text)]
        return [
            *cuts,
            *(cut for cut in _IMPERATIVES.finditer(text) if clauses.begins_with_verb(text[cut.end() :])),
        ]
    if retold:
        return [*cuts, *patterns.and_again.finditer(text)]
    # "That laws be amended and that it be given powers" of one State is one sentence.
    return [cut for cut in cuts if cut.group()[0] in ";."]


def _once(wordings: Sequence[Wording]) -> list[Wording]:
    """Equal wordings of an item as one, with the States of all."""
    kept: dict[str, Wording] = {}
    for wording in wordings:
        key = normalise(wording.text)
        same = kept.get(key)
        if same is None:
            kept[key] = wording
        else:
            states = tuple(dict.fromkeys(same.states + wording.states))
            kept[key] = Wording(same.text, states, same.start, max(same.end, wording.end))
    return list(kept.values())


def spans_of(wordings: Sequence[Wording], text: str, raw: str, start: int) -> Iterator[tuple[int, int]]:
    """Spans in the document of wordings in its flowing text, letter by letter: joining moves white space
    and hyphens only.
    """
    letters = [k for k, c in enumerate(raw) if c.isalnum()]
    counted = [0, *accumulate(c.isalnum() for c in text)]
    for wording in wordings:
        first, last = counted[wording.start], counted[wording.end]
        if first >= last or first >= len(letters):
            yield start, start + len(raw)
            continue
        place_of_last = letters[min(last, len(letters)) - 1]
        close = raw[place_of_last + 1 : place_of_last + 4]
        yield start + letters[first], start + place_of_last + 1 + (len(close) - len(close.lstrip(")")))


def trailing_headings(wordings: Sequence[Wording]) -> list[Wording]:
    """Wordings at the end of an item that are none: headings before the next item, without a verb and without
    States.
    """
    found: list[Wording] = []
    clauses = clauses_of(" ".join(wording.text for wording in wordings))
    for wording in reversed(wordings[1:]):
        if (
            wording.states
            or len(wording.text) > 160
            or clauses.begins_with_verb(wording.text)
            or wording.text[:1].islower()
        ):
            break
        found.insert(0, wording)
    return found
