"""The English words of recommendations and of reports that retell them."""

from __future__ import annotations

import re

from pipeline.sources.documents.wording.vocabulary.english_verbs import VERBS
from pipeline.sources.documents.wording.vocabulary.words import Vocabulary, listed

_ADVERB_LIST = """
actively adequately alia also always appropriately as at better carefully closely comprehensively
continuously duly effectively even expeditiously explicitly favourably finally firmly formally fully
further immediately importantly in instead inter likewise more moreover not otherwise positively
possible progressively promptly properly publicly quickly rapidly regularly seriously soon
specifically speedily steadily strictly substantially swiftly systematically then thereby therefore
thoroughly thus to together too urgently vigorously
"""
_RARE_LIST = """
block bring-up certify clear concentrate drop emphasise emphasize equalise equalize guaranty
inscribe leave maximise maximize stick
"""
_SMALL_LIST = """
the of and to for on with its all that by from at as into through their his her be is are has have
was which this these those not or other an
"""
_BARE_LIST = """
and or the of on with possibility into for an a implementation publication efforts its party
"""
_NO_OBJECT = (
    r"in|with|by|through|including|as|within|on|for|of|to|at|from|under|via|without|while|where|when|so|such"
    r"|particularly|especially|which|that|who|during|before|after|until|throughout|towards|and|or|but|also|namely"
    r"|inter|aimed|based|thereby|if|notably|taking|regarding|concerning|among|between|against|whose|both"
    r"|specifically|per|pursuant|following|prior|according|because|due|since|upon|consistent|once|even"
)
_ADJUNCT = r"""
      (?:very\s+)?[a-z]+ly | soon(?:er)? | as\s+\w+\s+as\s+(?:possible|feasible|practicable)
    | as\s+a\s+(?:matter\s+of\s+)?(?:urgency|priority)
    | in\s+(?:the\s+)?(?:very\s+)?(?:near(?:est)?|immediate|foreseeable)\s+future
    | without\s+(?:any\s+|further\s+|undue\s+)?(?:delay|reservations?)
    | at\s+(?:the|an)\s+(?:earliest|early)(?:\s+\w+){0,2}
    | (?:by|before)\s+(?:the\s+end\s+of\s+)?\d{4}
    | in\s+due\s+course | (?:if|where|when)\s+(?:possible|appropriate)
"""
_ACT_NOUNS = {
    "ratification": "ratify", "accession": "accede to", "signature": "sign", "adoption": "adopt",
    "abolition": "abolish", "establishment": "establish",
    "continuation": "continue", "cooperation": "cooperate", "strengthening": "strengthen",
    "promotion": "promote", "protection": "protect",
    "implementation": "implement", "withdrawal": "withdraw", "creation": "create",
}  # fmt: skip
_OFFICES = r"the\s+(?:state|government|country|authorities)"
_JOINT = r"(?:[,;.]\s+(?:(?:and|as\s+well\s+as)\s+)?|\s+(?:and|as\s+well\s+as)\s+)"


def _gerund_base(word: str) -> str | None:
    stem = word[:-3]
    bases = (stem, stem + "e", stem[:-1]) if word.endswith("ing") else ()
    return next((base for base in bases if base in VERBS), None)


def _told_base(word: str, behind: str) -> str | None:
    """From "takes" to "take"; "laws are" and "judges and lawyers" are nouns."""
    if not word.endswith("s") or word in VERBS or re.match(r"\s+(?:be|are|is|were|and|or|of)\b", behind):
        return None
    bases = (word[:-1], word[:-2] if word.endswith("es") else "", word.removesuffix("ies") + "y")
    return next((base for base in bases if base in VERBS), None)


ENGLISH = Vocabulary(
    language="en",
    small_words=listed(_SMALL_LIST),
    word=r"[^\W\d_]+(?:[-’'][^\W\d_]+)*",
    verbs=VERBS,
    rare_verbs=listed(_RARE_LIST),
    gerund_base=_gerund_base,
    told_base=_told_base,
    reflexive_=r"(?!)",
    reflexive_behind=False,
    clitics=frozenset(),
    adverbs=listed(_ADVERB_LIST),
    adverb_ending="ly",
    conjunctions=(
        r"and|or|as\s+well\s+as(?:\s+to)?|but|also|moreover|furthermore|in\s+addition|additionally|finally|lastly"
        r"|and/or|along\s+with"
    ),
    before_verb_=r"(?:also|to|that\s+it|further|it|should)\s+",
    that_it_=r"that\s+it\s+",
    further=r"further\s+(?:the|its|a)\s",
    ties=r"and|as\s+well\s+as",
    adds=r"as\s+well\s+as",
    contrast=r"and|as\s+well\s+as|but",
    either=frozenset(("and", "or")),
    bare_words=listed(_BARE_LIST),
    # "Consider the ratification" is as bare as "consider ratifying".
    bare_nouns=frozenset(("ratification", "accession", "signature")),
    empty_=r"(?:and|or|possibility|of)\b[\s,]*",
    as_recommended=r"as\s+(?:\w+ly\s+)?(?:recommended|suggested|requested|urged|encouraged)\b",
    adjunct=_ADJUNCT,
    act_nouns=_ACT_NOUNS,
    noun_=r"(?:of\s+)?(?:the\s+)?",
    noun_links={r"(?:of|to)\s+": ""},
    gerund_lead_=r"(?:of|to|in)\s+",
    article_=r"the\s+",
    own_=r"its\s+",
    open_end=r"\b(?:of|to|the|on|with|for|from|into|possibility)",
    carries_on=(
        r"as\s+(?:recommended|suggested)|in\s+(?:accordance|line|conformity|particular)|including|inter\s+alia"
        r"|with\s+a\s+view|so\s+(?:that|as\s+to)|in\s+order\s+to|thereby"
    ),
    no_object=_NO_OBJECT,
    no_object_ending="ing|ly",
    glue=(
        (
            r"\b(?:sign|ratify|signing|ratifying|signature|ratification)\s*$",
            r"\s*to\s+(?=the|its|an?|(?-i:[A-Z]))",
            " ",
        ),
        # The "of" of "the ratification (Peru) of the Covenant" has no place after these verbs.
        (
            r"\b(?:sign|signing|ratify|ratifying|join|joining|adopt|adopting|accept|accepting)\s*$",
            r"\s*of\s+(?=the\s|its\s|an?\s|(?-i:[A-Z]))",
            " ",
        ),
    ),
    must="should|must",
    to_=r"to\s+",
    that_=r"that\s+",
    to_again=r"to\s",
    that_again=(
        rf"{_JOINT}(?=that\s+(?:it|{_OFFICES})\s+[a-z])"
        r"|[;.]\s+(?:and\s+)?(?=that\s+\w)"
    ),
    voice=(
        r"(?:recommend(?:ed|s)|encourag(?:ed|es)|urg(?:ed|es)|invit(?:ed|es)|call(?:ed|s)\s+(?:up)?on"
        r"|request(?:ed|s)|suggest(?:ed|s)|asked|asks)"
    ),
    asked=(
        rf"(?:that|to|{_OFFICES}|the\s+(?:{'|'.join(_ACT_NOUNS)})|(?-i:[A-Z])\w+\s+to|it\s+to"
        r"|further\s+(?:action|steps|measures|efforts))\b"
    ),
    it_=r"(?:it\s+(?:was\s+)?|they\s+)",
    also_=r"(?:also|further|finally|additionally),?\s+",
    while_=r"while\b.*,\s+",
    preamble=(
        r"while|not(?:ing|ed)|take\s+note|welcomed|commended|having|bearing|considering|welcoming|commending"
        r"|recognizing|acknowledging|taking|given|in|with|as"
    ),
    binders_=r"(?:that|to|for)\s+",
    should_=r"should\s+",
    asks_to_=r"(?:to|should)\s+",
    government=r"the\s+government(?:\s+of\s+(?:{names}))?|{names}",
    state=r"the\s+(?:state|country|authorities)(?:\s+under\s+review)?|it",
    offices=r"the government|it|the country|the state",
    small_ties=r"and|also|it|they|further|additionally|that|to",
    last_ties=r"and|that|to|also",
    voices=r"recommending|encouraging|urging|suggesting|recommend",
    recommends=r"\brecommend(?:ed|s|ing)?",
    said="Recommended ",
    said_that="that ",
    thereto="thereto",
    instrument=r"\b((?:International\s+)?(?:Convention|Covenant)\s[^,;()]*)",
    to_it={"convention": "to the {}"},
)
