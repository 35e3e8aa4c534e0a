"""The French words of recommendations and of reports that retell them."""

from __future__ import annotations

from pipeline.sources.documents.wording.vocabulary.french_verbs import INFINITIVES, SUBJUNCTIVES
from pipeline.sources.documents.wording.vocabulary.words import Vocabulary, listed

_TOLD_LIST = """
recommande recommandent recommandé encourage engage exhorte invite prie demande suggère préconise
"""
_ADVERB_LIST = """
activement adequatement ainsi aussi au besoin bien cas davantage dument echeant egalement encore en
immediatement inter le mieux moins necessaire ne pas plus plutot possible pleinement rapidement sans
tot toujours vite y
"""
_SMALL_LIST = """
le la les des du de et au aux dans pour par sur avec une un que qui sa son ses leur leurs ce cette
ces l d est sont ou afin compris notamment en à qu s n il elle
"""
_BARE_LIST = """
et ou le la les l un une de d du des a au aux s se en sur avec pour dans possibilite mise oeuvre
application publication efforts ses partie
"""
_A = r"\s?['’ʼ´`]\s?"
"""The apostrophe of an elision, as PDFs print it."""
_DE = rf"(?:de\s+|d{_A})"
_QUE = rf"(?:que\s+|qu{_A})"
_TO = rf"(?:de\s+|d{_A}|à\s+)"
_LE = rf"(?:la\s+|les?\s+|l{_A})"
_NO_OBJECT = (
    r"en|avec|par|à|au|aux|y\s+compris|dont|comme|ainsi|dans|sur|sous|pour|de|du|des|d|depuis|dès|via|sans|tandis|alors"
    r"|où|lorsque|quand|afin|tels?|telles?|notamment|surtout|qui|que|qu|lesquels|pendant|durant|avant|après|jusqu|vers"
    r"|et|ou|mais|aussi|soit|si|selon|conformément|concernant|relatifs?|relatives?|visant|entre|contre|chez|parmi"
    r"|compte|grâce|suivant|suite|car|parce|même|bien|tout|outre|moyennant|fondée?s?|axée?s?|prévue?s?|à"
)
_ADJUNCT = rf"""
      (?:très\s+|plus\s+)?\w+ment | sous\s+peu | dès\s+que\s+possible | au\s+plus\s+(?:tôt|vite)
    | (?:aussi|le\s+plus)\s+(?:\w+\s+)(?:que\s+)?possible
    | dans\s+(?:les\s+)?(?:plus\s+brefs|meilleurs)\s+délais | dans\s+un\s+(?:proche\s+avenir|avenir\s+proche)
    | sans\s+(?:plus\s+)?(?:tarder|attendre|retard|délai|réserves?)(?:\s+injustifiée?)?
    | (?:à|a)\s+titre\s+(?:prioritaire|urgent|de\s+priorité) | en\s+priorité | d{_A}urgence
    | (?:avant|d{_A}ici(?:\s+à)?)\s+(?:la\s+fin\s+de\s+(?:l{_A}année\s+)?)?\d{{4}}
    | en\s+temps\s+(?:voulu|utile) | le\s+moment\s+venu | (?:à|a)\s+la\s+(?:première|prochaine)\s+occasion
    | (?:si|lorsque|quand)\s+(?:possible|nécessaire) | s{_A}il\s+y\s+a\s+lieu | le\s+cas\s+échéant
"""
_ACT_NOUNS = {
    "ratification": "ratifier", "adhésion": "adhérer", "signature": "signer", "adoption": "adopter",
    "abolition": "abolir", "création": "créer", "établissement": "établir", "poursuite": "poursuivre",
    "renforcement": "renforcer", "promotion": "promouvoir", "protection": "protéger",
    "application": "appliquer", "retrait": "retirer", "coopération": "coopérer",
}  # fmt: skip
_OFFICES = rf"(?:l{_A}État|le\s+(?:gouvernement|pays)|les\s+autorités)"
_ALSO = r"(?:également|aussi|en\s+outre|de\s+plus|de\s+surcroît|par\s+ailleurs|enfin),?\s+"
_JOINT = r"(?:[,;.]\s+(?:(?:et|ainsi\s+que)\s+)?|\s+(?:et|ainsi\s+que)\s+)"
_TOLD = (
    r"(?:recommandé|encouragé|exhorté|invité|engagé|prié|demandé|suggéré|préconisé|appelé)"
    r"(?:\s+instamment|\s+vivement)?"
)
_DIRECTLY = r"\b(?:signer|ratifier|adopter|accepter)\s*$"


def _gerund_base(word: str) -> str | None:
    """From "ratifier", which stands after "de" where English has a gerund, to itself."""
    return INFINITIVES.get(word)


def _told_base(word: str, behind: str) -> str | None:  # noqa: ARG001
    return SUBJUNCTIVES.get(word)


FRENCH = Vocabulary(
    language="fr",
    small_words=listed(_SMALL_LIST),
    word=r"[^\W\d_]+(?:-[^\W\d_]+)*",
    verbs=frozenset(INFINITIVES) | listed(_TOLD_LIST),
    rare_verbs=frozenset(),
    gerund_base=_gerund_base,
    told_base=_told_base,
    reflexive_=rf"(?:se\s+|s{_A})",
    reflexive_behind=False,
    clitics=frozenset(("l", "le", "la", "les", "y", "en")),
    adverbs=listed(_ADVERB_LIST),
    adverb_ending="ment",
    conjunctions=(
        r"et|ou|ainsi\s+que|mais|également|aussi|par\s+ailleurs|en\s+outre|de\s+plus|de\s+surcroît|enfin|et/ou|puis"
    ),
    before_verb_=(
        rf"(?:{_QUE}(?:il|elle)s?\s+|il\s+(?:a\s+été\s+)?|(?:a|ont)\s+|se\s+|s{_A}|ne\s+(?:pas|plus)\s+|n{_A}|devrait\s+|{_ALSO})"
    ),
    that_it_=rf"{_QUE}(?:il|elle)s?\s+",
    further=r"(?!)",
    ties=r"et|ainsi\s+que",
    adds=r"ainsi\s+que",
    contrast=r"et|ainsi\s+que|mais",
    either=frozenset(("et", "ou")),
    bare_words=listed(_BARE_LIST),
    bare_nouns=frozenset(("ratification", "adhesion", "signature")),
    empty_=rf"(?:(?:et|ou|possibilité)\b[\s,]*|(?:de|à)\s+|[ds]{_A}|se\s+)",
    as_recommended=(
        rf"(?:comme|ainsi\s+que|tel(?:le)?s?\s+que|selon\s+ce\s+(?:qui|que))\s+"
        rf"(?:l{_A}(?:a|ont|avai(?:en)?t)\s+|le\s+|il\s+(?:a|avait)\s+|cela\s+(?:a|avait)\s+|été\s+|déjà\s+|\w+ment\s+)*"
        r"(?:recommand|suggér|demand|préconis|encourag)\w+"
    ),
    adjunct=_ADJUNCT,
    act_nouns=_ACT_NOUNS,
    noun_=rf"(?:{_DE})?(?:{_LE})?",
    noun_links={
        r"du\s+": "le ",
        r"des\s+": "les ",
        r"de\s+la\s+": "la ",
        rf"de\s+l{_A}": "l’",
        r"au\s+": "au ",
        r"aux\s+": "aux ",
        r"à\s+la\s+": "à la ",
        rf"à\s+l{_A}": "à l’",
        r"avec\s+": "avec ",
    },
    gerund_lead_=rf"(?:{_TO}|en\s+)",
    article_=rf"(?:{_LE}|aux?\s+|à\s+la\s+|à\s+l{_A})",
    own_=r"(?:sa|son|ses)\s+",
    open_end=rf"\b(?:de|d{_A}|du|des|à|aux?|les?|la|l{_A}|sur|avec|pour|dans|en|possibilité)",
    carries_on=(
        rf"comme\s+(?:l{_A}|le\s+|il\s+)?\w*\s*(?:recommand|suggér)|conformément|en\s+(?:particulier|conformité|vue)|notamment"
        rf"|y\s+compris|entre\s+autres|dans\s+le\s+but|afin\s+|de\s+(?:façon|manière|sorte)|pour\s+que|ce\s+qui"
    ),
    no_object=_NO_OBJECT,
    no_object_ending="ant|ment",
    glue=(
        (_DIRECTLY, r"\s*(?:à|de)\s+(?=la\s|l['’]|sa\s|son\s|ses\s|une?\s|(?-i:[A-Z]))", " "),
        (_DIRECTLY, r"\s*(?:au|du)\s+", " le "),
        (_DIRECTLY, r"\s*(?:aux|des)\s+", " les "),
        (r"\b(?:au|du)\s*$", r"\s*le\s+", " "),
        (r"\b(?:aux|des)\s*$", r"\s*les\s+", " "),
        (r"\badhérer\s*$", r"\s*le\s+", " au "),
        (r"\badhérer\s*$", r"\s*les\s+", " aux "),
        (r"\badhérer\s*$", r"\s*(?=la\s|l['’])", " à "),
    ),
    must="devrai(?:en)?t|doi(?:ven)?t",
    to_=_TO,
    that_=_QUE,
    to_again=_TO,
    that_again=(
        rf"{_JOINT}(?={_QUE}(?:ils?|elles?|{_OFFICES})\s+[^\W\d_])"
        rf"|[;.]\s+(?:et\s+)?(?={_QUE}\w)"
    ),
    voice=(
        rf"(?:(?:(?:a|ont)\s+)?(?:{_ALSO})*{_TOLD}|recommande(?:nt)?|encourage(?:nt)?|exhorte(?:nt)?|invite(?:nt)?"
        r"|engage(?:nt)?|prie(?:nt)?|demande(?:nt)?|suggère(?:nt)?|préconise(?:nt)?)"
    ),
    asked=(rf"(?:{_QUE}|{_TO}|aux?\s|{_OFFICES}\b|{_LE}(?:{'|'.join(_ACT_NOUNS)})\b|(?-i:[A-Z])\w+\s+à\s)"),
    it_=r"(?:il\s+(?:a\s+été\s+|est\s+)?|elle\s+|ils\s+|elles\s+)",
    also_=_ALSO,
    while_=r"(?:tout\s+en|si)\b.*,\s+",
    preamble=(
        r"tout\s+en|notant|prenant|ayant|considérant|saluant|se\s+félicitant|félicitant|rappelant|compte\s+tenu"
        r"|étant\s+donné|reconnaissant|constatant|dans|avec|en|comme|si"
    ),
    binders_=rf"(?:{_QUE}|{_TO}|aux?\s+)",
    should_=r"devrai(?:en)?t\s+",
    asks_to_=rf"(?:{_TO}|{_QUE}|devrai(?:en)?t\s+)",
    government=rf"(?:le\s+|au\s+)?gouvernement(?:\s+(?:{_DE}|du\s+|des\s+)?(?:{_LE})?(?:{{names}}))?|(?:{_LE})?(?:{{names}})",
    state=rf"(?:l{_A})?État(?:\s+(?:examiné|partie))?|(?:le\s+)?pays|(?:les\s+)?autorités|ils?|elles?",
    offices=r"gouvernement|il|elle|pays|état",
    small_ties=r"et|également|aussi|il|elle|ils|en\s+outre|que|qu|de|d|à|au",
    last_ties=r"et|également|aussi|que|qu|de|d|à",
    voices=r"recommandant|encourageant|exhortant|suggérant",
    recommends=r"\brecommand(?:é|ent?|ant)",
    said="Recommandé ",
    said_that="que ",
    thereto=rf"s{_A}y\s+rapportant",
    instrument=r"\b((?:Convention|Pacte)\s[^,;()]*)",
    to_it={"convention": "se rapportant à la {}", "pacte": "se rapportant au {}"},
)
