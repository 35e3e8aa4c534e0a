"""What a sentence says of the State's position: supported, noted, or still to come."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.sources.documents.wording import three_languages as words
from pipeline.sources.documents.wording.responses_translated import (
    AHEAD,
    BACK,
    SOME,
    SPEAKS,
    translated_own_words,
    translated_position,
)

Position = Literal["Supported", "Noted", "Pending"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A State's answer to a recommendation.

    Attributes:
        position: as the codebook has it.
        words: the State's own words, where they say more than the position ("Supported in part"); else "".
    """

    position: Position
    words: str = ""


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
    | \bdisagree\w*
    """
)
_IN_PART = re.compile(
    r"""(?ix)
      \b(?:part(?:ly|ially)|in\s+part|in\s+principle)\b .{0,40}? \b(?:accept|support|enjoy)\w*
    | \b(?:accept|support|noted)\w* \b .{0,40}? \b (?:part(?:ly|ially)|in\s+part|in\s+principle)\b
    | \b(?:accept|support)\w* \s* / \s* not\w* | \bnoted? \s* / \s* (?:accept|support)\w*
    | \bsupports? \s+ (?:the\s+)? (?:first|second|last)\s+part
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
    | \bpending\b | ^\W*(?:still\s+)?under\s+(?:consideration|examination|review|study)\b
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


_OTHER_LANGUAGES: dict[str, Position] = {
    **dict.fromkeys(
        ("acceptée", "acceptées", "acceptee", "appuyée", "aceptada", "aceptadas", "apoyada"), "Supported"
    ),
    **dict.fromkeys(("notée", "notées", "notee", "prise en note", "refusée", "rejetée", "anotada"), "Noted"),
    **dict.fromkeys(("se toma nota", "tomada en nota", "rechazada", "partiellement acceptée"), "Noted"),
    **dict.fromkeys(("en attente", "en suspens", "à l'examen", "pendiente"), "Pending"),
}
"""Cells of lists in French and Spanish."""


_ELISION = re.compile(r"(?<![^\W\d_])([cdjlmnst]|qu)\s?[’'ʼ´`]\s?(?=[^\W\d_])", re.IGNORECASE)


def _flat(text: str) -> str:
    """A text with single spaces, and its elisions as they are written: "l ’ adhésion" is "l’adhésion"."""
    return _ELISION.sub(r"\1’", " ".join(text.split()))


def position_of(text: str) -> Position | None:
    """The position that a sentence or a cell states, None if it states none.

    "In part" and "in principle" count as Noted, as the codebook has it; a noted recommendation with a
    response to come is Pending. A sentence that supports some recommendations and not others, without saying
    which, states none (see `is_mixed`).
    """
    text = _flat(text)
    if is_mixed(text):
        return None
    word = _OTHER_LANGUAGES.get(text.strip(" .:;-–").lower())
    if word:
        return word
    if translated := translated_position(text):
        return translated
    if _NEGATIVE.search(text) or _IN_PART.search(text):
        return "Noted"
    pending = _PENDING.search(text)
    if pending:
        return "Pending"
    if _NOTED.search(text) and not re.search(r"(?i)\benjoy\w*\s", text):
        return "Noted"
    return "Supported" if _POSITIVE.search(text) else None


def answer_of(text: str) -> Answer | None:
    """The position that a sentence states, with the State's own words where it answers in part or in
    principle.
    """
    position = position_of(text)
    return Answer(position, own_words(text)) if position else None


def own_words(text: str) -> str:
    """ "Partially accepts", "supported in principle": the words of an answer in part; "" for a plain one."""
    text = _flat(text)
    found = _IN_PART.search(text)
    return found.group() if found else translated_own_words(text)


_SOME = rf"\b(?:{SOME}|some|certain|several|others?|a\s+number|the\s+(?:rest|remaining|remainder)|those)\b"
_MIXED = re.compile(
    rf"{_SOME} (?:(?!{_SOME}).)* (?:support|accept|endors|adh[eé]sion|apoyo|acept)\w* .* {_SOME}"
    rf" (?:(?!{_SOME}).)*"
    r" (?:support|accept|acept|endors|examin|consider|stud|review|note|reject|rejet|refus|rechaz)",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


def is_mixed(text: str) -> bool:
    """Whether a sentence answers some recommendations so and others otherwise, without saying which: "there
    are some that enjoy the support of Andorra, others need to be examined".
    """
    return bool(_MIXED.search(_flat(text)))


_SPEAKS = re.compile(rf"(?i)\b(?:recommendations?|{SPEAKS})\b")
_BACKWARD = re.compile(
    r"(?i)\b(?:recommendations?\s+(?:listed|noted|made|contained|set\s+out|mentioned|presented|formulated)?\s*"
    r"(?:in\s+(?:the\s+)?(?:previous|preceding)\s+paragraph|above)"
    r"|(?:above|foregoing|aforementioned)[- ](?:mentioned\s+)?recommendations?"
    rf"|{words.ALL}|(?:to|à|a)\s+{words.THESE}|^\W*{words.THESE}"
    rf"|noted\s+these\s+recommendations?|(?:{SPEAKS})\s+(?:\w+\s+){{0,3}}(?:{BACK})\b)"
)


def speaks_of_recommendations(text: str) -> bool:
    """Whether a sentence is about recommendations as such."""
    return bool(_SPEAKS.search(text))


def looks_back(text: str) -> bool:
    """Whether a sentence gives the position on what stands before it ("the recommendations listed above
    ...").
    """
    return bool(_BACKWARD.search(_flat(text)))


_FORWARD = re.compile(rf"(?i)\b(?:following|below|listed\s+(?:below|here)|hereunder|{AHEAD})\b")


def looks_ahead(text: str) -> bool:
    """Whether a sentence gives the position on what follows it."""
    return bool(_FORWARD.search(text))
