"""What a sentence in French or Spanish says of the State's position."""

from __future__ import annotations

import re
from typing import Literal

SPEAKS = r"recommandations?|recomendaci[oó]n(?:es)?"
AHEAD = r"ci-apr[eè]s|ci-dessous|suivantes?|a\s+continuaci[oó]n|siguientes?"
BACK = r"ci-dessus|qui\s+pr[eé]c[eè]dent|pr[eé]c[eé]dentes?|que\s+anteceden|anteriores|precedentes"
SOME = r"certaines|plusieurs|d[’']autres|algunas|varias|otras"

_REFUSED = re.compile(
    r"""(?ix)
      \bn(?:e\b|[’']) .{0,60}?
        \b(?:recueill|accept|adh[eé]r|adh[eé]sion|assentiment|souscri|appu[iy]|approuv|b[eé]n[eé]fici)\w*
    | \bnon\s+(?:accept|appuy)\w* | \brejet\w+ | \brefus\w+
    | \bno\s+ (?:\w+\s+){0,4}?
        (?:cuentan?|contaron|goz\w+|acept\w+|apoy\w+|aprueb\w+|aprob\w+|recib\w+|respald\w+|obt(?:uv|ien|en)\w+)
    | \brechaz\w+
    | \b(?:partiellement|en\s+partie|en\s+principe|parcialmente|en\s+parte|en\s+principio)\b
    """
)
_TO_COME = re.compile(
    r"""(?ix)
      \b(?:ser(?:a|ont)|ser[aá]n?) \s+ (?:\w+\s+){0,2} (?:examin|[eé]tudi|consider|estudi)\w*
    | \b(?:examinera|[eé]tudiera|r[eé]pondra|examinar[aá]|estudiar[aá]|responder[aá]) \b
    | \b(?:donnera|fournira|apportera|dar[aá]|proporcionar[aá])
        \s+ (?:\w+\s+){0,3} r(?:[eé]ponses?|espuestas?)
    | \b(?:fera\s+conna[iî]tre|communiquera|dar[aá]\s+a\s+conocer|comunicar[aá])
        \s+ (?:\w+\s+){0,3} (?:position|r[eé]ponses?|posici[oó]n|respuestas?)
    | \br[eé]ponses? \b .{0,80}? \b(?:figureront|seront) \b
    | \brespuestas? \b .{0,80}? \b(?:se\s+incluir[aá]n?|figurar[aá]n?|ser[aá]n) \b
    | \br[eé]serv\w+ \s+ sa \s+ position | \bse\s+pronunciar[aá]n?\b
    | \ben\s+attente\b | \b[àa]\s+l[’']examen\b | \bpendientes?\b | \ben\s+estudio\b
    """
)
_NOTED = re.compile(
    r"(?i)\bpri(?:s|se|ses|t)\s+(?:bonne\s+)?note\b|\bpren(?:d|nent)\s+note\b|\b(?:[ée]t[eé]|est|sont)\s+not[eé]e?s?\b"
    r"|\brecommandations?\s+not[eé]es?\b|\b(?:recomendaci[oó]n(?:es)?|han\s+sido|ha\s+sido|son|es)\s+anotadas?\b"
    r"|\btom(?:an?|[oó]|ado|adas?)\s+(?:debida\s+)?(?:nota|conocimiento)\b|\bpr(?:end|is|it)\s+acte\b"
)
_SUPPORTED = re.compile(
    r"""(?ix)
      \b(?:recueill\w+|obten\w+|obtenu\w*|re[cç]\w+|b[eé]n[eé]fici\w+)
        \s+ (?:\w+\s+){0,2}? (?:l[’'])? (?:adh[eé]sion|assentiment|appui|soutien|approbation)
    | \baccept(?:e|ent|[eé]e?s?)\b | \bsouscri\w+ | \bappuie\w* | \bappuy[eé]e?s?\b
    | \bapprouv\w+ | \badhère\b
    | \b(?:cuentan?|contaron|goz\w+|recib\w+|obtuv\w+|obtien\w+|dan?|dio|prest\w+)
        \s+ (?:con\s+|de\s+|del\s+)? (?:el\s+|su\s+|pleno\s+)* apoyo
    | \b(?:est[aá]|muestra) \s+ de \s+ acuerdo \b | \brespald(?:an?|[oó]|ado|adas?)\b
    | \bacept(?:a|an|ado|ada|adas)\b | \bapoy(?:a|an|ado|ada|adas)\b | \bapr(?:ob|ueb)\w+
    """
)


_Position = Literal["Supported", "Noted", "Pending"]
_ORDERED: tuple[tuple[_Position, re.Pattern[str]], ...] = (
    ("Noted", _REFUSED),
    ("Pending", _TO_COME),
    ("Noted", _NOTED),
    ("Supported", _SUPPORTED),
)


def translated_position(text: str) -> _Position | None:
    """The position that a sentence or clause in French or Spanish states; None if it states none.

    "In part" and "in principle" count as Noted.
    """
    return next((position for position, said in _ORDERED if said.search(text)), None)


_IN_PART = re.compile(
    r"""(?ix)
      \b(?:partiellement|en\s+partie|en\s+principe|parcialmente|en\s+parte|en\s+principio)
        \s+ (?:accept|appuy|acept|apoy)\w*
    | \b(?:accept|appuy|appuie|acept|apoy)\w* \s+ (?:\w+\s+){0,4}?
        (?:partiellement|en\s+partie|en\s+principe|parcialmente|en\s+parte|en\s+principio)\b
    """
)


def translated_own_words(text: str) -> str:
    """ "Acceptée en partie", "acepta parcialmente": the words of an answer in part; "" for a plain one."""
    found = _IN_PART.search(text)
    return found.group() if found else ""
