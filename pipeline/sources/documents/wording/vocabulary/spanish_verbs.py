"""Spanish verbs with which recommendations begin, and the subjunctives in which reports retell them.

Forms are in lower case and without accents.
"""

from __future__ import annotations

from pipeline.corpus.text import folded

_INFINITIVE_LIST = """
abandonar abaratar abastecer ablandar abogar abolir abordar abrir abrogar absorber abstener acabar acatar
acceder acelerar acentuar aceptar acercar aclarar acoger acometer acompañar acondicionar aconsejar acordar
acortar acrecentar acreditar activar actualizar actuar acudir acusar adaptar adecuar adelantar adherir
adjudicar administrar admitir adoptar adquirir advertir afianzar afirmar afrontar agilizar agotar agradecer
agravar agregar agrupar ahondar ahorrar aislar ajustar alcanzar alentar alertar alfabetizar alinear aliviar
almacenar alojar alterar amnistiar amparar ampliar añadir analizar animar anular anunciar apaciguar apartar
apelar aplazar aplicar aportar apostar apoyar aprender aprobar aprovechar aproximar arbitrar archivar
armonizar articular asegurar asesorar asignar asistir asociar aspirar asumir atacar atajar atender atenuar
atraer atribuir aumentar auspiciar autorizar avanzar averiguar avisar ayudar bajar barajar barrer basar
batir beneficiar bloquear borrar brindar buscar calcular calificar cambiar canalizar capacitar caracterizar
cargar castigar catalogar ceder celebrar ceñir censar centrar cerrar certificar cesar citar clarificar
clasificar clausurar cobrar codificar coger colaborar colocar combatir comenzar compartir compensar compilar
complementar completar componer comprar comprobar comprometer comunicar concebir conceder concentrar
concertar concienciar conciliar concluir concretar condenar conducir confiar confirmar conformar confrontar
conmemorar conmutar conocer consagrar conseguir consentir conservar considerar consignar consistir
consolidar constituir construir consultar contemplar contener contestar continuar contraer contrarrestar
contratar contribuir controlar convencer convenir convertir convocar cooperar coordinar copiar corregir
costear crear crecer criminalizar cualificar cubrir cuidar cultivar cumplir cursar dar debatir decidir decir
declarar decretar dedicar deducir defender definir dejar delegar delimitar demostrar denunciar depositar
depurar derivar derogar desafiar desagregar desalentar desarmar desarraigar desarrollar desarticular
descartar descentralizar descongestionar descriminalizar descubrir desempeñar desglosar designar
desincentivar desinstitucionalizar desistir desmantelar desmovilizar despenalizar desplazar desplegar
despolitizar destacar destinar destruir detallar detectar detener determinar devolver diagnosticar dialogar
dictar difundir digitalizar dirigir discutir diseñar disminuir disolver disponer distribuir disuadir
diversificar doblar documentar dotar duplicar educar efectuar ejecutar ejercer ejercitar elaborar elegir
elevar eliminar emancipar embarcar emitir empeñar empezar emplear empoderar emprender encabezar encaminar
encarar encargar encauzar encomendar encontrar enderezar endosar endurecer enfocar enfrentar enjuiciar
enmendar enriquecer enseñar entablar entender enterrar entregar enumerar enviar equilibrar equiparar erigir
erradicar esclarecer escoger escolarizar escribir escuchar esforzar especializar especificar esperar
estabilizar establecer estar estimular estipular estrechar estudiar evaluar evitar examinar exceptuar
excluir exhortar exigir eximir existir expedir explicar explorar exponer expresar expulsar extender
extraditar fabricar facilitar facultar favorecer federar felicitar fijar finalizar financiar finiquitar
firmar focalizar fomentar forjar formalizar formar formular fortalecer frenar fundar fusionar ganar
garantizar generar gestar gestionar gobernar gozar guardar guiar habilitar hablar hacer heredar homologar
honrar humanizar idear identificar igualar ilegalizar ilustrar impartir impedir implantar implementar
implicar imponer imprimir impugnar impulsar inaugurar incentivar incidir incitar incluir incorporar
incrementar inculcar indemnizar independizar indicar influir informar ingresar iniciar inscribir insistir
inspeccionar inspirar instalar instar instaurar institucionalizar instituir instruir integrar intensificar
intentar intercalar intercambiar interponer interpretar interrogar interrumpir intervenir introducir
invertir investigar invitar invocar involucrar ir jubilar juntar justificar juzgar lanzar leer legalizar
legislar legitimar levantar liberar limitar limpiar llegar llenar llevar localizar lograr luchar mantener
maximizar mediar medir mejorar mencionar minimizar mitigar modernizar modificar monitorear mostrar motivar
mover movilizar multiplicar nacionalizar necesitar negar negociar nivelar nombrar normalizar notificar
nutrir objetar obligar observar obtener ocupar oficializar ofrecer oír operar oponer optar optimizar ordenar
organizar orientar otorgar pactar padecer pagar paliar parar participar pasar patrocinar pedir penalizar
penar pensar perfeccionar permanecer permitir perseguir perseverar persistir pintar planificar plantear
poblar ponderar poner poseer posibilitar postergar potenciar practicar precisar predicar premiar preparar
prescindir presentar preservar presidir presionar prestar pretender prevenir prever priorizar privilegiar
probar proceder procesar proclamar procurar producir profesionalizar profundizar programar progresar
prohibir prolongar prometer promover promulgar pronunciar propiciar proponer proporcionar propugnar
prorrogar proscribir proseguir proteger proveer publicar publicitar pulir puntualizar quedar quemar quitar
racionalizar ratificar reaccionar reactivar readaptar reafirmar realizar reanudar rebajar rebatir recabar
recaudar rechazar recibir reclutar recoger recolectar recomendar reconciliar reconocer reconsiderar
reconstruir rectificar recuperar recurrir redactar redefinir redirigir rediseñar redistribuir redoblar
reducir reemplazar reevaluar reexaminar refinar reflejar reflexionar reformar reformular reforzar refrendar
regenerar regir registrar reglamentar regresar regular regularizar rehabilitar reiniciar reinsertar
reintegrar reiterar relacionar relajar remediar remitir remover rendir renovar renunciar reparar repatriar
repetir replantear reponer representar reproducir requerir rescatar reservar resguardar residir resistir
resolver respaldar respetar responder restablecer restaurar restituir restringir resumir retener retirar
retomar reunir revalorizar rever revertir revisar revitalizar revocar rogar romper saber saldar salir
salvaguardar sancionar satisfacer secundar segar segregar seguir señalar sensibilizar sentar sentenciar
separar ser servir significar silenciar simplificar sistematizar situar socavar socializar solicitar
solucionar solventar someter sopesar sostener suavizar subir subrayar subsanar subsidiar subvencionar
sufragar sugerir sumar suministrar superar supervisar suplir suprimir suscitar suscribir suspender sustentar
sustituir tener terminar tipificar titular tolerar tomar trabajar traducir tramitar transferir transformar
transmitir transparentar transponer trasladar traspasar tratar trazar ubicar ultimar unificar uniformar unir
usar utilizar vacunar validar valorar velar vencer ver verificar vetar viajar vigilar vincular visibilizar
visitar vivir volver votar
"""
INFINITIVES = {folded(verb): verb for verb in _INFINITIVE_LIST.split()}
"""Infinitives without accents, to their spelling."""

# Ending of the infinitive to those of the present and the past subjunctive; of two, the longer one is right.
_ENDINGS = {
    "ar": ("e", "ara"), "er": ("a", "iera"), "ir": ("a", "iera"), "car": ("que", "cara"),
    "gar": ("gue", "gara"), "zar": ("ce", "zara"), "guar": ("gue", "guara"), "ger": ("ja", "giera"),
    "gir": ("ja", "giera"), "guir": ("ga", "guiera"), "uir": ("uya", "uyera"),
    "acer": ("azca", "aciera"), "ecer": ("ezca", "eciera"), "ocer": ("ozca", "ociera"),
    "ucir": ("uzca", "ujera"), "ncer": ("nza", "nciera"), "jercer": ("jerza", "jerciera"),
    "tener": ("tenga", "tuviera"), "venir": ("venga", "viniera"), "poner": ("ponga", "pusiera"),
    "hacer": ("haga", "hiciera"), "satisfacer": ("satisfaga", "satisficiera"),
    "decir": ("diga", "dijera"), "traer": ("traiga", "trajera"), "salir": ("salga", "saliera"),
    "caer": ("caiga", "cayera"), "leer": ("lea", "leyera"), "seer": ("sea", "seyera"),
    "veer": ("vea", "veyera"), "oir": ("oiga", "oyera"), "seguir": ("siga", "siguiera"),
    "pedir": ("pida", "pidiera"), "medir": ("mida", "midiera"), "petir": ("pita", "pitiera"),
    "regir": ("rija", "rigiera"), "egir": ("ija", "igiera"), "ertir": ("ierta", "irtiera"),
    "erir": ("iera", "iriera"), "sentir": ("sienta", "sintiera"), "vertir": ("vierta", "virtiera"),
    "concebir": ("conciba", "concibiera"), "rendir": ("rinda", "rindiera"),
    "servir": ("sirva", "sirviera"), "mover": ("mueva", "moviera"), "solver": ("suelva", "solviera"),
    "volver": ("vuelva", "volviera"), "poder": ("pueda", "pudiera"), "probar": ("pruebe", "probara"),
    "mostrar": ("muestre", "mostrara"), "contrar": ("cuentre", "contrara"),
    "forzar": ("fuerce", "forzara"), "novar": ("nueve", "novara"), "cordar": ("cuerde", "cordara"),
    "poblar": ("pueble", "poblara"), "costear": ("costee", "costeara"), "jugar": ("juegue", "jugara"),
    "comendar": ("comiende", "comendara"), "alentar": ("aliente", "alentara"),
    "menzar": ("mience", "menzara"), "pezar": ("piece", "pezara"), "cerrar": ("cierre", "cerrara"),
    "pensar": ("piense", "pensara"), "asentar": ("asiente", "asentara"), "negar": ("niegue", "negara"),
    "mendar": ("miende", "mendara"), "tender": ("tienda", "tendiera"), "fender": ("fienda", "fendiera"),
    "cender": ("cienda", "cendiera"), "cernir": ("cierna", "cerniera"),
    "adquirir": ("adquiera", "adquiriera"), "querir": ("quiera", "quiriera"),
    "gerir": ("giera", "giriera"), "prever": ("prevea", "previera"), "haber": ("haya", "hubiera"),
    "saber": ("sepa", "supiera"), "estar": ("este", "estuviera"), "producir": ("produzca", "produjera"),
    "distinguir": ("distinga", "distinguiera"), "extinguir": ("extinga", "extinguiera"),
    "pretender": ("pretenda", "pretendiera"), "apostar": ("apueste", "apostara"),
    "gobernar": ("gobierne", "gobernara"), "colgar": ("cuelgue", "colgara"),
    "plegar": ("pliegue", "plegara"), "dormir": ("duerma", "durmiera"),
}  # fmt: skip
_IRREGULAR = {
    "rogar": ("ruegue", "rogara"), "ser": ("sea", "fuera"), "ir": ("vaya", "fuera"),
    "dar": ("de", "diera"), "ver": ("vea", "viera"),
}  # fmt: skip
_IRREGULAR_GERUNDS = {
    "ir": "yendo",
    "oir": "oyendo",
    "ver": "viendo",
    "decir": "diciendo",
    "poder": "pudiendo",
}
_NOT_TO_TELL = frozenset(("de", "una", "este", "base", "nombre"))
"""Forms that are commoner words."""


def _ending(verb: str) -> str:
    return max((end for end in _ENDINGS if verb.endswith(end)), key=len)


def _subjunctives(verb: str) -> tuple[str, ...]:
    """Third persons, of the present and of both pasts. Args: `verb`, without accents.

    >>> _subjunctives("aprobar")
    ('apruebe', 'aprueben', 'aprobara', 'aprobaran', 'aprobase', 'aprobasen')
    """
    if verb in _IRREGULAR:
        present, past = _IRREGULAR[verb]
    else:
        stem, (present, past) = verb[: len(verb) - len(_ending(verb))], _ENDINGS[_ending(verb)]
        present, past = stem + present, stem + past
    other = f"{past[:-2]}se"
    return present, f"{present}n", past, f"{past}n", other, f"{other}n"


def _gerund(verb: str) -> str:
    """The gerund; verbs in "-ir" change their vowel as in the past subjunctive.

    >>> _gerund("crear"), _gerund("seguir"), _gerund("construir")
    ('creando', 'siguiendo', 'construyendo')
    """
    if verb in _IRREGULAR_GERUNDS:
        return _IRREGULAR_GERUNDS[verb]
    if verb.endswith("ar"):
        return f"{verb[:-2]}ando"
    if not verb.endswith(("ir", "eer", "aer")) or verb.endswith(("ucir", "venir", "decir")):
        return f"{verb[:-2]}iendo"
    if verb.endswith("aer"):
        return f"{verb[:-2]}yendo"
    past = _subjunctives(verb)[2]
    return f"{past.removesuffix('era')}endo"


SUBJUNCTIVES = {
    form: spelt
    for verb, spelt in INFINITIVES.items()
    for form in _subjunctives(verb)
    if form not in _NOT_TO_TELL
}
"""Form to infinitive."""
GERUNDS = {_gerund(verb): spelt for verb, spelt in INFINITIVES.items()}
"""Gerund to infinitive."""
