"""Words that clauses of one sentence share: an object that stands once, and how it is joined to each verb."""

from __future__ import annotations

import re
from functools import cache

from pipeline.sources.documents.wording.parts import patterns_of
from pipeline.sources.documents.wording.verbs import Clauses


@cache
def shared_words(clauses: Clauses) -> SharedWords:
    """The reader of shared words of a language; there is one of each."""
    return SharedWords(clauses)


class SharedWords:
    """Gives each clause the words that it shares with another."""

    def __init__(self, clauses: Clauses) -> None:
        """Args: `clauses`, the reader of the same language."""
        words = clauses.words
        self._clauses = clauses
        # Names begin with a capital, also where case does not count.
        capital = r"(?-i:[A-ZÀ-Þ])"
        self._named = re.compile(rf"(?<!\w){words.article_}(?={capital})", re.IGNORECASE)
        self._named_last = re.compile(rf"(?<!\w)(?:{words.own_}|{words.article_}){capital}.*$", re.IGNORECASE)
        self._names = re.compile(rf"{words.article_}|{capital}", re.IGNORECASE)
        self._end = re.compile(
            rf"/(?=\s*(?:{words.ties})\b)|,?\s+(?:{words.adds})\b|,\s+(?:{words.ties})\b|;"
        )
        self._open_end = patterns_of(words).open_end
        self._glue = [
            (re.compile(before, re.IGNORECASE), re.compile(behind), instead)
            for before, behind, instead in words.glue
        ]

    def head(self, shared: str) -> str:
        """What is shared, up to where another clause or object begins."""
        return self._end.split(shared, maxsplit=1)[0] if shared else ""

    def object_for(self, before: str, clause: str) -> str:
        """The object that a broken-off clause shares with the next one."""
        shared = self._clauses.object_of(clause)
        named = self._named_last.search(shared)
        return named.group() if named and self._open_end.search(before.rstrip()) else shared

    def takes_objects(self, text: str) -> bool:
        """Whether a clause has a named object, such as another can stand for: "speed up ratification of the
        Covenant".
        """
        return bool(self._named.search(text)) or bool(self._names.match(self._clauses.object_of(text)))

    def verbs_of(self, text: str) -> str:
        """The beginning of a clause up to its object."""
        named = self._named.search(text)
        if named:
            return text[: named.start()]
        kept = self._clauses.object_of(text)
        return text[: text.rfind(kept)] if kept else text

    def respectively(self, text: str, states: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        """ "Consider ratifying/ratify the Covenant" of two States is the first for the first State, and the
        second for the second.
        """
        ways = text.split("/")
        if (
            len(ways) != len(states)
            or len(ways) < 2
            or not all(self._clauses.is_bare(way) for way in ways[:-1])
            or not self._clauses.begins_with_verb(ways[-1])
        ):
            return [(text, states)]
        shared = self._clauses.object_of(ways[-1])
        return [
            *(
                (self.glued(way, " " + shared), (state,))
                for way, state in zip(ways[:-1], states, strict=False)
            ),
            (ways[-1], states[-1:]),
        ]

    def glued(self, before: str, after: str) -> str:
        """Two pieces of a sentence as one, with what is changed between them."""
        for end, beginning, instead in self._glue:
            found = beginning.match(after)
            if found and end.search(before):
                after = instead + after[found.end() :]
        before = before.rstrip()
        if re.match(r"\s*[,;.]", after):
            return f"{before.rstrip(' ,;')}{after.lstrip()}"
        # "l’" and "d’" stand close to their noun.
        return f"{before}{'' if before.endswith(('’', chr(39))) else ' '}{after.lstrip()}"
