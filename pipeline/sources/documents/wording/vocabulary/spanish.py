"""The Spanish words of recommendations and of reports that retell them."""

from __future__ import annotations

from pipeline.sources.documents.wording.vocabulary.spanish_verbs import GERUNDS, INFINITIVES, SUBJUNCTIVES
from pipeline.sources.documents.wording.vocabulary.words import Vocabulary, listed

_TOLD_LIST = """
recomendo recomiendan recomienda alento alienta insto insta exhorto exhorta invito invita pidio pide
solicito sugirio sugiere
"""
_ADVERB_LIST = """
activamente adecuadamente ademas antes asi asimismo aun bien como cuanto debidamente inmediatamente
mas mejor no plenamente posible pronto rapidamente sea siempre tambien tan todavia
"""
_SMALL_LIST = """
el la las los de del y en a al para por con una un que su sus se lo como e u es son o fin sobre
contra mediante no entre
"""
_BARE_LIST = """
y e o u el la los las un una de del a al se en con para posibilidad aplicacion puesta practica
publicacion esfuerzos sus parte
"""
_EL = r"(?:el\s+|la\s+|los\s+|las\s+)"
_NO_OBJECT = (
    r"en|con|por|a|al|incluid[oa]s?|entre|como|así|sobre|bajo|para|de|del|desde|vía|sin|mientras|cuando|donde|tal|tales"
    r"|en\s+particular|especialmente|que|quien(?:es)?|durante|antes|después|hasta|hacia|y|e|o|u|pero|también|sino"
    r"|según|conforme|respecto|relativ[oa]s?|mediante|contra|ante|tras|dad[oa]s?|porque|debido|además|inclus[oi]|a\s+fin"
    r"|basad[oa]s?|centrad[oa]s?|previst[oa]s?|si|salvo"
)
_ADJUNCT = r"""
      (?:muy\s+|más\s+)?\w+mente | (?:lo|cuanto)\s+antes(?:\s+posible)? | tan\s+\w+\s+como\s+sea\s+posible
    | en\s+(?:un|el)\s+futuro\s+(?:muy\s+)?(?:próximo|cercano|inmediato) | en\s+breve | pronto
    | sin\s+(?:más\s+)?(?:demoras?|dilación|dilaciones|tardanza|retrasos?|reservas?)(?:\s+indebid[oa]s?)?
    | con\s+(?:carácter\s+)?(?:urgente|prioritario|urgencia|prontitud) | con\s+carácter\s+de\s+urgencia
    | como\s+(?:cuestión\s+de\s+)?prioridad | a\s+la\s+mayor\s+brevedad(?:\s+posible)?
    | (?:antes\s+de(?:l\s+fin(?:al)?\s+de)?|para(?:\s+fines\s+de)?)\s+\d{4}
    | a\s+su\s+debido\s+tiempo | (?:si|cuando)\s+(?:es\s+|sea\s+)?(?:posible|procede|proceda)
    | (?:en|a)\s+la\s+primera\s+(?:oportunidad|ocasión)
"""
_ACT_NOUNS = {
    "ratificación": "ratificar", "adhesión": "adherirse", "firma": "firmar", "aprobación": "aprobar",
    "adopción": "adoptar", "abolición": "abolir", "creación": "crear", "establecimiento": "establecer",
    "continuación": "continuar", "fortalecimiento": "fortalecer", "promoción": "promover",
    "protección": "proteger", "aplicación": "aplicar", "retiro": "retirar", "cooperación": "cooperar",
}  # fmt: skip
_OFFICES = r"(?:el\s+(?:estado|gobierno|país)|las\s+autoridades)"
_ALSO = r"(?:también|asimismo|además|por\s+último|por\s+otra\s+parte|igualmente),?\s+"
_JOINT = r"(?:[,;.]\s+(?:(?:y|así\s+como)\s+)?|\s+(?:y|así\s+como)\s+)"
_BEHIND = ("", "se", "la", "lo", "las", "los", "le", "les")
"""Pronouns behind an infinitive."""
_DIRECTLY = r"\b(?:firmar|ratificar|aprobar|adoptar|aceptar)\s*$"


def _gerund_base(word: str) -> str | None:
    """From "creando", or "crear", which stands after "de" where English has a gerund, to "crear"."""
    plain = INFINITIVES.get(word.removesuffix("se"))
    return GERUNDS.get(word) or (f"{plain}se" if plain and word.endswith("se") else plain)


def _told_base(word: str, behind: str) -> str | None:  # noqa: ARG001
    return SUBJUNCTIVES.get(word)


SPANISH = Vocabulary(
    language="es",
    small_words=listed(_SMALL_LIST),
    word=r"[^\W\d_]+(?:-[^\W\d_]+)*",
    verbs=frozenset(f"{verb}{behind}" for verb in INFINITIVES for behind in _BEHIND) | listed(_TOLD_LIST),
    rare_verbs=frozenset(),
    gerund_base=_gerund_base,
    told_base=_told_base,
    # "Que se reparen" is a passive: only of these verbs "se" is a part.
    reflexive_=r"se\s+(?=(?:adhi|abst|esfor|esfuer|compro|asegur|cercior|sum|conv|uni|una|abstuv)\w)",
    reflexive_behind=True,
    clitics=frozenset(),
    adverbs=listed(_ADVERB_LIST),
    adverb_ending="mente",
    conjunctions=(
        r"y|e|o|u|así\s+como|pero|también|asimismo|además|por\s+último|por\s+otra\s+parte|igualmente|y/o|y\s+luego"
    ),
    before_verb_=rf"(?:que\s+|se\s+|ha\s+|han\s+|no\s+|debería\s+|{_ALSO})",
    that_it_=r"que\s+",
    further=r"(?!)",
    ties=r"y|e(?=\s+h?i)|así\s+como",
    adds=r"así\s+como",
    contrast=r"y|e(?=\s+h?i)|así\s+como|pero",
    either=frozenset(("y", "e", "o", "u")),
    bare_words=listed(_BARE_LIST),
    bare_nouns=frozenset(("ratificacion", "adhesion", "firma")),
    empty_=r"(?:(?:y|e|o|u|posibilidad)\b[\s,]*|(?:de|a)\s+)",
    as_recommended=(
        r"(?:tal\s+)?(?:como|según)\s+(?:lo\s+|le\s+|se\s+|ya\s+|ha(?:n|bían?)?\s+|fue\s+|\w+mente\s+)*"
        r"(?:recom[ie]+nd|sug[ei]r|pid|ped|solicit|inst)\w+"
    ),
    adjunct=_ADJUNCT,
    act_nouns=_ACT_NOUNS,
    noun_=rf"(?:de\s+)?(?:{_EL})?",
    noun_links={
        r"del\s+": "el ",
        r"de\s+la\s+": "la ",
        r"de\s+los\s+": "los ",
        r"de\s+las\s+": "las ",
        r"al\s+": "al ",
        r"a\s+la\s+": "a la ",
        r"a\s+los\s+": "a los ",
        r"a\s+las\s+": "a las ",
        r"de\s+": "",
        r"con\s+": "con ",
    },
    gerund_lead_=r"(?:de|a)\s+",
    article_=rf"(?:{_EL}|al\s+|a\s+(?:la|los|las)\s+)",
    own_=r"sus?\s+",
    open_end=r"\b(?:del?|al?|el|la|los|las|sobre|con|para|por|en|posibilidad)",
    carries_on=(
        r"como\s+(?:lo\s+|se\s+)?\w*\s*(?:recom|sug)|de\s+(?:conformidad|acuerdo|modo|manera|forma)|en\s+(?:particular|consonancia)"
        r"|incluid[oa]s?|incluyendo|entre\s+otr[oa]s|con\s+(?:miras|vistas)|a\s+fin\s+de|con\s+(?:el\s+fin|objeto)|para\s+que"
    ),
    no_object=_NO_OBJECT,
    no_object_ending="ando|iendo|yendo|mente",
    glue=(
        (_DIRECTLY, r"\s*(?:a|de)\s+(?=la\s|los\s|las\s|sus?\s|una?\s|(?-i:[A-Z]))", " "),
        (_DIRECTLY, r"\s*(?:al|del)\s+", " el "),
        (r"\b(?:al|del)\s*$", r"\s*el\s+", " "),
        (r"\badherirse\s*$", r"\s*el\s+", " al "),
        (r"\badherirse\s*$", r"\s*(?=la\s|los\s|las\s)", " a "),
    ),
    must="debería[n]?|deben?",
    to_=r"a\s+",
    that_=r"que\s+",
    to_again=r"(?!)",
    # The subject of Spanish verbs is not said, so the form of the verb tells that "that" begins another act.
    that_again=(
        rf"{_JOINT}(?=que\s+{_OFFICES}\s+[^\W\d_])"
        rf"|{_JOINT}(?=que\s+(?:se\s+|no\s+|también\s+)*(?P<verb>[^\W\d_]+))"
        r"|[;.]\s+(?:y\s+)?(?=que\s+\w)"
    ),
    voice=(
        rf"(?:se\s+(?:le\s+)?)?(?:{_ALSO})*(?:recomend(?:[óo]|aron)|recom(?:ienda|iendan)|alent(?:[óo]|aron)|alienta|inst(?:[óo]|aron|an?)"
        r"|exhort(?:[óo]|aron|an?)|invit(?:[óo]|aron|an?)|pidi(?:[óo]|eron)|pide|solicit(?:[óo]|aron|an?)|sugiri(?:[óo]|eron)"
        r"|sugiere|(?:ha|han)\s+(?:recomendado|alentado|instado|exhortado|invitado|pedido|solicitado|sugerido))"
        r"(?:\s+(?:también|asimismo|además|igualmente|encarecidamente))?"
    ),
    asked=rf"(?:que|a|al|{_OFFICES}|{_EL}(?:{'|'.join(_ACT_NOUNS)})|(?-i:[A-Z])\w+\s+a|[^\W\d_]+[aei]r(?:se)?)\b",
    it_=r"(?:ella?\s+|ellos\s+)",
    also_=_ALSO,
    while_=r"(?:si\s+bien|aunque|tras|al\s+tiempo\s+que)\b.*,\s+",
    preamble=(
        r"si\s+bien|tomando|habida|teniendo|considerando|acogiendo|felicitando|encomiando|reconociendo|observando"
        r"|tras|dad[oa]s?|en|con|como|aunque|al|expresó|tomó"
    ),
    binders_=r"(?:que|al?|de)\s+",
    should_=r"debería[n]?\s+",
    asks_to_=r"(?:a\s+que|que|a|debería[n]?)\s+",
    government=rf"(?:el\s+)?gobierno(?:\s+(?:del?\s+)?(?:{_EL})?(?:{{names}}))?|(?:{_EL})?(?:{{names}})",
    state=r"(?:el\s+)?estado(?:\s+(?:examinado|parte))?|(?:el\s+)?país|(?:las\s+)?autoridades",
    offices=r"gobierno|estado|país",
    small_ties=r"y|e|también|asimismo|además|que|a|al|de",
    last_ties=r"y|e|también|que|a|de",
    voices=r"recomendando|alentando|instando|exhortando|sugiriendo",
    recommends=r"\b(?:recomend(?:[óo]|aron|ando|ado)|recomiendan?)",
    said="Recomendó ",
    said_that="que ",
    thereto=r"(?<=Facultativo )(?:de\s+la\s+misma|del\s+mismo)\b",
    instrument=r"\b((?:Convención|Pacto)\s[^,;()]*)",
    to_it={"convencion": "de la {}", "pacto": "del {}"},
)
