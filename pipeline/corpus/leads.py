"""What stands before a recommendation in a document: bullets, numbers of paragraphs, "Rec. 9:"."""

from __future__ import annotations

import re
import unicodedata

_BASIC_PLANE = 0x10000
_NO_BULLETS = "№°©®™"
_SIGNS = "".join(
    re.escape(sign)
    for sign in map(chr, range(_BASIC_PLANE))
    if sign in "•·▪◦‣⁃∙*+>|~§" or (unicodedata.category(sign) in ("So", "Co") and sign not in _NO_BULLETS)
)
_CIRCLED = "\u2460-\u249b\u2776-\u2793"
_DASHES = "-\u2010-\u2015\u2212"
_SUFFIXES = (
    "based|related|specific|sensitive|led|free|oriented|friendly|wide|made|term|level|centred|centered"
)
"""What a hyphen before a word belongs to, where a text was cut in the middle of a compound."""
_BULLET = re.compile(
    rf"(?:(?!\+\d)[{_SIGNS}{_CIRCLED}»]+|[{_DASHES}]+(?!(?:{_SUFFIXES})\b)(?![\d.])|o(?=\s+[A-Z\d(])|\s)+(?=\S)"
)
_SYMBOL = re.compile(r"A/HRC/\d+/[\w/.]*\d\s*[,:;]?\s*")
_NUMBER = r"\d{1,3}(?:\s?[.-]\s?\d{1,3}(?!\d)){0,3}(?!\d)"
_CITED = re.compile(
    r"(?:recommendations?|recommandations?|recomendaci[oó]n(?:es)?|recomm|recs?|paragraphs?|paragraphes?"
    r"|párrafos?|paras?|no|nos|nr|n[°º]|№|\#|R)(?:\.|(?![^\W\d_]))\s*(?:(?:no|nr|núm|num|number)\b\.?|n[°º]|№|\#)?\s*"
    rf"(?P<number>{_NUMBER}(?:\s?\(?[a-z]\))?)\s*(?P<mark>[.:;,)\]–—-]*)\s*",
    re.IGNORECASE,
)
_HEADED = re.compile(r"(?:recommendation|recommandation|recomendaci[oó]n)\s*:\s*", re.IGNORECASE)
_ORDINAL = r"[a-z]|[ivx]{1,5}|[A-Z]|[IVX]{1,5}"
_BRACKETED = re.compile(rf"[(\[]\s?(?P<number>{_NUMBER}|{_ORDINAL})\s?[)\]]\s*[.:;,–—-]*\s*")
_MARKED = re.compile(
    rf"(?P<number>{_NUMBER})(?:\s?[.):\]/|_°º]+\s*[{_DASHES}]?\s*|\s?[{_DASHES}]+\s+)(?=[^\d\s])"
)
_PARTED = re.compile(rf"(?P<number>{_NUMBER}\s?\([a-z]{{1,3}}\))\s*[.:;,–—-]*\s*(?=[^\W\d_])")
_LETTERED = re.compile(rf"(?P<number>{_ORDINAL})(?:\s?[)\]]\.?\s*|[.:]\s+)")
_UNMARKED = re.compile(rf"(?P<number>{_NUMBER})(?P<gap>[{_DASHES}\s,;]*)(?=(?P<next>[^\W\d_]+|[(\[]))")
_QUANTITIES_LIST = """
million billion thousand hundred per percent times years days months hectares points us euros
"""
_QUANTITIES = frozenset(_QUANTITIES_LIST.split())
_OPENINGS_LIST = """
abolish accede accelerate adhere adopt allocate amend apply avoid become bring build carry combat
complete comply conduct consider continue cooperate create criminalize criminalise decriminalize
decriminalise develop devote eliminate enact end enforce engage enhance ensure envisage eradicate
establish examine expand expedite explore extend finalize finalise fulfil further give guarantee
implement improve include incorporate increase initiate institute integrate intensify introduce
investigate issue keep launch maintain make persevere pay prevent prioritize prohibit promote
protect provide pursue put ratify reduce reform refrain reinforce remove repeal respect respond
review revise seek sign solve speed step strengthen strive submit support take undertake uphold
withdraw work
"""
_OPENINGS = frozenset(_OPENINGS_LIST.split())
"""Verbs with which recommendations begin: before one a number is that of a paragraph."""
_FIRST_PARAGRAPH = 20
"""A dotted number from here on is a paragraph's also before another small letter ("134.7 to ratify")."""


def leads(text: str) -> list[tuple[int, str | None]]:
    """What may be taken off the beginning of a text: where it ends, and its number; none, or one."""
    for pattern in (_BULLET, _SYMBOL, _HEADED):
        if found := pattern.match(text):
            return [(found.end(), None)]
    cited = _CITED.match(text)
    if cited and (cited["mark"] or begins(text[cited.end() :])):
        return [(cited.end(), cited["number"])]
    for pattern in (_PARTED, _BRACKETED, _MARKED, _LETTERED):
        found = pattern.match(text)
        if found and not _goes_on(found["number"], text[found.end() :]):
            return [(found.end(), found["number"])]
    found = _UNMARKED.match(text)
    return [(found.end(), found["number"])] if found and _is_paragraph(found) else []


def begins(rest: str) -> bool:
    """Whether a recommendation begins here: with a capital, or with a verb that begins many."""
    word = re.match(r"[^\W\d_]+", rest)
    return word is not None and (word.group()[0].isupper() or word.group().lower() in _OPENINGS)


def _is_paragraph(found: re.Match[str]) -> bool:
    """Whether a number is a paragraph's and no quantity, by what stands behind it."""
    word, number, gap = found["next"], found["number"], found["gap"]
    if word.lower() in _QUANTITIES:
        return False
    dotted = "." in number
    if word in "([":
        return dotted and not gap.strip()
    if gap.strip():  # "9, Ratify", "118.62–Ratify"; but "16-year-old", "9, of whom"
        spaced = gap != gap.strip() or dotted
        return spaced and (word[0].isupper() or word in _OPENINGS)
    if word[0].isupper():
        return bool(gap) or dotted
    if word in _OPENINGS:
        return bool(gap) or dotted
    return bool(dotted and gap and int(re.split(r"\D", number)[0]) >= _FIRST_PARAGRAPH)


def _goes_on(number: str, rest: str) -> bool:
    """Whether a list inside the text begins here: "(1) ...; (2) ..." is one text, and keeps its numbers."""
    following = {"1": "2", "a": "b", "i": "ii", "A": "B", "I": "II"}.get(number)
    return following is not None and bool(re.search(rf"(?<!\w){following}\s?[.)\]]", rest))
