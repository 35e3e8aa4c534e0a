"""From a source's words to the one table's columns: States, session, response and tags in one spelling, ids
given.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.corpus.cleaning import Cleaned, Cleaner
from pipeline.corpus.states import States
from pipeline.corpus.taxonomy import ACTIONS, Taxonomy
from pipeline.corpus.text import clean, cycle_of, normalise, recommendation_id, row_id
from pipeline.sources.records import Record
from pipeline.sources.repeats import Repeats

_NAME = 200  # characters; what is longer is no misspelt name, and comparing it takes long
EMPTY_TEXT = "The text is empty. Fill it in, or delete the row."
_FIRST_NUMBER = re.compile(r"\s*(\d{1,3})(?:\.0+)?\b")


@dataclass(frozen=True)
class StandardRow:
    """A record in the table's columns.

    Attributes:
        values: column to value: the source columns, and `action`, `issues`, `label_source`,
            `taxonomy_version` where the record had them.
        faults: what could not be understood; empty for a good row. The value concerned is kept as the
            source wrote it where the column's type allows (States), else it is null.
    """

    values: dict[str, Any]
    faults: tuple[str, ...]


class Standardiser:
    """Turns records into rows. One for each job: it counts equal rows, to give each its own `row_id`."""

    def __init__(
        self,
        states: States,
        taxonomy: Taxonomy | None,
        responses: Mapping[str, Iterable[str]],
        pledge_responses: Iterable[str],
        max_text_chars: int | None = None,
        count_by_file: bool = False,
        other_taxonomies: Iterable[Taxonomy] = (),
    ) -> None:
        """Take the vocabularies.

        Args:
            states: of configs/states.csv.
            taxonomy: whose labels the tags get; None to leave gold (action and tags) unread.
            responses: the source words (any case) for Supported, Noted and Pending.
            pledge_responses: the words (any case) that mark a pledge.
            max_text_chars: a longer text is a fault; None for no limit.
            other_taxonomies: versions whose tags are mapped where they live on under another name, and else
                told with their version.
            count_by_file: count equal rows anew in each file, so that the same row in two files gets the same
                `row_id`.
        """
        self._states = states
        self._cleaner = Cleaner(states)
        self._taxonomy = taxonomy
        self._responses = {word.lower(): response for response, words in responses.items() for word in words}
        self._pledges = {word.lower() for word in pledge_responses}
        self._max_text_chars = max_text_chars
        self._count_by_file = count_by_file
        self._other_taxonomies = tuple(other_taxonomies)
        self._repeats = Repeats()
        self._state_cache: dict[tuple[str, str], tuple[str, str, str | None]] = {}
        self._issue_cache: dict[tuple[str, ...], tuple[list[str], tuple[str, ...]]] = {}

    def fresh(self) -> Standardiser:
        """One for another job, with the same vocabularies; it counts equal rows anew."""
        other = copy.copy(self)
        # Few arrays: for many short jobs, making thousands of them each time would take longest.
        other._repeats, other._state_cache, other._issue_cache = Repeats(shards=16), {}, {}
        return other

    def rows(self, records: Iterable[Record]) -> Iterator[tuple[Record, StandardRow]]:
        """Each record with its row, in order."""
        for record in records:
            yield record, self.row(record)

    def row(self, record: Record) -> StandardRow:
        """The row of a record; never raises for a bad value, which becomes a fault instead.

        Paragraph and States that stand in the text itself count where the source has no other.
        """
        faults: list[str] = [record.fault] if record.fault else []
        self._check_taxonomy(record, faults)
        cleaned = self._cleaner.clean(record.text or "")
        text = self._text(record, cleaned, faults)
        reviewed, reviewed_iso = self._state(record.state_under_review, "State under Review", faults)
        pledge = record.kind == "pledge" or record.response.strip().lower() in self._pledges
        recommending = () if pledge else record.recommending_states or cleaned.states
        names, codes = self._recommending(recommending, faults)
        session = self._session(record.session, faults)
        rec_id = recommendation_id(reviewed_iso, session, text or "")
        ordinal = self._repeats.before(
            "\x1f".join((record.file if self._count_by_file else "", rec_id, *codes))
        )
        values: dict[str, Any] = {
            "rec_id": rec_id,
            "row_id": row_id(rec_id, codes, ordinal),
            "source_file": record.file,
            "source_row": record.row,
            "text": text,
            "state_under_review": reviewed,
            "recommending_states": names,
            "session": session,
            "cycle": cycle_of(session),
            "symbol": record.symbol,
            "paragraph": record.paragraph or cleaned.paragraph,
            "kind": "pledge" if pledge else "recommendation",
            "response": None if pledge else self._response(record.response, faults),
            "response_raw": clean(record.response_raw or record.response) or None,
            "language": record.language,
            "action": None if self._taxonomy is None else self._action(record.action, faults),
            "issues": None if self._taxonomy is None else self._issues(self._taxonomy, record.issues, faults),
            "label_source": record.label_source,
            "taxonomy_version": record.taxonomy_version,
            "page": record.page,
            "char_start": record.char_start,
            "char_end": record.char_end,
            # A cell of a .csv cannot tell no theme from themes unknown.
            "themes": list(record.themes) if record.themes else None,
            "position_source": record.position_source,
            "affected_persons": list(record.affected_persons) if record.affected_persons else None,
            "sdgs": list(record.sdgs) if record.sdgs else None,
            "text_raw": record.text_raw or cleaned.raw,
            "text_fr": record.text_fr,
            "text_es": record.text_es,
        }
        return StandardRow(values, tuple(faults))

    def _text(self, record: Record, cleaned: Cleaned, faults: list[str]) -> str | None:
        if "\x00" in (record.text or ""):
            faults.append("The text holds NUL characters. Export it again from its source.")
        text = cleaned.text
        if not normalise(text[:1000]) and not normalise(text):
            faults.append(EMPTY_TEXT)
        if self._max_text_chars is not None and len(text) > self._max_text_chars:
            faults.append(
                f"The text has {len(text):,} characters, more than the {self._max_text_chars:,} of a "
                f"recommendation. "
                "Split the cell, or raise ingest.max_text_chars in configs/settings.yaml."
            )
        return text or None

    def _state(self, spelling: str, role: str, faults: list[str]) -> tuple[str | None, str]:
        """Name and ISO code; an unknown spelling is kept, and stands for its own code so that ids stay
        apart.
        """
        known = self._state_cache.get((spelling, role))
        if known is None:
            known = self._state_cache[spelling, role] = self._look_up(clean(spelling), role)
        name, iso, fault = known
        if fault:
            faults.append(fault)
        return name or None, iso

    def _look_up(self, spelling: str, role: str) -> tuple[str, str, str | None]:
        if spelling and not any(c.isalpha() for c in spelling):
            return "", "", f"'{spelling[:60]}' ({role}) is no State. Write its name, or leave the cell empty."
        if not spelling or (len(spelling) < _NAME and self._states.is_unknown(spelling)):
            return "", "", None
        state = self._states.find(spelling) if len(spelling) < _NAME else None
        if state is not None:
            return state.name, state.iso, None
        if not any(letter.isalpha() for letter in spelling):
            fault = (
                f"'{spelling[:60]}' ({role}) is no name of a State and is left out. Correct it, or add it to "
                "unknown_states in configs/sources.yaml."
            )
            return "", "", fault
        nearest = self._states.nearest(spelling) if len(spelling) < _NAME else None
        hint = f" Did you mean '{nearest}'?" if nearest else ""
        return (
            spelling,
            normalise(spelling),
            (
                f"'{spelling[:60]}' ({role}) is not a State of configs/states.csv.{hint} Correct it, or add "
                f"it there under aliases."
            ),
        )

    def _recommending(self, spellings: Iterable[str], faults: list[str]) -> tuple[list[str], list[str]]:
        pairs = [self._state(spelling, "recommending State", faults) for spelling in spellings]
        named = {iso: name for name, iso in pairs if name}
        return list(named.values()), sorted(named)

    @staticmethod
    def _session(value: str | int | None, faults: list[str]) -> int | None:
        if value is None or value == "":
            return None
        found = _FIRST_NUMBER.match(str(value))
        if found is None or int(found[1]) == 0:
            faults.append(f"'{clean(str(value))[:40]}' is not a UPR session. Write its number, 1 or higher.")
            return None
        return int(found[1])

    def _response(self, value: str, faults: list[str]) -> str | None:
        word = clean(value)
        if not word:
            return None
        response = self._responses.get(word.lower())
        if response is None:
            faults.append(
                f"'{word[:40]}' is not a response. Correct it, or add it under responses in "
                f"configs/sources.yaml."
            )
        return response

    def lacking(self, version: str) -> frozenset[str]:
        """Labels of this taxonomy that another version has no tag for; none for a version not known here."""
        other = next((t for t in self._other_taxonomies if t.version == version), None)
        if self._taxonomy is None or other is None:
            return frozenset()
        return frozenset(tag.label for tag in self._taxonomy.tags if other.of_id(tag.id) is None)

    @staticmethod
    def _action(value: str | float | None, faults: list[str]) -> int | None:
        if value is None or value == "" or value != value:
            return None
        found = re.fullmatch(r"\s*(\d{1,3})(?:\.0+)?\s*(?:-.*)?", str(value))
        if found is None or int(found[1]) not in ACTIONS:
            faults.append(f"'{clean(str(value))[:40]}' is not an action category. Use 1 to 5.")
            return None
        return int(found[1])

    def _check_taxonomy(self, record: Record, faults: list[str]) -> None:
        """Codes of a taxonomy that nobody here knows cannot be mapped, even where the tags' names agree."""
        version = record.taxonomy_version
        if self._taxonomy is None or record.action in (None, "") or not version:
            return
        known = [taxonomy.version for taxonomy in (self._taxonomy, *self._other_taxonomies)]
        if version not in known:
            faults.append(
                f"The codes are of taxonomy '{version[:40]}', and known are {', '.join(sorted(known))}. Add "
                f"its file to configs/taxonomy/, or export the codes again."
            )

    def _issues(
        self, taxonomy: Taxonomy, values: tuple[str, ...] | None, faults: list[str]
    ) -> list[str] | None:
        if values is None:
            return None
        known = self._issue_cache.get(values)
        if known is None:
            known = self._issue_cache[values] = self._look_up_issues(taxonomy, values)
        faults.extend(known[1])
        return list(known[0])

    def _look_up_issues(
        self, taxonomy: Taxonomy, values: tuple[str, ...]
    ) -> tuple[list[str], tuple[str, ...]]:
        labels: dict[str, None] = {}
        faults = []
        for value in values:
            spelling = clean(value)
            if not spelling:
                continue
            tag = taxonomy.find(spelling)
            if tag is not None:
                labels[tag.label] = None
                continue
            other = next((t for t in self._other_taxonomies if t.find(spelling)), None)
            if other is not None:
                if same := taxonomy.of_id(other.find(spelling).id):  # type: ignore[union-attr]
                    labels[same.label] = None
                    continue
                faults.append(
                    f"'{spelling[:60]}' is a tag of taxonomy {other.version}, and has no place in "
                    f"{taxonomy.version}. Read the file by its own taxonomy: --taxonomy {other.version}."
                )
                continue
            nearest = taxonomy.nearest(spelling) if len(spelling) < _NAME else None
            hint = f" Did you mean '{nearest}'?" if nearest else ""
            faults.append(
                f"'{spelling[:60]}' is not one of the {len(taxonomy.tags)} tags of taxonomy "
                f"{taxonomy.version}.{hint} "
                f"Correct it, or add it under aliases in configs/taxonomy/{taxonomy.version}.yaml."
            )
        return list(labels), tuple(faults)
