"""What the grammar of recommendations needs to know of a language.

The grammar is one: `verbs`, `parts`, `shared_words`, `sentence`, `item` and `reported` build their patterns
from these words, and none of them knows the language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

from pipeline.corpus.text import folded


def listed(words: str) -> frozenset[str]:
    """The words of a list in lower case, without accents."""
    return frozenset(folded(word) for word in words.split())


_ACCENTED = re.compile(r"(?<=[a-z])[àâçéèêëíîïóôúûùüñ]|(?<!\[)[àâçéèêëíîïóôúûùüñ](?=[a-z])")


def with_or_without_accents(pattern: str) -> str:
    """A pattern that accepts its words without their accents, too; "à" alone keeps its own.

    >>> with_or_without_accents("recommandé à")
    'recommand[ée] à'
    """
    return _ACCENTED.sub(lambda found: f"[{found.group()}{folded(found.group())}]", pattern)


@dataclass(frozen=True, eq=False, kw_only=True)
class Vocabulary:
    """The words of one language.

    Words in sets are in lower case and without accents (see `listed`). All other values are patterns of
    regular expressions that ignore case and accents, without a group unless it is named here; one whose name
    ends in `_` includes the white space, or the apostrophe, behind it.

    Attributes:
        language: ISO 639-1 code.
        small_words: words by which a text of this language is told from one of the two others.
        word: one word.
        verbs: base forms that begin a recommendation, and the forms with which reports retell one.
        rare_verbs: verbs only where they come first; elsewhere they are mostly other words ("a clear plan").
        gerund_base: from a participle or gerund ("ratifying") to the base form; None where a word is none.
        told_base: from a form with which reports retell an act ("takes", "ratificara") to the base form; None
            where a word is none. Args: the word, and the text behind it.
        reflexive_, reflexive_behind: what stands before a reflexive form for retelling ("se"), and whether it
            stands behind the base form ("adherirse").
        clitics: pronouns that stand between a conjunction and a verb ("et l’abolir").
        adverbs: words that may stand before a verb; with `adverb_ending` of others.
        conjunctions: words that tie a clause to the one before.
        before_verb_: words that may stand before its verb then.
        that_it_: those of them after which the verb stands in a form for retelling ("qu’il ratifie").
        further: a clause that asks for more of something ("further the ...").
        ties, adds, contrast: "and" and "as well as"; the latter alone; both and "but".
        either: "and" and "or".
        bare_words, bare_nouns: words and nouns of acts beside the verbs of a clause without object.
        empty_: what stands between a verb and its object ("possibility of").
        as_recommended: says that something was recommended before.
        adjunct: says only when or how to act (verbose syntax).
        act_nouns: noun of an act to its verb, with what stands between the verb and its object.
        noun_: what may stand before such a noun.
        noun_links: what stands between noun and object, to what stands between verb and object.
        gerund_lead_: what may stand before a gerund, or before an infinitive in its place.
        article_: a definite article, also joined with "to" ("au").
        own_: a possessive of the third person.
        open_end: words after which a clause is not over.
        carries_on: begins what carries a recommendation on after a semicolon.
        no_object: words that begin no object; with `no_object_ending` of others.
        glue: what is changed where a clause gets an object that stands elsewhere: patterns of the end before
            and of the beginning behind, and what replaces the latter.
        must: "should" and "must".
        to_, that_: what stands before an infinitive and before a clause.
        to_again: that begins another infinitive after a semicolon.
        that_again: begins another clause; a group `verb` must then be in a form for retelling.
        voice: the verbs with which reports retell what was recommended.
        asked: what stands behind them where they ask for an act.
        it_, also_: what may stand before them.
        while_: begins a clause before them.
        preamble: words with which an opening begins that asks for nothing.
        binders_: what stands between them and the State, or the act.
        should_: "should" alone.
        asks_to_: what stands between the State and the act.
        government, state: what the State under Review is called beside its name.
        offices: what the State under Review is called in the account of the dialogue, without article.
        small_ties, last_ties: small words that stand there between one recommendation and the next; those
            with which they end.
        voices, recommends: participles of the verbs that retell; those forms that say "recommend" itself.
        said, said_that: "Recommended " and "that ", as they are written before what is no act.
        thereto, instrument, to_it: says "to it" of an instrument; the instrument's name (a group); by the
            first word of that, what stands instead of "to it", with `{}` for the name.
    """

    language: str
    small_words: frozenset[str]
    word: str
    verbs: frozenset[str]
    rare_verbs: frozenset[str]
    gerund_base: Callable[[str], str | None]
    told_base: Callable[[str, str], str | None]
    reflexive_: str
    reflexive_behind: bool
    clitics: frozenset[str]
    adverbs: frozenset[str]
    adverb_ending: str
    conjunctions: str
    before_verb_: str
    that_it_: str
    further: str
    ties: str
    adds: str
    contrast: str
    either: frozenset[str]
    bare_words: frozenset[str]
    bare_nouns: frozenset[str]
    empty_: str
    as_recommended: str
    adjunct: str
    act_nouns: Mapping[str, str]
    noun_: str
    noun_links: Mapping[str, str]
    gerund_lead_: str
    article_: str
    own_: str
    open_end: str
    carries_on: str
    no_object: str
    no_object_ending: str
    glue: Sequence[tuple[str, str, str]]
    must: str
    to_: str
    that_: str
    to_again: str
    that_again: str
    voice: str
    asked: str
    it_: str
    also_: str
    while_: str
    preamble: str
    binders_: str
    should_: str
    asks_to_: str
    government: str
    state: str
    offices: str
    small_ties: str
    last_ties: str
    voices: str
    recommends: str
    said: str
    said_that: str
    thereto: str
    instrument: str
    to_it: Mapping[str, str]

    def __post_init__(self) -> None:
        """Let the patterns accept words that lost their accents."""
        for known in fields(self):
            value = getattr(self, known.name)
            if isinstance(value, str) and known.name not in _NO_PATTERNS:
                object.__setattr__(self, known.name, with_or_without_accents(value))


_NO_PATTERNS = frozenset(("language", "said", "said_that"))
