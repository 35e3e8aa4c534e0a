"""A review that is given in two languages as one set: rows are aligned by paragraph number, or not at all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.corpus.text import normalise
from pipeline.sources.documents.read import Document
from pipeline.sources.records import Record, Reject
from pipeline.store.vocabularies import load_states

_FIELDS = {"fr": "text_fr", "es": "text_es"}
"""Columns that keep the text of a language beside the text that is labelled."""
_ORDER = ("en", "fr", "es")
_SHOWN = 20


@dataclass(frozen=True)
class Alignment:
    """What another language says of records.

    Attributes:
        records: the same, in order, with the texts of the other language where they are aligned; then those
            that only the other document has.
        entries: by place in `records`, the record of the other document.
        problems: what was not aligned, and why.
    """

    records: list[Record]
    entries: dict[int, Record]
    problems: list[Reject]


def language_of_records(records: Iterable[Record]) -> str | None:
    """The language that more than half of the records are in; None where there is none."""
    languages = [record.language for record in records]
    [(language, count)] = Counter(languages).most_common(1) or [(None, 0)]
    return language if 2 * count > len(languages) else None


def by_language(documents: Sequence[Document]) -> list[list[Document]]:
    """Documents with records by their language: English before French and Spanish, then the others.

    A document of mixed languages goes with the first.
    """
    groups: dict[str | None, list[Document]] = defaultdict(list)
    for document in documents:
        groups[language_of_records(document.records)].append(document)
    mixed = groups.pop(None, [])
    known = [name for name in groups if name]
    ranked = sorted(known, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    first = groups[ranked[0]] if ranked else []
    # What has no column for its text cannot stand beside another language.
    beside = [groups[name] for name in ranked[1:] if name in _FIELDS]
    others = [document for name in ranked[1:] if name not in _FIELDS for document in groups[name]]
    return [first + mixed + others, *beside]


def align(records: Sequence[Record], other: Sequence[Record], file: str) -> Alignment:
    """Put the texts of another language beside records of the same review.

    A number that both have once is aligned, unless the States that it names are others. Where a number
    stands for several wordings, they are aligned in their order if both languages name the same States in
    that order; else each is aligned with the only one of the same States. What is not certain is left out and
    told; a number that only the other language has is added.

    Args:
        records: of the language that is labelled first.
        other: of French or Spanish, with their language.
        file: the other document, for messages.
    """
    language = language_of_records(other) or ""
    out, entries = list(records), {}
    unsure: dict[str, list[str]] = defaultdict(list)
    places = _by_number(records)
    for number, theirs in _by_number(other).items():
        if not number:
            unsure["have no number"] += [""] * len(theirs)
            continue
        ours = places.get(number, [])
        if not ours:
            unsure["stand in this document alone, and are added"].append(number)
            out += [other[k] for k in theirs]
            continue
        pairs = _pairs(records, ours, other, theirs)
        if len(pairs) < max(len(ours), len(theirs)):
            named = len(ours) == len(theirs) == 1
            why = "name other States" if named else "are cut into other wordings, or name other States"
            unsure[f"{why}, and their texts are left out"].append(number)
        for ours_at, theirs_at in pairs:
            entries[ours_at] = other[theirs_at]
            out[ours_at] = _with_text(out[ours_at], other[theirs_at], language)
    missing = [number for number in places if number and number not in _by_number(other)]
    if missing:
        unsure["stand in the other document alone"] = missing
    return Alignment(out, entries, _told(file, language, len(entries), len(records), unsure))


def _by_number(records: Sequence[Record]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        places[record.paragraph or ""].append(place)
    return places


def _pairs(
    records: Sequence[Record], ours: Sequence[int], other: Sequence[Record], theirs: Sequence[int]
) -> list[tuple[int, int]]:
    if len(ours) == len(theirs) == 1:
        first, second = _codes(records[ours[0]]), _codes(other[theirs[0]])
        # A State that one document misspells is no other recommendation.
        return [(ours[0], theirs[0])] if first & second or not (first and second) else []
    named = [_codes(records[place]) for place in ours]
    if all(named) and named == [_codes(other[place]) for place in theirs]:
        # Both are cut alike: the wordings stand in one order, also where the same States made several.
        return list(zip(ours, theirs, strict=True))
    pairs = []
    for place in ours:
        wanted = _codes(records[place])
        same = [k for k in theirs if wanted and _codes(other[k]) == wanted]
        alone = [k for k in ours if _codes(records[k]) == wanted]
        if len(same) == len(alone) == 1:
            pairs.append((place, same[0]))
    return pairs


def _codes(record: Record) -> frozenset[str]:
    states = load_states()
    found = ((name, states.find(name)) for name in record.recommending_states)
    return frozenset(state.iso if state else normalise(name) for name, state in found)


def _with_text(record: Record, other: Record, language: str) -> Record:
    texts = {_FIELDS[language]: other.text}
    if record.language in _FIELDS:
        texts[_FIELDS[record.language]] = record.text
    return replace(record, **texts)  # type: ignore[arg-type]


def _told(file: str, language: str, aligned: int, among: int, unsure: dict[str, list[str]]) -> list[Reject]:
    name = {"fr": "French", "es": "Spanish"}.get(language, language)
    if not unsure:
        return []
    reasons = [f"{aligned} of {among} recommendations have their {name} text by their number."]
    for why, numbers in unsure.items():
        named = ", ".join(number for number in numbers[:_SHOWN] if number)
        more = f" and {len(numbers) - _SHOWN} more" if named and len(numbers) > _SHOWN else ""
        reasons.append(f"{len(numbers)} {why}{f': {named}{more}' if named else ''}.")
    return [Reject(file, None, " ".join([*reasons, "Compare the documents there."]))]
