"""French verbs with which recommendations begin, and the subjunctives in which reports retell them.

Forms are in lower case and without accents.
"""

from __future__ import annotations

import re

from pipeline.corpus.text import folded

_INFINITIVE_LIST = """
abaisser abandonner abattre abolir aborder abréger abroger absoudre abstenir accéder accélérer accentuer
accepter accomplir accorder accourir accréditer accroître accueillir acheminer achever acquitter
actualiser adapter adhérer adjoindre admettre adopter adresser affecter affirmer agir aider ajouter
ajuster aligner alléger aller allouer alphabétiser améliorer amender amorcer amplifier analyser annuler
anticiper apaiser appeler appliquer apporter apprécier apprendre approfondir approuver appuyer arbitrer
arrêter articuler asseoir associer assortir assouplir assumer assurer attacher attaquer atteindre
attendre atténuer attester attirer attribuer augmenter autonomiser autoriser avancer avertir avoir axer
baisser balayer bannir bâtir battre bénéficier brûler capitaliser célébrer centraliser cesser changer
chercher clarifier clore coder codifier collaborer combattre combler commencer commettre commuer
communiquer compenser compiler compléter composer comprendre concentrer concevoir conclure concrétiser
condamner conduire confirmer confondre conformer connaître consacrer consentir conserver considérer
consigner consolider constituer construire consulter contenir continuer contraindre contrer contribuer
controler convaincre convenir convertir convoquer coopérer coordonner correspondre corriger courir
couvrir craindre créer creuser criminaliser croire croître cultiver débattre décentraliser décider
déclarer déclassifier décourager décriminaliser décrire dédier dédommager déduire défendre déférer
définir dégager déjudiciariser délivrer demander démanteler demeurer démobiliser démocratiser démontrer
dénoncer dépénaliser dépister déployer dépolitiser déposer déraciner désagréger désarmer descendre
désenclaver désencombrer désengorger désigner désinstitutionnaliser destiner détecter déterminer détruire
développer devenir devoir dialoguer diffuser digitaliser dire discuter dispenser disposer dissoudre
dissuader distribuer diversifier documenter donner doter doubler dresser durcir échanger échapper
éclaircir éclairer économiser écouter écrire édicter édifier éduquer effacer effectuer efforcer égaliser
élaborer élargir élever éliminer élire embaucher embrasser émettre empêcher employer encadrer enclencher
encourager encourir endiguer endosser engager enlever énoncer enquêter enrayer enregistrer enrichir
entamer entendre entériner entourer entreprendre entretenir énumérer envisager envoyer épargner éprouver
équilibrer équiper éradiquer ériger espérer esquisser essayer estimer établir éteindre étendre étoffer
être étudier évacuer évaluer éviter évoluer examiner exclure exécuter exempter exercer exhorter exiger
exonérer expédier expliquer exploiter explorer exposer exprimer expulser externaliser extrader faciliter
faire favoriser fédérer féliciter fermer finaliser financer finir fixer fonder fondre forger formaliser
former formuler fournir freiner fusionner gagner garantir garder généraliser gérer grouper guider
habiliter harmoniser hâter hausser héberger hisser honorer humaniser identifier illustrer immatriculer
impartir implanter impliquer importer imposer imprimer impulser incarner inciter inclure incorporer
incrémenter incriminer inculper indemniser indiquer induire influencer informatiser informer initier
inscrire insérer insister inspecter inspirer installer instaurer instituer institutionnaliser instruire
insuffler intégrer intensifier intenter interagir intercéder interdire intéresser internationaliser
interpréter interroger intervenir introduire inventorier inverser investir inviter jeter joindre jouer
juger juguler justifier laisser lancer légaliser légiférer légitimer lever libérer limiter lire loger
lutter maintenir maîtriser mandater manifester marquer ménager mener mentionner mesurer mettre militer
minimiser mitiger mobiliser modérer moderniser modifier moduler monter montrer motiver multiplier mûrir
naître nationaliser nettoyer nommer normaliser notifier nouer nourrir numériser objecter obliger observer
obtenir occuper octroyer œuvrer offrir omettre opérationnaliser opérer opter optimiser organiser orienter
outiller ouvrir pallier parachever paraître parcourir parer parler partager participer partir parvenir
passer payer peindre pénaliser pencher penser percevoir perdre pérenniser perfectionner permettre
persévérer persister peser piloter placer plaider planifier populariser porter poser posséder poursuivre
pourvoir pousser pouvoir pratiquer précéder préciser prédire prémunir prendre préparer prescrire
présenter préserver présider pressentir prétendre prêter prévenir prévoir prier prioriser privilégier
procéder proclamer procurer produire professionnaliser progresser prohiber projeter prolonger promettre
promouvoir promulguer prononcer proposer prospecter protéger protester prouver provoquer publier puiser
punir qualifier quitter raccourcir racheter raffermir rallier ramasser ramener rappeler rapprocher
rassembler rassurer ratifier rationaliser rattacher ravitailler réactiver réadapter réaffirmer réaliser
rebâtir recenser recevoir rechercher recommencer reconduire reconnaître reconsidérer reconstruire
recourir recouvrer recruter rectifier récupérer redéfinir redire redistribuer redoubler redresser réduire
rééduquer réévaluer réexaminer réfléchir refléter refondre réformer refuser réglementer regrouper
régulariser réhabiliter rehausser réinsérer réintégrer réitérer rejeter rejoindre relancer relever relire
remanier remédier remercier remettre remplacer rendre renforcer renoncer renouer renouveler rénover
rentrer renvoyer réorganiser répandre réparer repeindre repenser repérer répertorier répondre reporter
repousser reprendre réprimer reproduire requalifier requérir réserver résister résoudre respecter
responsabiliser ressortir restaurer rester restituer restreindre restructurer résumer rétablir retenir
retirer retourner retracer réunir réussir revaloriser réviser revitaliser revoir risquer rompre rouvrir
saisir sanctionner satisfaire sauvegarder savoir scolariser secourir sécuriser sensibiliser séparer
servir signaler signer signifier simplifier situer solder solliciter solutionner songer sortir souligner
soumettre souscrire soutenir stabiliser standardiser statuer stimuler stipuler stopper structurer
subordonner subvenir subventionner suffire suggérer suivre superviser suppléer supprimer surmonter
surprendre surveiller survenir suspendre systématiser tâcher tendre tenir tenter tester tirer tondre
toucher tracer traduire traiter trancher transcrire transférer transformer transmettre transposer
travailler trouver unifier uniformiser unir utiliser vacciner vaincre valider valoriser veiller vendre
venir vérifier verser vider viser visiter vivre voir voter vulgariser
"""
INFINITIVES = {folded(verb): verb for verb in _INFINITIVE_LIST.split()}
"""Infinitives without accents, to their spelling."""

# Ending of the infinitive to that of the subjunctive; of two that fit, the longer one is right.
_ENDINGS = {
    "er": "e", "ir": "isse", "re": "e", "ger": "ge", "oyer": "oie", "uyer": "uie", "ayer": "aie",
    "tenir": "tienne", "venir": "vienne", "ouvrir": "ouvre", "offrir": "offre", "courir": "coure",
    "querir": "quiere", "ueillir": "ueille", "sentir": "sente", "partir": "parte", "sortir": "sorte",
    "servir": "serve", "prendre": "prenne", "indre": "igne", "soudre": "solve", "faire": "fasse",
    "duire": "duise", "truire": "truise", "crire": "crive", "scrire": "scrive", "lire": "lise",
    "dire": "dise", "suffire": "suffise", "aitre": "aisse", "oitre": "oisse", "mettre": "mette",
    "battre": "batte", "vaincre": "vainque", "clure": "clue", "plaire": "plaise", "suivre": "suive",
    "vivre": "vive", "cevoir": "coive", "voir": "voie", "mouvoir": "meuve", "devoir": "doive",
    "pouvoir": "puisse", "savoir": "sache", "asseoir": "asseye", "croire": "croie",
}  # fmt: skip
_IRREGULAR = {
    "avoir": ("ait", "aient"),
    "etre": ("soit", "soient"),
    "aller": ("aille", "aillent"),
    "jeter": ("jette", "jettent"),
    "clore": ("close", "closent"),
}


def _subjunctives(verb: str) -> tuple[str, ...]:
    """Third person singular and plural. Args: `verb`, without accents.

    >>> _subjunctives("ratifier"), _subjunctives("prendre"), _subjunctives("finir")
    (('ratifie', 'ratifient'), ('prenne', 'prennent'), ('finisse', 'finissent'))
    """
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    ending = max((end for end in _ENDINGS if verb.endswith(end)), key=len)
    one = verb[: len(verb) - len(ending)] + _ENDINGS[ending]
    # "appeler", "renouveler": the last consonant is doubled before "e"; "projeter" likewise.
    doubled = re.sub(r"(app|renouv|ratt?app)el(e)$", r"\1ell\2", re.sub(r"([oeuj]j)et(e)$", r"\1ett\2", one))
    return doubled, f"{doubled}nt"


SUBJUNCTIVES = {form: spelt for verb, spelt in INFINITIVES.items() for form in _subjunctives(verb)}
"""Form to infinitive."""
