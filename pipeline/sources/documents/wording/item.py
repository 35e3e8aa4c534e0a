"""From the text of a numbered item to its wordings, each with the States that made it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from pipeline.corpus.brackets import BracketReader, StateBracket
from pipeline.corpus.cleaning import Cleaner
from pipeline.corpus.text import normalise
from pipeline.sources.documents.wording.parts import groups, parts_of
from pipeline.sources.documents.wording.reported import THAT_AGAIN, VOICE, voices_again
from pipeline.sources.documents.wording.sentence import Wording, read_sentence, tidy
from pipeline.sources.documents.wording.verbs import begins_with_verb

_INSTRUMENT = re.compile(r"\b((?:International\s+)?(?:Convention|Covenant)\s[^,;()]*)")
_ABBREVIATED = re.compile(r"\b[A-Z]{3,}\b")
_AND_AGAIN = re.compile(
    rf"(?:[.;]\s+(?:it\s+)?(?:also,?\s+|further\s+)?|,?\s+and\s+(?:also\s+|further\s+)?)(?={VOICE}\s)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(rf"(?P<names>[A-Z][^;:()]{{2,100}}?)\s+(?=(?:also\s+|further\s+)*{VOICE}\s)")
_RETOLD = re.compile(rf"(?:while\b.*,\s+)?{VOICE}\b", re.IGNORECASE)
_THAT = re.compile(r"that\s+\w", re.IGNORECASE)
_INFINITIVES = re.compile(r"[;.]\s+(?=[Tt]o\s)")
_IMPERATIVES = re.compile(r"\.\s+(?=[A-Z])")


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
        found = self._reader.find(text)
        wordings = self._cut(text, found) if found else self._without_brackets(text)
        return [_with_instrument(part, text) for wording in wordings for part in _sentences(wording)]

    def first_named(self, text: str) -> str:
        """The first wording of a text whose wordings all name States; "" where one names none."""
        wordings = self.read(text)
        return wordings[0].text if wordings and all(w.states for w in wordings) else ""

    def _without_brackets(self, text: str) -> list[Wording]:
        """One whose States stand in no bracket: "Peru recommended that ...", "Peru: ...", "... [Peru]"."""
        plain = tidy(text)
        if not plain:
            return []
        said = _SUBJECT.match(plain)
        states, unknown = self._reader.names(said["names"]) if said else ((), ())
        if said and states and not unknown:
            return [Wording(plain[said.end() :], states, 0, len(text))]
        cleaned = self._cleaner.clean(plain)
        return [Wording(tidy(cleaned.text) or plain, cleaned.states, 0, len(text))]

    @staticmethod
    def _cut(text: str, found: Sequence[StateBracket]) -> list[Wording]:
        wordings = [wording for group in groups(parts_of(text, found)) for wording in read_sentence(group)]
        return _once([w for w in wordings if re.search(r"[^\W\d_]{2}", w.text)])


def _with_instrument(wording: Wording, text: str) -> Wording:
    """ "The Optional Protocol thereto" with the name of what it belongs to, which stands in an earlier
    wording of the item.
    """
    if "thereto" not in wording.text or _INSTRUMENT.search(wording.text) or _ABBREVIATED.search(wording.text):
        return wording
    named = _INSTRUMENT.findall(text[: wording.start])
    return (
        replace(wording, text=wording.text.replace("thereto", f"to the {named[-1].strip()}", 1))
        if named
        else wording
    )


def _sentences(wording: Wording) -> list[Wording]:
    """A wording's sentences where they are recommendations of their own.

    Several States share them ("To adopt ... To address ... (Canada, Germany)"), or the report says so ("Also
    recommended ..."). One State's compound sentence is its own and stays whole.
    """
    cuts: list[re.Match[str]] = []
    for cut in sorted(_cuts(wording.text, len(wording.states) > 1), key=lambda cut: cut.start()):
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


def _cuts(text: str, shared: bool) -> list[re.Match[str]]:
    """Where the next recommendation of a wording begins. Args: `shared`, whether several States made it."""
    retold = bool(_RETOLD.match(text))
    again = voices_again(text)
    cuts = list(THAT_AGAIN.finditer(text)) if again or retold or _THAT.match(text) else []
    if again:
        return cuts + again
    if shared:
        if re.match(r"[Tt]o\s", text):
            return [*cuts, *_INFINITIVES.finditer(text)]
        return [*cuts, *(cut for cut in _IMPERATIVES.finditer(text) if begins_with_verb(text[cut.end() :]))]
    if retold:
        return [*cuts, *_AND_AGAIN.finditer(text)]
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
    for wording in reversed(wordings[1:]):
        if (
            wording.states
            or len(wording.text) > 160
            or begins_with_verb(wording.text)
            or wording.text[:1].islower()
        ):
            break
        found.insert(0, wording)
    return found
