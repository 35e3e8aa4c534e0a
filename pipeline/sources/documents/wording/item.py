"""From the text of a numbered item to its wordings, each with the States that made it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.corpus.brackets import BracketReader, StateBracket
from pipeline.corpus.text import normalise
from pipeline.sources.documents.wording.sentence import Wording, groups, parts_of, read_sentence, tidy
from pipeline.sources.documents.wording.verbs import begins_with_verb

_INSTRUMENT = re.compile(r"\b((?:International\s+)?(?:Convention|Covenant)\s[^,;()]*)")
_ABBREVIATED = re.compile(r"\b[A-Z]{3,}\b")
_VOICE = r"(?:recommended|encouraged|urged|invited|called\s+upon|requested|suggested)"
_VOICE_AGAIN = re.compile(
    rf"(?:[.;]\s+(?:it\s+)?(?:also,?\s+|further\s+)?|,?\s+and\s+(?:also\s+|further\s+)?)(?={_VOICE}\s)",
    re.IGNORECASE,
)
_INFINITIVES = re.compile(r"[;.]\s+(?=[Tt]o\s)")
_IMPERATIVES = re.compile(r"\.\s+(?=[A-Z])")


class WordingReader:
    """Cuts the text of an item into wordings."""

    def __init__(self, reader: BracketReader) -> None:
        """Args: `reader`, which knows the States."""
        self._reader = reader

    def read(self, text: str) -> list[Wording]:
        """The wordings of an item in order; at least one, unless the item is empty.

        After a bracket of States a new wording begins where a semicolon or full stop stands, or where a
        clause with a verb of its own follows; anything else ("in accordance with the Paris Principles
        (Belgium)") carries on.
        """
        found = self._reader.find(text)
        wordings = self._cut(text, found)
        return [_with_instrument(part, text) for wording in wordings for part in _sentences(wording)]

    @staticmethod
    def _cut(text: str, found: Sequence[StateBracket]) -> list[Wording]:
        if not found:
            plain = tidy(text)
            return [Wording(plain, (), 0, len(text))] if plain else []
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
    cut = _VOICE_AGAIN
    if len(wording.states) > 1:
        cut = _INFINITIVES if re.match(r"[Tt]o\s", wording.text) else _IMPERATIVES
    parts = [wording.text]
    for found in reversed(list(cut.finditer(wording.text))):
        if cut is not _IMPERATIVES or begins_with_verb(wording.text[found.end() :]):
            parts[:1] = [parts[0][: found.start()], parts[0][found.end() :]]
    if cut is _VOICE_AGAIN and not re.match(rf"(?i)(?:while\b.*,\s+)?{_VOICE}\b", wording.text):
        return [wording]
    return [Wording(tidy(p), wording.states, wording.start, wording.end) for p in parts]


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
