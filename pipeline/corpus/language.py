"""The language of a recommendation, and whether its words are whole.

Texts of three to eight words are too short for a language model of letters: py3langid alone gives one in five
short English recommendations less than 0.9. So a text counts as English only where words stand in it that
English has and its neighbours have not; py3langid names the other languages.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from pipeline.corpus.vocabulary import ENGLISH, FREQUENT

_OTHER_LIST = """
le la les des du de et à au aux dans pour par sur avec une un que qui sa ses leur leurs ce cette ces l d est
sont ou notamment contre afin droits homme femmes enfants mesures
el los las del y en con se su sus al lo como sobre e es este esta más medidas fin derechos humanos mujeres
niños género convención ante para
os da dos das em na nos nas com uma seu seus ao à ou é são mais direitos mulheres crianças
il gli della dei delle di nel nella che si suo alla contro sono ed
der die das und zu den von mit für auf des im dem nicht ein eine zur zum bei als auch sich ist sind oder gegen
über het een van voor met aan dat bij ook naar niet zijn wordt tegen om
"""
_OTHER = frozenset(_OTHER_LIST.split()) - ENGLISH
"""Small words of French, Spanish, Portuguese, Italian, German and Dutch that no English sentence needs."""

_OTHER_LANGUAGES = ("fr", "es", "pt", "it", "de", "nl")
_CERTAIN = 0.95
_ENGLISH_SHARE = 8
"""One word in so many, at least, is an English one in an English text."""

_SCRIPTS = {
    "ARABIC": "ar",
    "CYRILLIC": "ru",
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "GREEK": "el",
    "HEBREW": "he",
    "THAI": "th",
}
_WORD = re.compile(r"[^\W\d_]+")
_LATIN_TERM = re.compile(r"\bde (?=facto\b|jure\b)")
_LOOKED_AT = 600
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_] ){3,}")
_PARTS = 4
_LOST = re.compile(
    r"""(?x)
      \ufffd                                # what a program writes for a byte that it cannot read
    | (?<=[^\W\d_]) \? (?=[^\W\d_])        # "capacit?s"
    | \? \s* [a-zà-þ]                       # "la communaut? internationale": no sentence goes on so
    | Ã | Â[\x80-\xbf\s] | â€            # letters of UTF-8 that were read as cp1252
    """
)


def language_of(text: str) -> str | None:
    """ISO 639-1 code of a text's language; None where it cannot be told (a name, two words, no letter).

    "en" is given where English words outnumber small words of other languages, and never for want of another
    answer.
    """
    words = _WORD.findall(_LATIN_TERM.sub("", text[:_LOOKED_AT].lower()))
    if not words:
        return None
    if not text.isascii() and (script := _foreign_script(text[:_LOOKED_AT])):
        return script
    english = sum(word in ENGLISH for word in words)
    other = sum(word in _OTHER for word in words)
    if english > other and english * _ENGLISH_SHARE >= len(words):
        return "en"
    if english and english >= other:
        return None
    ranked: list[tuple[str, float]] = _identifier().rank(text[:_LOOKED_AT])
    language, probability = ranked[0]
    if other:
        return next(name for name, _ in ranked if name != "en")
    return language if language != "en" and probability >= _CERTAIN else None


def has_lost_letters(text: str) -> bool:
    """Whether letters were lost on the way, as a wrong encoding loses them: "capacit?s", "capacitÃ©s".

    Args: `text`, in French or Spanish, which have no letter "Ã".
    """
    return _LOST.search(text[:_LOOKED_AT]) is not None


def has_broken_words(text: str) -> bool:
    """Whether words are cut by spaces, as copies from PDFs have them: "vuln erable gr oups", "r i g h t s".

    Found where neighbours that are not both words of recommendations are one together.
    """
    text = text[:_LOOKED_AT]
    if _SPACED.search(text):
        return True
    words = [word.rstrip(".,;:") for word in text.lower().split()]
    # "a broad" and "are a" are words that happen to join.
    strange = [word not in FREQUENT and word != "a" and word.isalpha() for word in words]
    for start in range(len(words)):
        joined = words[start]
        for end in range(start + 1, min(start + _PARTS, len(words))):
            if words[end] == "a" or joined == "a":
                break
            joined += words[end]
            if joined in FREQUENT and any(strange[start : end + 1]):
                return True
    return False


@cache
def _identifier() -> Any:
    """Loaded when first needed: most texts are English, and known as such without it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(["en", *_OTHER_LANGUAGES])
    return identifier


def _foreign_script(text: str) -> str | None:
    counts: dict[str, int] = {}
    letters = [c for c in text if c.isalpha()]
    for letter in letters:
        if letter > "\u024f":
            script = unicodedata.name(letter, "").split(" ")[0]
            if script in _SCRIPTS:
                counts[script] = counts.get(script, 0) + 1
    if not counts:
        return None
    script = max(counts, key=lambda name: counts[name])
    return _SCRIPTS[script] if 2 * sum(counts.values()) > len(letters) else None
