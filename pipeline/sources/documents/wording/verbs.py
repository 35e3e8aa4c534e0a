"""What a clause asks for: whether it stands on its own, its act, and what the act is done to."""

from __future__ import annotations

import re
from functools import cache

from pipeline.corpus.text import folded
from pipeline.sources.documents.wording.vocabulary.choosing import vocabulary_of
from pipeline.sources.documents.wording.vocabulary.words import Vocabulary, with_or_without_accents

_SEPARATORS = r"[\s,;.:/*)\]•–—-]*"


_NOUNS = frozenset(("pouvoir", "devoir", "etre", "avoir", "savoir"))
"""Infinitives of French that are nouns behind an article."""


def clauses_of(text: str) -> Clauses:
    """The reader of clauses in the language of a text."""
    return clauses_in(vocabulary_of(text))


@cache
def clauses_in(words: Vocabulary) -> Clauses:
    """The reader of clauses of a vocabulary; there is one of each."""
    return Clauses(words)


def begins_with_verb(text: str) -> bool:
    """Whether a text, in whatever of the languages, asks for an action; see `Clauses.begins_with_verb`."""
    return clauses_of(text).begins_with_verb(text)


class Clauses:
    """Reads clauses by the words of one language."""

    def __init__(self, words: Vocabulary) -> None:
        """Args: `words`, see `clauses_in`."""
        self.words = words
        self._conjunction = re.compile(
            rf"^{_SEPARATORS}(?:(?:{words.conjunctions})\b[\s,]*)*(?:{words.before_verb_})*", re.IGNORECASE
        )
        self._that_it = re.compile(rf"{words.that_it_}(?:{words.before_verb_})*$", re.IGNORECASE)
        self._word = re.compile(words.word)
        self._leading = re.compile(rf"\s*({words.word})[\s,]*")
        self._empty = re.compile(rf"\s*{words.empty_}", re.IGNORECASE)
        self._further = re.compile(rf"\W*{words.further}", re.IGNORECASE)
        self._as_recommended = re.compile(rf"\W*{words.as_recommended}", re.IGNORECASE)
        self._adjunct = re.compile(
            rf"^[\s,/]* (?:(?:{words.conjunctions})\s+)? (?:{words.adjunct}) [\s,]*$",
            re.IGNORECASE | re.VERBOSE,
        )
        self._when = re.compile(rf"[\s,]+(?:{words.adjunct})[\s,]*$", re.IGNORECASE | re.VERBOSE)
        nouns = with_or_without_accents("|".join(words.act_nouns))
        links = "|".join(words.noun_links)
        self._noun_of = re.compile(rf"^{words.noun_}({nouns})\s+({links})", re.IGNORECASE)
        self._told = re.compile(rf"((?:{words.reflexive_})?)({words.word})", re.IGNORECASE)
        self._gerund = re.compile(rf"^(?:{words.gerund_lead_})?({words.word})", re.IGNORECASE)
        self._act_nouns = {folded(noun): verb for noun, verb in words.act_nouns.items()}

    def without_conjunction(self, text: str) -> str:
        """The clause without the separators and conjunctions that tie it to the one before."""
        return text[self._conjunction.match(text).end() :]  # type: ignore[union-attr]

    def cites_recommendation(self, text: str) -> bool:
        """Whether a part says only that it was recommended before: "as recommended in 2009"."""
        return self._as_recommended.match(text) is not None

    def is_adjunct(self, text: str) -> bool:
        """Whether a part says only when or how to act: "as soon as possible", "quickly"."""
        return self._adjunct.match(text) is not None

    def has_verb(self, text: str) -> bool:
        """Whether a text names an action anywhere: a verb, its form in -ing, or its noun ("ratification"). A
        that-clause ("That the talks become public") has one in any case.
        """
        words = self._words(text)
        if re.match(rf"\W*{self.words.that_}", text, re.IGNORECASE) and len(words) > 4:
            return True
        rest = [w for w in words if not self._is_adverb(w)]
        first, second = (*rest, "", "")[:2]
        # "Implements the law" is a slip for the verb; "judges and lawyers" are people.
        told = self.words.told_base(first, f" {second}") is not None and bool(second)
        return first in self.words.rare_verbs or told or any(self._is_action(w) for w in words)

    def _words(self, text: str) -> list[str]:
        return [folded(word) for word in self._word.findall(text)]

    def _is_action(self, word: str) -> bool:
        plain = word.replace("-", "")
        known = {word, plain, word.split("-")[0]}
        return (
            bool(known & self.words.verbs)
            or plain in self._act_nouns
            or self.words.gerund_base(plain) is not None
        )

    def _is_adverb(self, word: str) -> bool:
        return word in self.words.adverbs or word.endswith(self.words.adverb_ending)

    def begins_with_verb(self, text: str) -> bool:
        """Whether a clause asks for an action of its own: a verb comes first, or after adverbs only."""
        if self._further.match(text):
            return True
        if self.cites_recommendation(text):
            return False
        clause = self.without_conjunction(text)
        told = self._that_it.search(text[: len(text) - len(clause)]) is not None
        words = self._words(clause[:80])[:6]
        if len(words) > 1 and words[0] in self.words.clitics and words[1] in self.words.verbs - _NOUNS:
            return True
        for word in words[:5]:
            if word in self.words.verbs or (told and self.words.told_base(word, "")):
                return True
            if not self._is_adverb(word) and word not in self.words.either:
                return False
        return False

    def in_base_form(self, text: str) -> str:
        """The text with its first verb in the base form: "takes measures" is "take measures"."""
        found = self._told.match(text)
        base = self.words.told_base(folded(found[2]), text[found.end() :]) if found else None
        if found is None or base is None or found[2][:1].isupper():
            return text
        behind = "se" if found[1] and self.words.reflexive_behind else ""
        return f"{'' if behind else found[1]}{base}{behind}{text[found.end() :]}"

    def is_bare(self, text: str) -> bool:
        """Whether a clause names an action and nothing that it is done to: "sign and ratify", "Accede to",
        "Consider".
        """
        words = self._words(self._when.sub("", self.without_conjunction(text)))
        if not words or len(words) > 12 or re.search(r"\d", text):
            return False
        verbal = [self._is_verb(w) for w in words]
        allowed = self.words.adverbs | self.words.bare_words | self.words.bare_nouns
        return any(verbal) and all(verb or w in allowed for w, verb in zip(words, verbal, strict=True))

    def _is_verb(self, word: str) -> bool:
        return word in self.words.verbs or self.words.gerund_base(word) is not None

    def object_of(self, text: str) -> str:
        """What a clause's action is done to: the clause without its leading verbs and adverbs."""
        rest = self.without_conjunction(text)
        while True:
            found = self._empty.match(rest) or self._leading.match(rest)
            if found is None or not (found.re is self._empty or self._leads(folded(found[1]))):
                break
            rest = rest[found.end() :]
        return rest.strip()

    def _leads(self, word: str) -> bool:
        return self._is_verb(word) or word in self.words.adverbs

    def as_action(self, text: str) -> str | None:
        """ "of ratifying the Covenant" and "the ratification of the Covenant" as what they ask for: "ratify
        the Covenant".

        None where the text names no action.
        """
        clause = self.without_conjunction(text).strip()
        noun = self._noun_of.match(clause)
        if noun:
            link = next(
                to for of, to in self.words.noun_links.items() if re.fullmatch(of, noun[2], re.IGNORECASE)
            )
            return f"{self._act_nouns[folded(noun[1])]} {link}{clause[noun.end() :]}"
        gerund = self._gerund.match(clause)
        # "Bearing in mind the reports, adopt a law" asks to adopt it.
        if gerund and any(
            self.begins_with_verb(clause[comma.end() :]) for comma in re.finditer(r",\s+", clause)
        ):
            return None
        if gerund and (base := self.words.gerund_base(folded(gerund[1]))):
            return f"{base}{clause[gerund.end() :]}"
        return None
