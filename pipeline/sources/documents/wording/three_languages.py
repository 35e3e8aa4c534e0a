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
