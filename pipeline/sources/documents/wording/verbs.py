"""The words that begin a recommendation: what is needed to see whether a clause stands on its own."""

from __future__ import annotations

import re

_VERB_LIST = """
abide abolish abrogate abstain accede accelerate accept accomplish accord account accredit achieve
acknowledge act activate adapt add address adhere adjust administer adopt advance afford agree align
alleviate allocate allow alter ameliorate amend analyse analyze announce apply appoint approve approximate
arrange ascertain ask assess assign assist assume assure attach attain attempt attend attract augment
authorize avail avoid ban bar base be become begin benefit boost bridge bring broaden build call called
cancel carry cease center centre champion change charge check clarify close co-operate co-ordinate coach
codify collaborate collect combat commence commend commit communicate commute compensate complement complete
comply comprise conclude condemn conduct confer confirm conform consider consolidate constitute construct
consult contact contemplate continue contribute control convene convert convey convict cooperate coordinate
correct counter create criminalise criminalize curb curtail cut deal decentralize decide declare decolonize
decongest decrease decriminalise decriminalize dedicate deepen defend define delete deliver demilitarize
demobilize demonstrate denationalize denounce deny deploy depoliticize desegregate design designate desist
destigmatize detail detect determine develop devise devote digitise digitize direct disaggregate disarm
disband disclose discontinue discourage discuss dismantle dispose disseminate distribute diversify divulge
do double draft draw earmark ease educate effect elaborate eliminate embark embody employ empower enable
enact encourage encouraged end endeavor endeavour endorse endow enforce engage enhance enjoy enlarge enlist
enrich enroll ensure enter entitle envisage envision equip eradicate establish evaluate examine exchange
execute exercise exert expand expedite explain explore express extend face facilitate familiarize fast-track
favor favour fight fill finalise finalize finance find finish fit fix focus follow forbid force forge
formalise formalize formulate foster free fulfil fulfill fund further gather gauge generate get give
graduate grant ground guarantee guard guide halt handle harmonise harmonize have heed heighten help hold
honor honour host house identify impart implement impose improve inaugurate incentivise incentivize include
incorporate increase indicate inform initiate inquire insert insist inspect instigate institute
institutionalise institutionalize instruct insure integrate intensify interact interpret intervene introduce
invest investigate invite invited involve issue itemize join judge keep launch lay lead learn legalize
legislate lessen let liaise liberalize lift limit link listen lobby localize lock look lower mainstream
maintain make manage mandate manifest mediate meet mentor merge mitigate mobilise mobilize model modernise
modernize modify monitor motivate move multiply narrow nationalize negotiate neutralize nominate note notice
notify nurture object obligate observe obtain offer offset open operate operationalise operationalize
optimise optimize organise organize orient outlaw outline overcome overhaul oversee own paint participate
pass pay penalise penalize perform permit persevere persist pilot place plan pledge pool popularise
popularize position possess postpone practise pre-empt preempt prepare prescribe present preserve preside
press presume prevent prioritise prioritize privilege probe proceed process proclaim procure produce
professionalize progress prohibit promote promulgate propagate propose prosecute protect provide publicise
publicize publish punish pursue put quantify quash query raise rally rank ratchet ratify re-accede re-adopt
re-engage re-establish re-evaluate re-examine re-launch reaccede reach react read readopt reaffirm realign
realise realize reallocate reappoint rearrange reassess reassure rebalance rebuild recall recapitulate
recast receive reclassify recognise recognize recommended recommends reconcile reconsider record recruit
rectify recuse redefine redesign redirect redistribute redouble redraft redress reduce reengage reestablish
reevaluate reexamine refer refine reflect refocus reform refrain regain register regularise regularize
regulate rehabilitate reinforce reinstall reinstate reinstitute reintegrate reinterpret reinvigorate
reiterate reject rejoin relaunch release relocate remain remedy remove render renew renounce reopen
reorganize reorient repair repatriate repeal replace replicate reply report represent repress repurpose
request requested require reschedule rescind rescue research reserve resettle resist resolve resort resource
respect respond restart restore restrict restructure resume retain rethink retrain retrofit return reunite
reverse revert review revise revisit revitalise revitalize revive revoke reward rewrite ring-fence roll
safeguard sanction satisfy scale schedule scrap scrutinize secure see seek segregate send sensitise
sensitize sentence separate serve set settle shape share sharpen shield shift shorten show shut sign
simplify solicit solidify solve spare speak spearhead specify speed spend sponsor spread stabilise stabilize
staff stand standardise standardize start state stay steer stem step stimulate stipulate stop streamline
strengthen stress strictly strive structure study submit subscribe substitute suggested supervise supplement
supply support suppress surrender survey suspend sustain sweep synchronize systematize tackle tailor take
target teach tell terminate test tighten trace track train transfer transform translate transmit transpose
treat try turn uncover undergo undertake unify update upgrade uphold urge urged use utilise utilize vacate
validate value verify view visit void vote waive warn welcome widen withdraw withhold work write
"""

VERBS = frozenset(_VERB_LIST.split())
"""Base forms in lower case, and the past forms with which reports retell what was recommended."""

_ADVERB_LIST = """
actively adequately alia also always appropriately as at better carefully closely comprehensively
continuously duly effectively even expeditiously explicitly favourably finally firmly formally fully further
immediately importantly in instead inter likewise more moreover not otherwise positively possible
progressively promptly properly publicly quickly rapidly regularly seriously soon specifically speedily
steadily strictly substantially swiftly systematically then thereby therefore thoroughly thus to together
too urgently vigorously
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


_AS_RECOMMENDED = re.compile(
    r"\W*as\s+(?:\w+ly\s+)?(?:recommended|suggested|requested|urged|encouraged)\b", re.IGNORECASE
)
_ADJUNCT = re.compile(
    r"""(?ix) ^[\s,/]* (?:and\s+|or\s+)? (?:
      (?:very\s+)?[a-z]+ly | soon(?:er)? | as\s+\w+\s+as\s+(?:possible|feasible|practicable)
    | as\s+a\s+(?:matter\s+of\s+)?(?:urgency|priority)
    | in\s+(?:the\s+)?(?:very\s+)?(?:near(?:est)?|immediate|foreseeable)\s+future
    | without\s+(?:any\s+|further\s+|undue\s+)?(?:delay|reservations?)
    | at\s+(?:the|an)\s+(?:earliest|early)(?:\s+\w+){0,2}
    | (?:by|before)\s+(?:the\s+end\s+of\s+)?\d{4}
    | in\s+due\s+course | (?:if|where|when)\s+(?:possible|appropriate)
    ) [\s,]*$"""
)


def cites_recommendation(text: str) -> bool:
    """Whether a part says only that it was recommended before: "as recommended in 2009"."""
    return _AS_RECOMMENDED.match(text) is not None


def is_adjunct(text: str) -> bool:
    """Whether a part says only when or how to act: "as soon as possible", "quickly"."""
    return _ADJUNCT.match(text) is not None


def has_verb(text: str) -> bool:
    """Whether a text names an action anywhere: a verb, its form in -ing, or its noun ("ratification"). A
    that-clause ("That the talks become public") has one in any case.
    """
    words = [w.lower() for w in _WORD.findall(text)]
    if words[:1] == ["that"] and len(words) > 4:
        return True
    rest = [w for w in words if w not in _ADVERBS and not w.endswith("ly")]
    first, second = (*rest, "", "")[:2]
    # "Implements the law" is a slip for the verb; "judges and lawyers" are people.
    third_person = first.removesuffix("s") in VERBS and second not in {"and", "or", "of", ""}
    return first in _RARE_VERBS or third_person or any(_is_action(w) for w in words)


_RARE_VERBS = frozenset(
    (
        "block", "bring-up", "certify", "clear", "concentrate", "drop", "emphasise", "emphasize", "equalise",
        "equalize", "guaranty", "inscribe", "leave", "maximise", "maximize", "stick",
    )
)  # fmt: skip
"""Verbs only where they come first; elsewhere they are mostly other words ("a clear plan")."""


def _is_action(word: str) -> bool:
    plain = word.replace("-", "")
    known = {word, plain, word.split("-")[0]}
    return bool(known & VERBS) or plain in ACTION_NOUNS or (plain.endswith("ing") and _base(plain) in VERBS)


def begins_with_verb(text: str) -> bool:
    """Whether a clause asks for an action of its own: a verb comes first, or after adverbs only."""
    if re.match(r"\W*further\s+(?:the|its|a)\s", text, re.IGNORECASE):
        return True
    if _AS_RECOMMENDED.match(text):
        return False
    for word in _WORD.findall(without_conjunction(text)[:80])[:5]:
        lower = word.lower()
        if lower in VERBS:
            return True
        if lower not in _ADVERBS and lower not in {"and", "or"} and not lower.endswith("ly"):
            return False
    return False


def in_base_form(text: str) -> str:
    """The text with the verb that it begins with in its base form: "takes measures" is "take measures"."""
    found = re.match(r"[a-z]+s\b(?!\s+(?:be|are|is|were|and|or|of)\b)", text)
    if found is None or found.group() in VERBS:
        return text
    word = found.group()
    bases = (word[:-1], word[:-2] if word.endswith("es") else "", word.removesuffix("ies") + "y")
    base = next((base for base in bases if base in VERBS), word)
    return base + text[found.end() :]


def is_bare(text: str) -> bool:
    """Whether a clause names an action and nothing that it is done to: "sign and ratify", "Accede to",
    "Consider".
    """
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
    verbal = [w in VERBS or (w.endswith("ing") and _base(w) in VERBS) for w in words]
    # "Consider the ratification" is as bare as "consider ratifying".
    nouns = {"ratification", "accession", "signature"}
    return any(verbal) and all(
        verb or w in allowed or w in nouns for w, verb in zip(words, verbal, strict=True)
    )


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


ACTION_NOUNS = {
    "ratification": "ratify",
    "accession": "accede", "signature": "sign", "adoption": "adopt", "abolition": "abolish",
    "establishment": "establish",
    "continuation": "continue", "cooperation": "cooperate", "strengthening": "strengthen",
    "promotion": "promote", "protection": "protect",
    "implementation": "implement", "withdrawal": "withdraw", "creation": "create",
}  # fmt: skip
_NOUN_OF = re.compile(rf"^(?:of\s+)?(?:the\s+)?({'|'.join(ACTION_NOUNS)})\s+(of|to)\s+", re.IGNORECASE)
_GERUND = re.compile(r"^(?:of\s+|to\s+|in\s+)?([a-z]+ing)\b", re.IGNORECASE)


def as_action(text: str) -> str | None:
    """ "of ratifying the Covenant" and "the ratification of the Covenant" as what they ask for: "ratify the
    Covenant".

    None where the text names no action.
    """
    clause = without_conjunction(text).strip()
    noun = _NOUN_OF.match(clause)
    if noun:
        to = "to " if noun[1].lower() == "accession" else ""
        return f"{ACTION_NOUNS[noun[1].lower()]} {to}{clause[noun.end() :]}"
    gerund = _GERUND.match(clause)
    # "Bearing in mind the reports, adopt a law" asks to adopt it.
    if gerund and any(begins_with_verb(clause[comma.end() :]) for comma in re.finditer(r",\s+", clause)):
        return None
    if gerund and (base := _base(gerund[1].lower())) in VERBS:
        return f"{base}{clause[gerund.end() :]}"
    return None
