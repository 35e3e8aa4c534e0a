"""The words that begin a recommendation: what is needed to see whether a clause stands on its own."""

from __future__ import annotations

import re

_VERB_LIST = """
abide abolish abrogate abstain accede accelerate accept accomplish accord account accredit achieve acknowledge act activate adapt add
address adhere adjust administer adopt advance afford agree align alleviate allocate allow alter ameliorate amend analyse analyze
announce apply appoint approve approximate arrange ascertain ask assess assign assist assume assure attach attain attempt attend attract
augment authorize avail avoid ban bar base be become begin benefit boost bridge bring broaden build call called cancel carry cease
center centre champion change charge check clarify close co-operate co-ordinate coach codify collaborate collect combat commence commend
commit communicate commute compensate complement complete comply comprise conclude condemn conduct confer confirm conform consider
consolidate constitute construct consult contact contemplate continue contribute control convene convert convey convict cooperate
coordinate correct counter create criminalise criminalize curb curtail cut deal decide declare decrease decriminalise decriminalize
dedicate deepen defend define delete deliver demonstrate denounce deny deploy design designate desist detail detect determine develop
devise devote direct disaggregate disband disclose discontinue discourage discuss dismantle dispose disseminate distribute diversify
divulge do double draft draw earmark ease educate effect elaborate eliminate embark embody employ empower enable enact encourage
encouraged end endeavor endeavour endorse endow enforce engage enhance enjoy enlarge enlist enrich enroll ensure enter entitle envisage
envision equip eradicate establish evaluate examine exchange execute exercise exert expand expedite explain explore express extend face
facilitate familiarize favor favour fight finalise finalize finance find finish focus follow forbid formulate foster free fulfil fulfill
fund further gather generate get give grant guarantee guard guide halt handle harmonise harmonize have heighten help hold honor honour
host identify impart implement impose improve include incorporate increase indicate inform initiate inquire insert insist inspect
instigate institute institutionalise institutionalize instruct integrate intensify interact interpret introduce invest investigate
invite invited involve issue join judge keep launch lay lead learn legalize legislate lessen let liaise liberalize lift limit link
listen lower mainstream maintain make manage mandate manifest meet mitigate mobilise mobilize modernise modernize modify monitor move
multiply narrow negotiate nominate note notify nurture object observe obtain offer open operate operationalise operationalize optimise
optimize organise organize orient outlaw overcome overhaul oversee participate pass pay penalise penalize perform permit persevere
persist place plan pledge popularise popularize position postpone practise prepare present preserve press prevent prioritise prioritize
privilege proceed process proclaim produce professionalize progress prohibit promote promulgate propose prosecute protect provide
publicise publicize publish punish pursue put raise ratify re-evaluate reach react reaffirm realise realize reassess recall receive
recognise recognize recommended recommends reconcile reconsider record recruit rectify redefine redirect redistribute redouble redress
reduce reevaluate refer refine reflect reform refrain regain register regulate rehabilitate reinforce reinstate reintegrate reject
release relocate remain remedy remove render renew renounce reopen repeal replace reply report repress request requested require rescind
research resist resolve respect respond restore restrict restructure resume retain rethink return reverse review revise revisit
revitalize revoke safeguard sanction satisfy scale schedule scrutinize secure see seek send sensitise sensitize sentence separate serve
set settle shape share show sign simplify solicit solve spare specify speed spread standardise standardize start state stem step
stimulate stipulate stop streamline strengthen stress strictly strive structure study submit subscribe suggested supplement supply
support suppress suspend sustain systematize tackle take target tell terminate test tighten track train transfer transform translate
transmit transpose treat try turn undergo undertake unify update upgrade uphold urge urged use utilise utilize vacate verify view visit
void waive welcome widen withdraw work
"""

VERBS = frozenset(_VERB_LIST.split())
"""Base forms in lower case, and the past forms with which reports retell what was recommended."""

_ADVERB_LIST = """
actively adequately alia also always appropriately as at better carefully closely comprehensively continuously duly effectively even
expeditiously explicitly favourably finally firmly formally fully further immediately importantly in instead inter likewise more
moreover not otherwise positively possible progressively promptly properly publicly quickly rapidly regularly seriously soon
specifically speedily steadily strictly substantially swiftly systematically then thereby therefore thoroughly thus to together too
urgently vigorously
"""
_ADVERBS = frozenset(_ADVERB_LIST.split())
_CONJUNCTION = re.compile(
    r"^[\s,;.:/*)\]•–—-]*(?:(?:and|or|as\s+well\s+as(?:\s+to)?|but|also|moreover|furthermore|in\s+addition|additionally|finally|lastly|and/or|along\s+with)\b[\s,]*)*(?:(?:also|to|that\s+it|further|it|should)\s+)*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")


def without_conjunction(text: str) -> str:
    """The clause without the separators and conjunctions that tie it to the one before."""
    return text[_CONJUNCTION.match(text).end() :]  # type: ignore[union-attr]


def begins_with_verb(text: str) -> bool:
    """Whether a clause asks for an action of its own: a verb comes first, or after adverbs only."""
    for word in _WORD.findall(without_conjunction(text)[:80])[:5]:
        lower = word.lower()
        if lower in VERBS:
            return True
        if lower not in _ADVERBS and lower not in {"and", "or"} and not lower.endswith("ly"):
            return False
    return False


def is_bare(text: str) -> bool:
    """Whether a clause names an action and nothing that it is done to: "sign and ratify", "Accede to", "Consider"."""
    words = [w.lower() for w in _WORD.findall(without_conjunction(text))]
    if not words or len(words) > 12 or re.search(r"\d", text):
        return False
    allowed = _ADVERBS | {
        "and",
        "or",
        "the",
        "of",
        "on",
        "with",
        "possibility",
        "into",
        "for",
        "an",
        "a",
        "implementation",
        "publication",
        "efforts",
        "its",
        "party",
    }
    verbs = sum(w in VERBS or (w.endswith("ing") and _base(w) in VERBS) for w in words)
    rest = [w for w in words if w not in VERBS and not (w.endswith("ing") and _base(w) in VERBS) and w not in allowed]
    return verbs > 0 and not rest


def _base(gerund: str) -> str:
    stem = gerund[:-3]
    for base in (stem, stem + "e", stem[:-1]):
        if base in VERBS:
            return base
    return stem


def object_of(text: str) -> str:
    """What a clause's action is done to: the clause without its leading verbs and adverbs."""
    rest = without_conjunction(text)
    while found := re.match(r"\s*([^\W\d_]+(?:[-’'][^\W\d_]+)*)[\s,]*", rest):
        word = found[1].lower()
        verb = word in VERBS or (word.endswith("ing") and _base(word) in VERBS)
        if not (verb or word in _ADVERBS or word in {"and", "or", "possibility", "of"}):
            break
        if found[1][:1].isupper() and rest is not text and found.start() and word not in VERBS:
            break
        rest = rest[found.end() :]
    return rest.strip()
