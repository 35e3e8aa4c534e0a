"""The language of a recommendation, told by its script and by the small words that every sentence needs.

Libraries were tried and left: lingua gives 700 texts a second and weighs 96 MB, where `label` needs thousands
a second.
"""

from __future__ import annotations

import re
import unicodedata

_SMALL_WORDS = {
    "en": (
        "the and of to in for with on by that its their from against all as an at be into which through "
        "including between are has "
        "have is it or this these under a no over also other human rights ensure national women children"
    ),
    "fr": (
        "le la les des du de et à au aux en dans pour par sur avec une un que qui sa son ses leur leurs "
        "ce cette ces l d est sont "
        "ou notamment contre afin droits homme femmes enfants mesures"
    ),
    "es": (
        "el la los las del de y en para por con una un que se su sus al lo como contra sobre o e es son "
        "este esta más medidas fin "
        "derechos humanos mujeres niños género convención ante"
    ),
    "pt": (
        "o a os as do da dos das de e em no na nos nas para por com uma um que se sua seu seus ao à como "
        "contra sobre ou é são "
        "mais direitos humanos mulheres crianças"
    ),
    "it": (
        "il lo la i gli le del della dei delle di e in nel nella per con una un che si sua suo al alla "
        "come contro su è sono ed"
    ),
    "de": (
        "der die das und in zu den von mit für auf des im dem nicht ein eine zur zum bei als auch sich "
        "ist sind oder gegen über"
    ),
    "nl": "de het een en van in voor met aan dat die bij als ook naar niet zijn wordt tegen om",
}
_OF_WORD: dict[str, tuple[str, ...]] = {}
for _language, _words in _SMALL_WORDS.items():
    for _word in _words.split():
        _OF_WORD[_word] = (*_OF_WORD.get(_word, ()), _language)

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
_LOOKED_AT = 600


def language_of(text: str) -> str | None:
    """ISO 639-1 code of a text's language; None where nothing in it tells (an empty text, a name, a code).

    Knows English, French, Spanish, Portuguese, Italian, German and Dutch by their small words, and Arabic,
    Russian, Chinese and others by their script. A text in plain letters without any small word ("Ratify
    CEDAW") counts as English, the language in which the reports are adopted.
    """
    words = _WORD.findall(text[:_LOOKED_AT].lower())
    if not words:
        return None
    if not text.isascii() and (script := _foreign_script(text[:_LOOKED_AT])):
        return script
    votes: dict[str, float] = {}
    for word in words:
        languages = _OF_WORD.get(word, ())
        for language in languages:
            votes[language] = votes.get(language, 0.0) + 1 / len(languages)
    if not votes:
        return "en" if text.isascii() and any(len(word) > 2 for word in words) else None
    best = max(votes, key=lambda language: (votes[language], language == "en"))
    # English texts hold names in other languages ("Rapporteur de ..."): another language must win clearly.
    return best if best == "en" or votes[best] >= max(1.0, 1.5 * votes.get("en", 0.0)) else "en"


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
