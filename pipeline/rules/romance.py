"""Tokens and lemmas for the rules in French and Spanish: the interface of `words.Words`, without small words.

A lemma table and a few endings do, as in English. Accents, case, plural and feminine endings do not count,
so that "DEPLACEES", "déplacées" and "déplacé" are one lemma; articles and the commonest prepositions are left
out, so that "droits de l'enfant" and "droits des enfants" are one phrase.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from pipeline.corpus.text import folded
from pipeline.rules.words import Words

PARTICIPLE = "~ing"
"""The token that stands before the infinitive of a present participle or gerund."""

# An apostrophe belongs to no word: "l’enfant" is "l" and "enfant", also where a PDF has set it apart.
_TOKEN = re.compile(r"~ing|(?i:\bn[uú]\u0301?m)\.?|(?:[^\W\d_][\u0300-\u036f]*)+|\d+|[^\w\s'’‘ʼ`´]")


def french_stem(word: str) -> str:
    """A folded French word without plural and feminine endings.

    >>> [french_stem(w) for w in ("nationaux", "nationales", "deplacees", "actives", "femmes")]
    ['national', 'national', 'deplac', 'actif', 'femm']
    """
    if len(word) > 4 and word.endswith("aux") and not word.endswith("eaux"):
        word = word[:-2] + "l"
    elif len(word) > 3 and word[-1] in "sx" and not word.endswith("ss"):
        word = word[:-1]
    word = word.rstrip("e") if len(word) > 3 else word
    if len(word) > 4:
        word = word[:-1] + "f" if word.endswith("iv") else word
        word = word[:-1] if word.endswith(("ell", "enn", "onn")) else word
    return word


_SPANISH_GENDER = re.compile(r"(?<=ad|id|iv|ic|os|ri|an|en|nt|rs)a$")


def spanish_stem(word: str) -> str:
    """A folded Spanish word without plural and feminine endings.

    >>> [spanish_stem(w) for w in ("naciones", "jueces", "desplazadas", "politicas", "leyes", "trata")]
    ['nacion', 'juez', 'desplazado', 'politico', 'ley', 'trata']
    """
    if len(word) > 4 and word.endswith("ces"):
        word = word[:-3] + "z"
    elif len(word) > 4 and word.endswith("es"):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s"):
        word = word[:-1]
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return _SPANISH_GENDER.sub("o", word) if len(word) > 5 else word


def french_participle(verb: str) -> str:
    """The regular present participle of a folded infinitive.

    >>> french_participle("adopter"), french_participle("abolir"), french_participle("prendre")
    ('adoptant', 'abolissant', 'prendant')
    """
    if verb.endswith("ir"):
        return verb[:-1] + "ssant"
    if verb.endswith("ger"):
        return verb[:-1] + "ant"
    return verb[:-2] + "ant"


def spanish_gerund(verb: str) -> str:
    """The regular gerund of a folded infinitive.

    >>> spanish_gerund("adoptar"), spanish_gerund("establecer"), spanish_gerund("abrir")
    ('adoptando', 'estableciendo', 'abriendo')
    """
    return verb[:-2] + ("ando" if verb.endswith("ar") else "iendo")


class RomanceWords(Words):
    """Texts in French or Spanish as lemma numbers with their positions."""

    def __init__(
        self, language: str, skipped: Iterable[str], verbs: Iterable[str], forms: Mapping[str, str]
    ) -> None:
        """Take a vocabulary.

        Args:
            language: "fr" or "es".
            skipped: words that are left out.
            verbs: infinitives whose participles or gerunds are generated.
            forms: irregular form to its lemma.
        """
        super().__init__(str)
        self._stem: Callable[[str], str] = french_stem if language == "fr" else spanish_stem
        self._skipped = frozenset(folded(word) for word in skipped)
        infinitives = {folded(verb) for verb in verbs if re.search(r"(?:[aei]r|re)$", folded(verb))}
        regular = french_participle if language == "fr" else spanish_gerund
        self._participles = {
            regular(verb): verb for verb in infinitives if language == "es" or verb[-1] == "r"
        }
        self._forms: dict[str, str] = {}
        for form, lemma in forms.items():
            of_verb = (
                folded(form).endswith(("ndo", "ant")) and folded(lemma)[-1:] in ("r", "e") and form != lemma
            )
            (self._participles if of_verb else self._forms)[folded(form)] = folded(lemma)
        self._reflexive = ("ndose", "arse", "erse", "irse") if language == "es" else ()

    def document(self, text: str) -> Any:
        """`text` as a spaCy Doc of its lemmas; `user_data` holds where each stands in the text."""
        from spacy.tokens import Doc

        lemmas: list[str] = []
        places: list[tuple[int, int]] = []
        for found in _TOKEN.finditer(text):
            for lemma in self._lemmas(found.group()):
                lemmas.append(lemma)
                places.append((found.start(), found.end() - found.start()))
        document = Doc(self.vocab, words=lemmas)
        document.user_data["places"] = places
        return document

    def _lemmas(self, token: str) -> tuple[str, ...]:
        word = folded(token)
        word = word.rstrip(".") or word  # of "núm."
        if not word or word in self._skipped:
            return ()
        if word == PARTICIPLE or not word[:1].isalpha():
            return (word,)
        if word in self._forms:
            return (self._stem(self._forms[word]),)
        # "adherirse" is "adherir", and "adhiriéndose" its gerund.
        bare = word[:-2] if word.endswith(self._reflexive) else word
        if bare in self._participles:
            return PARTICIPLE, self._stem(self._participles[bare])
        return (self._stem(bare),)

    @staticmethod
    def table(document: Any) -> tuple[list[int], Any]:
        """Lemma numbers, and an array (n_tokens, 2) of each one's first character and length in the text."""
        tokens, _ = Words.table(document)
        return tokens, np.array(document.user_data["places"], dtype=np.int64).reshape(-1, 2)
