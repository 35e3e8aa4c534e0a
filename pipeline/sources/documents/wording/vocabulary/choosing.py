"""Which vocabulary a text is read by."""

from __future__ import annotations

import re

from pipeline.corpus.text import folded
from pipeline.sources.documents.wording.vocabulary.english import ENGLISH
from pipeline.sources.documents.wording.vocabulary.french import FRENCH
from pipeline.sources.documents.wording.vocabulary.spanish import SPANISH
from pipeline.sources.documents.wording.vocabulary.words import Vocabulary

VOCABULARIES = (ENGLISH, FRENCH, SPANISH)
_KNOWN = [(words, words.small_words | words.verbs) for words in VOCABULARIES]
_WORD = re.compile(r"[^\W\d_]+")
_LOOKED_AT = 1000


def vocabulary_of(text: str) -> Vocabulary:
    """The vocabulary that has the most words of a text; English where none has more.

    Small words and verbs count. Names of States and treaties that stand in an English text decide nothing.
    """
    words = _WORD.findall(folded(text[:_LOOKED_AT]))
    return max(_KNOWN, key=lambda pair: len([word for word in words if word in pair[1]]))[0]
