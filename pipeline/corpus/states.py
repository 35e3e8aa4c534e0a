"""States: one list with ISO codes, regional groups and spellings both ways."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class State:
    """A State of the UPR.

    Attributes:
        iso: ISO 3166-1 alpha-3 code.
        name: UPR Info's short name, the spelling used in every table of the project.
        un_name: the UN's name.
        region: UN regional group as UPR Info uses it (Africa, Asia, EEG, GRULAC, WEOG, Observer).
        organisations: organisations that UPR Info lists for the State.
        aliases: further spellings met in documents and exports.
        demonyms: adjectives and nouns for its people, masked with the name.
        translations: names in the other official languages of the UN; found, but neither masked nor written.
    """

    iso: str
    name: str
    un_name: str
    region: str
    organisations: tuple[str, ...]
    aliases: tuple[str, ...]
    demonyms: tuple[str, ...]
    translations: tuple[str, ...] = ()


_NO_LETTER = re.compile(r"[\W\d_]+")


def _key(name: str) -> str:
    """Spelling without what varies: accents, case, punctuation, "the", "&" for "and", "St" for "Saint".

    Letters of every script count. A name without any has the key "", which stands for no State.
    """
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).lower().replace("&", " and ")
    words = [w for w in _NO_LETTER.split(plain) if w and w not in {"the", "of", "and"}]
    return " ".join("saint" if w == "st" else w for w in words)


class States:
    """All States, found by any spelling."""

    def __init__(self, states: Iterable[State], unknown: Iterable[str] = ()) -> None:
        """Take the list.

        Args:
            states: unique by code.
            unknown: spellings that a source uses for "no State given".

        Raises: ValueError if a spelling has no letter, or is given for two States.
        """
        self.all = tuple(states)
        self.by_iso: Mapping[str, State] = {s.iso: s for s in self.all}
        self._by_key: dict[str, State] = {}
        for state in self.all:
            for spelling in (state.name, state.un_name, *state.aliases, *state.translations):
                self._enter(spelling, _key(spelling), state)
            # Andorra's code has the key of the word "and": only as a code is it a name.
            if code := _key(state.iso):
                self._enter(state.iso, code, state)
        self._exact = {s.name: s for s in self.all} | self.by_iso
        self._unknown = {" ".join(u.split()) for u in unknown}
        self._unknown_keys = {_key(u) for u in unknown} - {""}

    def _enter(self, spelling: str, key: str, state: State) -> None:
        if not key:
            raise ValueError(f"'{spelling}' of {state.name} has no word that could be a name")
        holder = self._by_key.setdefault(key, state)
        if holder is not state:
            raise ValueError(f"'{spelling}' is given for {holder.name} and for {state.name}")

    def find(self, name: str) -> State | None:
        """The State of a spelling (short, UN, alias, ISO code, a name in another language), or None."""
        return self._exact.get(name) or self._by_key.get(_key(name))

    def is_unknown(self, name: str) -> bool:
        """Whether a source says by this spelling that it does not know the State."""
        return " ".join(name.split()) in self._unknown or _key(name) in self._unknown_keys

    def nearest(self, name: str) -> str | None:
        """The known spelling nearest to `name`, as a hint for a message; None if nothing is near."""
        from rapidfuzz import process

        key = _key(name)
        found = process.extractOne(key, self._by_key.keys(), score_cutoff=75) if key else None
        return self._by_key[found[0]].name if found else None

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """Every spelling of every State, longest first; ISO codes are not among them."""
        names = {n for s in self.all for n in (s.name, s.un_name, *s.aliases)}
        return tuple(sorted(names, key=lambda n: (-len(n), n)))
