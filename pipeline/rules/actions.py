"""The codebook's rules for the action category.

They look at the leading verb, at two leading verbs, at the object of a verb whose object decides, and at
specific actions after a general one ("... by amending the family code").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.rules.codebook import Codebook
from pipeline.rules.romance import PARTICIPLE
from pipeline.rules.words import Lexicon, Words

_REACH = 14
"""Number of words after an open verb in which its object is searched."""
_SEARCH = 60
"""Number of words from the start in which the leading verb is searched."""

Place = tuple[int, int]
"""First token, and the one after the last."""


@dataclass(frozen=True, slots=True)
class ActionReading:
    """The action of a text by the rules.

    Attributes:
        action: 1 to 5, None where no rule applies.
        rule: name of the rule that gave it.
        places: token ranges of the words that it depends on.
    """

    action: int | None
    rule: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class _Verb:
    """A verb in the text: its places, its category, and whether the object has given it."""

    places: tuple[Place, ...]
    action: int
    by_object: bool


class ActionRules:
    """The rules for the action category, on lemma numbers."""

    def __init__(self, codebook: Codebook, words: Words) -> None:
        """Args: `words`, the vocabulary that the texts' lemma numbers come from."""
        self._verbs = Lexicon(words, codebook.verbs.items())
        self._open = Lexicon(words, codebook.open_verbs.items())
        self._objects = Lexicon(words, codebook.objects.items())
        self._cues = Lexicon(words, ((cue, None) for cue in codebook.cues))
        self._acts = Lexicon(words, ((act, None) for act in codebook.acts))
        self._fillers, self._articles, self._openers, self._stops, self._links = (
            frozenset(number for word in group for number in words.numbers(word)[:1])
            for group in (codebook.fillers, codebook.articles, codebook.openers, (";", "."), codebook.links)
        )
        self._comma, self._to = (words.numbers(w)[0] for w in (",", "to"))
        self._adverbs = codebook.adverb
        self._participle = words.numbers(PARTICIPLE)[0] if codebook.language != "en" else None
        self._strings = words.vocab.strings

    def read(self, tokens: Sequence[int]) -> ActionReading:
        """The action of a text given as lemma numbers."""
        place = self._lead(tokens)
        verb = None if place is None else self._verb(tokens, place)
        if verb is None:
            return ActionReading(None, "no leading verb")
        rule = "object of the verb" if verb.by_object else "leading verb"
        second = self._second(tokens, verb.places[0][1])
        if second is not None and (second.action != verb.action):
            verb, rule = second, "two leading verbs"
        if verb.action in (2, 4):
            doing = self._doing(tokens, verb)
            if doing is not None:
                return doing
        return ActionReading(verb.action, rule, verb.places)

    def _adverb(self, number: int) -> bool:
        word = self._strings[number]
        return word.endswith(self._adverbs) and len(word) > len(self._adverbs) + 2

    def _past_fillers(self, tokens: Sequence[int], place: int, end: int) -> int:
        """The first position from `place` on that is not a filler, adverb or cue; `end` if there is none."""
        while place < end and (
            tokens[place] in self._fillers or self._adverb(tokens[place]) or self._cues.at(tokens, place)
        ):
            place += 1
        return place

    def _lead(self, tokens: Sequence[int]) -> int | None:
        """Where the leading verb starts."""
        length = min(len(tokens), _SEARCH)
        place = self._past_fillers(tokens, 0, length)
        if place < length and tokens[place] in self._openers and self._verbs.at(tokens, place) is None:
            after = self._after_comma(tokens, place, length)
            place = after if after is not None else place
        first = place
        while place < length:
            if self._verbs.at(tokens, place) is not None and (
                place == first or tokens[place - 1] not in self._articles
            ):
                return place
            place += 1
        return None

    def _after_comma(self, tokens: Sequence[int], start: int, length: int) -> int | None:
        """The position after the first comma that is followed by a verb; adverbs and fillers are skipped."""
        for comma in range(start, length):
            if tokens[comma] == self._comma:
                place = self._past_fillers(tokens, comma + 1, length)
                if place < length and self._verbs.at(tokens, place) is not None:
                    return place
        return None

    def _verb(self, tokens: Sequence[int], place: int) -> _Verb | None:
        """The verb at `place`, None if there is none. An open verb gets the category of its object."""
        found = self._verbs.at(tokens, place)
        if found is None:
            return None
        end, action = found
        opened = self._open.at(tokens, place)
        if opened is None or opened[0] < end:
            return _Verb(((place, end),), action, False)
        end, otherwise = opened
        for at in range(end, min(end + _REACH, len(tokens))):
            if tokens[at] in self._stops:
                break
            thing = self._objects.at(tokens, at)
            if thing is not None:
                return _Verb(((place, end), (at, thing[0])), thing[1], True)
        return _Verb(((place, end),), otherwise, False)

    def _second(self, tokens: Sequence[int], place: int) -> _Verb | None:
        """The second of two leading verbs that starts right after "and" at `place`, or None."""
        linked = False
        while place < len(tokens):
            if tokens[place] in self._links:
                linked = True
            elif tokens[place] != self._to and not self._adverb(tokens[place]):
                break
            place += 1
        return self._verb(tokens, place) if linked and place < len(tokens) else None

    def _goes_on(self, tokens: Sequence[int], place: int) -> bool:
        """Whether the gerund at `place` names no means: it belongs to the verb before it, or to another
        gerund of that verb ("seguir promoviendo y protegiendo").
        """
        if tokens[place] != self._participle:
            return False
        before = place - 1
        if tokens[before] in self._links and tokens[before] != self._comma:
            first = max((at for at in range(before) if tokens[at] == self._participle), default=0)
            return first > 0 and self._verbs.at(tokens, first - 1) is not None
        return self._verbs.at(tokens, before) is not None

    def _doing(self, tokens: Sequence[int], verb: _Verb) -> ActionReading | None:
        """A specific act after "by", "through" or the like, or None."""
        for place in range(verb.places[-1][1], len(tokens) - 1):
            cue = self._cues.at(tokens, place)
            if cue is None or self._goes_on(tokens, place):
                continue
            start = self._past_fillers(tokens, min(cue[0], len(tokens) - 1), len(tokens) - 1)
            act = self._acts.at(tokens, start)
            if act is not None and verb.action == 4:
                return ActionReading(
                    5, "general by way of specific", (*verb.places, (place, cue[0]), (start, act[0]))
                )
            doing = self._verb(tokens, start)
            if doing is not None and (doing.action == 5 or (doing.action == 4 and verb.action == 2)):
                return ActionReading(
                    doing.action, "general by way of specific", (*verb.places, (place, cue[0]), *doing.places)
                )
        return None
