"""Which vocabulary a text is read by."""

from __future__ import annotations

import re

from pipeline.corpus.text import folded
from pipeline.sources.documents.wording.vocabulary.english import ENGLISH
from pipeline.sources.documents.wording.vocabulary.french import FRENCH
from pipeline.sources.documents.wording.vocabulary.spanish import SPANISH
from pipeline.sources.documents.wording.vocabulary.words import Vocabulary

VOCABULARIES = (ENGLISH, FRENCH, SPANISH)
_WORD = re.compile(r"[^\W\d_]+")
_LOOKED_AT = 1000


def vocabulary_of(text: str) -> Vocabulary:
    """The vocabulary that has the most words of a text; English where none has more.

    Small words and verbs count. Names of States and treaties that stand in an English text decide nothing.
    """
    words = [folded(word) for word in _WORD.findall(text[:_LOOKED_AT])]
    return max(VOCABULARIES, key=lambda known: sum(w in known.small_words or w in known.verbs for w in words))
