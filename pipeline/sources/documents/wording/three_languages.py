"""The small words with which documents cite recommendations, in English, French and Spanish.

The grammar is one: the patterns of addenda and numbers are made of these words, and none of them knows the
language. Each constant is an alternation for a regular expression that ignores case, without a group.
"""

from __future__ import annotations

RECOMMENDATION = r"(?:recommendations?|recommandations?|recomendaci[oó]n(?:es)?)"
NUMBER = r"(?:nos?|numbers?|n[°ºo]s?|num[eé]ros?|n[uú]meros?|n[uú]ms?)"
"""Before a number: "No.", "n°", "núms."."""
AND = r"(?:and|et|y|e|ainsi\s+que|as[ií]\s+como)"
TO = r"(?:to|through|à|au|a|al|hasta)"
"""Between the ends of a range."""
DETERMINER = r"(?:the|this|these|both|said|la|les|cette|ces|las|esta|estas|dicha|dichas|ladite|lesdites)"
NOT = r"(?:not|no|pas|ne|n[’'])"
DEGREE = r"(?:partially|partly|fully|partiellement|en\s+partie|pleinement|parcialmente|en\s+parte|plenamente)"
CLAUSE = (
    r"(?:while|whereas|but|however|tandis\s+que|alors\s+que|mais|cependant|toutefois|en\s+revanche"
    r"|mientras\s+que|pero|sin\s+embargo|en\s+cambio)"
)
"""Begins a clause with a position of its own."""
EXCEPT = (
    r"(?:except(?:\s+for)?|with\s+the\s+exceptions?\s+of|excluding|other\s+than|apart\s+from"
    r"|[àa]\s+l[’']exception\s+d(?:e|u|es)|sauf|hormis|except[eé]|exclusion\s+faite\s+de"
    r"|(?:con\s+(?:la\s+)?|a\s+)excepci[oó]n\s+de|salvo|excepto|exceptuando)"
)
LISTED = (
    r"(?:following|these|below|listed|suivantes?|ci-apr[eè]s|ci-dessous|[ée]num[ée]r[ée]es"
    r"|siguientes?|a\s+continuaci[oó]n|enumeradas)"
)
REFERS = (
    r"(?:see|refer|referred|response\s+to|under|voir|r[eé]ponse\s+(?:à|aux?)|se\s+r[eé]f[eé]rer\s+(?:à|aux?)"
    r"|v[eé]ase|v[eé]anse|respuesta\s+a)"
)
VERDICT = (
    r"(?:accept|support|noted|notes?\b|reject|take[sn]?\s+note|enjoy|does\s+not|cannot|agree"
    r"|appuy|appuie|soutenu|recueill|rejet|refus|prise?s?\s+(?:en\s+)?note|prend\s+(?:bonne\s+)?note|notée?s?\b|ne\s+|n[’']"
    r"|acept|apoy|cuenta|goza|rechaz|tomad[ao]s?\s+(?:debida\s+)?nota|(?:se\s+)?toma\s+(?:debida\s+)?nota|se\s+ha\s+tomado"
    r"|anotad[ao]|no\s+)"
)
"""What a State's answer begins with, beside the number of a recommendation."""
ANSWERED = (
    r"(?:accepted|supported|noted|rejected|accept[eé]e?s?|appuy[eé]e?s?|not[eé]e?s?|prises?\s+(?:en\s+)?note|rejet[eé]e?s?"
    r"|aceptadas?|apoyadas?|anotadas?|rechazadas?)"
)
"""An answer of one word, or nearly."""
SPOKEN_OF = (
    r"(?:all|the|these|those|other|recommendations?|furthermore|toutes|les|ces|autres|recommandations?|en\s+outre"
    r"|todas|las|estas|otras|recomendaciones|además|asimismo)"
)
"""What a paragraph begins with that speaks of recommendations as such."""
ALL = (
    r"(?:all\s+(?:the\s+|of\s+the\s+)?recommendations?|toutes\s+(?:les|ces)\s+recommandations"
    r"|l[’']ensemble\s+des\s+recommandations|todas\s+(?:las|estas)\s+recomendaciones)"
)
THESE = r"(?:these\s+recommendations?|ces\s+recommandations?|estas\s+recomendaciones)"
COMMENTS = (
    r"(?:comments?|explanations?|observations?|clarifications?|commentaires?|explications?|précisions?|éclaircissements?"
    r"|comentarios?|explicaci[oó]n(?:es)?|observaci[oó]n(?:es)?|aclaraci[oó]n(?:es)?)"
)
IMPLEMENTED = r"(?:implement|mise?s?\s+en\s+œuvre|appliqué|aplicad|aplicar|aplicando|ejecut|cumplid)"
REMARK = (
    r"(?:(?:The|All|These|Those|Both|Other)\s+(?:\w+\s+){0,4}recommendations?\s+(?:\w+\s+){0,8}"
    r"(?:above|enjoy|will\s+be|did\s+not|do\s+not|have\s+been|were|are)\b"
    r"|(?:Les|Toutes\s+les|Ces)\s+(?:\w+\s+){0,4}recommandations\s+(?:\w+\s+){0,8}"
    r"(?:ci-dessus|recueill\w+|ont\s+(?:recueilli|été)|bénéfici\w+|seront|sont|ne\s|n\s?[’'])"
    r"|(?:Las|Todas\s+las|Estas)\s+(?:\w+\s+){0,4}recomendaciones\s+(?:\w+\s+){0,8}"
    r"(?:anteriores|que\s+anteceden|cuentan|gozan|han|serán|son|no\s))"
)
"""A sentence that gives a position behind the last item of a list; case counts."""
PLEDGES = (
    r"(?:voluntary\s+(?:pledges?|commitments?)(?:\s+and\s+commitments?)?"
    r"|(?:engagements|annonces|promesses)(?:\s+et\s+(?:engagements|contributions))?\s+volontaires"
    r"|(?:promesas|compromisos)(?:\s+y\s+(?:promesas|compromisos))?\s+voluntari[oa]s)"
)
DELEGATION = r"composi[tc]i[oó]n\s+(?:of\s+the\s+delegation|de\s+la\s+d[eé]l[eé]ga[tc]i[oó]n)"
PARAGRAPH = r"(?:paragraphe?s?|p[aá]rrafos?)"
IN_PARAGRAPHS = (
    rf"(?:in\s+(?:the\s+report\s+)?(?:in\s+)?|(?:noted|contained|reflected|mentioned|listed|made|set\s+out)\s+(?:\w+\s+){{0,4}}"
    rf"|(?:aux?|dans\s+les?|des|du)\s+|(?:en\s+|de)?(?:los?|el|l)\s+){PARAGRAPH}"
)
"""Where a recommendation stands that is only cited."""
OF_THE_REPORT = (
    r"(?:above|below|in|of|the|report|ci-dessus|ci-dessous|supra|du|de|des|la|les?|aux?|rapport|présent|del|el|los|las|en"
    r"|informe|presente|anteriores?)"
)
"""Small words between the paragraphs that are cited."""
