"""Ordinals in words and figures, in three languages: "thirty-fourth", "trente-quatrième", "34º"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

_UNITS = {
    "en": (
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
        "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
    ),
    "fr": (
        "premiere deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme onzieme "
        "douzieme treizieme quatorzieme quinzieme seizieme dix-septieme dix-huitieme dix-neuvieme"
    ),
    "es": (
        "primer segundo tercer cuarto quinto sexto septimo octavo noveno decimo undecimo duodecimo "
        "decimotercer decimocuarto decimoquinto decimosexto decimoseptimo decimoctavo decimonoveno"
    ),
}
_TENS = {
    "en": {"twent": 20, "thirt": 30, "fort": 40, "fift": 50, "sixt": 60},
    "fr": {"vingt": 20, "trent": 30, "quarant": 40, "cinquant": 50, "soixant": 60},
    "es": {"vigesimo": 20, "trigesimo": 30, "cuadragesimo": 40, "quincuagesimo": 50, "sexagesimo": 60},
}
_FIRST_AFTER_TENS = "unieme"

FIGURES = r"\d{1,2}\s?(?:st|nd|rd|th|[eè]re|[eè]me|e|ᵉ|\.?[ºª°])"
"""An ordinal in figures, as a pattern that ignores case."""


def _plain(words: str) -> str:
    letters = unicodedata.normalize("NFKD", words.lower())
    kept = "".join(c for c in letters if not unicodedata.combining(c))
    return re.sub(r"[\s-]+", "-", kept.strip())


def _spellings() -> Iterator[tuple[str, int]]:
    for language, line in _UNITS.items():
        units = line.split()
        yield from ((unit, n) for n, unit in enumerate(units, start=1))
        for stem, value in _TENS[language].items():
            if language == "en":
                yield f"{stem}ieth", value
                yield from ((f"{stem}y-{unit}", value + n) for n, unit in enumerate(units[:9], start=1))
            elif language == "fr":
                ten = stem if stem == "vingt" else f"{stem}e"
                yield f"{stem}ieme", value
                yield f"{ten}-et-{_FIRST_AFTER_TENS}", value + 1
                yield f"{ten}-{_FIRST_AFTER_TENS}", value + 1
                yield from ((f"{ten}-{unit}", value + n) for n, unit in enumerate(units[:9], start=1))
            else:
                yield stem, value
                yield from ((f"{stem}-{unit}", value + n) for n, unit in enumerate(units[:9], start=1))
                yield from ((f"{stem}{unit}", value + n) for n, unit in enumerate(units[:9], start=1))
    yield from (("seconde", 2), ("primero", 1), ("tercero", 3), ("decimotercero", 13), ("decimoprimer", 11))


@cache
def _numbers() -> dict[str, int]:
    return dict(_spellings())


def ordinal(words: str) -> int | None:
    """The number of an ordinal up to sixty-nine, None if it is none. Words before it do not count.

    >>> [ordinal(w) for w in ("thirty-fourth", "41st", "vingt et unième", "trigésimo cuarto", "49º", "next")]
    [34, 41, 21, 34, 49, None]
    """
    text = _plain(words)
    if digits := re.match(r"\d+", text):
        return int(digits.group())
    parts = text.split("-")
    tails = ("-".join(parts[start:]) for start in range(len(parts)))
    return next((_numbers()[tail] for tail in tails if tail in _numbers()), None)
