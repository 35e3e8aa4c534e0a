"""Which recommendations a sentence cites: "122.1, 122.17-18", "140.6 (a)", "recommendations 1-5, 7 and 8"."""

from __future__ import annotations

import re

from pipeline.sources.documents.wording import three_languages as words

_NUMBER = re.compile(
    rf"(?<![\d./])(\d{{1,3}})\s?\.\s?(\d{{1,3}})(?![\d/]|\.\d)"
    rf"(?:\s*(?:[-–—]|\b{words.TO}\b)\s*(?:(\d{{1,3}})\s?\.\s?)?(\d{{1,3}})(?![\d./]|\s?\.\s?\d))?",
    re.IGNORECASE,
)
_LETTERS = re.compile(rf"\s*(\([a-z]\)(?:\s*(?:,|&)?\s*(?:{words.AND})?\s*\([a-z]\))*)", re.IGNORECASE)
_SEPARATOR = rf"(?:\s*(?:[,;/&]|{words.AND})\s*)+"
_RANGE = rf"\s*(?:[-–—]|{words.TO})\s*"
_ONE = r"\d{1,3}(?![\d%]|\s?\.\s?\d)"
_BARE_LIST = rf"{_ONE}(?:(?:{_SEPARATOR}|{_RANGE}|\.\s+(?=\d{{1,3}}\s*[,;.–-])){_ONE})*"
_BARE = re.compile(
    rf"\b{words.RECOMMENDATION}\s+(?:{words.NUMBER}(?!\w)\.?\s*)?({_BARE_LIST})(?!\s*(?:\(|/|of\b|per\b|sur\b|de\b))",
    re.IGNORECASE,
)
_BARE_RANGE = re.compile(rf"(\d{{1,3}})(?:{_RANGE}(\d{{1,3}}))?", re.IGNORECASE)
_ONLY = re.compile(rf"(?:\d{{1,3}}|\([a-z]\)|{words.AND}|{words.TO}|[\s,;.&/–—-])+", re.IGNORECASE)
_WIDEST = 400


def numbers_in(text: str) -> list[str]:
    """The paragraph numbers that a text cites, ranges spelled out: "122.17-18, 122.22" gives 122.17, 122.18,
    122.22.
    """
    found: dict[str, None] = {}
    for match in _NUMBER.finditer(text):
        found.update(dict.fromkeys(_spelled(match)))
    return list(found)


def cited_numbers(text: str) -> list[str]:
    """The same, with the letter of a part that is cited alone ("140.6(a)"), and with bare numbers after the
    word recommendations ("recommendations 1-3" gives 1, 2, 3).
    """
    found: dict[str, None] = {}
    for match in _NUMBER.finditer(text):
        numbers = _spelled(match)
        letters = _LETTERS.match(text, match.end())
        if letters:
            last = numbers.pop()
            numbers += [f"{last}({letter})" for letter in re.findall(r"\(([a-z])\)", letters[1].lower())]
        found.update(dict.fromkeys(numbers))
    for match in _BARE.finditer(text):
        found.update(dict.fromkeys(bare_numbers(match[1])))
    return list(found)


def bare_numbers(text: str) -> list[str]:
    """The numbers of a list without paragraph: "1-3, 7 and 8"."""
    found: dict[str, None] = {}
    for match in _BARE_RANGE.finditer(text):
        first = int(match[1])
        last = int(match[2]) if match[2] else first
        found.update(dict.fromkeys(str(n) for n in range(first, max(first, min(last, first + _WIDEST)) + 1)))
    return list(found)


def only_numbers(text: str) -> bool:
    """Whether a text is a list of numbers and nothing else: a list that goes on from the paragraph before."""
    return bool(re.search(r"\d", text)) and _ONLY.fullmatch(text.strip()) is not None


def _spelled(match: re.Match[str]) -> list[str]:
    parent, first = int(match[1]), int(match[2])
    last = int(match[4]) if match[4] and (match[3] is None or int(match[3]) == parent) else first
    if not first <= last <= first + _WIDEST:
        last = first
    return [f"{parent}.{n}" for n in range(first, last + 1)]
