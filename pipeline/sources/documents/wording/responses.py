"""What a sentence says of the State's position: supported, noted, or still to come; and which numbers it
speaks of.
"""

from __future__ import annotations

import re
from typing import Literal

Position = Literal["Supported", "Noted", "Pending"]

_NOT = (
    r"(?:do|does|did|could|can|will|would|is|are|was|were|has|have|had|shall)\s?(?:not|n[’']t)|cannot|unable\s+to"
    r"|not\s+in\s+a\s+position\s+to|no\s+longer"
)
_NEGATIVE = re.compile(
    rf"""(?ix)
      (?:{_NOT}) \s+ (?:\w+\s+){{0,3}}
        (?:enjoy|support|accept|endorse|agree|approve|have\s+the\s+support|receive|command|meet)
    | \bnot \s+ (?:be(?:en)?\s+)? (?:\w+\s+){{0,1}} (?:accepted|supported|acceptable|endorsed|enjoy\w*)
    | \breject\w* | \brefus\w* | \bunacceptable\b | \bnon-accepted\b
    | \b(?:part(?:ly|ially)|in\s+part|in\s+principle)\b .{{0,40}} \b(?:accept|support|enjoy)\w*
    | \b(?:accept|support)\w* \b .{{0,40}} \b (?:part(?:ly|ially)|in\s+part|in\s+principle)\b
    | \bsupports? \s+ (?:the\s+)? (?:first|second|last)\s+part | \bdisagree\w*
    """
)
_NOTED = re.compile(
    r"(?i)\b(?:take[sn]?|took|taking)\s+(?:due\s+)?note\b|\bnoted\b(?!\s+in\b|\s+above)|\bnotes\b"
)
_PENDING = re.compile(
    r"""(?ix)
      \bwill \s+ (?:also\s+|all\s+)? be \s+ (?:\w+\s+){0,3} (?:examined|considered|studied|reviewed)
    | \bwill \s+ (?:further\s+|also\s+)? (?:examine|consider|study|review|respond)
    | \bwill \s+ (?:further\s+|also\s+)? provide \s+ (?:its\s+)? (?:responses?|answers?|a\s+response|replies)
    | \bwould \s+ (?:examine|consider|study|provide)
    | \bresponses? \s+ (?:\w+\s+){0,12} will \s+ be | \bin \s+ due \s+ (?:time|course) | \bresponse \s+ in
    | \b(?:to\s+be|being|remain|under) \s+ (?:examined|considered|consideration|examination|review)\b
        .{0,80} \b(?:response|repl|council)
    | \bpending\b
    """
)
_POSITIVE = re.compile(
    r"""(?ix)
      \benjoy\w* \s+ (?:the\s+|its\s+|their\s+|full\s+|his\s+)* (?:full\s+|broad\s+)?support
    | \b(?:has|have|had|having) \s+ (?:the\s+|its\s+)? support
    | \b(?:accepts?|accepted|accepting|endorses?|endorsed|welcomes?) \b
    | \bsupports?\b (?!\s+(?:the\s+)?(?:of|by|to|for)\b) | \bsupported\b | \bagrees?\b | \bfully\s+support
    """
)


def position_of(text: str) -> Position | None:
    """The position that a sentence or a cell states, None if it states none.

    "In part" and "in principle" count as Noted, as the codebook has it; a noted recommendation with a
    response to come is Pending.
    """
    text = " ".join(text.split())
    if _NEGATIVE.search(text):
        return "Noted"
    pending = _PENDING.search(text)
    if pending:
        return "Pending"
    if _NOTED.search(text) and not re.search(r"(?i)\benjoy\w*\s", text):
        return "Noted"
    return "Supported" if _POSITIVE.search(text) else None


_NUMBER = re.compile(
    r"(?<![\d./])(\d{1,3})\s?\.\s?(\d{1,3})(?![\d/]|\.\d)(?:\s*(?:[-–—]|\bto\b|\bthrough\b|\bà\b|\ba\b)\s*(?:(\d{1,3})\s?\.\s?)?(\d{1,3})(?![\d./]|\s?\.\s?\d))?"
)


def numbers_in(text: str) -> list[str]:
    """The paragraph numbers that a text cites, ranges spelled out: "122.17-18, 122.22" gives 122.17, 122.18,
    122.22.
    """
    found: dict[str, None] = {}
    for match in _NUMBER.finditer(text):
        parent, first = int(match[1]), int(match[2])
        last = int(match[4]) if match[4] and (match[3] is None or int(match[3]) == parent) else first
        if not first <= last <= first + 400:
            last = first
        found.update(dict.fromkeys(f"{parent}.{n}" for n in range(first, last + 1)))
    return list(found)


_SPEAKS = re.compile(r"(?i)\brecommendations?\b")
_BACKWARD = re.compile(
    r"(?i)\b(?:recommendations?\s+(?:listed|noted|made|contained|set\s+out|mentioned|presented|formulated)?\s*"
    r"(?:in\s+(?:the\s+)?(?:previous|preceding)\s+paragraph|above)"
    r"|(?:above|foregoing|aforementioned)[- ](?:mentioned\s+)?recommendations?"
    r"|all\s+(?:the\s+|of\s+the\s+)?recommendations?|to\s+these\s+recommendations?|^\W*these\s+recommendations?"
    r"|noted\s+these\s+recommendations?)"
)


def speaks_of_recommendations(text: str) -> bool:
    """Whether a sentence is about recommendations as such."""
    return bool(_SPEAKS.search(text))


def looks_back(text: str) -> bool:
    """Whether a sentence gives the position on what stands before it ("the recommendations listed above
    ...").
    """
    return bool(_BACKWARD.search(text))


_FORWARD = re.compile(r"(?i)\b(?:following|below|listed\s+(?:below|here)|hereunder)\b")


def looks_ahead(text: str) -> bool:
    """Whether a sentence gives the position on what follows it."""
    return bool(_FORWARD.search(text))
